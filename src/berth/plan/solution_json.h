#pragma once
// berth.solution/1 in and out (docs/plan.md). Columns may hold millions of routes.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/plan/check.h"

namespace berth {

/// A solution file: the solution and what it claims.
struct SolutionFile {
  std::string method;
  std::string status;  ///< "optimal", "feasible", "infeasible", "limit"
  Solution solution;   ///< all columns empty when no solution was found
  Claims claims;
  double read_seconds = 0.0;
  double solve_seconds = 0.0;
  double bound_seconds = 0.0;
  std::optional<double> gap = std::nullopt;  ///< as read; written from the claims
  bool proven = false;                       ///< that the plan is optimal, or that there is none
  std::string detail;                        ///< what the method says about its end
};

/// (objective - lower_bound) / objective; absent unless both are known, 0 when the objective is 0.
[[nodiscard]] std::optional<double> gap_of(std::optional<CostRate> objective,
                                           std::optional<double> lower_bound);

[[nodiscard]] std::string to_json(const SolutionFile& file);

/// Errors with "name: /json/pointer": kSyntax (with the line), kMissing, kWrongType, kUnknownKey,
/// kOutOfRange, kInconsistent (columns of different lengths), kUnsupported (format). Signs, limits
/// and indices are left to check(), which names the rule that is broken.
[[nodiscard]] Result<SolutionFile> parse_solution(const std::string& name, std::string_view json);
[[nodiscard]] Result<SolutionFile> read_solution(const std::filesystem::path& path);

/// What check() cannot see: the reported gap against its own formula, and a status that the other
/// values contradict.
[[nodiscard]] std::vector<Violation> check_claims(const SolutionFile& file);

}  // namespace berth
