#pragma once
// The exact answer: the MILP of FORMULATION section 3, solved by HiGHS. Slow; for small instances.

#include <optional>

#include "berth/instance/instance.h"
#include "berth/plan/solution.h"

namespace berth::testing {

struct OracleAnswer {
  enum class Status { kOptimal, kInfeasible, kTimeLimit } status = Status::kTimeLimit;
  double objective = 0.0;  ///< USD/h, of the best plan found
  double bound = 0.0;      ///< USD/h, proven
  std::optional<Solution> solution;
};

[[nodiscard]] OracleAnswer solve_exactly(const Instance& instance, double time_limit_s = 60.0);

/// The same problem with only the options that no other makes useless.
[[nodiscard]] Instance without_dominated_options(const Instance& instance);

}  // namespace berth::testing
