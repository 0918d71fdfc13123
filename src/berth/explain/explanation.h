#pragma once
// What there is to say about a problem. docs/explain.md says how each number is found.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/error.h"
#include "berth/core/money.h"
#include "berth/explain/limit.h"
#include "berth/explain/prober.h"

namespace berth {

/// A price, and whether it is that of the best plan there is.
struct PlanPrice {
  CostRate cost;
  std::optional<double> lower_bound;  ///< USD/h, proven
  bool optimal = false;               ///< proven within the solver's gap
};

/// Limits that contradict each other.
struct Conflict {
  std::vector<std::size_t> limits;  ///< indices, ascending
  /// With any one of them lifted a plan exists as far as these limits go: each was tried. False
  /// when the time did not suffice, or the physics answered unevenly.
  bool minimal = false;
};

/// Limits that, relaxed like this, leave a plan.
struct Relaxation {
  std::vector<Change> changes;
  /// By solving the relaxed problem: a plan exists.
  Answer works = Answer::kUnknown;
  /// No smaller value of the same kind works (one step of relaxed_value less was tried).
  bool smallest = false;
  std::optional<PlanPrice> price;  ///< of the relaxed problem
};

/// How a number was found.
enum class Basis {
  kNotComputed,  ///< the time was up
  kSame,         ///< the relaxed problem is the same, so the saving is 0
  kBound,        ///< reasoned: the limit cannot matter
  kStep,         ///< both problems solved to proven optimality
  kStepBest,     ///< best plans found in the time, without proof
};
[[nodiscard]] std::string_view to_string(Basis basis);

struct Saving {
  Basis basis = Basis::kNotComputed;
  std::optional<double> value;  ///< the limit's value it was found for; absent = lifted
  CostRate usd;                 ///< USD/h less than the unchanged problem
};

/// What one more unit (1 s, a score or error of 1.0, a GPU, 1 USD/h of budget) saves by dual
/// values.
struct DualWorth {
  enum class Source {
    kRouting,     ///< exact for small changes while replicas and boxes stay as they are
    kRelaxation,  ///< of the linear relaxation, where boxes need not be whole: an indication
  };
  double usd = 0.0;  ///< USD/h per unit
  Source source = Source::kRouting;
};

/// One limit of a feasible problem.
struct LimitPrice {
  std::size_t limit = 0;
  std::optional<double> used;        ///< by the best plan
  std::optional<double> given_used;  ///< by the plan that was given
  bool tight = false;                ///< nothing is left of it in the best plan
  bool given_tight = false;
  Saving lifted;                   ///< what the limit costs
  std::optional<Saving> step;      ///< of one small step; absent where there is none
  std::optional<Saving> first;     ///< the smallest step of people's size that saves anything
  bool first_is_smallest = false;  ///< the step before it was tried and saves nothing
  std::optional<DualWorth> dual;   ///< where there is one
};

struct Explanation {
  enum class Status { kFeasible, kInfeasible, kUnknown };
  std::string name;
  Status status = Status::kUnknown;
  std::vector<Limit> limits;

  // Feasible.
  std::optional<PlanPrice> best;
  std::optional<CostRate> given;   ///< cost of the plan that was given
  std::vector<LimitPrice> worths;  ///< one a limit; what costs most first

  // Infeasible.
  std::vector<Conflict> conflicts;      ///< the second is what is left when the first is lifted, ..
  std::vector<Relaxation> relaxations;  ///< those that work, cheapest plan first
  std::vector<Relaxation> not_enough;   ///< lifting these alone leaves the problem infeasible
  Errors uncoverable;                   ///< classes without any option, and the nearest miss

  std::vector<std::string> notes;  ///< what was left out, and why
  double seconds = 0.0;
  std::int64_t solves = 0;
};

}  // namespace berth
