#pragma once
// Semantic tables of the HTML report.

#include <string>
#include <vector>

namespace berth {

struct HtmlColumn {
  std::string header;
  bool number = false;  ///< right-aligned
};

/// Cells are HTML: escape what comes from a plan. The first cell of a row is its header.
class HtmlTable {
 public:
  HtmlTable(std::string caption, std::vector<HtmlColumn> columns)
      : caption_(std::move(caption)), columns_(std::move(columns)) {}

  /// REQUIRES: one cell per column.
  void add_row(std::vector<std::string> cells);
  void set_footer(std::vector<std::string> cells) { footer_ = std::move(cells); }

  /// Inside a box that scrolls when there are many rows.
  [[nodiscard]] std::string html() const;

 private:
  void append_row(std::string& out, const std::vector<std::string>& cells) const;

  std::string caption_;
  std::vector<HtmlColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::string> footer_;
};

}  // namespace berth
