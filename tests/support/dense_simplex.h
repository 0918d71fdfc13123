#pragma once
// A linear program of a handful of variables, solved by the textbook tableau with Bland's rule:
// slow, short, and nobody else's code.

#include <optional>
#include <vector>

namespace berth::testing {

/// rows x <= limits, x >= 0.
struct DenseProgram {
  std::vector<double> cost;
  std::vector<std::vector<double>> rows;
  std::vector<double> limits;

  void at_most(std::vector<double> row, double limit);
  void equal(const std::vector<double>& row, double limit);
};

/// Least cost, or nullopt if there is no solution. REQUIRES: cost >= 0, so that there is a least.
[[nodiscard]] std::optional<double> least_cost(const DenseProgram& program);

}  // namespace berth::testing
