#include "berth/explain/prober.h"

#include <algorithm>
#include <utility>

#include "berth/plan/check.h"
#include "berth/solve/registry.h"

namespace berth {
namespace {

/// The least time worth starting a solve with, s.
constexpr double kLeastSeconds = 0.05;
/// Of the time that is left, how much one question of feasibility may take.
constexpr double kShareOfQuestion = 0.25;

/// A class that must be served and has no option: no solver is needed to see it.
bool has_uncoverable_class(const Instance& instance) {
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    const ClassId id(i);
    if (instance.columns().classes.max_unmet[i] < 1.0 &&
        instance.first_pair(id) == instance.end_pair(id)) {
      return true;
    }
  }
  return false;
}

/// The instance whose only cost is the rental of boxes, and that may rent any amount.
Result<Instance> only_rental(const Instance& instance) {
  InstanceColumns columns = instance.columns();
  columns.budget = kNoBudget;
  const auto clear = [](std::vector<CostRate>& costs) {
    std::fill(costs.begin(), costs.end(), CostRate());
  };
  clear(columns.classes.unmet_cost);
  clear(columns.options.fixed_cost);
  clear(columns.pairs.cost);
  return Instance::make(std::move(columns));
}

}  // namespace

Limits Prober::limits_for(double share) const {
  Limits limits = limits_;
  const double left = std::max(0.0, limits_.time.value - deadline_.elapsed_seconds());
  limits.time = Seconds(std::min(left, std::max(kLeastSeconds, share * left)));
  return limits;
}

bool Prober::accept(const Instance& instance, const SolveResult& result) {
  if (result.termination.reason == TerminationReason::kError) {
    broken_.push_back(
        {ErrorCode::kInternal,
         "the solver behind '" + result.method + "' failed: " + result.termination.detail, "",
         "this is a bug in Berth: please report it with the input"});
  }
  if (!result.solution) return false;
  for (const Violation& violation : check(instance, *result.solution)) {
    broken_.push_back({ErrorCode::kInternal,
                       "a plan of '" + result.method + "' fails the independent check: " +
                           std::string(to_string(violation.rule)) + ": " + violation.message,
                       violation.where, "this is a bug in Berth: please report it with the input"});
  }
  return broken_.empty();
}

Answer Prober::feasible(std::vector<Change> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.limit < b.limit; });
  std::vector<std::pair<std::size_t, double>> key;
  for (const Change& change : changes) {
    key.emplace_back(change.limit, change.value.value_or(kNoLimit));
  }
  if (const auto known = answers_.find(key); known != answers_.end()) return known->second;
  const Answer answer = ask(changes);
  // With more time (the next question may get more) an unknown answer may become known.
  if (answer != Answer::kUnknown || out_of_time()) answers_.emplace(std::move(key), answer);
  return answer;
}

Answer Prober::ask(std::span<const Change> changes) {
  if (out_of_time()) return Answer::kUnknown;
  const Result<Instance> instance = problem_.build(changes);
  if (!instance) return Answer::kUnknown;
  if (has_uncoverable_class(*instance)) return Answer::kNo;
  return ask(*instance, changes.empty());
}

Answer Prober::ask(const Instance& instance, bool unchanged) {
  const auto answer_of = [&](const SolveResult& result) {
    ++solves_;
    if (accept(instance, result)) {
      if (unchanged) {
        first_plan_.emplace();
        first_plan_->cost = price(instance, *result.solution).total();
        first_plan_->solution = *result.solution;
      }
      return Answer::kYes;
    }
    const Termination& end = result.termination;
    const bool no = end.reason == TerminationReason::kInfeasible && end.proven;
    return no ? Answer::kNo : Answer::kUnknown;
  };
  const Answer quick =
      answer_of(find_method("gh")->solve(instance, 0, limits_for(kShareOfQuestion)));
  if (quick != Answer::kUnknown || out_of_time()) return quick;
  return answer_of(exact_(instance, true, limits_for(kShareOfQuestion)));
}

std::optional<PlanFound> Prober::solve(const Instance& instance, double share) {
  if (has_uncoverable_class(instance)) return std::nullopt;
  PlanFound found;
  bool any = false;
  const auto take = [&](const SolveResult& result) {
    if (!accept(instance, result)) return;
    const CostRate cost = price(instance, *result.solution).total();
    if (!any || cost < found.cost) {
      found.cost = cost;
      found.solution = *result.solution;
    }
    any = true;
  };
  ++solves_;
  const SolveResult exact = exact_(instance, false, limits_for(share));
  take(exact);
  found.lower_bound = exact.lower_bound;
  found.proven = any && exact.termination.reason == TerminationReason::kOptimal;
  if (!found.proven) take(find_method("gh")->solve(instance, 0, limits_for(1.0)));
  if (!any) return std::nullopt;
  return found;
}

bool Prober::is_original(const Instance& instance) {
  if (!original_) {
    Result<Instance> original = problem_.build({});
    if (!original) return false;
    original_ = std::move(original).value();
  }
  return same_columns(original_->columns(), instance.columns());
}

std::optional<PlanFound> Prober::cheapest(std::span<const Change> changes, double share) {
  if (out_of_time()) return std::nullopt;
  const Result<Instance> instance = problem_.build(changes);
  if (!instance) return std::nullopt;
  if (!changes.empty() && is_original(*instance)) {
    PlanFound same;
    same.same = true;
    return same;
  }
  return solve(*instance, share);
}

std::optional<PlanFound> Prober::least_rental(std::vector<Change> changes, double share) {
  if (out_of_time()) return std::nullopt;
  const Result<Instance> instance = problem_.build(changes);
  if (!instance) return std::nullopt;
  const Result<Instance> rental = only_rental(*instance);
  if (!rental) return std::nullopt;
  return solve(*rental, share);
}

}  // namespace berth
