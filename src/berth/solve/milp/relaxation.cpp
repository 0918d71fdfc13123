#include "berth/solve/milp/relaxation.h"

#include <algorithm>
#include <cmath>

#include "berth/instance/dominance.h"

namespace berth::milp {
namespace {

constexpr double kViolation = 1e-6;
constexpr int kMostRounds = 50;

/// From this many pairs on, most strong rows are never needed and only slow the simplex method
/// down.
constexpr std::size_t kLazyPairs = 40'000;

double violation_of(const Model& rows, std::size_t r, const std::vector<double>& value) {
  double activity = 0.0;
  for (auto k = static_cast<std::size_t>(rows.start[r]);
       k < static_cast<std::size_t>(rows.start[r + 1]); ++k) {
    activity += rows.value[k] * value[static_cast<std::size_t>(rows.index[k])];
  }
  return std::max(rows.row_lower[r] - activity, activity - rows.row_upper[r]);
}

void copy_row(const Model& from, std::size_t r, Model& to) {
  for (auto k = static_cast<std::size_t>(from.start[r]);
       k < static_cast<std::size_t>(from.start[r + 1]); ++k) {
    to.add_term(from.index[k], from.value[k]);
  }
  to.close_row(from.row_lower[r], from.row_upper[r]);
}

/// What lower duals of rows with an upper limit save.
double saving(double dual) { return std::max(0.0, -dual); }

Relaxation read_worth(const Instance& instance, const Formulation& form, const LpAnswer& answer) {
  Relaxation result;
  result.bound = answer.objective;
  result.demand_worth.assign(instance.class_count(), 0.0);
  result.delay_worth.assign(instance.class_count(), 0.0);
  result.error_worth.assign(instance.class_count(), 0.0);
  result.pool_worth.assign(instance.pool_count(), 0.0);
  for (std::size_t r = 0; r < form.row_kind.size(); ++r) {
    const std::size_t subject = form.row_subject[r];
    switch (form.row_kind[r]) {
      case RowKind::kDemand: result.demand_worth[subject] = std::max(0.0, answer.dual[r]); break;
      case RowKind::kAverageDelay: result.delay_worth[subject] = saving(answer.dual[r]); break;
      case RowKind::kAverageError: result.error_worth[subject] = saving(answer.dual[r]); break;
      case RowKind::kBudget: result.budget_worth = saving(answer.dual[r]); break;
      default: break;
    }
  }
  // A capped offer at its limit: a box more saves its reduced cost.
  const auto& offers = instance.columns().offers;
  for (std::size_t o = 0; o < instance.offer_count(); ++o) {
    if (offers.max[o] == kUnlimited) continue;
    const double per_gpu =
        saving(answer.reduced_cost[static_cast<std::size_t>(form.boxes[o])]) / offers.lot[o];
    double& worth = result.pool_worth[offers.pool[o].index()];
    worth = std::max(worth, per_gpu);
  }
  return result;
}

}  // namespace

StrongRows choose_strong_rows(const Instance& instance) {
  return instance.pair_count() < kLazyPairs ? StrongRows::kUpFront : StrongRows::kLazy;
}

LpAnswer add_violated_rows(Highs& highs, const Model& strengthening, const Deadline& deadline,
                           const Limits& limits) {
  std::vector<bool> added(strengthening.row_count(), false);
  LpAnswer answer;
  double proven = 0.0;  // costs are at least 0
  for (int round = 0; round < kMostRounds; ++round) {
    answer = highs.solve_relaxation(limits.time.value - deadline.elapsed_seconds(), limits.stop);
    if (answer.ending == Ending::kLimit) answer.objective = proven;
    if (answer.ending != Ending::kOptimal) return answer;
    proven = answer.objective;
    Model violated;
    for (std::size_t r = 0; r < strengthening.row_count(); ++r) {
      if (added[r] || violation_of(strengthening, r, answer.value) <= kViolation) continue;
      copy_row(strengthening, r, violated);
      added[r] = true;
    }
    if (violated.row_count() == 0) return answer;
    highs.add_rows(violated);
  }
  return answer;
}

std::optional<Relaxation> solve_relaxation(const Instance& instance, const MilpOptions& options,
                                           double time_limit_s, const StopFlag* stop) {
  if (options.dominance) {
    MilpOptions rest = options;
    rest.dominance = false;
    return solve_relaxation(without_dominated(instance).instance, rest, time_limit_s, stop);
  }
  FormulationOptions formulation = options.formulation;
  if (formulation.strong_rows == StrongRows::kAutomatic) {
    formulation.strong_rows = choose_strong_rows(instance);
  }
  const Limits limits{.time = Seconds{time_limit_s}, .stop = stop};
  const Deadline deadline(limits);
  const Formulation form = formulate(instance, formulation);
  Highs highs(form.model);
  const LpAnswer answer =
      formulation.strong_rows == StrongRows::kLazy
          ? add_violated_rows(highs, strengthening_rows(instance, form, formulation), deadline,
                              limits)
          : highs.solve_relaxation(time_limit_s, stop);
  if (answer.ending != Ending::kOptimal) return std::nullopt;
  return read_worth(instance, form, answer);
}

std::optional<double> relaxation_bound(const Instance& instance, const MilpOptions& options,
                                       double time_limit_s) {
  const std::optional<Relaxation> relaxation = solve_relaxation(instance, options, time_limit_s);
  if (!relaxation) return std::nullopt;
  return relaxation->bound;
}

}  // namespace berth::milp
