// Plans of several methods under inflated demand, delay and error: section 4 of the paper's
// studies.

#include <algorithm>

#include <fmt/format.h>

#include "berth/experiment/parts.h"
#include "berth/fleet/generate.h"
#include "berth/pipeline/pipeline.h"
#include "berth/stress/stress.h"

namespace berth {
namespace {

/// How a plan is made.
struct Recipe {
  const char* method;
  double headroom;
  double robust;   ///< classes at once
  double survive;  ///< factor
};

std::vector<Recipe> recipes(bool quick) {
  if (quick) return {{"milp", 0.0, 0.0, 1.0}, {"agh", 0.1, 0.0, 1.0}, {"agh", 0.0, 0.0, 1.2}};
  return {{"milp", 0.0, 0.0, 1.0}, {"gh", 0.0, 0.0, 1.0},  {"agh", 0.0, 0.0, 1.0},
          {"gh", 0.1, 0.0, 1.0},   {"agh", 0.1, 0.0, 1.0}, {"agh", 0.2, 0.0, 1.0},
          {"agh", 0.3, 0.0, 1.0},  {"agh", 0.5, 0.0, 1.0}, {"agh", 0.1, 2.0, 1.0},
          {"agh", 0.5, 2.0, 1.0},  {"agh", 0.0, 0.0, 1.2}, {"agh", 0.0, 0.0, 1.5}};
}

std::string name_of(const Recipe& recipe) {
  if (recipe.survive > 1.0) return fmt::format("{}, survive {:g}", recipe.method, recipe.survive);
  if (recipe.robust > 0.0) {
    return fmt::format("{}, robust {:g}, {:g} % headroom", recipe.method, recipe.robust,
                       100.0 * recipe.headroom);
  }
  return fmt::format("{}, {:g} % headroom", recipe.method, 100.0 * recipe.headroom);
}

struct StressCase {
  const char* name;
  const char* words;
  Fleet fleet;
};

/// The paper's classes where nothing may be refused, and as they are at the critical budget.
Result<std::vector<StressCase>> cases_of(std::uint64_t seed) {
  Result<GeneratedFleet> paper = paper_fleet(seed);
  if (!paper) return paper.errors();
  std::vector<StressCase> cases;
  Fleet strict = paper->fleet;
  strict.budget.reset();
  for (FleetClass& c : strict.classes) c.max_unmet = 0.0;
  cases.push_back({"strict", "nothing may be refused, no budget", std::move(strict)});
  Fleet critical = std::move(paper->fleet);
  constexpr double kCriticalUsd = 72.0 / 24.0;  // per hour
  critical.budget = CostRate::usd_per_hour(kCriticalUsd);
  cases.push_back(
      {"critical-budget", "72 USD a day, all may be refused at its cost", std::move(critical)});
  return cases;
}

class StressStudy {
 public:
  StressStudy(const ExperimentRequest& request, Experiment& experiment)
      : request_(request), experiment_(experiment) {}

  Status run(const StressCase& one) {
    std::vector<StressCandidate> candidates;
    std::vector<std::string> names;
    for (const Recipe& recipe : recipes(request_.quick)) {
      if (stopped(request_)) return stopped_error();
      step(request_, fmt::format("{}: {}", one.name, name_of(recipe)));
      Fleet fleet = one.fleet;
      fleet.policy.headroom = recipe.headroom;
      fleet.policy.uncertainty.budget = recipe.robust;
      if (recipe.survive > 1.0) fleet.policy.survival.factor = recipe.survive;
      PlanRequest planning;
      planning.method = recipe.method;
      planning.limits.time = request_.time_limit;
      planning.limits.stop = request_.stop;
      planning.seed = request_.seed;
      Result<PlanOutcome> outcome = make_plan(fleet, planning);
      if (!outcome && !only_no_plan(outcome.errors())) return outcome.errors();
      if (!outcome) continue;  // its row is missing: the table says which there are
      candidates.push_back({recipe.method, recipe.headroom, std::move(outcome->plan)});
      names.push_back(name_of(recipe));
    }
    for (const double factor : {1.2, 1.5}) {
      if (Status status = stress(one, candidates, names, factor); !status) return status;
    }
    return Ok{};
  }

 private:
  Status stress(const StressCase& one, const std::vector<StressCandidate>& candidates,
                const std::vector<std::string>& names, double factor) {
    step(request_, fmt::format("{}: x {:g}", one.name, factor));
    StressRequest stress;
    stress.ranges.demand = {0.8, 1.5};
    stress.ranges.delay = {1.0, factor};
    stress.ranges.error = {1.0, factor};
    stress.ranges.delay_kind = DelayKind::kLatency;
    stress.scenarios = request_.scenarios;
    stress.seed = request_.seed;
    stress.stop = request_.stop;
    const Result<StressResult> result = run_stress(one.fleet, candidates, stress);
    if (!result) return result.errors();
    ExperimentChart chart;
    chart.name = fmt::format("frontier-{}-{:g}", one.name, factor);
    chart.heading = fmt::format("Cost and robustness, {}, up to x {:g}", one.words, factor);
    chart.note = "each point a plan; left and low is good";
    for (std::size_t m = 0; m < result->methods.size(); ++m) {
      const StressedMethod& method = result->methods[m];
      const StressSummary sum = summarise(method, result->classes);
      experiment_.rows.push_back(
          {one.name, fmt::format("{:g}", factor), names[m],
           fmt::format("{:.6g}", method.plan_cost.usd()), fmt::format("{:.6g}", sum.expected_cost),
           fmt::format("{:.6g}", sum.p95_cost), fmt::format("{:.6g}", sum.violation_rate),
           fmt::format("{:.6g}", sum.latency_rate), fmt::format("{:.6g}", sum.error_rate),
           fmt::format("{:.6g}", sum.unmet_rate), fmt::format("{:.6g}", sum.unmet_share)});
      chart.points.push_back({names[m].substr(0, names[m].find(',')), sum.expected_cost,
                              sum.violation_rate, names[m].substr(names[m].find(',') + 2)});
    }
    experiment_.charts.push_back(std::move(chart));
    add_answer(one, *result, names, factor);
    return Ok{};
  }

  void add_answer(const StressCase& one, const StressResult& result,
                  const std::vector<std::string>& names, double factor) {
    std::size_t cheapest = 0;
    std::size_t safest = 0;
    std::vector<StressSummary> sums;
    for (const StressedMethod& method : result.methods) {
      sums.push_back(summarise(method, result.classes));
    }
    for (std::size_t m = 0; m < sums.size(); ++m) {
      if (sums[m].expected_cost < sums[cheapest].expected_cost) cheapest = m;
      if (std::pair(sums[m].violation_rate, sums[m].expected_cost) <
          std::pair(sums[safest].violation_rate, sums[safest].expected_cost)) {
        safest = m;
      }
    }
    if (sums.empty()) return;
    const auto words = [&](std::size_t m) {
      return fmt::format("{} (${:.2f} an hour expected, {:.1f} % of the promises broken)", names[m],
                         sums[m].expected_cost, 100.0 * sums[m].violation_rate);
    };
    experiment_.answers.push_back(fmt::format(
        "{}, up to x {:g}: {} breaks {:.1f} % at ${:.2f}; least expected cost: {}; safest: {}.",
        one.name, factor, names.front(), 100.0 * sums.front().violation_rate,
        sums.front().expected_cost, words(cheapest), words(safest)));
  }

  const ExperimentRequest& request_;
  Experiment& experiment_;
};

}  // namespace

Result<Experiment> stress_experiment(const ExperimentRequest& request) {
  Experiment experiment;
  experiment.title = "Which plan survives a bad day?";
  experiment.question =
      "Replicas stay as planned; demand, latency and errors do not, and routes follow at least "
      "cost. What do "
      "plans of the exact method and of the heuristics cost then, and which promises do they "
      "break, by headroom "
      "and robustness?";
  experiment.set_up = {
      {"Fleet", "the paper's six classes, models and GPUs (--preset paper)"},
      {"Scenarios",
       fmt::format("{}, demand 0.8 to 1.5 times, latency and error up to 1.2 and 1.5 times, "
                   "each uniform and on its own",
                   request.scenarios)},
      {"Delay", "latency: answers come later, no capacity is lost, as in the paper"},
      {"Plans",
       fmt::format("at most {:g} s each; the same scenarios for all", request.time_limit.value)}};
  experiment.columns = {"case",         "up_to",        "plan",           "plan_usd_per_hour",
                        "expected_usd", "p95_usd",      "violation_rate", "late_rate",
                        "error_rate",   "refused_rate", "unmet_share"};
  Result<std::vector<StressCase>> cases = cases_of(request.seed);
  if (!cases) return cases.errors();
  StressStudy study(request, experiment);
  for (const StressCase& one : *cases) {
    if (Status status = study.run(one); !status) return status.errors();
  }
  return experiment;
}

}  // namespace berth
