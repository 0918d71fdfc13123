#pragma once
// Aligned columns of text for a terminal.

#include <cstddef>
#include <string>
#include <vector>

namespace berth {

enum class Tone { kPlain, kStrong, kDim, kGood, kBad, kWarning, kAccent };

/// `text` in ANSI colours; unchanged when `color` is off.
[[nodiscard]] std::string paint(const std::string& text, Tone tone, bool color);

struct GridCell {
  std::string text;
  Tone tone = Tone::kPlain;
};

enum class Align { kLeft, kRight };

struct GridColumn {
  std::string header;
  Align align = Align::kLeft;
  std::size_t min_width = 0;  ///< above 0: may be shortened to this when the line is too long
};

/// Rows under a header and a rule. Columns are as wide as their widest cell; where the line would
/// be longer than `width`, the columns that allow it are shortened, the widest first.
class TextGrid {
 public:
  explicit TextGrid(std::vector<GridColumn> columns) : columns_(std::move(columns)) {}

  /// REQUIRES: one cell per column.
  void add_row(std::vector<GridCell> cells);
  /// A thin line before the next row.
  void add_rule();

  /// Every line starts with `indent` blanks and ends with a newline, without trailing blanks.
  [[nodiscard]] std::string render(std::size_t width, bool color, std::size_t indent = 2) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t available) const;

  std::vector<GridColumn> columns_;
  std::vector<std::vector<GridCell>> rows_;  // an empty row is a rule
};

/// Words of `text` on lines of at most `width` cells, continued with `indent` blanks.
[[nodiscard]] std::string wrap(const std::string& text, std::size_t width, std::size_t indent);

}  // namespace berth
