// Free MPS. The sense is left to its default, minimise: not every reader knows OBJSENSE.

#include <cassert>

#include "berth/solve/milp/model_text.h"
#include "berth/solve/milp/write_model.h"

namespace berth::milp {
namespace {

/// The entries of a model by column; MPS asks for them so.
struct ByColumn {
  std::vector<std::size_t> start;  ///< columns + 1
  std::vector<std::int32_t> row;
  std::vector<double> value;
};

ByColumn transpose(const Model& model) {
  ByColumn result;
  result.start.assign(model.column_count() + 1, 0);
  for (const std::int32_t column : model.index)
    ++result.start[static_cast<std::size_t>(column) + 1];
  for (std::size_t c = 0; c < model.column_count(); ++c) result.start[c + 1] += result.start[c];
  result.row.resize(model.entry_count());
  result.value.resize(model.entry_count());
  std::vector<std::size_t> next(result.start.begin(), result.start.end() - 1);
  for (std::size_t r = 0; r < model.row_count(); ++r) {
    const auto first = static_cast<std::size_t>(model.start[r]);
    const auto end = static_cast<std::size_t>(model.start[r + 1]);
    for (std::size_t k = first; k < end; ++k) {
      const std::size_t place = next[static_cast<std::size_t>(model.index[k])]++;
      result.row[place] = static_cast<std::int32_t>(r);
      result.value[place] = model.value[k];
    }
  }
  return result;
}

/// 'N' (no limit), 'E', 'L' or 'G'. A row with two limits is 'L' with a range.
char row_type(const Model& model, std::size_t r) {
  const bool below = model.row_lower[r] > -kInfinity;
  const bool above = model.row_upper[r] < kInfinity;
  if (below && above) return model.row_lower[r] == model.row_upper[r] ? 'E' : 'L';
  if (above) return 'L';
  return below ? 'G' : 'N';
}

double right_side(const Model& model, std::size_t r, char type) {
  return type == 'G' ? model.row_lower[r] : model.row_upper[r];
}

void add_rows(ModelText& text, const Model& model, const std::vector<std::string>& rows) {
  text.add("ROWS\n N ").add(kObjectiveName).add("\n");
  for (std::size_t r = 0; r < model.row_count(); ++r) {
    const char type[] = {' ', row_type(model, r), ' ', '\0'};
    text.add(type).add(rows[r]).add("\n");
  }
}

void add_columns(ModelText& text, const Model& model, const std::vector<std::string>& columns,
                 const std::vector<std::string>& rows) {
  constexpr const char* kBegin = " MARKER 'MARKER' 'INTORG'\n";
  constexpr const char* kEnd = " MARKER 'MARKER' 'INTEND'\n";
  const ByColumn by_column = transpose(model);
  bool whole = false;
  text.add("COLUMNS\n");
  for (std::size_t c = 0; c < model.column_count(); ++c) {
    const bool integer = model.integer[c] != 0;
    if (integer != whole) text.add(integer ? kBegin : kEnd);
    whole = integer;
    const std::size_t first = by_column.start[c];
    const std::size_t end = by_column.start[c + 1];
    // A column that stands nowhere else must be named at least once.
    if (model.cost[c] != 0.0 || first == end) {
      text.add(" ")
          .add(columns[c])
          .add(" ")
          .add(kObjectiveName)
          .add(" ")
          .add(model.cost[c])
          .add("\n");
    }
    for (std::size_t k = first; k < end; ++k) {
      text.add(" ").add(columns[c]).add(" ");
      text.add(rows[static_cast<std::size_t>(by_column.row[k])]).add(" ");
      text.add(by_column.value[k]).add("\n");
    }
  }
  if (whole) text.add(kEnd);
}

void add_right_sides(ModelText& text, const Model& model, const std::vector<std::string>& rows) {
  text.add("RHS\n");
  std::vector<std::size_t> ranged;
  for (std::size_t r = 0; r < model.row_count(); ++r) {
    const char type = row_type(model, r);
    if (type == 'N') continue;
    if (type == 'L' && model.row_lower[r] > -kInfinity) ranged.push_back(r);
    const double side = right_side(model, r, type);
    if (side != 0.0) text.add(" RHS ").add(rows[r]).add(" ").add(side).add("\n");
  }
  if (ranged.empty()) return;
  text.add("RANGES\n");
  for (const std::size_t r : ranged) {
    text.add(" RNG ").add(rows[r]).add(" ");
    text.add(model.row_upper[r] - model.row_lower[r]).add("\n");
  }
}

/// Whole columns get an upper bound in any case: some readers take 1 for one that has none.
void add_bound_rows(ModelText& text, const Model& model, const std::vector<std::string>& columns) {
  const auto line = [&](const char* kind, std::size_t c) -> ModelText& {
    return text.add(" ").add(kind).add(" BND ").add(columns[c]);
  };
  text.add("BOUNDS\n");
  for (std::size_t c = 0; c < model.column_count(); ++c) {
    const double lower = model.lower[c];
    const double upper = model.upper[c];
    if (lower == upper) {
      line("FX", c).add(" ").add(lower).add("\n");
      continue;
    }
    if (lower == -kInfinity && upper == kInfinity) {
      line("FR", c).add("\n");
      continue;
    }
    if (lower == -kInfinity) line("MI", c).add("\n");
    // Written even where it is the default, 0: an upper bound below 0 would move it.
    const bool written = lower != 0.0 || upper < 0.0;
    if (lower > -kInfinity && written) line("LO", c).add(" ").add(lower).add("\n");
    if (upper < kInfinity) {
      line("UP", c).add(" ").add(upper).add("\n");
    } else if (model.integer[c] != 0) {
      line("PL", c).add("\n");
    }
  }
}

}  // namespace

std::string to_mps(const Model& model, const std::vector<std::string>& columns,
                   const std::vector<std::string>& rows) {
  assert(columns.size() == model.column_count() && rows.size() == model.row_count());
  ModelText text;
  text.add("NAME berth FREE\n");
  add_rows(text, model, rows);
  add_columns(text, model, columns, rows);
  add_right_sides(text, model, rows);
  add_bound_rows(text, model, columns);
  text.add("ENDATA\n");
  return std::move(text).take();
}

}  // namespace berth::milp
