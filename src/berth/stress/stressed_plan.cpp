#include "berth/stress/stressed_plan.h"

#include <algorithm>
#include <cmath>

#include "berth/core/infinity.h"
#include "berth/instance/build.h"
#include "berth/instance/class_terms.h"
#include "berth/instance/pair_sizing.h"
#include "berth/instance/tpot_targets.h"
#include "berth/perf/phase_model.h"
#include "berth/plan/resolve_plan.h"
#include "berth/solve/adaptive/market.h"
#include "berth/solve/adaptive/routing.h"

namespace berth {
namespace {

/// Promises are kept before money is saved: breaking one for a class costs the program this many
/// times all that the plan and its classes cost. It is no part of what is reported.
constexpr double kPromise = 10.0;
constexpr double kShareTolerance = 1e-6;
constexpr double kErrorRounding = 1e-12;
/// Replicas: the program's arithmetic needs classes that are not all but nothing.
constexpr double kLeastLoad = 1e-6;

}  // namespace

struct StressedPlan::Impl {
  /// What a route breaks.
  struct Service {
    bool late = false;  ///< beyond the class's SLO
    bool poor = false;  ///< by a model whose error is beyond the limit
  };

  struct FixedDeployment {
    PhaseModel physics;
    std::size_t pool = 0;
    std::size_t model = 0;
    double replicas = 0.0;
    double target = kInfinity;  ///< TPOT it is run at, s
  };

  /// One class on one deployment of the plan.
  struct FixedPair {
    bool possible = false;  ///< a request fits the cache and the context
    double error = 0.0;
    double full_rate = 0.0;   ///< requests/s of a replica whose slots are full
    double full_delay = 0.0;  ///< mean end-to-end time there, s
  };

  struct FixedClass {
    ClassTerms terms;
    double limit = kInfinity;  ///< on TPOT, s
    double rate = 0.0;         ///< requests/s, as planned for without headroom
    double unmet_cost = 0.0;   ///< phi, USD/h for all of it
    double max_unmet = 0.0;
    double max_error = 1.0;
    double percentile = 0.95;
    bool strict = false;
    bool floor = false;
  };

  explicit Impl(const Fleet& f) : fleet(f) {}

  /// The routes there are in a scenario, as the program's columns.
  struct Program {
    adaptive::Market market;
    std::vector<Service> service;      ///< by entry
    std::vector<double> error_excess;  ///< by entry: error less what the class accepts
    std::vector<double> penalty;       ///< by class, USD/h: uncarried
  };

  void add_deployment(const OptionSpec& option, const PlanDeployment& row);
  void add_class(const FleetClass& c);
  [[nodiscard]] FixedPair fixed_pair(const FixedClass& c, const OptionSpec& option,
                                     const FixedDeployment& deployment,
                                     const QualityFloor& quality) const;
  [[nodiscard]] const FixedPair& pair(std::size_t i, std::size_t d) const {
    return pairs[i * deployments.size() + d];
  }
  void add_routes(const Scenario& scenario, std::size_t d, Program& program) const;
  [[nodiscard]] Program program_of(const Scenario& scenario) const;
  [[nodiscard]] ScenarioOutcome settle(const Scenario& scenario, const Program& program,
                                       const adaptive::Routing& routing) const;

  const Fleet& fleet;
  std::vector<FixedDeployment> deployments;
  std::vector<OptionSpec> options;  ///< by deployment
  std::vector<FixedClass> classes;
  std::vector<FixedPair> pairs;  ///< by class, then deployment
  double standing_cost = 0.0;    ///< USD/h: boxes and deployments
  double promise = 1.0;          ///< USD/h: see kPromise
};

void StressedPlan::Impl::add_deployment(const OptionSpec& option, const PlanDeployment& row) {
  const double target = option.tpot_target ? option.tpot_target->value : kInfinity;
  deployments.push_back({PhaseModel(deployment_of(fleet, option)), option.pool.index(),
                         option.model.index(), static_cast<double>(row.replicas), target});
  options.push_back(option);
}

void StressedPlan::Impl::add_class(const FleetClass& c) {
  FixedClass row;
  row.terms = class_terms(fleet, c, {});
  // The promises as stated, whatever the fleet's policy plans for.
  row.terms.ttft = c.slo.ttft ? c.slo.ttft->value : kInfinity;
  row.terms.e2e = c.slo.e2e ? c.slo.e2e->value : kInfinity;
  if (const auto limit = tpot_limit(c)) row.limit = limit->value / c.margin.tpot;
  row.rate = c.traffic.rate;
  row.unmet_cost = c.unmet_cost_per_request * c.traffic.rate * kSecondsPerHour;
  row.max_unmet = c.max_unmet;
  row.percentile = c.slo.percentile;
  row.floor = c.quality.min > 0.0;
  row.max_error = row.floor ? 1.0 - c.quality.min : 1.0;
  row.strict = c.quality.mode == QualityFloor::Mode::kStrict;
  for (std::size_t d = 0; d < deployments.size(); ++d) {
    pairs.push_back(fixed_pair(row, options[d], deployments[d], c.quality));
  }
  classes.push_back(std::move(row));
}

StressedPlan::Impl::FixedPair StressedPlan::Impl::fixed_pair(const FixedClass& c,
                                                             const OptionSpec& option,
                                                             const FixedDeployment& deployment,
                                                             const QualityFloor& quality) const {
  const PhaseModel& physics = deployment.physics;
  const double target = deployment.target;
  FixedPair fixed;
  fixed.error = pair_error(fleet, option, quality);
  ClassTerms unhurried = c.terms;
  unhurried.ttft = kInfinity;
  unhurried.e2e = kInfinity;
  PairSizing sizing;
  const double longest = unhurried.longest_prompt + unhurried.longest_output;
  fixed.possible = longest <= physics.deployment().model->max_context &&
                   sizing.prepare(physics, unhurried).reason == PairRejection::kCount &&
                   sizing.size(unhurried, target).reason == PairRejection::kCount;
  if (!fixed.possible) return fixed;
  fixed.full_rate = sizing.sizing().capacity * sizing.sizing().utilization;
  fixed.full_delay = sizing.mean_delay(unhurried);
  return fixed;
}

/// Later answers are the same as limits that are so much shorter; slower replicas, moreover, as
/// requests that come so much faster.
void StressedPlan::Impl::add_routes(const Scenario& scenario, std::size_t d,
                                    Program& program) const {
  const FixedDeployment& deployment = deployments[d];
  const double later = scenario.delay[deployment.pool];
  const double slower = scenario.delay_kind == DelayKind::kService ? later : 1.0;
  PairSizing sizing;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const FixedClass& c = classes[i];
    const FixedPair& fixed = pair(i, d);
    if (!fixed.possible) continue;
    const double rate = c.rate * scenario.demand[i];
    const double error = std::min(1.0, fixed.error * scenario.error[deployment.model]);
    const bool average = program.market.error_row[i] >= 0;
    const double owed = c.unmet_cost * scenario.demand[i] + promise;
    const auto add_one = [&](Service service, double load, double delay) {
      adaptive::Entry entry;
      entry.query_class = static_cast<std::uint32_t>(i);
      entry.option = static_cast<std::uint32_t>(d);
      entry.load = std::max(load, kLeastLoad);
      entry.cost = c.terms.delay_usd_per_s * scenario.demand[i] * delay;
      if (service.late) entry.cost += owed;
      if (service.poor) entry.cost += owed;
      if (average && !service.poor) entry.error_excess = error - c.max_error;
      program.market.entries.push_back(entry);
      program.service.push_back(service);
      program.error_excess.push_back(error - c.max_error);
    };
    const auto add = [&](bool late, double load, double delay) {
      const bool enough = error <= c.max_error * (1.0 + kErrorRounding);
      if (enough || !c.strict) add_one({late, false}, load, delay);
      if (!enough) add_one({late, true}, load, delay);
    };
    ClassTerms hurried = c.terms;
    hurried.ttft /= later;
    hurried.e2e /= later;
    hurried.planned_rate = rate * slower;
    const double target = std::min(deployment.target, c.limit / later);
    if (sizing.prepare(deployment.physics, hurried).reason == PairRejection::kCount &&
        sizing.size(hurried, target).reason == PairRejection::kCount) {
      add(false, sizing.sizing().load, later * sizing.mean_delay(hurried));
    }
    add(true, rate * slower / fixed.full_rate, later * fixed.full_delay);
  }
}

StressedPlan::Impl::Program StressedPlan::Impl::program_of(const Scenario& scenario) const {
  Program program;
  adaptive::Market& market = program.market;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const FixedClass& c = classes[i];
    const double demand = scenario.demand[i];
    market.unmet_cost.push_back(c.unmet_cost * demand);
    market.max_unmet.push_back(c.max_unmet);
    market.delay_row.push_back(-1);
    const bool average = c.floor && !c.strict;
    market.error_row.push_back(average ? static_cast<std::int32_t>(market.average_rows++) : -1);
    // Refused beyond what may be: the last resort.
    program.penalty.push_back(c.unmet_cost * demand + 3.0 * promise);
  }
  market.pool.assign(deployments.size(), 0);
  market.first.assign(1, 0);
  for (std::size_t d = 0; d < deployments.size(); ++d) {
    add_routes(scenario, d, program);
    market.first.push_back(static_cast<std::uint32_t>(market.entries.size()));
  }
  market.index_classes();
  return program;
}

ScenarioOutcome StressedPlan::Impl::settle(const Scenario& scenario, const Program& program,
                                           const adaptive::Routing& routing) const {
  const std::size_t count = classes.size();
  std::vector<double> served(count, 0.0);
  std::vector<double> late(count, 0.0);
  std::vector<double> poor(count, 0.0);
  std::vector<double> error(count, 0.0);
  ScenarioOutcome outcome;
  outcome.cost = standing_cost;
  routing.for_each_share([&](std::size_t entry, double share) {
    const adaptive::Entry& route = program.market.entries[entry];
    const std::size_t i = route.query_class;
    served[i] += share;
    error[i] += share * program.error_excess[entry];
    const Service service = program.service[entry];
    if (service.late) late[i] += share;
    if (service.poor) poor[i] += share;
    // What is late and poor is paid back once.
    const double owed = classes[i].unmet_cost * scenario.demand[i];
    const double counted = (service.late ? 1.0 : 0.0) + (service.poor ? 1.0 : 0.0);
    const double fees = counted * (owed + promise);
    outcome.cost += share * (route.cost - fees + (counted > 0.0 ? owed : 0.0));
  });
  outcome.classes.resize(count);
  double requests = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const FixedClass& c = classes[i];
    const double rate = c.rate * scenario.demand[i];
    constexpr double kNoise = 1e-12;  // of the shares' sum
    const double refused = std::clamp(1.0 - served[i], 0.0, 1.0);
    const double unmet = refused > kNoise ? refused : 0.0;
    outcome.cost += unmet * c.unmet_cost * scenario.demand[i];
    outcome.unmet_share += unmet * rate;
    outcome.late_share += late[i] * rate;
    requests += rate;
    BrokenPromises& broken = outcome.classes[i];
    broken.late_share = late[i];
    broken.unmet_share = unmet;
    broken.latency = late[i] > (1.0 - c.percentile) * served[i] + kShareTolerance;
    broken.unmet = unmet > c.max_unmet + kShareTolerance;
    broken.error = c.floor && (c.strict ? poor[i] > kShareTolerance
                                        : error[i] > kShareTolerance * (1.0 + served[i]));
  }
  if (requests > 0.0) {
    outcome.unmet_share /= requests;
    outcome.late_share /= requests;
  }
  return outcome;
}

StressedPlan::StressedPlan(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StressedPlan::StressedPlan(StressedPlan&&) noexcept = default;
StressedPlan& StressedPlan::operator=(StressedPlan&&) noexcept = default;
StressedPlan::~StressedPlan() = default;

Result<StressedPlan> StressedPlan::make(const Fleet& fleet, const Plan& plan) {
  const Result<ResolvedPlan> resolved = resolve_plan(fleet, plan);
  if (!resolved) return resolved.errors();
  auto impl = std::make_unique<Impl>(fleet);
  for (std::size_t d = 0; d < plan.deployments.size(); ++d) {
    impl->add_deployment(resolved->deployments[d], plan.deployments[d]);
  }
  for (const FleetClass& c : fleet.classes) impl->add_class(c);
  impl->standing_cost = (plan.cost.rental + plan.cost.fixed).usd();
  impl->promise = 1.0 + plan.cost.total().usd();
  for (const Impl::FixedClass& c : impl->classes) impl->promise += c.unmet_cost;
  impl->promise *= kPromise;
  return StressedPlan(std::move(impl));
}

Result<ScenarioOutcome> StressedPlan::outcome(const Scenario& scenario) const {
  const Impl::Program program = impl_->program_of(scenario);
  adaptive::Routing routing(program.market, program.penalty);
  for (std::size_t d = 0; d < impl_->deployments.size(); ++d) {
    if (routing.set_capacity(d, impl_->deployments[d].replicas, kInfinity)) continue;
    return Error{ErrorCode::kInternal, "the routing of a scenario could not be solved", "", ""};
  }
  return impl_->settle(scenario, program, routing);
}

}  // namespace berth
