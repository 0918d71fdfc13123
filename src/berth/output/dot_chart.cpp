#include "berth/output/dot_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kRowHeight = 58.0;
constexpr double kTextLine = 14.0;  // baseline of the label inside its row
constexpr double kBandTop = 22.0;
constexpr double kBandHeight = 26.0;
constexpr double kBelow = 44.0;  // ticks and label of the axis
constexpr double kFirstX = 1.5;  // per cent of the width
constexpr double kLastX = 98.0;
constexpr double kRadius = 4.0;
/// Dots of equal value stand above and below each other.
constexpr std::size_t kLanes = 5;
constexpr double kLaneHeight = 4.0;

class Axis {
 public:
  explicit Axis(const std::vector<DotRow>& rows) {
    double most = 0.1;
    for (const DotRow& row : rows) {
      for (const Dot& dot : row.dots) {
        if (std::isfinite(dot.share)) most = std::max(most, dot.share);
      }
    }
    decades_ = std::ceil(std::log10(most / kLeastShownShare) - 1e-9);
  }

  /// Per cent of the width.
  [[nodiscard]] double x(double share) const {
    const double place = std::log10(std::max(share, kLeastShownShare) / kLeastShownShare);
    return kFirstX + (kLastX - kFirstX) * std::min(1.0, place / decades_);
  }

  [[nodiscard]] std::string ticks(double height) const {
    std::string svg;
    const int last = static_cast<int>(decades_);
    for (int k = 0; k <= last; ++k) {
      const double share = kLeastShownShare * std::pow(10.0, k);
      const char* anchor = k == 0 ? "start" : k == last ? "end" : "middle";
      svg += fmt::format(
          "<rect class=\"track\" x=\"{0}%\" width=\"1\" y=\"{1}\" height=\"{2}\"/>\n"
          "<text class=\"quiet\" x=\"{3}%\" y=\"{4}\" text-anchor=\"{5}\">{6}{7:g} %</text>\n",
          svg_number(x(share)), svg_number(kBandTop), svg_number(height - kBandTop),
          svg_number(k == 0      ? 0.0
                     : k == last ? 100.0
                                 : x(share)),
          svg_number(height + 16.0), anchor, k == 0 ? "≤ " : "", share * 100.0);
    }
    return svg;
  }

 private:
  double decades_ = 3.0;
};

std::string dots_of(const DotRow& row, const Axis& axis, double middle) {
  std::string svg;
  for (std::size_t k = 0; k < row.dots.size(); ++k) {
    const Dot& dot = row.dots[k];
    if (!std::isfinite(dot.share)) continue;
    const double lane = static_cast<double>(k % kLanes) - 0.5 * static_cast<double>(kLanes - 1);
    const double shift = row.dots.size() > 1 ? lane * kLaneHeight : 0.0;
    svg += fmt::format(
        "<circle class=\"{}\" cx=\"{}%\" cy=\"{}\" r=\"{}\" fill-opacity=\"0.55\"><title>{}</title>"
        "</circle>\n",
        hue_class(row.hue), svg_number(axis.x(dot.share)), svg_number(middle + shift),
        svg_number(kRadius), escape_html(dot.tip));
  }
  if (row.median) {
    svg += fmt::format("<line class=\"limit\" x1=\"{0}%\" x2=\"{0}%\" y1=\"{1}\" y2=\"{2}\"/>\n",
                       svg_number(axis.x(*row.median)), svg_number(middle - 0.5 * kBandHeight),
                       svg_number(middle + 0.5 * kBandHeight));
  }
  return svg;
}

}  // namespace

double dot_chart_height(std::size_t rows) {
  return kRowHeight * static_cast<double>(rows) + kBelow;
}

std::string dot_chart(std::string_view id, std::string_view title, std::string_view description,
                      std::string_view axis_label, const std::vector<DotRow>& rows) {
  const Axis axis(rows);
  const double height = dot_chart_height(rows.size());
  const double plot = height - kBelow;
  std::string svg = open_svg(id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(height)),
                             title, description);
  svg += axis.ticks(plot);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const DotRow& row = rows[k];
    const double top = kRowHeight * static_cast<double>(k);
    svg += fmt::format(
        "<text class=\"label\" x=\"0\" y=\"{0}\">{1}<tspan class=\"quiet\" dx=\"8\">{2}</tspan>"
        "</text>\n<text class=\"value\" x=\"100%\" y=\"{0}\" text-anchor=\"end\">{3}</text>\n"
        "<rect class=\"track\" x=\"0\" y=\"{4}\" width=\"100%\" height=\"{5}\" rx=\"5\" "
        "opacity=\"0.6\"/>\n",
        svg_number(top + kTextLine), escape_html(row.label), escape_html(row.detail),
        escape_html(row.value_text), svg_number(top + kBandTop), svg_number(kBandHeight));
    svg += dots_of(row, axis, top + kBandTop + 0.5 * kBandHeight);
  }
  svg += fmt::format("<text class=\"quiet\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
                     svg_number(height - 6.0), escape_html(axis_label));
  return svg + "</svg>\n";
}

}  // namespace berth
