#pragma once
// A mixed-integer program as any solver takes it: columns, rows, no solver's types.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/core/infinity.h"

namespace berth::milp {

/// min cost x, row_lower <= A x <= row_upper, lower <= x <= upper, some x whole.
struct Model {
  std::vector<double> cost;  ///< by column
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::uint8_t> integer;

  std::vector<double> row_lower;  ///< by row; -kInfinity, kInfinity: no limit
  std::vector<double> row_upper;
  std::vector<std::int32_t> start{0};  ///< rows + 1; row r is index, value [start[r], start[r + 1])
  std::vector<std::int32_t> index;     ///< column
  std::vector<double> value;           ///< never 0

  [[nodiscard]] std::size_t column_count() const { return cost.size(); }
  [[nodiscard]] std::size_t row_count() const { return row_lower.size(); }
  [[nodiscard]] std::size_t entry_count() const { return index.size(); }

  /// Returns the index of the new column.
  std::int32_t add_column(double objective, double least, double most, bool whole) {
    cost.push_back(objective);
    lower.push_back(least);
    upper.push_back(most);
    integer.push_back(whole ? 1 : 0);
    return static_cast<std::int32_t>(cost.size()) - 1;
  }
  /// A row is written by its terms first and closed by its limits.
  void add_term(std::int32_t column, double coefficient) {
    index.push_back(column);
    value.push_back(coefficient);
  }
  void close_row(double least, double most) {
    row_lower.push_back(least);
    row_upper.push_back(most);
    start.push_back(static_cast<std::int32_t>(index.size()));
  }
};

}  // namespace berth::milp
