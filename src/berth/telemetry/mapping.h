#pragma once
// From labels of series to classes of requests: the `telemetry:` section of a fleet file, or a file
// of its own (berth.telemetry/1). docs/prometheus.md.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"
#include "berth/telemetry/metric_pack.h"

namespace berth {

/// A label and the values that are meant, any of them.
struct LabelMatch {
  std::string label;
  std::vector<std::string> values;

  friend bool operator==(const LabelMatch&, const LabelMatch&) = default;
};

/// Series whose labels match all of `match`; of their requests those with
/// prompt_min <= prompt tokens < prompt_max.
struct ClassSource {
  std::string name;
  std::vector<LabelMatch> match;
  double prompt_min = 0.0;
  double prompt_max = 0.0;  ///< 0 = no limit

  [[nodiscard]] bool cut_by_length() const { return prompt_min > 0.0 || prompt_max > 0.0; }
};

struct TelemetryMapping {
  MetricPack pack;
  std::vector<LabelMatch> selector;  ///< every series read must match it
  /// Empty: a class for each value of the pack's model label. Else the first that matches counts
  /// (of those with the same `match`: the one whose range holds the prompt).
  std::vector<ClassSource> classes;
  std::string source;  ///< file it was read from; empty = none
};

inline constexpr std::string_view kDefaultMetricPack = "vllm";

/// The pack's names and no classes. Errors: kUnknownName.
[[nodiscard]] Result<TelemetryMapping> default_mapping(std::string_view pack = kDefaultMetricPack);

/// A fleet file (berth.fleet/1): its `telemetry:` section, or that of the last included file that
/// has one, or the default mapping if there is none. A file of its own (berth.telemetry/1): the
/// same keys at the top. `pack` overrides the file's. All errors at once, each with
/// file:line: /pointer and a suggestion.
[[nodiscard]] Result<TelemetryMapping> read_telemetry(const std::filesystem::path& path,
                                                      std::optional<std::string> pack = {});
[[nodiscard]] Result<TelemetryMapping> parse_telemetry(const std::string& name,
                                                       std::string_view yaml,
                                                       std::optional<std::string> pack = {});

/// A mapping's classes that a fleet does not have: kUnknownName with a suggestion for each.
[[nodiscard]] std::vector<Error> unknown_classes(const TelemetryMapping& mapping,
                                                 std::span<const std::string> known);

/// data/schema/telemetry.schema.json, draft 2020-12, of a file of its own (`berth schema
/// telemetry`).
[[nodiscard]] std::string_view telemetry_schema();

/// The keys the reader asks for, by section ("telemetry", "telemetry_class"), sorted; both JSON
/// Schemas are held against them. A file of its own also has its `format`.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> telemetry_keys();

}  // namespace berth
