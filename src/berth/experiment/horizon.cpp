#include "berth/experiment/horizon.h"

#include <algorithm>
#include <cmath>

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

/// "12.3 % less than static-peak (1.20 % of its promises broken)"
std::string beside(const ReplaySummary& own, const ReplaySummary& other, const char* name) {
  const double less = share_less(own.cost, other.cost);
  return fmt::format("{:.1f} % {} than {} ({:.2f} % of its promises broken)",
                     100.0 * std::abs(less), less >= 0.0 ? "less" : "more", name,
                     100.0 * other.violation_rate);
}

std::string answer_of(const HorizonCase& one, const ReplayResult& result) {
  const auto sum = [&](const char* name) {
    const auto found = std::find_if(result.policies.begin(), result.policies.end(),
                                    [name](const ReplayedPolicy& p) { return p.name == name; });
    return summarise(*found, result);
  };
  const ReplaySummary agh = sum("agh");
  const char* forecast = kForecastNames[static_cast<int>(result.forecast)];
  const ReplayedPolicy* cheapest = nullptr;
  for (const ReplayedPolicy& policy : result.policies) {
    if (policy.name == "oracle" || policy.name == "agh") continue;
    if (summarise(policy, result).violation_rate > agh.violation_rate + 1e-12) continue;
    if (cheapest == nullptr || summarise(policy, result).cost < summarise(*cheapest, result).cost) {
      cheapest = &policy;
    }
  }
  const std::string other =
      cheapest == nullptr
          ? ""
          : fmt::format(
                " The cheapest of the others that break no more is {}, ${:.2f} against "
                "${:.2f}.",
                cheapest->name, summarise(*cheapest, result).cost, agh.cost);
  return fmt::format(
      "{} demand, {}: agh, re-planning, breaks {:.2f} % of the promises and costs {}, {}, {}, with "
      "{:.0f} % of the changes of planning anew.{}",
      one.name,
      result.forecast == ForecastKind::kKnown ? "known" : fmt::format("forecast {}", forecast),
      100.0 * agh.violation_rate, beside(agh, sum("static-peak"), "static-peak"),
      beside(agh, sum("threshold"), "threshold"), beside(agh, sum("oracle"), "oracle"),
      100.0 * static_cast<double>(agh.changes) /
          static_cast<double>(std::max<long long>(1, sum("fresh").changes)),
      other);
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
      Fleet fleet = one.fleet;
      fleet.policy.switching.hold = Seconds{one.windows.window_s()};
      const Result<ReplayResult> result = run_replay(fleet, one.windows, replay);
      if (!result) return result.errors();
      add_rows(one, *result, experiment);
      add_charts(one, *result, experiment);
      experiment.answers.push_back(answer_of(one, *result));
    }
  }
  return Ok{};
}

}  // namespace berth
