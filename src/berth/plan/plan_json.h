#pragma once
// berth.plan/1 and berth.solution/1 in and out (docs/formats.md).

#include <filesystem>
#include <string>

#include "berth/core/result.h"
#include "berth/plan/check.h"
#include "berth/plan/plan.h"

namespace berth {

[[nodiscard]] std::string to_json(const Plan& plan);
[[nodiscard]] Result<Plan> read_plan(const std::filesystem::path& path);

/// A solution file: the solution and what it claims.
struct SolutionFile {
  std::string method;
  std::string status;  ///< "optimal", "feasible", "infeasible", "limit"
  Solution solution;
  Claims claims;
  double read_seconds = 0.0;
  double solve_seconds = 0.0;
  double bound_seconds = 0.0;
};

[[nodiscard]] std::string to_json(const SolutionFile& file);
[[nodiscard]] Result<SolutionFile> read_solution(const std::filesystem::path& path);

}  // namespace berth
