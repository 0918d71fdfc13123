#include "berth/solve/automatic.h"

#include <algorithm>
#include <cmath>

#include "berth/solve/milp/milp.h"

namespace berth {
namespace {

/// Measured: the relaxation of 30,000 undominated pairs takes about 5 s, and four times as long with
/// twice the pairs.
constexpr double kMeasuredPairs = 30'000.0;
constexpr double kMeasuredSeconds = 5.0;

}  // namespace

std::size_t exact_pairs(Seconds time) {
  const double half = 0.5 * std::min(time.value, 3600.0);
  return static_cast<std::size_t>(kMeasuredPairs * std::sqrt(std::max(0.0, half) / kMeasuredSeconds));
}

SolveResult solve_automatic(const Instance& instance, const Limits& limits) {
  Limits within = limits;
  const bool asked = std::isfinite(limits.time.value);
  if (!asked) within.time = kPatience;
  milp::MilpOptions options;
  options.most_pairs = exact_pairs(within.time);
  SolveResult result = milp::solve_milp(instance, options, within);

  Termination& end = result.termination;
  if (end.reason == TerminationReason::kLimit && end.limit == "size") {
    result.method = "gh";
    end.limit.clear();
    end.reason = result.solution ? TerminationReason::kFeasible : TerminationReason::kInfeasible;
    end.detail = result.solution ? "too large for the exact search in the time there is" : end.detail;
  } else if (end.reason == TerminationReason::kLimit && end.limit == "time" && !asked &&
             result.solution) {
    end.limit.clear();
    end.reason = TerminationReason::kFeasible;
    end.detail = "the exact search was ended; --time-limit gives it longer";
  }
  return result;
}

}  // namespace berth
