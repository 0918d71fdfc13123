#include "berth/output/interval_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kRowHeight = 40.0;
constexpr double kNoteHeight = 19.0;  // more, where a row has one
constexpr double kTextLine = 12.0;    // baseline of the label inside its row
constexpr double kBarTop = 21.0;
constexpr double kBarHeight = 8.0;
constexpr double kNoteLine = 47.0;
constexpr double kCap = 4.0;  // half the height of an interval's ends

double row_height(const IntervalRow& row) {
  return kRowHeight + (row.note.empty() ? 0.0 : kNoteHeight);
}

class IntervalMarks {
 public:
  IntervalMarks(const IntervalRow& row, double top) : row_(row), bar_top_(top + kBarTop) {}

  [[nodiscard]] std::string svg() const {
    std::string out = fmt::format(
        "<rect class=\"track\" x=\"0\" y=\"{}\" width=\"100%\" height=\"{}\" rx=\"4\"/>\n",
        svg_number(bar_top_), svg_number(kBarHeight));
    if (row_.from == 0.0) {
      out += fmt::format(
          "<rect class=\"{}\" x=\"0\" y=\"{}\" width=\"{}%\" height=\"{}\" rx=\"4\"/>\n", row_.css,
          svg_number(bar_top_), x(row_.value), svg_number(kBarHeight));
    }
    out += interval();
    if (row_.from != 0.0) {
      out += fmt::format("<circle class=\"{}\" cx=\"{}%\" cy=\"{}\" r=\"5\"/>\n", row_.css,
                         x(row_.value), svg_number(middle()));
    }
    if (row_.limit) {
      out += fmt::format("<line class=\"limit\" x1=\"{0}%\" x2=\"{0}%\" y1=\"{1}\" y2=\"{2}\"/>\n",
                         x(*row_.limit), svg_number(bar_top_ - 4.0),
                         svg_number(bar_top_ + kBarHeight + 4.0));
    }
    if (row_.predicted) {
      out += fmt::format(
          "<svg aria-hidden=\"true\" x=\"{}%\" y=\"{}\" overflow=\"visible\"><path "
          "class=\"predicted\" d=\"M0 -6L6 0L0 6L-6 0Z\"/></svg>\n",
          x(*row_.predicted), svg_number(middle()));
    }
    return out;
  }

 private:
  [[nodiscard]] double middle() const { return bar_top_ + 0.5 * kBarHeight; }

  /// Per cent of the width.
  [[nodiscard]] std::string x(double value) const {
    const double part = row_.to > row_.from ? (value - row_.from) / (row_.to - row_.from) : 0.0;
    const double inside = std::clamp(part, 0.0, 1.0);
    // A point at an end of the axis is drawn whole.
    return svg_number(row_.from == 0.0 ? 100.0 * inside : 1.0 + 98.0 * inside);
  }

  [[nodiscard]] std::string interval() const {
    if (!std::isfinite(row_.half) || !(row_.half > 0.0)) return {};
    const std::string low = x(row_.value - row_.half);
    const std::string high = x(row_.value + row_.half);
    std::string out =
        fmt::format("<line class=\"whisker\" x1=\"{}%\" x2=\"{}%\" y1=\"{}\" y2=\"{}\"/>\n", low,
                    high, svg_number(middle()), svg_number(middle()));
    for (const std::string& end : {low, high}) {
      out +=
          fmt::format("<line class=\"whisker\" x1=\"{0}%\" x2=\"{0}%\" y1=\"{1}\" y2=\"{2}\"/>\n",
                      end, svg_number(middle() - kCap), svg_number(middle() + kCap));
    }
    return out;
  }

  const IntervalRow& row_;
  double bar_top_;
};

std::string key(std::string_view mark, std::string_view words) {
  return fmt::format("<span><svg aria-hidden=\"true\" viewBox=\"-7 -7 14 14\">{}</svg>{}</span>",
                     mark, escape_html(words));
}

}  // namespace

std::string interval_chart(std::string_view id, std::string_view title,
                           std::string_view description, const std::vector<IntervalRow>& rows) {
  double height = 0.0;
  for (const IntervalRow& row : rows) height += row_height(row);
  std::string svg = open_svg(id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(height)),
                             title, description);
  double top = 0.0;
  for (const IntervalRow& row : rows) {
    svg += fmt::format(
        "<text class=\"label\" x=\"0\" y=\"{0}\">{1}</text>\n"
        "<text class=\"value\" x=\"100%\" y=\"{0}\" text-anchor=\"end\">{2}</text>\n",
        svg_number(top + kTextLine), escape_html(row.label), escape_html(row.value_text));
    svg += IntervalMarks(row, top).svg();
    if (!row.note.empty()) {
      svg += fmt::format("<text class=\"quiet\" x=\"0\" y=\"{}\">{}</text>\n",
                         svg_number(top + kNoteLine), escape_html(row.note));
    }
    top += row_height(row);
  }
  return svg + "</svg>\n";
}

std::string interval_legend(bool with_prediction) {
  std::string out = "<div class=\"legend\">";
  out += key("<rect class=\"good\" x=\"-7\" y=\"-4\" width=\"14\" height=\"8\" rx=\"4\"/>",
             "holds at 95 % confidence");
  out += key("<rect class=\"close\" x=\"-7\" y=\"-4\" width=\"14\" height=\"8\" rx=\"4\"/>",
             "holds, not sure");
  out +=
      key("<rect class=\"bad\" x=\"-7\" y=\"-4\" width=\"14\" height=\"8\" rx=\"4\"/>", "misses");
  out += key("<path class=\"whisker\" d=\"M-6 0H6M-6 -4V4M6 -4V4\"/>", "95 % interval");
  if (with_prediction) {
    out += key("<path class=\"predicted\" d=\"M0 -6L6 0L0 6L-6 0Z\"/>", "predicted by the plan");
  }
  out += key("<path class=\"whisker\" d=\"M0 -7V7\"/>", with_prediction ? "limit" : "asked");
  return out + "</div>\n";
}

}  // namespace berth
