#pragma once
// A number for each size of request: rows of numbers, as a file states them.

#include <cstddef>
#include <optional>
#include <vector>

#include "berth/document/reader.h"

namespace berth {

struct SizeTable {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> cells;  ///< row after row

  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return cells[row * columns + column];
  }
};

/// A list of lists of numbers. Records what is wrong, all at once: kWrongType, kOutOfRange (of
/// `range`), kMissing (no row, an empty row), kInconsistent (rows of different lengths).
[[nodiscard]] std::optional<SizeTable> read_size_table(const ValueReader& value, Range range);

/// Records kInconsistent at `value` unless `table` has so many rows and columns as `like`, which
/// people know as `name`.
[[nodiscard]] bool same_shape(const ValueReader& value, const SizeTable& table,
                              const SizeTable& like, std::string_view name);

}  // namespace berth
