#include "berth/import/size_table.h"

#include <fmt/format.h>

namespace berth {

std::optional<SizeTable> read_size_table(const ValueReader& value, Range range) {
  SizeTable table;
  if (!value.is_list()) {
    static_cast<void>(value.list());  // records what was expected
    return std::nullopt;
  }
  bool good = true;
  for (const ValueReader& row : value.list()) {
    if (!row.is_list()) {
      static_cast<void>(row.list());
      good = false;
      continue;
    }
    const std::vector<ValueReader> cells = row.list();
    if (table.rows == 0) table.columns = cells.size();
    ++table.rows;
    if (cells.size() != table.columns) {
      row.fail(ErrorCode::kInconsistent, fmt::format("this row has {} numbers, the first one {}",
                                                     cells.size(), table.columns));
      good = false;
    }
    for (const ValueReader& cell : cells) {
      const std::optional<double> number = cell.number(range);
      good = good && number.has_value();
      table.cells.push_back(number.value_or(0.0));
    }
  }
  if (good && table.cells.empty()) {
    value.fail(ErrorCode::kMissing, "this table has no numbers",
               "a row for each input size, in it a number for each output size");
    good = false;
  }
  return good ? std::optional(std::move(table)) : std::nullopt;
}

bool same_shape(const ValueReader& value, const SizeTable& table, const SizeTable& like,
                std::string_view name) {
  if (table.rows == like.rows && table.columns == like.columns) return true;
  value.fail(ErrorCode::kInconsistent, fmt::format("{} x {} sizes, but {} has {} x {}", table.rows,
                                                   table.columns, name, like.rows, like.columns));
  return false;
}

}  // namespace berth
