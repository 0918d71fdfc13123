// The section `metrics` of berth.deploy/1.

#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/settings_reader.h"
#include "berth/plan/engine_args.h"

namespace berth::manifest {
namespace {

const std::vector<std::string>& quantities(bool gateway) {
  static const std::vector<std::string> kEngine = {
      "running", "waiting", "cache_usage", "completed", "ttft", "tpot", "e2e", "preemptions"};
  static const std::vector<std::string> kGateway = {"requests", "ttft", "tpot", "e2e"};
  return gateway ? kGateway : kEngine;
}

void read_names(const ValueReader& value, bool gateway, std::map<std::string, MetricNames>& table) {
  for (const auto& [quantity, entry] : MapReader(value).entries()) {
    const auto& known = quantities(gateway);
    if (std::find(known.begin(), known.end(), quantity) == known.end()) {
      entry.fail(ErrorCode::kUnknownKey, fmt::format("unknown key '{}'", quantity),
                 suggest(quantity, known));
      continue;
    }
    MetricNames names;
    std::vector<ValueReader> items;
    if (entry.is_list()) {
      items = entry.list();
    } else {
      items = {entry};
    }
    for (const ValueReader& item : items) {
      auto name = item.string();
      if (!name) continue;
      if (!std::regex_match(*name, std::regex("[A-Za-z_:][A-Za-z0-9_:]*"))) {
        item.fail(ErrorCode::kOutOfRange, fmt::format("'{}' is no name of a metric", *name));
        continue;
      }
      names.push_back(*std::move(name));
    }
    table[quantity] = std::move(names);
  }
}

void read_name_tables(MapReader& map, const SettingsReader& reader) {
  const auto found = map.find("names");
  if (!found) return;
  std::vector<std::string> known = engine_names();
  known.emplace_back("gateway");
  for (const auto& [source, value] : found->map().entries()) {
    if (std::find(known.begin(), known.end(), source) == known.end()) {
      value.fail(ErrorCode::kUnknownName, fmt::format("unknown source '{}'", source),
                 suggest(source, known));
      continue;
    }
    read_names(value, source == "gateway", reader.settings.metrics.names[source]);
  }
}

void read_pattern(MapReader& map, std::string_view key, std::string& value, const char* pattern) {
  read_text(map, key, value);
  if (std::regex_match(value, std::regex(pattern))) return;
  if (const auto found = map.find(key)) {
    found->fail(ErrorCode::kOutOfRange, fmt::format("'{}' cannot be the {}", value, key));
  }
}

}  // namespace

void read_metrics(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("metrics");
  if (!found) return;
  MetricsDeploy& metrics = reader.settings.metrics;
  MapReader map(*found);
  read_name_tables(map, reader);
  constexpr const char* kLabelName = "[A-Za-z_][A-Za-z0-9_]*";
  constexpr const char* kPromDuration = "[0-9]+(s|m|h)";
  read_pattern(map, "pod_label", metrics.pod_label, kLabelName);
  read_pattern(map, "namespace_label", metrics.namespace_label, kLabelName);
  read_pattern(map, "class_label", metrics.class_label, kLabelName);
  read_flag(map, "class_in_namespace", metrics.class_in_namespace);
  read_pattern(map, "window", metrics.window, kPromDuration);
  read_table(map, "rule_labels", metrics.rule_labels, Form::kLabels);
  read_table(map, "dashboard_labels", metrics.dashboard_labels, Form::kLabels);
  read_number(map, "demand_above", metrics.demand_above, {.min = 1.0, .max = 100.0});
  read_number(map, "prediction_off", metrics.prediction_off, {.min = 1.0, .max = 100.0});
  read_pattern(map, "alert_after", metrics.alert_after, kPromDuration);
  reader.finish(map, "metrics");
}

}  // namespace berth::manifest
