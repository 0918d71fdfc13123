#include "berth/experiment/horizon.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/experiment/parts.h"

namespace berth {
namespace {

const std::vector<std::string>& policies() {
  static const std::vector<std::string> all = {"static-mean", "static-peak", "threshold", "gh",
                                               "agh",         "fresh",       "oracle"};
  return all;
}

std::string number(double value) { return fmt::format("{:.6g}", value); }

void add_rows(const HorizonCase& one, const ReplayResult& result, Experiment& experiment) {
  const char* forecast = kForecastNames[static_cast<int>(result.forecast)];
  for (const ReplayedPolicy& policy : result.policies) {
    const ReplaySummary sum = summarise(policy, result);
    experiment.rows.push_back({one.name, forecast, policy.name, number(sum.cost),
                               number(sum.switching), number(sum.violation_rate),
                               number(sum.unmet_share), number(sum.late_share),
                               std::to_string(sum.changes), number(sum.planning_mean_s),
                               number(sum.planning_max_s), std::to_string(sum.failed)});
  }
}

void add_charts(const HorizonCase& one, const ReplayResult& result, Experiment& experiment) {
  const std::string forecast = kForecastNames[static_cast<int>(result.forecast)];
  ExperimentChart cost;
  cost.name = fmt::format("cost-{}-{}", one.name, forecast);
  cost.heading = fmt::format("Cost, {} demand, {}", one.name,
                             forecast == "known" ? "known" : "forecast: " + forecast);
  cost.note = "USD over all windows, changes included";
  for (std::size_t p = 0; p < result.policies.size(); ++p) {
    const ReplaySummary sum = summarise(result.policies[p], result);
    cost.bars.push_back({result.policies[p].name,
                         fmt::format("{:.2f} % of the promises broken, {} changes",
                                     100.0 * sum.violation_rate, sum.changes),
                         fmt::format("${:.2f}", sum.cost), sum.cost, static_cast<int>(p)});
  }
  experiment.charts.push_back(std::move(cost));
  if (result.forecast != ForecastKind::kKnown) return;
  ExperimentChart over_time;
  over_time.name = "gpus-" + one.name;
  over_time.heading = fmt::format("Over time, {} demand, known", one.name);
  over_time.note = "requests per second, and the GPUs each policy rents";
  over_time.window_s = result.window_s;
  over_time.strips.push_back({"Demand, requests/s", result.demand, 7});
  for (std::size_t p = 0; p < result.policies.size(); ++p) {
    ExperimentStrip strip{"GPUs, " + result.policies[p].name, {}, static_cast<int>(p)};
    for (const ReplayWindow& window : result.policies[p].windows) {
      strip.values.push_back(window.gpus);
    }
    over_time.strips.push_back(std::move(strip));
  }
  experiment.charts.push_back(std::move(over_time));
}

double share_less(double own, double other) { return other > 0.0 ? 1.0 - own / other : 0.0; }

/// "mean-reverting: AGH, re-planning, costs 12.3 % less than static-peak, ..."
std::string answer_of(const HorizonCase& one, const ReplayResult& result) {
  const auto sum = [&](const char* name) {
    const auto found = std::find_if(result.policies.begin(), result.policies.end(),
                                    [name](const ReplayedPolicy& p) { return p.name == name; });
    return summarise(*found, result);
  };
  const ReplaySummary agh = sum("agh");
  return fmt::format(
      "{}, {}: agh re-planning costs {:.1f} % less than a static plan for the peak ({:.2f} against "
      "{:.2f} % of the promises broken), {:.1f} % less than the threshold autoscaler ({:.2f} %), "
      "{:.1f} "
      "% more than the oracle, with {:.0f} % of the changes of planning anew. ",
      one.name,
      result.forecast == ForecastKind::kKnown
          ? "demand known"
          : fmt::format("forecast {}", kForecastNames[static_cast<int>(result.forecast)]),
      100.0 * share_less(agh.cost, sum("static-peak").cost), 100.0 * agh.violation_rate,
      100.0 * sum("static-peak").violation_rate,
      100.0 * share_less(agh.cost, sum("threshold").cost), 100.0 * sum("threshold").violation_rate,
      -100.0 * share_less(agh.cost, sum("oracle").cost),
      100.0 * static_cast<double>(agh.changes) /
          static_cast<double>(std::max<long long>(1, sum("fresh").changes)));
}

}  // namespace

Status add_horizons(const ExperimentRequest& request, const std::vector<HorizonCase>& cases,
                    Experiment& experiment) {
  experiment.columns = {"demand",          "forecast",       "policy",
                        "cost_usd",        "switching_usd",  "violation_rate",
                        "unmet_share",     "late_share",     "changes",
                        "planning_mean_s", "planning_max_s", "windows_without_plan"};
  for (const HorizonCase& one : cases) {
    for (const ForecastKind forecast : {ForecastKind::kKnown, ForecastKind::kLast}) {
      step(request, fmt::format("{}, {}", one.name, kForecastNames[static_cast<int>(forecast)]));
      ReplayRequest replay;
      replay.policies = policies();
      replay.forecast = forecast;
      replay.seed = request.seed;
      replay.limits.stop = request.stop;
      const Result<ReplayResult> result = run_replay(one.fleet, one.windows, replay);
      if (!result) return result.errors();
      add_rows(one, *result, experiment);
      add_charts(one, *result, experiment);
      experiment.answer += answer_of(one, *result);
    }
  }
  return Ok{};
}

}  // namespace berth
