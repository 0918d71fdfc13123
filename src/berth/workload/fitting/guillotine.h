#pragma once
// The best partition of a small grid into k rectangles by straight cuts, exactly.

#include <cstddef>
#include <limits>
#include <vector>

namespace berth {

/// Counts and first two moments of both lengths over a rectangle.
struct CellSums {
  double count = 0.0;
  double prompt = 0.0, prompt_square = 0.0;
  double output = 0.0, output_square = 0.0;

  CellSums& operator+=(const CellSums& other);
  friend CellSums operator-(CellSums a, const CellSums& b);
};

/// Prefix sums over a grid of cells, so that a rectangle's sums cost four look-ups.
class SumTable {
 public:
  /// `cells` row by row.
  SumTable(std::size_t rows, std::size_t columns, const std::vector<CellSums>& cells);

  [[nodiscard]] CellSums sums(std::size_t row, std::size_t row_end, std::size_t column,
                              std::size_t column_end) const;
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  std::size_t rows_, columns_;
  std::vector<CellSums> table_;
};

/// What a token of prompt and of output weighs: 1 / variance over all requests (0 if constant).
struct SpreadScale {
  double prompt = 0.0;
  double output = 0.0;
};

/// Squared deviation from the rectangle's mean lengths, in units of the variances: eq. (3).
[[nodiscard]] double spread(const CellSums& sums, const SpreadScale& scale);

struct GridRectangle {
  std::size_t row = 0, row_end = 0;
  std::size_t column = 0, column_end = 0;
};

/// Every rectangle's least spread in 1..max_parts parts, none of them empty. Dynamic programming
/// over all rectangles: O(rows^2 columns^2 (rows + columns) max_parts^2).
class GuillotinePartition {
 public:
  GuillotinePartition(const SumTable& table, const SpreadScale& scale, std::size_t max_parts);

  static constexpr double kImpossible = std::numeric_limits<double>::infinity();

  /// Least spread of the whole grid in exactly `parts` parts; kImpossible if it has too few cells.
  [[nodiscard]] double spread_of(std::size_t parts) const;
  /// The parts. REQUIRES: spread_of(parts) is finite.
  [[nodiscard]] std::vector<GridRectangle> parts(std::size_t parts) const;

 private:
  struct Cut {
    bool across_rows = false;
    std::size_t at = 0;
    std::size_t first_parts = 0;
  };

  [[nodiscard]] std::size_t index(const GridRectangle& r) const;
  void solve(const GridRectangle& r);
  void collect(const GridRectangle& r, std::size_t parts, std::vector<GridRectangle>& out) const;
  [[nodiscard]] Cut best_cut(const GridRectangle& r, std::size_t parts) const;
  template <class Visit>
  void for_each_cut(const GridRectangle& r, Visit visit) const;

  const SumTable* table_;
  SpreadScale scale_;
  std::size_t max_parts_;
  std::size_t column_pairs_;
  std::vector<double> least_;  // [rectangle][parts - 1]
};

}  // namespace berth
