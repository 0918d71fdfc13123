#include <algorithm>

#include <fmt/format.h>

#include "berth/catalog/entry_reader.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

constexpr Range kLinkRange{.min = 1e6, .max = 1e14};

/// {latency: 4.3us, bandwidth: 259GB}: AllReduceRegime or HandOver.
template <class Line>
Line read_line(const ValueReader& value) {
  MapReader map(value);
  Line line;
  if (const auto latency = map.require("latency")) {
    if (const auto seconds = latency->duration(kNotNegative)) line.latency_s = seconds->value;
  }
  if (const auto bandwidth = map.require("bandwidth")) {
    if (const auto bytes = bandwidth->size(kLinkRange)) line.bandwidth_bytes_per_s = *bytes;
  }
  map.reject_unknown_keys();
  return line;
}

void read_all_reduce(EntryReader& entry, GpuEfficiency& efficiency) {
  const auto value = entry.find("all_reduce");
  if (!value) return;
  std::vector<AllReduce> read;
  for (const ValueReader& item : value->list()) {
    MapReader map(item);
    AllReduce all_reduce;
    all_reduce.gpus = static_cast<int>(map.integer("gpus", {.min = 2, .max = 4096}));
    if (const auto small = map.require("small")) {
      all_reduce.small = read_line<AllReduceRegime>(*small);
    }
    if (const auto large = map.require("large")) {
      all_reduce.large = read_line<AllReduceRegime>(*large);
    }
    map.reject_unknown_keys();
    if (!read.empty() && all_reduce.gpus <= read.back().gpus) {
      item.fail(ErrorCode::kInconsistent,
                fmt::format("all_reduce entries must ascend in gpus: {} comes after {}",
                            all_reduce.gpus, read.back().gpus));
    }
    read.push_back(all_reduce);
  }
  efficiency.all_reduce = std::move(read);
}

/// `like: NAME` starts from another GPU's efficiency, which is then only assumed.
bool read_like(EntryReader& entry, CatalogDraft& draft, GpuDraft& target) {
  const auto value = entry.map().find("like");
  if (!value) return false;
  const auto name = value->string();
  if (!name) return true;
  const GpuDraft* other = draft.find_gpu(*name);
  if (other == nullptr) {
    value->fail(ErrorCode::kUnknownName, fmt::format("unknown GPU '{}'", *name),
                suggest(*name, draft.gpu_names()));
  } else if (!other->has_efficiency || other == &target) {
    value->fail(ErrorCode::kInconsistent,
                fmt::format("GPU '{}' has no efficiency at this point", *name),
                "name a GPU whose efficiency is given before this entry");
  } else {
    target.gpu.efficiency = other->gpu.efficiency;
    target.gpu.efficiency.extrapolated = true;
    target.gpu.efficiency.source.text =
        fmt::format("assumed like {}: {}", other->gpu.name, other->gpu.efficiency.source.text);
    target.gpu.efficiency.source.verified = false;
  }
  return true;
}

/// Whether the entry states coefficients of its own.
bool read_numbers(EntryReader& entry, GpuEfficiency& efficiency) {
  bool any = false;
  for (const auto& field : efficiency_fields()) {
    any = any || entry.map().has(field.key);
    entry.number(field.key, {.min = field.min, .max = field.max}, efficiency.*field.member);
  }
  return any;
}

void read_links(EntryReader& entry, GpuEfficiency& efficiency) {
  read_all_reduce(entry, efficiency);
  if (const auto value = entry.find("hand_over_in_node")) {
    efficiency.hand_over_in_node = read_line<HandOver>(*value);
  }
  if (const auto value = entry.find("hand_over_between_nodes")) {
    efficiency.hand_over_between_nodes = read_line<HandOver>(*value);
  }
}

GpuDraft* owner_of(MapReader& map, const PendingEfficiency& pending, CatalogDraft& draft) {
  if (!pending.gpu.empty()) return draft.find_gpu(pending.gpu);
  const auto value = map.require("gpu");
  const auto name = value ? value->string() : std::nullopt;
  if (!name) return nullptr;
  GpuDraft* owner = draft.find_gpu(*name);
  if (owner == nullptr) {
    value->fail(ErrorCode::kUnknownName, fmt::format("unknown GPU '{}'", *name),
                suggest(*name, draft.gpu_names()));
  }
  return owner;
}

void read_efficiency(const PendingEfficiency& pending, CatalogDraft& draft) {
  if (!pending.value.is_map()) {
    static_cast<void>(pending.value.map());  // records what was expected
    return;
  }
  MapReader names(pending.value);
  GpuDraft* owner = owner_of(names, pending, draft);
  if (owner == nullptr) return;
  Places places;
  EntryReader entry(pending.value, *pending.file, places);
  std::string written_name;
  if (pending.gpu.empty()) entry.text("gpu", written_name);
  GpuEfficiency& efficiency = owner->gpu.efficiency;
  const bool copied = read_like(entry, draft, *owner);
  const bool is_new = !owner->has_efficiency && !copied;
  const bool states_numbers = read_numbers(entry, efficiency);
  read_links(entry, efficiency);
  if (states_numbers && !copied) efficiency.extrapolated = false;
  entry.boolean("extrapolated", efficiency.extrapolated);
  Source& source = states_numbers ? efficiency.source : efficiency.link_source;
  // An inline map of a GPU shares the GPU's source unless it names its own.
  if (copied) {
    entry.optional_source("source", efficiency.source);  // else: assumed like the other
  } else if (source.text.empty() && !pending.gpu.empty() && !entry.map().has("source")) {
    source = owner->gpu.source;
  } else {
    entry.source("source", source.text.empty(), source);
  }
  entry.optional_source("link_source", efficiency.link_source);
  entry.text("note", efficiency.note);
  if (is_new) {
    entry.require({"compute", "attention", "weights", "kv_cache", "hand_over_in_node",
                   "hand_over_between_nodes"},
                  "a GPU whose architecture has no coefficients");
  }
  entry.finish();
  owner->has_efficiency = true;
}

/// Every GPU whose architecture has coefficients starts from them.
void start_from_architectures(CatalogDraft& draft) {
  for (GpuDraft& owner : draft.gpus) {
    const CoefficientEntry* architecture =
        find_entry(draft.coefficients.architectures, owner.gpu.architecture);
    if (architecture == nullptr) continue;
    owner.gpu.efficiency = resolve_efficiency(draft.coefficients, *architecture, owner.gpu);
    owner.has_efficiency = true;
  }
}

}  // namespace

void read_efficiencies(CatalogDraft& draft) {
  start_from_architectures(draft);
  for (const PendingEfficiency& pending : draft.efficiencies) read_efficiency(pending, draft);
}

}  // namespace berth::catalog_draft
