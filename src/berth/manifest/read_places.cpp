// The sections `engines`, `vendors`, `gpus`, `pools` and `checkpoints` of berth.deploy/1.

#include <algorithm>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/settings_reader.h"
#include "berth/plan/engine_args.h"

namespace berth::manifest {
namespace {

void read_tolerations(MapReader& map, const SettingsReader& reader, std::vector<Toleration>& out) {
  const auto found = map.find("tolerations");
  if (!found) return;
  std::vector<Toleration> tolerations;
  for (const ValueReader& item : found->list()) {
    MapReader entry(item);
    Toleration toleration;
    toleration.operation = "Equal";
    read_text(entry, "key", toleration.key, true);
    read_word(entry, "operator", toleration.operation, {"Exists", "Equal"});
    read_text(entry, "value", toleration.value, true);
    read_word(entry, "effect", toleration.effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    reader.finish(entry, "toleration");
    if (toleration.key.empty() && toleration.operation != "Exists") {
      item.fail(ErrorCode::kMissing, "a toleration without a key must have the operator Exists");
    }
    tolerations.push_back(std::move(toleration));
  }
  out = std::move(tolerations);
}

void read_placement(const ValueReader& value, const SettingsReader& reader,
                    const std::string& section, Placement& place) {
  if (!value.is_map()) {
    place = {};
    if (!value.is_list()) {
      if (auto product = value.string()) place.products = {*std::move(product)};
      return;
    }
    for (const ValueReader& item : value.list()) {
      if (auto product = item.string()) place.products.push_back(*std::move(product));
    }
    return;
  }
  MapReader map(value);
  if (section == "gpu") {
    read_texts(map, "products", place.products);
    read_text(map, "resource", place.resource, true);
  }
  read_table(map, "node_selector", place.node_selector, Form::kLabels);
  read_tolerations(map, reader, place.tolerations);
  reader.finish(map, section);
}

void read_engine(const ValueReader& value, const SettingsReader& reader, EngineDeploy& engine) {
  MapReader map(value);
  read_table(map, "images", engine.images, Form::kAny);
  read_texts(map, "command", engine.command);
  read_texts(map, "args", engine.args);
  read_table(map, "env", engine.env, Form::kEnvironment);
  read_text(map, "health_path", engine.health_path);
  reader.finish(map, "engine");
  if (engine.command.empty()) {
    value.fail(ErrorCode::kMissing, "an engine needs a command", "command: [vllm, serve]");
  }
  if (!engine.health_path.starts_with("/")) {
    value.fail(ErrorCode::kOutOfRange, "health_path must begin with '/'");
  }
}

void read_checkpoints(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("checkpoints");
  if (!found) return;
  for (const auto& [model, value] : found->map().entries()) {
    auto& own = reader.settings.checkpoints[to_lower(model)];
    if (!value.is_map()) {
      if (auto checkpoint = value.string()) own = {{"*", *std::move(checkpoint)}};
      continue;
    }
    for (const auto& [precision, entry] : MapReader(value).entries()) {
      if (precision != "*" && !precision_from(precision)) {
        entry.fail(ErrorCode::kUnknownName, fmt::format("unknown precision '{}'", precision),
                   "one of: *, bf16, fp8, int8, int4, fp4");
      }
      if (auto checkpoint = entry.string()) own[precision] = *std::move(checkpoint);
    }
  }
}

}  // namespace

void read_engines(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("engines");
  if (!found) return;
  const std::vector<std::string> known = engine_names();
  for (const auto& [name, value] : found->map().entries()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      value.fail(ErrorCode::kUnknownName, fmt::format("unknown engine '{}'", name),
                 suggest(name, known));
      continue;
    }
    read_engine(value, reader, reader.settings.engines[name]);
  }
}

void read_places(MapReader& root, const SettingsReader& reader) {
  if (const auto vendors = root.find("vendors")) {
    for (const auto& [name, value] : vendors->map().entries()) {
      VendorDeploy& vendor = reader.settings.vendors[to_lower(name)];
      MapReader map(value);
      read_text(map, "resource", vendor.resource);
      read_text(map, "product_label", vendor.product_label, true);
      read_tolerations(map, reader, vendor.tolerations);
      reader.finish(map, "vendor");
      if (vendor.resource.empty()) {
        value.fail(ErrorCode::kMissing, "a vendor needs the resource its device plugin offers",
                   "resource: nvidia.com/gpu");
      }
    }
  }
  if (const auto gpus = root.find("gpus")) {
    for (const auto& [name, value] : gpus->map().entries()) {
      read_placement(value, reader, "gpu", reader.settings.gpus[to_lower(name)]);
    }
  }
  if (const auto pools = root.find("pools")) {
    for (const auto& [name, value] : pools->map().entries()) {
      if (!value.is_map()) {
        value.fail(ErrorCode::kWrongType, "expected a map",
                   "{node_selector: {example.com/pool: hall-1}}");
        continue;
      }
      read_placement(value, reader, "pool", reader.settings.pools[name]);
    }
  }
  read_checkpoints(root, reader);
}

}  // namespace berth::manifest
