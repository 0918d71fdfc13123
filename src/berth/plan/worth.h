#pragma once
// What limits are worth: by how much the cost would fall with one more of each.

#include <vector>

namespace berth {

/// USD/h, all >= 0, in the linear relaxation of the problem: between whole boxes, so a guide, not a
/// promise. `berth explain` solves the problem again for exact steps.
struct RelaxationWorth {
  std::vector<double> demand;  ///< by class: its whole demand
  std::vector<double> pool;    ///< by pool: a GPU more of a capped offer
  double budget = 0.0;         ///< per USD/h
};

}  // namespace berth
