#pragma once
// Parts of diff_plans: whether the rows of a plan belong together, and which deployments of two
// plans are the same.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/error.h"
#include "berth/plan/plan.h"

namespace berth {

/// All that makes `plan` contradict itself; `which` stands before each place ("old plan").
[[nodiscard]] Errors contradictions(const Plan& plan, const std::string& which);

struct DeploymentPair {
  std::size_t old_row = 0;
  std::size_t new_row = 0;
  bool same = true;  ///< what runs; else a reshape
};

/// Rows with replicas, each in at most one pair, by new row. Pairs that run the same come first;
/// among several the one with the same TPOT target, then the same name. Of the rest, those of one
/// model in one pool are paired, the most alike first.
[[nodiscard]] std::vector<DeploymentPair> match_deployments(const Plan& old_plan,
                                                            const Plan& new_plan);

}  // namespace berth
