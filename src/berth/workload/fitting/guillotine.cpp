#include "berth/workload/fitting/guillotine.h"

#include <algorithm>
#include <cassert>

namespace berth {

CellSums& CellSums::operator+=(const CellSums& other) {
  count += other.count;
  prompt += other.prompt;
  prompt_square += other.prompt_square;
  output += other.output;
  output_square += other.output_square;
  return *this;
}

CellSums operator-(CellSums a, const CellSums& b) {
  a.count -= b.count;
  a.prompt -= b.prompt;
  a.prompt_square -= b.prompt_square;
  a.output -= b.output;
  a.output_square -= b.output_square;
  return a;
}

SumTable::SumTable(std::size_t rows, std::size_t columns, const std::vector<CellSums>& cells)
    : rows_(rows), columns_(columns), table_((rows + 1) * (columns + 1)) {
  assert(cells.size() == rows * columns);
  for (std::size_t r = 0; r < rows; ++r) {
    CellSums row;
    for (std::size_t c = 0; c < columns; ++c) {
      row += cells[r * columns + c];
      CellSums above = table_[r * (columns + 1) + c + 1];
      table_[(r + 1) * (columns + 1) + c + 1] = above += row;
    }
  }
}

CellSums SumTable::sums(std::size_t row, std::size_t row_end, std::size_t column,
                        std::size_t column_end) const {
  const auto at = [&](std::size_t r, std::size_t c) -> const CellSums& {
    return table_[r * (columns_ + 1) + c];
  };
  return (at(row_end, column_end) - at(row, column_end)) - (at(row_end, column) - at(row, column));
}

double spread(const CellSums& sums, const SpreadScale& scale) {
  if (sums.count <= 0) return 0.0;
  const double prompt = sums.prompt_square - sums.prompt * sums.prompt / sums.count;
  const double output = sums.output_square - sums.output * sums.output / sums.count;
  return std::max(0.0, prompt) * scale.prompt + std::max(0.0, output) * scale.output;
}

GuillotinePartition::GuillotinePartition(const SumTable& table, const SpreadScale& scale,
                                         std::size_t max_parts)
    : table_(&table),
      scale_(scale),
      max_parts_(max_parts),
      column_pairs_(table.columns() * (table.columns() + 1)) {
  const std::size_t rows = table.rows();
  const std::size_t columns = table.columns();
  least_.assign(rows * (rows + 1) * column_pairs_ * max_parts, kImpossible);
  // Smaller rectangles first: a cut only looks at smaller ones.
  for (std::size_t height = 1; height <= rows; ++height) {
    for (std::size_t width = 1; width <= columns; ++width) {
      for (std::size_t row = 0; row + height <= rows; ++row) {
        for (std::size_t column = 0; column + width <= columns; ++column) {
          solve({row, row + height, column, column + width});
        }
      }
    }
  }
}

std::size_t GuillotinePartition::index(const GridRectangle& r) const {
  const std::size_t row_pair = r.row * (table_->rows() + 1) + r.row_end;
  const std::size_t column_pair = r.column * (table_->columns() + 1) + r.column_end;
  return (row_pair * column_pairs_ + column_pair) * max_parts_;
}

template <class Visit>
void GuillotinePartition::for_each_cut(const GridRectangle& r, Visit visit) const {
  for (std::size_t at = r.row + 1; at < r.row_end; ++at) {
    visit(true, at, index({r.row, at, r.column, r.column_end}),
          index({at, r.row_end, r.column, r.column_end}));
  }
  for (std::size_t at = r.column + 1; at < r.column_end; ++at) {
    visit(false, at, index({r.row, r.row_end, r.column, at}),
          index({r.row, r.row_end, at, r.column_end}));
  }
}

void GuillotinePartition::solve(const GridRectangle& r) {
  const CellSums sums = table_->sums(r.row, r.row_end, r.column, r.column_end);
  if (sums.count <= 0) return;  // an empty part is no class
  double* const least = least_.data() + index(r);
  least[0] = spread(sums, scale_);
  for_each_cut(r, [&](bool, std::size_t, std::size_t first, std::size_t second) {
    const double* const a = least_.data() + first;
    const double* const b = least_.data() + second;
    for (std::size_t i = 0; i + 1 < max_parts_ && a[i] < kImpossible; ++i) {
      for (std::size_t j = 0; i + j + 1 < max_parts_ && b[j] < kImpossible; ++j) {
        least[i + j + 1] = std::min(least[i + j + 1], a[i] + b[j]);
      }
    }
  });
}

double GuillotinePartition::spread_of(std::size_t parts) const {
  assert(parts >= 1 && parts <= max_parts_);
  return least_[index({0, table_->rows(), 0, table_->columns()}) + parts - 1];
}

std::vector<GridRectangle> GuillotinePartition::parts(std::size_t parts) const {
  assert(spread_of(parts) < kImpossible);
  std::vector<GridRectangle> out;
  collect({0, table_->rows(), 0, table_->columns()}, parts, out);
  return out;
}

void GuillotinePartition::collect(const GridRectangle& r, std::size_t parts,
                                  std::vector<GridRectangle>& out) const {
  if (parts == 1) {
    out.push_back(r);
    return;
  }
  const Cut cut = best_cut(r, parts);
  GridRectangle first = r;
  GridRectangle second = r;
  (cut.across_rows ? first.row_end : first.column_end) = cut.at;
  (cut.across_rows ? second.row : second.column) = cut.at;
  collect(first, cut.first_parts, out);
  collect(second, parts - cut.first_parts, out);
}

GuillotinePartition::Cut GuillotinePartition::best_cut(const GridRectangle& r,
                                                       std::size_t parts) const {
  Cut best;
  double least = kImpossible;
  for_each_cut(r, [&](bool across_rows, std::size_t at, std::size_t first, std::size_t second) {
    for (std::size_t i = 1; i < parts; ++i) {
      const double total = least_[first + i - 1] + least_[second + parts - i - 1];
      if (total < least) {
        least = total;
        best = {across_rows, at, i};
      }
    }
  });
  assert(least < kImpossible);
  return best;
}

}  // namespace berth
