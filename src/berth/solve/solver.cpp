#include "berth/solve/solver.h"

#include <string>

namespace berth {

std::string_view to_string(TerminationReason reason) {
  switch (reason) {
    case TerminationReason::kOptimal: return "optimal";
    case TerminationReason::kFeasible: return "feasible";
    case TerminationReason::kLimit: return "limit";
    case TerminationReason::kInfeasible: return "infeasible";
    case TerminationReason::kUnbounded: return "unbounded";
    case TerminationReason::kError: return "error";
  }
  return "unknown";
}

std::string shortened(const std::string& detail) {
  constexpr std::size_t kShown = 3;
  constexpr std::string_view kBetween = "; ";
  std::size_t clauses = 1;
  std::size_t end = std::string::npos;  // of the clauses that are shown
  for (std::size_t at = detail.find(kBetween); at != std::string::npos;
       at = detail.find(kBetween, at + kBetween.size())) {
    if (clauses == kShown) end = at;
    ++clauses;
  }
  // One more clause takes no more room than saying so.
  if (clauses <= kShown + 1) return detail;
  return detail.substr(0, end) + "; and " + std::to_string(clauses - kShown) + " more";
}

}  // namespace berth
