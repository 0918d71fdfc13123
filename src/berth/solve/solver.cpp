#include "berth/solve/solver.h"

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

}  // namespace berth
