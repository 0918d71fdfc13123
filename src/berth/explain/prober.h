#pragma once
// Asks the solvers about relaxed problems, each once, within one total time.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "berth/core/limits.h"
#include "berth/explain/problem.h"
#include "berth/solve/solver.h"

namespace berth {

/// An exact method. `any_plan`: stop at the first plan, the question is only whether there is one.
using Solver = std::function<SolveResult(const Instance&, bool any_plan, const Limits&)>;

enum class Answer {
  kYes,
  kNo,       ///< proven
  kUnknown,  ///< the time was up, or the solver gave no proof
};

/// The cheapest plan that was found for a relaxed problem.
struct PlanFound {
  CostRate cost;
  std::optional<double> lower_bound;  ///< USD/h
  bool proven = false;                ///< optimal within the solver's gap
  bool same = false;                  ///< the relaxed problem is the original one
  Solution solution;
};

class Prober {
 public:
  /// All must outlive the prober. `limits.time` is for everything it will ever do.
  Prober(const Problem& problem, const Solver& exact, const Limits& limits)
      : problem_(problem), exact_(exact), limits_(limits), deadline_(limits) {}

  /// Whether a plan exists with these changes. GH first, then the exact solver.
  [[nodiscard]] Answer feasible(std::vector<Change> changes);

  /// The cheapest plan with these changes; nullopt when none was found. `share` of the time that is
  /// left may be spent.
  [[nodiscard]] std::optional<PlanFound> cheapest(std::span<const Change> changes, double share);

  /// The least rental of all boxes with these changes and no budget.
  [[nodiscard]] std::optional<PlanFound> least_rental(std::vector<Change> changes, double share);

  /// The plan that feasible({}) found, if it found one.
  [[nodiscard]] const std::optional<PlanFound>& first_plan() const { return first_plan_; }

  [[nodiscard]] bool out_of_time() const { return deadline_.reached(); }
  /// The part of the time that is gone, 0..1.
  [[nodiscard]] double spent() const { return deadline_.elapsed_seconds() / limits_.time.value; }
  [[nodiscard]] double seconds() const { return deadline_.elapsed_seconds(); }
  [[nodiscard]] std::int64_t solves() const { return solves_; }
  /// Solvers that failed and plans that broke a limit: bugs; empty as a rule.
  [[nodiscard]] const Errors& broken() const { return broken_; }

 private:
  [[nodiscard]] Answer ask(std::span<const Change> changes);
  [[nodiscard]] Answer ask(const Instance& instance, bool unchanged);
  [[nodiscard]] Limits limits_for(double share) const;
  [[nodiscard]] std::optional<PlanFound> solve(const Instance& instance, double share);
  /// Whether the result's plan keeps all limits; remembers one that does not.
  [[nodiscard]] bool accept(const Instance& instance, const SolveResult& result);
  [[nodiscard]] bool is_original(const Instance& instance);

  const Problem& problem_;
  const Solver& exact_;
  Limits limits_;
  Deadline deadline_;
  std::map<std::vector<std::pair<std::size_t, double>>, Answer> answers_;
  std::optional<Instance> original_;
  std::optional<PlanFound> first_plan_;
  std::int64_t solves_ = 0;
  Errors broken_;
};

}  // namespace berth
