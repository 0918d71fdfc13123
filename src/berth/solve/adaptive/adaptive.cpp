#include "berth/solve/adaptive/adaptive.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "berth/instance/dominance.h"
#include "berth/solve/adaptive/finish.h"
#include "berth/solve/adaptive/improve.h"
#include "berth/solve/adaptive/promising.h"
#include "berth/solve/adaptive/starts.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/reduced.h"

namespace berth {
namespace {

using adaptive::Assignment;
using adaptive::Market;

// Share of the time limit for prices and for starts.
constexpr double kPriceTime = 0.15;
constexpr double kStartTime = 0.15;
constexpr std::int64_t kPricePasses = 60;
constexpr std::int64_t kRunningPasses = 15;  // where what runs guides as well

class Adaptive {
 public:
  Adaptive(const Instance& instance, const AdaptiveOptions& options, const Limits& limits,
           AdaptiveReport& report)
      : original_(instance),
        options_(options),
        limits_(limits),
        report_(report),
        deadline_(limits),
        undominated_(options.dominance ? std::optional(without_dominated(instance))
                                       : std::nullopt) {}

  SolveResult run() {
    find_prices();
    market_.emplace(problem());
    if (worth_.empty()) worth_ = adaptive::stand_alone_costs(*market_);
    find_starts();
    if (!begin_.empty()) report_.first_cost = begin_.front().cost;
    adaptive::Improver improver(*market_, worth_, options_, limits_, deadline_);
    const Assignment found = improver.run(std::move(begin_));
    report_.moves = improver.moves();
    conclude(found, improver.limit());
    result_.method = "agh";
    result_.solve_seconds = deadline_.elapsed_seconds();
    return std::move(result_);
  }

 private:
  /// What is searched.
  [[nodiscard]] const Instance& problem() const {
    return promising_ ? promising_->instance : undominated();
  }
  [[nodiscard]] const Instance& undominated() const {
    return undominated_ ? undominated_->instance : original_;
  }

  [[nodiscard]] std::optional<Solution> into_problem(const Solution& solution) const {
    std::optional<Solution> mapped = solution;
    if (undominated_) {
      mapped = into_reduced(undominated_->new_index, undominated().option_count(), solution);
    }
    if (!mapped || !promising_) return mapped;
    return into_reduced(promising_->new_index, problem().option_count(), *mapped);
  }

  [[nodiscard]] Solution out_of_problem(Solution solution) const {
    if (promising_) solution = out_of_reduced(promising_->new_index, solution);
    if (undominated_) solution = out_of_reduced(undominated_->new_index, solution);
    return solution;
  }

  /// About what serving each class costs in a good plan, and what is worth searching at that.
  void find_prices() {
    if (options_.bound != nullptr) return use_prices(*options_.relaxation, *options_.bound);
    if (!options_.bound_prices) return;
    const bound::Lagrangian relaxation(undominated());
    Limits limits = limits_;
    limits.iterations = options_.from_running ? kRunningPasses : kPricePasses;
    limits.time = Seconds{kPriceTime * limits_.time.value};
    limits.on_progress = {};
    use_prices(relaxation, relaxation.improve(bound::BoundOptions{}, limits));
    result_.bound_seconds = deadline_.elapsed_seconds();
  }

  void use_prices(const bound::Lagrangian& relaxation, const bound::Bound& bound) {
    proven_infeasible_ = bound.infeasible;
    if (bound.infeasible) return;
    worth_ = bound.prices.demand;
    result_.lower_bound = bound.value;
    const auto part = adaptive::promising_options(undominated().class_count());
    if (!part) return;
    promising_.emplace(adaptive::promising(undominated(), relaxation, bound.prices, *part));
  }

  void add_start(const Solution& solution) {
    ++report_.starts;
    const bool known = std::any_of(begin_.begin(), begin_.end(), [&](const auto& begin) {
      return begin.assignment.replicas == solution.replicas;
    });
    if (known) return;
    ++report_.distinct;
    Assignment assignment = adaptive::assignment_of(problem(), *market_, solution);
    const CostRate total = price(problem(), solution).total();
    if (!best_start_ || total < price(problem(), *best_start_).total()) best_start_ = solution;
    const double cost = total.usd();
    begin_.push_back({std::move(assignment), cost});
  }

  void add_running() {
    const std::vector<std::int32_t>& now = problem().columns().switching.replicas;
    if (now.empty()) return;
    Assignment assignment = adaptive::mended(*market_, worth_, now, Random(options_.seed).split(1));
    std::vector<PoolRental> pools = *market_->pools;
    const double cost = adaptive::cost_of(*market_, pools, assignment);
    begin_.insert(begin_.begin(), {std::move(assignment), cost});
    running_ = true;
  }

  void find_starts() {
    if (options_.start != nullptr) {
      if (const auto start = into_problem(*options_.start)) add_start(*start);
    }
    if (options_.from_running) add_running();
    Random random = Random(options_.seed).split(0);
    Limits limits = limits_;
    limits.iterations = Limits{}.iterations;
    std::vector<std::vector<ClassId>> tried;
    for (const adaptive::Start& start : adaptive::starts()) {
      const double spent = deadline_.elapsed_seconds() / limits_.time.value;
      if (deadline_.reached() || (report_.starts > 0 && spent > kPriceTime + kStartTime)) break;
      std::vector<ClassId> order = start.order(problem(), worth_, random);
      if (std::find(tried.begin(), tried.end(), order) != tried.end()) continue;
      tried.push_back(order);
      GreedyOptions greedy;
      greedy.several_orders = false;
      greedy.class_order = order;
      SolveResult result = solve_greedy(problem(), greedy, limits);
      if (result.solution) add_start(*result.solution);
      if (&start == adaptive::starts().data()) hint_ = std::move(result.termination);
      if (!options_.multi_start || options_.from_running) break;
    }
    // What runs is always searched from, however dear it is as it stands.
    const auto first = begin_.begin() + (running_ ? 1 : 0);
    std::stable_sort(first, begin_.end(),
                     [](const auto& a, const auto& b) { return a.cost < b.cost; });
  }

  void conclude(const Assignment& found, const char* limit) {
    Termination& end = result_.termination;
    std::optional<Solution> solution = adaptive::finished(problem(), *market_, found);
    // Shares too small for the search are not too small for a plan.
    if (best_start_ && (!solution || price(problem(), *best_start_).total() <
                                         price(problem(), *solution).total())) {
      solution = best_start_;
    }
    if (solution) solution = out_of_problem(std::move(*solution));
    // The start may use options that are not searched.
    if (options_.start != nullptr && (!solution || price(original_, *options_.start).total() <
                                                       price(original_, *solution).total())) {
      solution = *options_.start;
    }
    if (!solution) {
      if (hint_.detail.empty())
        hint_ = solve_greedy(problem(), GreedyOptions{}, limits_).termination;
      end = hint_;
      if (end.reason == TerminationReason::kFeasible) end.reason = TerminationReason::kInfeasible;
      if (proven_infeasible_) end.proven = true;
    } else {
      result_.solution = std::move(solution);
      result_.cost = price(original_, *result_.solution);
      end.reason = TerminationReason::kFeasible;
    }
    if (limit != nullptr && !end.proven) {
      end.reason = TerminationReason::kLimit;
      end.limit = limit;
    }
    if (result_.lower_bound && result_.solution) {
      const double cost = result_.cost.total().usd();
      result_.lower_bound = std::min(*result_.lower_bound, cost);
    }
  }

  const Instance& original_;
  const AdaptiveOptions& options_;
  const Limits& limits_;
  AdaptiveReport& report_;
  Deadline deadline_;
  std::optional<ReducedInstance> undominated_;  // absent: nothing to drop
  std::optional<ReducedInstance> promising_;
  std::optional<Market> market_;
  std::vector<double> worth_;
  std::vector<adaptive::Beginning> begin_;
  std::optional<Solution> best_start_;
  bool running_ = false;  // the first of begin_ is what runs
  Termination hint_;
  bool proven_infeasible_ = false;
  SolveResult result_;
};

}  // namespace

SolveResult solve_adaptive(const Instance& instance, const AdaptiveOptions& options,
                           const Limits& limits, AdaptiveReport* report) {
  AdaptiveReport unread;
  return Adaptive(instance, options, limits, report != nullptr ? *report : unread).run();
}

}  // namespace berth
