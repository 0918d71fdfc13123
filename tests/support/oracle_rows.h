#pragma once
// The rows and columns of the MILP, as HiGHS takes them.

#include <limits>
#include <vector>

#include "berth/instance/instance.h"

namespace berth::testing {

struct Rows {
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  // Columns, in this order: x by pair, y by option, v by option, N by offer, u by class.
  std::size_t pairs = 0;
  std::size_t options = 0;
  std::size_t offers = 0;
  std::vector<double> cost;
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<bool> integer;

  std::vector<double> row_lower;
  std::vector<double> row_upper;
  std::vector<int> start;
  std::vector<int> index;
  std::vector<double> value;

  [[nodiscard]] std::size_t x(std::size_t pair) const { return pair; }
  [[nodiscard]] std::size_t y(std::size_t option) const { return pairs + option; }
  [[nodiscard]] std::size_t v(std::size_t option) const { return pairs + options + option; }
  [[nodiscard]] std::size_t n(std::size_t offer) const { return pairs + 2 * options + offer; }
  [[nodiscard]] std::size_t u(std::size_t query_class) const {
    return pairs + 2 * options + offers + query_class;
  }
};

[[nodiscard]] Rows milp_rows(const Instance& instance);

}  // namespace berth::testing
