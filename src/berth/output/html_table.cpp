#include "berth/output/html_table.h"

#include <cassert>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {

void HtmlTable::add_row(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

void HtmlTable::append_row(std::string& out, const std::vector<std::string>& cells) const {
  out += "<tr>";
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const char* css = columns_[c].number ? " class=\"number\"" : "";
    out += c == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", css, cells[c])
                  : fmt::format("<td{}>{}</td>", css, cells[c]);
  }
  out += "</tr>\n";
}

std::string HtmlTable::html() const {
  // The box scrolls, so it must be reachable by keyboard.
  std::string out = fmt::format(
      "<div class=\"rows\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table "
      "aria-label=\"{0}\">\n<thead><tr>",
      escape_html(caption_));
  for (const HtmlColumn& column : columns_) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"number\"" : "",
                       escape_html(column.header));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows_) append_row(out, row);
  out += "</tbody>\n";
  if (!footer_.empty()) {
    out += "<tfoot>";
    append_row(out, footer_);
    out += "</tfoot>\n";
  }
  return out + "</table></div>\n";
}

}  // namespace berth
