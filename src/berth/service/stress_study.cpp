// A plan, and others made anew, under scenarios that they were not made for.

#include <fmt/format.h>

#include "berth/output/stress_table.h"
#include "berth/pipeline/pipeline.h"
#include "berth/service/studies.h"
#include "berth/solve/registry.h"
#include "berth/stress/stress.h"

namespace berth {
namespace {

constexpr std::size_t kMostCandidates = 64;
constexpr std::size_t kMostOutcomes = 100'000;  // 23 MB of JSON
constexpr double kMostFactor = 100.0;
constexpr double kPlanSeconds = 5.0;

std::vector<std::string_view> stress_methods() {
  std::vector<std::string_view> names;
  for (const Method& method : methods()) names.push_back(method.name);
  return names;
}

FactorRange range_of(const Call& call, std::string_view name) {
  const std::vector<double>& pair = call.numbers(name);
  return {pair[0], pair[1]};
}

/// Every headroom with every budget; the fleet's own where nothing is said.
std::vector<FleetPolicy> policies_of(const Call& call, const FleetPolicy& own) {
  std::vector<double> headrooms = call.numbers("headrooms");
  std::vector<double> budgets = call.numbers("robust");
  if (headrooms.empty()) headrooms = {own.headroom};
  if (budgets.empty()) budgets = {own.uncertainty.budget};
  std::vector<FleetPolicy> policies;
  for (const double budget : budgets) {
    for (const double headroom : headrooms) {
      FleetPolicy& policy = policies.emplace_back(own);
      policy.headroom = headroom;
      policy.uncertainty.budget = budget;
    }
  }
  return policies;
}

/// Of plans to be made, and of what becomes of each plan in each scenario.
Status check_amounts(std::size_t made, std::size_t scenarios) {
  if (made > kMostCandidates) {
    return Error{ErrorCode::kOutOfRange,
                 fmt::format("these are {} plans, at most {} are made", made, kMostCandidates),
                 "line 1: /methods", "fewer headrooms or budgets"};
  }
  const std::size_t outcomes = (made + 1) * scenarios;
  if (outcomes <= kMostOutcomes) return Ok{};
  return Error{ErrorCode::kOutOfRange,
               fmt::format("{} plans in {} scenarios: at most {} outcomes are kept", made + 1,
                           scenarios, kMostOutcomes),
               "line 1: /scenarios", "fewer of either; 'berth stress' tells sums of any number"};
}

/// A plan of each method with each policy; those that there are.
Status add_made_plans(const StudySubject& subject, const Call& call, JobContext& context,
                      std::vector<StressCandidate>& candidates) {
  const std::vector<FleetPolicy> policies = policies_of(call, subject.fleet.policy);
  const std::size_t total = call.words("methods").size() * policies.size();
  if (Status few = check_amounts(total, static_cast<std::size_t>(call.integer("scenarios")));
      !few) {
    return few;
  }
  std::size_t made = 0;
  for (const std::string& method : call.words("methods")) {
    for (const FleetPolicy& policy : policies) {
      if (context.stop()->stop_requested()) {
        return Error{ErrorCode::kLimitReached, "the stress test was cancelled", "", ""};
      }
      Fleet fleet = subject.fleet;
      fleet.policy = policy;
      PlanRequest request;
      request.method = method;
      request.limits.time = Seconds{kPlanSeconds};
      request.limits.threads = subject.options.threads;
      request.limits.stop = context.stop();
      Result<PlanOutcome> outcome = make_plan(fleet, request);
      context.progress(++made, total);
      if (outcome) candidates.push_back({method, policy.headroom, std::move(outcome->plan)});
    }
  }
  return Ok{};
}

}  // namespace

std::vector<RouteParameter> stress_fields() {
  return {
      {.name = "scenarios",
       .type = ParameterType::kInteger,
       .about = "how many",
       .min = 1,
       .max = 100'000,
       .fallback = "500"},
      {.name = "demand",
       .type = ParameterType::kRange,
       .about = "factors on a class's rate",
       .max = kMostFactor,
       .above = true,
       .fallback = "[0.8, 1.5]"},
      {.name = "delay",
       .type = ParameterType::kRange,
       .about = "factors on the times of a pool's replicas",
       .max = kMostFactor,
       .above = true,
       .fallback = "[1, 1.5]"},
      {.name = "error",
       .type = ParameterType::kRange,
       .about = "factors on a model's error",
       .max = kMostFactor,
       .above = true,
       .fallback = "[1, 1.5]"},
      {.name = "shape",
       .type = ParameterType::kChoice,
       .about = "how factors are drawn",
       .choices = {std::begin(kScenarioShapeNames), std::end(kScenarioShapeNames)},
       .fallback = "\"uniform\""},
      {.name = "delay_kind",
       .type = ParameterType::kChoice,
       .about = "slower replicas, or later answers alone",
       .choices = {std::begin(kDelayKindNames), std::end(kDelayKindNames)},
       .fallback = "\"service\""},
      {.name = "seed",
       .type = ParameterType::kInteger,
       .about = "the same seed gives the same scenarios",
       .max = 1e15,
       .fallback = "1"},
      {.name = "methods",
       .type = ParameterType::kWords,
       .about = "plans made anew by each, beside this one",
       .choices = stress_methods(),
       .fallback = "[]"},
      {.name = "headrooms",
       .type = ParameterType::kNumbers,
       .about = "with each of these",
       .max = 10,
       .fallback = "[]"},
      {.name = "robust",
       .type = ParameterType::kNumbers,
       .about = "and each of these budgets of uncertainty",
       .max = 1e6,
       .fallback = "[]"},
  };
}

Result<std::string> run_stress_study(const StudySubject& subject, const Call& call,
                                     JobContext& context) {
  StressRequest request;
  request.ranges = {range_of(call, "demand"), range_of(call, "delay"), range_of(call, "error"),
                    scenario_shape_of(call.text("shape")), delay_kind_of(call.text("delay_kind"))};
  request.scenarios = static_cast<std::size_t>(call.integer("scenarios"));
  request.seed = static_cast<std::uint64_t>(call.integer("seed"));
  request.threads = subject.options.threads;
  request.stop = context.stop();
  std::vector<StressCandidate> candidates = {
      {fmt::format("plan {}", subject.id), std::nullopt, subject.plan}};
  if (Status made = add_made_plans(subject, call, context, candidates); !made) {
    return made.errors();
  }
  request.on_progress = [&](std::size_t done) { context.progress(done, request.scenarios); };
  const Result<StressResult> result = run_stress(subject.fleet, candidates, request);
  if (!result) return result.errors();
  return to_json(*result);
}

}  // namespace berth
