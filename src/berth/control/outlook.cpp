#include "berth/control/outlook.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace berth {
namespace {

using Kind = TelemetryWarning::Kind;

double tokens(const WindowDemand& demand) {
  return demand.rate * (demand.prompt_mean + demand.output_mean);
}

const MeasuredClass* measured_class(const DemandReading& reading, const std::string& name) {
  const auto found =
      std::find_if(reading.classes.begin(), reading.classes.end(),
                   [&](const MeasuredClass& measured) { return measured.name == name; });
  return found == reading.classes.end() ? nullptr : &*found;
}

/// Windows at the end without a measurement; absent: no window has one.
std::optional<std::size_t> missing_at_end(const MeasuredClass& measured) {
  const auto last = std::find_if(measured.windows.rbegin(), measured.windows.rend(),
                                 [](const auto& window) { return window.has_value(); });
  if (last == measured.windows.rend()) return std::nullopt;
  return static_cast<std::size_t>(last - measured.windows.rbegin());
}

WindowDemand stated(const FleetClass& query_class) {
  const QueryClass& traffic = query_class.traffic;
  WindowDemand demand;
  demand.rate = traffic.rate;
  demand.prompt_mean = traffic.prompt_tokens.mean();
  demand.prompt_std = traffic.prompt_tokens.standard_deviation();
  demand.output_mean = traffic.output_tokens.mean();
  demand.output_std = traffic.output_tokens.standard_deviation();
  demand.cv2 = traffic.arrival_variability;
  demand.measured = false;
  return demand;
}

/// Whether a plan's inputs say that the class was measured.
bool was_measured(const nlohmann::json& inputs, const std::string& name) {
  if (!inputs.is_object() || !inputs.contains("classes")) return false;
  for (const auto& row : inputs["classes"]) {
    if (row.value("name", "") == name) return row.value("from_metrics", false);
  }
  return false;
}

}  // namespace

std::optional<std::string> reason_to_freeze(const DemandReading& reading, const Fleet& fleet,
                                            const OutlookOptions& options, double now_s,
                                            const std::string& planned_on) {
  const nlohmann::json inputs = nlohmann::json::parse(planned_on, nullptr, false);
  const std::optional<Seconds> age = reading.age_at(now_s);
  if (!age) return "no demand counter has a sample in the range";
  if (*age > options.stale_after) {
    return fmt::format("stale: the newest sample is {:.0f} s old, at most {:.0f} s are trusted",
                       age->value, options.stale_after.value);
  }
  for (const TelemetryWarning& warning : reading.warnings) {
    if (warning.kind == Kind::kContradiction) return "contradictory: " + to_string(warning);
  }
  for (const FleetClass& c : fleet.classes) {
    const MeasuredClass* measured = measured_class(reading, c.traffic.name);
    const auto missing = measured != nullptr ? missing_at_end(*measured) : std::nullopt;
    if (!missing && was_measured(inputs, c.traffic.name)) {
      return fmt::format("stale: {} was planned for by its metrics, and there are none any more",
                         c.traffic.name);
    }
    if (!missing || *missing <= options.most_missing) continue;
    return fmt::format("stale: {} was not measured in the last {} windows, at most {} are bridged",
                       c.traffic.name, *missing, options.most_missing);
  }
  return std::nullopt;
}

Result<Outlook> make_outlook(const DemandReading& reading, const Fleet& fleet,
                             const OutlookOptions& options) {
  TelemetryWarnings warnings;
  const DemandSeries series = to_series(reading, warnings);
  const auto measured = DemandWindows::make(series, reading.step_s);
  if (!measured) return measured.errors();
  Outlook outlook;
  const std::size_t now = measured->count();
  const std::size_t first = now - std::min(now, options.recent);
  for (const FleetClass& c : fleet.classes) {
    const auto& names = measured->classes();
    const auto found = std::find(names.begin(), names.end(), c.traffic.name);
    outlook.from_metrics.push_back(found != names.end());
    if (found == names.end()) {
      outlook.notes.push_back(c.traffic.name +
                              " was never measured: its demand is the fleet's own");
      for (auto* rows : {&outlook.measured, &outlook.next, &outlook.busiest}) {
        rows->push_back(stated(c));
      }
      continue;
    }
    const auto row = static_cast<std::size_t>(found - names.begin());
    outlook.measured.push_back(measured->at(now - 1, row));
    const bool trending = options.forecast == ForecastKind::kTrend;
    outlook.next.push_back(trending ? trend(*measured, now, row, options.ahead)
                                    : forecast(*measured, options.forecast, now, row));
    WindowDemand busiest = outlook.next.back();
    for (std::size_t w = first; w < now; ++w) {
      if (tokens(measured->at(w, row)) > tokens(busiest)) busiest = measured->at(w, row);
    }
    outlook.busiest.push_back(busiest);
  }
  if (outlook.notes.size() == fleet.classes.size()) {
    return Error{ErrorCode::kMissing, "no class of the fleet was measured", reading.source,
                 "the `telemetry:` section says which labels belong to which class"};
  }
  return outlook;
}

bool has_demand(const DemandReading& reading, const std::string& query_class) {
  const MeasuredClass* measured = measured_class(reading, query_class);
  return measured != nullptr && missing_at_end(*measured).has_value();
}

Fleet with_demand(const Fleet& fleet, const std::vector<WindowDemand>& demand) {
  Fleet result = fleet;
  for (std::size_t i = 0; i < result.classes.size(); ++i) set_demand(result.classes[i], demand[i]);
  return result;
}

std::string demand_json(const Fleet& fleet, const Outlook& outlook) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const WindowDemand& next = outlook.next[i];
    rows.push_back({{"name", fleet.classes[i].traffic.name},
                    {"from_metrics", outlook.from_metrics[i]},
                    {"measured", outlook.measured[i].rate},
                    {"next", next.rate},
                    {"busiest", outlook.busiest[i].rate},
                    {"prompt_mean", next.prompt_mean},
                    {"output_mean", next.output_mean},
                    {"cv2", next.cv2}});
  }
  return nlohmann::ordered_json{{"classes", std::move(rows)}}.dump();
}

}  // namespace berth
