// Reading of `telemetry:` sections and berth.telemetry/1 files.

#include "berth/telemetry/mapping.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/node.h"
#include "berth/document/reader.h"
#include "berth/embedded/embedded_telemetry.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTelemetryFormat = "berth.telemetry/1";
constexpr std::string_view kFleetFormat = "berth.fleet/1";
constexpr Range kTokensRange{.min = 0.0, .max = 1e8};
constexpr std::size_t kLongestClassName = 63;
constexpr std::string_view kClassCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-";

using Keys = std::vector<std::pair<std::string, std::vector<std::string>>>;

void finish_section(const MapReader& map, const std::string& section, Keys* keys) {
  map.reject_unknown_keys();
  if (keys == nullptr) return;
  std::vector<std::string> known(map.known_keys().begin(), map.known_keys().end());
  std::sort(known.begin(), known.end());
  keys->emplace_back(section, std::move(known));
}

/// One text, or a list of them.
std::vector<std::string> texts_of(const ValueReader& value) {
  std::vector<std::string> texts;
  if (!value.is_list()) {
    if (auto text = value.string()) texts.push_back(*std::move(text));
    return texts;
  }
  for (const ValueReader& item : value.list()) {
    if (auto text = item.string()) texts.push_back(*std::move(text));
  }
  if (value.node().items.empty()) value.fail(ErrorCode::kMissing, "the list is empty");
  return texts;
}

std::vector<LabelMatch> read_match(const ValueReader& value) {
  std::vector<LabelMatch> match;
  if (value.is_list() || !value.is_map()) {
    value.fail(ErrorCode::kWrongType, "expected labels and their values",
               "write {model_name: llama-3.1-8b}");
    return match;
  }
  MapReader map(value);
  for (const auto& [label, values] : map.entries()) {
    if (!is_label_name(label)) {
      values.fail(ErrorCode::kOutOfRange, fmt::format("'{}' cannot be the name of a label", label),
                  "letters, digits and _ only");
      continue;
    }
    std::vector<std::string> texts = texts_of(values);
    std::sort(texts.begin(), texts.end());
    match.push_back({label, std::move(texts)});
  }
  std::sort(match.begin(), match.end(),
            [](const LabelMatch& a, const LabelMatch& b) { return a.label < b.label; });
  return match;
}

std::optional<ClassSource> read_class(const std::string& name, const ValueReader& value,
                                      Keys* keys) {
  MapReader map(value);
  ClassSource source;
  source.name = name;
  if (const auto match = map.find("match")) source.match = read_match(*match);
  source.prompt_min = map.number("prompt_min", kTokensRange, 0.0);
  source.prompt_max = map.number("prompt_max", kTokensRange, 0.0);
  finish_section(map, "telemetry_class", keys);
  if (name.size() > kLongestClassName ||
      name.find_first_not_of(kClassCharacters) != std::string::npos || name.empty()) {
    value.fail(ErrorCode::kOutOfRange, fmt::format("'{}' cannot be the name of a class", name),
               "1 to 63 letters, digits and . _ / + -");
    return std::nullopt;
  }
  if (source.prompt_max > 0 && source.prompt_max <= source.prompt_min) {
    value.fail(ErrorCode::kInconsistent, "prompt_max must be greater than prompt_min");
  }
  if (source.match.empty() && !source.cut_by_length()) {
    value.fail(ErrorCode::kMissing, "nothing says which requests belong to the class",
               "match: {model_name: ...}, or prompt_min and prompt_max");
  }
  return source;
}

bool overlap(const ClassSource& a, const ClassSource& b) {
  const auto ends_before = [](const ClassSource& x, const ClassSource& y) {
    return x.prompt_max > 0 && x.prompt_max <= y.prompt_min;
  };
  return !ends_before(a, b) && !ends_before(b, a);
}

void read_classes(MapReader& map, TelemetryMapping& mapping, Keys* keys) {
  const auto value = map.find("classes");
  if (!value) return;
  MapReader classes(*value);
  for (const auto& [name, entry] : classes.entries()) {
    auto source = read_class(name, entry, keys);
    if (!source) continue;
    for (const ClassSource& other : mapping.classes) {
      if (other.match == source->match && overlap(other, *source)) {
        entry.fail(ErrorCode::kDuplicate,
                   fmt::format("takes the same requests as '{}'", other.name),
                   "another match, or ranges of prompt_min and prompt_max that do not overlap");
      }
    }
    mapping.classes.push_back(*std::move(source));
  }
  if (value->is_map() && value->node().fields.empty()) {
    value->fail(ErrorCode::kMissing, "no class is listed",
                "leave 'classes' out to make a class of every model");
  }
}

/// Names that a role goes by at this site, in place of the pack's.
void read_metrics(MapReader& map, MetricPack& pack) {
  const auto value = map.find("metrics");
  if (!value) return;
  std::vector<std::string> roles;
  for (const MetricRole role : metric_roles()) roles.emplace_back(to_string(role));
  MapReader metrics(*value);
  for (const auto& [key, names] : metrics.entries()) {
    const auto found = std::find(roles.begin(), roles.end(), key);
    if (found == roles.end()) {
      names.fail(ErrorCode::kUnknownKey, fmt::format("unknown metric '{}'", key),
                 suggest(key, roles));
      continue;
    }
    const std::vector<std::string> texts =
        names.is_null() ? std::vector<std::string>() : texts_of(names);
    for (const std::string& text : texts) {
      if (!is_metric_name(text)) {
        names.fail(ErrorCode::kOutOfRange, fmt::format("'{}' is not the name of a metric", text),
                   "letters, digits, _ and : only");
      }
    }
    pack.of(metric_roles()[static_cast<std::size_t>(found - roles.begin())]) = texts;
  }
}

/// Names of labels in order of preference, in place of the pack's.
void read_labels(MapReader& map, const char* key, std::vector<std::string>& labels) {
  const auto value = map.find(key);
  if (!value) return;
  labels = texts_of(*value);
  for (const std::string& label : labels) {
    if (!is_label_name(label)) {
      value->fail(ErrorCode::kOutOfRange, fmt::format("'{}' cannot be the name of a label", label),
                  "letters, digits and _ only");
    }
  }
}

/// `override_pack` from the command line wins over the file's.
TelemetryMapping read_section(MapReader& map, const std::optional<std::string>& override_pack,
                              Keys* keys) {
  TelemetryMapping mapping;
  std::string name = override_pack.value_or(std::string(kDefaultMetricPack));
  const auto written = map.find("pack");
  if (written && !override_pack) name = written->string().value_or(name);
  const Result<MetricPack> pack = metric_pack(name);
  if (pack) {
    mapping.pack = *pack;
  } else {
    for (const Error& error : pack.errors()) {
      if (written && !override_pack) {
        written->fail(error.code, error.message, error.suggestion);
      } else {
        map.fail(error.code, error.message, error.suggestion);
      }
    }
  }
  read_labels(map, "model_label", mapping.pack.model_labels);
  read_labels(map, "deployment_label", mapping.pack.deployment_labels);
  mapping.pack.running_includes_waiting =
      map.boolean("running_includes_waiting", mapping.pack.running_includes_waiting);
  if (const auto selector = map.find("selector")) mapping.selector = read_match(*selector);
  read_metrics(map, mapping.pack);
  read_classes(map, mapping, keys);
  return mapping;
}

/// A fleet file and those it includes, the last of them first: what is read last in a fleet wins.
class FleetSections {
 public:
  FleetSections(const std::optional<std::string>& pack, Errors& errors)
      : pack_(pack), errors_(errors) {}

  std::optional<TelemetryMapping> find(const Document& document, const fs::path& path) {
    std::error_code failed;
    if (!visited_.insert(fs::weakly_canonical(path, failed).string()).second) return std::nullopt;
    if (document.root.kind != Node::Kind::kMap) return std::nullopt;
    MapReader root(document, errors_);
    if (const auto value = root.find("telemetry")) {
      MapReader map(*value);
      TelemetryMapping mapping = read_section(map, pack_, nullptr);
      map.reject_unknown_keys();
      mapping.source = document.name;
      return mapping;
    }
    std::vector<ValueReader> files = root.list("include");
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
      const auto name = file->string();
      if (!name) continue;
      const fs::path included = (path.parent_path() / *name).lexically_normal();
      const Result<Document> inner = read_document(included);
      if (!inner) {
        errors_.insert(errors_.end(), inner.errors().begin(), inner.errors().end());
        continue;
      }
      if (auto found = find(*inner, included)) return found;
    }
    return std::nullopt;
  }

 private:
  const std::optional<std::string>& pack_;
  Errors& errors_;
  std::set<std::string> visited_;
};

Result<TelemetryMapping> read_any(const Document& document, const fs::path& path,
                                  const std::optional<std::string>& pack) {
  Errors errors;
  const Node* format = document.root.find("format");
  std::optional<TelemetryMapping> mapping;
  if (format != nullptr && format->text == kFleetFormat) {
    mapping = FleetSections(pack, errors).find(document, path);
    if (!mapping && errors.empty()) {
      return default_mapping(pack ? std::string_view(*pack) : kDefaultMetricPack);
    }
  } else {
    MapReader root(document, errors);
    if (document.root.kind == Node::Kind::kMap) {
      root.expect_format(kTelemetryFormat);
      mapping = read_section(root, pack, nullptr);
      root.reject_unknown_keys();
      mapping->source = document.name;
    }
  }
  if (!errors.empty()) return errors;
  return *std::move(mapping);
}

}  // namespace

Result<TelemetryMapping> default_mapping(std::string_view pack) {
  Result<MetricPack> found = metric_pack(pack);
  if (!found) return std::move(found).errors();
  TelemetryMapping mapping;
  mapping.pack = std::move(found).value();
  return mapping;
}

Result<TelemetryMapping> read_telemetry(const std::filesystem::path& path,
                                        std::optional<std::string> pack) {
  const Result<Document> document = read_document(path);
  if (!document) return document.errors();
  return read_any(*document, path, pack);
}

Result<TelemetryMapping> parse_telemetry(const std::string& name, std::string_view yaml,
                                         std::optional<std::string> pack) {
  const Result<Document> document = parse_document(name, yaml);
  if (!document) return document.errors();
  return read_any(*document, name, pack);
}

std::vector<Error> unknown_classes(const TelemetryMapping& mapping,
                                   std::span<const std::string> known) {
  std::vector<Error> errors;
  for (const ClassSource& source : mapping.classes) {
    if (std::find(known.begin(), known.end(), source.name) != known.end()) continue;
    errors.push_back({ErrorCode::kUnknownName,
                      fmt::format("telemetry maps to the class '{}', which the fleet does not have",
                                  source.name),
                      mapping.source, suggest(source.name, known)});
  }
  return errors;
}

std::string_view telemetry_schema() { return embedded_telemetry().front().content; }

std::vector<std::pair<std::string, std::vector<std::string>>> telemetry_keys() {
  const Result<Document> document =
      parse_yaml("every-section.yaml", "classes: {a: {match: {l: v}}}\n");
  assert(document.ok());
  Errors errors;
  Keys keys;
  MapReader root(*document, errors);
  static_cast<void>(read_section(root, std::nullopt, &keys));
  finish_section(root, "telemetry", &keys);
  assert(errors.empty());
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace berth
