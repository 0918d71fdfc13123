#include "berth/solve/robust.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "berth/instance/reduced_instance.h"
#include "berth/plan/check.h"
#include "berth/plan/price.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/automatic.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/relaxation.h"
#include "berth/solve/milp/repair.h"
#include "berth/solve/reduced.h"
#include "berth/solve/replan.h"
#include "berth/solve/uncertainty.h"

namespace berth {
namespace {

/// Of the exact search among the options that were used. Without a time limit it ends by nodes, so
/// that the run can be repeated, and is left out where even its root takes long.
constexpr std::int64_t kPolishNodes = 100;
constexpr std::size_t kPolishPairs = 600;
/// Of a time limit: what the rounds leave to the polish, and AGH to the exact search of auto.
constexpr double kPolishPart = 0.3;
constexpr double kRoundsPart = 0.4;
/// The relaxation of so many pairs takes seconds at most.
constexpr std::size_t kRelaxedPairs = 20'000;
constexpr double kRelaxationPart = 0.5;
constexpr double kRounding = 1e-9;  // replicas

bool beside_running(const Instance& instance) { return !instance.columns().switching.empty(); }

std::vector<double> shares_of(const Instance& instance, const Solution& solution) {
  std::vector<double> share(instance.pair_count(), 0.0);
  for (const Route& route : solution.routes) {
    share[*instance.find_pair(route.query_class, route.option)] = route.share;
  }
  return share;
}

/// Who makes classes rise, at most the budget of them for each option.
class Adversary {
 public:
  explicit Adversary(const Instance& instance)
      : instance_(instance), uncertainty_(instance.columns().uncertainty) {}

  /// Weights that are worst for this plan; on options without a route, for all classes at once.
  /// At most the budget for each option.
  [[nodiscard]] std::vector<double> answer(const Solution& plan) const {
    std::vector<double> weight(instance_.pair_count(), 0.0);
    const std::vector<double> share = shares_of(instance_, plan);
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      const auto pairs = instance_.pairs_of(OptionId(d));
      std::vector<std::uint32_t> order(pairs.begin(), pairs.end());
      const bool idle =
          std::none_of(order.begin(), order.end(), [&](std::uint32_t p) { return share[p] > 0.0; });
      const auto rise = [&](std::uint32_t p) { return (idle ? 1.0 : share[p]) * full_rise(p); };
      std::stable_sort(order.begin(), order.end(),
                       [&](std::uint32_t x, std::uint32_t y) { return rise(x) > rise(y); });
      double left = uncertainty_.budget;
      for (const std::uint32_t p : order) {
        weight[p] = std::clamp(left, 0.0, 1.0);
        left -= 1.0;
      }
    }
    return weight;
  }

 private:
  [[nodiscard]] double full_rise(std::uint32_t p) const {
    const auto& pairs = instance_.columns().pairs;
    return pairs.load[p] * uncertainty_.load[pairs.query_class[p].index()];
  }

  const Instance& instance_;
  const InstanceColumns::Uncertainty& uncertainty_;
};

class RobustSearch {
 public:
  RobustSearch(const Instance& instance, const RobustOptions& options, const Limits& limits,
               const PlainMethod& method)
      : instance_(instance),
        options_(options),
        limits_(limits),
        method_(method),
        deadline_(limits),
        used_(instance.option_count(), 0) {}

  SolveResult run() {
    const Adversary adversary(instance_);
    // From plans that withstand anything to a relaxation, which proves a bound.
    for (int round = 0; round < options_.rounds && !deadline_.reached(); ++round) {
      const double fear = 1.0 - static_cast<double>(round) / (options_.rounds - 1);
      const SolveResult found = plan(between(adversary, fear), options_.rounds - round);
      if (round == 0) result_ = described(found);
      if (found.solution) take_mended(*found.solution);
      report();
      if (fear > 0.0) continue;
      const Termination& end = found.termination;
      if (end.reason == TerminationReason::kInfeasible && end.proven) return conclude(end);
      if (found.lower_bound) bound_ = *found.lower_bound;
    }
    if (options_.polish && !closed() && !deadline_.reached()) relax();
    if (options_.polish && !closed() && !deadline_.reached()) polish();
    report();
    return conclude({TerminationReason::kFeasible, false, {}, {}});
  }

 private:
  [[nodiscard]] double left() const {
    return std::max(0.0, limits_.time.value - deadline_.elapsed_seconds());
  }
  [[nodiscard]] double cost() const { return best_cost_.usd(); }
  [[nodiscard]] bool closed() const { return best_ && cost() - bound_ <= limits_.gap * cost(); }

  /// One plan for these weights in its part of the time: `parts` are to follow, this one included.
  SolveResult plan(const std::vector<double>& weight, int parts) const {
    Limits limits = limits_;
    const double keep = options_.polish ? 1.0 - kPolishPart : 1.0;
    limits.time = Seconds{keep * left() / parts};
    limits.on_progress = {};
    return method_(risen(instance_, weight), limits);
  }

  /// Weights of 1 where all is feared, the adversary's answer to the best plan where nothing is.
  [[nodiscard]] std::vector<double> between(const Adversary& adversary, double fear) const {
    std::vector<double> weight = adversary.answer(best_.value_or(Solution{}));
    for (double& w : weight) w += fear * (1.0 - w);
    return weight;
  }

  static SolveResult described(const SolveResult& found) {
    SolveResult result;
    result.method = found.method;
    result.termination = found.termination;
    result.worth = found.worth;
    return result;
  }

  void take(const std::optional<Solution>& solution) {
    if (!solution) return;
    const CostRate cost = price(instance_, *solution).total();
    if (best_ && cost >= best_cost_) return;
    best_ = solution;
    best_cost_ = cost;
  }

  /// Keeps a plan of a round with as many replicas as the worst asks for, routed anew.
  void take_mended(const Solution& plan) {
    const std::vector<double> load = planned_loads(instance_, shares_of(instance_, plan));
    std::vector<std::int32_t> replicas = plan.replicas;
    for (std::size_t d = 0; d < replicas.size(); ++d) {
      if (plan.replicas[d] > 0) used_[d] = 1;
      const double needed = std::ceil(load[d] - kRounding);
      const double most = instance_.columns().options.max_replicas[d];
      replicas[d] = std::max(replicas[d], static_cast<std::int32_t>(std::min(needed, most)));
    }
    std::optional<Solution> mended = milp::best_routed(instance_, replicas);
    if (mended) take(without_idle_replicas(*std::move(mended)));
  }

  /// The plan without replicas, from the dearest on, that it is cheaper without.
  [[nodiscard]] Solution without_idle_replicas(Solution plan) const {
    CostRate cost = price(instance_, plan).total();
    std::vector<std::size_t> order(plan.replicas.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto& units = instance_.columns().options.units;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return units[a] > units[b]; });
    for (const std::size_t d : order) {
      while (plan.replicas[d] > 0 && !deadline_.reached()) {
        std::vector<std::int32_t> fewer = plan.replicas;
        --fewer[d];
        std::optional<Solution> smaller = milp::best_routed(instance_, fewer);
        if (!smaller) break;
        const CostRate saved = price(instance_, *smaller).total();
        if (saved >= cost) break;
        plan = *std::move(smaller);
        cost = saved;
      }
    }
    return plan;
  }

  /// The linear relaxation of the robust rows: it knows that the adversary answers the plan.
  void relax() {
    if (instance_.pair_count() > kRelaxedPairs) return;
    const auto bound = milp::relaxation_bound(instance_, {}, kRelaxationPart * left());
    if (bound) bound_ = std::max(bound_, milp::proven_bound(*bound));
  }

  /// The exact search among the options that any plan used, or that run.
  void polish() {
    const auto& running = instance_.columns().switching.replicas;
    for (std::size_t d = 0; d < running.size(); ++d) {
      if (running[d] > 0) used_[d] = 1;
    }
    const ReducedInstance few = reduced_to(instance_, used_);
    const bool timed = std::isfinite(limits_.time.value);
    if (!timed && few.instance.pair_count() > kPolishPairs) return;
    milp::MilpOptions options;
    options.worth = false;
    options.warm_start = false;
    options.dominance = false;
    options.most_pairs = std::numeric_limits<std::size_t>::max();
    std::optional<Solution> start;
    if (best_) start = into_reduced(few.new_index, few.instance.option_count(), *best_);
    if (start) options.start = &*start;
    Limits limits = limits_;
    limits.time = Seconds{left()};
    if (!timed) limits.nodes = std::min(limits.nodes, kPolishNodes);
    limits.on_progress = {};
    const SolveResult exact = milp::solve_milp(few.instance, options, limits);
    if (exact.solution) take(out_of_reduced(few.new_index, *exact.solution));
  }

  void report() const {
    if (!limits_.on_progress) return;
    Progress progress;
    progress.seconds = deadline_.elapsed_seconds();
    if (best_) progress.incumbent = cost();
    if (bound_ > 0.0) progress.bound = bound_;
    limits_.on_progress(progress);
  }

  SolveResult conclude(Termination end) {
    result_.solve_seconds = deadline_.elapsed_seconds();
    result_.solution = best_;
    if (!best_) {
      if (end.reason != TerminationReason::kInfeasible) {
        end = result_.termination;  // why the method had none
        if (end.reason != TerminationReason::kLimit) {
          end = {TerminationReason::kInfeasible,
                 false,
                 {},
                 "no plan was found that withstands the uncertainty"};
        }
      }
      result_.termination = std::move(end);
      return std::move(result_);
    }
    result_.cost = price(instance_, *best_);
    if (bound_ > 0.0) result_.lower_bound = std::min(bound_, cost());
    if (bound_ > 0.0 && cost() - bound_ <= tolerance::kOptimalGap * cost()) {
      end = {TerminationReason::kOptimal, true, {}, {}};
    } else if (deadline_.stopped()) {
      end = {TerminationReason::kLimit, false, "stop", {}};
    } else if (deadline_.expired()) {
      end = {TerminationReason::kLimit, false, "time", {}};
    } else {
      end = {TerminationReason::kFeasible, false, {}, {}};
    }
    result_.termination = std::move(end);
    return std::move(result_);
  }

  const Instance& instance_;
  const RobustOptions& options_;
  const Limits& limits_;
  const PlainMethod& method_;
  Deadline deadline_;
  std::vector<std::uint8_t> used_;  // by option: in any plan of a round
  std::optional<Solution> best_;
  CostRate best_cost_;
  double bound_ = 0.0;
  SolveResult result_;
};

}  // namespace

Instance risen(const Instance& instance, std::span<const double> weight) {
  InstanceColumns columns = instance.columns();
  const InstanceColumns::Uncertainty uncertainty = std::exchange(columns.uncertainty, {});
  for (std::size_t p = 0; p < weight.size(); ++p) {
    const std::size_t i = columns.pairs.query_class[p].index();
    columns.pairs.load[p] *= 1.0 + uncertainty.load[i] * weight[p];
  }
  for (std::size_t i = 0; i < columns.classes.name.size(); ++i) {
    columns.classes.max_delay[i] /= average_factor(uncertainty, uncertainty.delay, i);
    columns.classes.max_error[i] /= average_factor(uncertainty, uncertainty.error, i);
  }
  Result<Instance> plain = Instance::make(std::move(columns));
  assert(plain.ok());  // the columns of an instance, some larger by a bounded factor
  return *std::move(plain);
}

SolveResult solve_robust(const Instance& instance, const RobustOptions& options,
                         const Limits& limits, const PlainMethod& method) {
  return RobustSearch(instance, options, limits, method).run();
}

SolveResult robust_greedy(const Instance& instance, const Limits& limits) {
  const RobustOptions options{.rounds = 3, .polish = false};
  return solve_robust(instance, options, limits, [](const Instance& problem, const Limits& within) {
    if (beside_running(problem)) return replan_greedy(problem, within);
    return solve_greedy(problem, GreedyOptions{}, within);
  });
}

SolveResult robust_adaptive(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  return solve_robust(instance, RobustOptions{}, limits,
                      [seed](const Instance& problem, const Limits& within) {
                        if (beside_running(problem)) return replan_adaptive(problem, seed, within);
                        AdaptiveOptions options;
                        options.seed = seed;
                        return solve_adaptive(problem, options, within);
                      });
}

SolveResult robust_exact(const Instance& instance, const Limits& limits) {
  const SolveResult start = robust_greedy(instance, limits);
  milp::MilpOptions options;
  if (start.solution) options.start = &*start.solution;
  Limits left = limits;
  left.time = Seconds{std::max(0.0, limits.time.value - start.solve_seconds)};
  SolveResult result = milp::solve_milp(instance, options, left);
  result.solve_seconds += start.solve_seconds;
  return result;
}

SolveResult robust_best(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  Limits patient = limits;
  if (!std::isfinite(patient.time.value)) patient.time = kPatience;
  const Deadline deadline(patient);
  Limits first = patient;
  first.time = Seconds{kRoundsPart * patient.time.value};
  SolveResult found = robust_adaptive(instance, seed, first);
  if (found.termination.reason == TerminationReason::kOptimal || deadline.stopped()) return found;
  milp::MilpOptions options;
  if (found.solution) options.start = &*found.solution;
  Limits rest = patient;
  rest.time = Seconds{std::max(0.0, patient.time.value - deadline.elapsed_seconds())};
  SolveResult exact = milp::solve_milp(instance, options, rest);
  exact.solve_seconds = deadline.elapsed_seconds();
  if (found.lower_bound && *found.lower_bound > exact.lower_bound.value_or(0.0)) {
    exact.lower_bound = found.lower_bound;
  }
  if (!exact.solution) return found;
  if (exact.lower_bound) {
    exact.lower_bound = std::min(*exact.lower_bound, exact.cost.total().usd());
  }
  return exact;
}

}  // namespace berth
