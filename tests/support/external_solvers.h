#pragma once
// Other people's solvers on a model file: HiGHS through its C interface, CBC and GLPK as programs.

#include <filesystem>
#include <string>

namespace berth::testing {

struct ExternalAnswer {
  enum class Status { kOptimal, kInfeasible, kFailed } status = Status::kFailed;
  double objective = 0.0;
  std::string log;  ///< what the solver said, for the message of a failed test
};

enum class ExternalSolver { kHighs, kCbc, kGlpk };
[[nodiscard]] std::string to_string(ExternalSolver solver);

/// HiGHS always is; the others where their program is on the PATH.
[[nodiscard]] bool is_installed(ExternalSolver solver);

/// Reads `model` (*.mps, free format, or *.lp) and solves it to proven optimality. Files beside it
/// are overwritten. REQUIRES: the solver is installed.
[[nodiscard]] ExternalAnswer solve_file(ExternalSolver solver, const std::filesystem::path& model);

}  // namespace berth::testing
