// CPLEX's LP format.

#include <cassert>
#include <cmath>

#include "berth/solve/milp/model_text.h"
#include "berth/solve/milp/write_model.h"

namespace berth::milp {
namespace {

// Some readers take no line of more than 255 characters; a term has at most 130.
constexpr std::size_t kFullLine = 90;

/// Terms of one row, broken into lines.
class Terms {
 public:
  Terms(ModelText& text, std::size_t line_start) : text_(text), line_start_(line_start) {}

  void add(double coefficient, const std::string& column) {
    if (text_.size() - line_start_ > kFullLine) {
      line_start_ = text_.size();
      text_.add("\n  ");
    }
    text_.add(std::signbit(coefficient) ? " - " : " + ");
    const double size = std::abs(coefficient);
    if (size != 1.0) text_.add(size).add(" ");
    text_.add(column);
  }

 private:
  ModelText& text_;
  std::size_t line_start_;
};

/// LP needs a term in each row, if only 0 times something.
void add_objective(ModelText& text, const Model& model, const std::vector<std::string>& columns) {
  text.add("Minimize\n");
  Terms terms(text, text.size());
  text.add(" ").add(kObjectiveName).add(":");
  bool any = false;
  for (std::size_t c = 0; c < model.column_count(); ++c) {
    if (model.cost[c] == 0.0) continue;
    terms.add(model.cost[c], columns[c]);
    any = true;
  }
  if (!any && !columns.empty()) terms.add(0.0, columns.front());
  text.add("\n");
}

void add_row(ModelText& text, const Model& model, std::size_t r, const std::string& name,
             const std::vector<std::string>& columns, const char* sense, double side) {
  Terms terms(text, text.size());
  text.add(" ").add(name).add(":");
  const auto first = static_cast<std::size_t>(model.start[r]);
  const auto end = static_cast<std::size_t>(model.start[r + 1]);
  for (std::size_t k = first; k < end; ++k) {
    terms.add(model.value[k], columns[static_cast<std::size_t>(model.index[k])]);
  }
  if (first == end) terms.add(0.0, columns.front());
  text.add(sense).add(side).add("\n");
}

/// A row with two limits becomes two rows, as not every reader knows ranges: "<name>" and
/// "<name>#least". A row without any is left out.
void add_rows(ModelText& text, const Model& model, const std::vector<std::string>& columns,
              const std::vector<std::string>& rows) {
  text.add("Subject To\n");
  for (std::size_t r = 0; r < model.row_count(); ++r) {
    const double lower = model.row_lower[r];
    const double upper = model.row_upper[r];
    if (lower == upper) {
      add_row(text, model, r, rows[r], columns, " = ", lower);
      continue;
    }
    if (upper < kInfinity) add_row(text, model, r, rows[r], columns, " <= ", upper);
    if (lower == -kInfinity) continue;
    const std::string name = upper < kInfinity ? rows[r] + "#least" : rows[r];
    add_row(text, model, r, name, columns, " >= ", lower);
  }
}

void add_bounds(ModelText& text, const Model& model, const std::vector<std::string>& columns) {
  text.add("Bounds\n");
  for (std::size_t c = 0; c < model.column_count(); ++c) {
    const double lower = model.lower[c];
    const double upper = model.upper[c];
    if (lower == 0.0 && upper == kInfinity) continue;
    text.add(" ");
    if (lower == upper) {
      text.add(columns[c]).add(" = ").add(lower);
    } else if (lower == -kInfinity && upper == kInfinity) {
      text.add(columns[c]).add(" free");
    } else if (upper == kInfinity) {
      text.add(columns[c]).add(" >= ").add(lower);
    } else {
      // The lower bound is always written: what an upper bound below 0 does to it differs.
      if (lower == -kInfinity)
        text.add("-inf");
      else
        text.add(lower);
      text.add(" <= ").add(columns[c]).add(" <= ").add(upper);
    }
    text.add("\n");
  }
}

void add_integers(ModelText& text, const Model& model, const std::vector<std::string>& columns) {
  bool any = false;
  for (std::size_t c = 0; c < model.column_count(); ++c) {
    if (model.integer[c] == 0) continue;
    if (!any) text.add("Generals\n");
    any = true;
    text.add(" ").add(columns[c]).add("\n");
  }
}

}  // namespace

std::string to_lp(const Model& model, const std::vector<std::string>& columns,
                  const std::vector<std::string>& rows) {
  assert(columns.size() == model.column_count() && rows.size() == model.row_count());
  assert(!columns.empty());
  ModelText text;
  add_objective(text, model, columns);
  add_rows(text, model, columns, rows);
  add_bounds(text, model, columns);
  add_integers(text, model, columns);
  text.add("End\n");
  return std::move(text).take();
}

}  // namespace berth::milp
