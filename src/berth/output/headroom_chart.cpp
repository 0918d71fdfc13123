#include "berth/output/headroom_chart.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kRowHeight = 36.0;
constexpr double kTextLine = 12.0;
constexpr double kBarTop = 21.0;
constexpr double kBarHeight = 6.0;
/// The limit stands at 80 % of the width, so that a broken promise can be seen to overshoot.
constexpr double kLimitAt = 80.0;
/// From this much of the limit on a bar is shown as close to it.
constexpr double kClose = 0.9;

std::string_view verdict_class(const HeadroomBar& bar) {
  if (!bar.kept) return "bad";
  return bar.ratio >= kClose ? "close" : "good";
}

}  // namespace

std::string headroom_chart(std::string_view id, std::string_view title,
                           std::string_view description, const std::vector<HeadroomBar>& bars) {
  const double height = kRowHeight * static_cast<double>(bars.size());
  std::string svg = open_svg(id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(height)),
                             title, description);
  for (std::size_t k = 0; k < bars.size(); ++k) {
    const HeadroomBar& bar = bars[k];
    const double top = kRowHeight * static_cast<double>(k);
    svg += fmt::format(
        "<text class=\"label\" x=\"0\" y=\"{}\">{}</text>\n"
        "<text class=\"value\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>\n"
        "<rect class=\"track\" x=\"0\" y=\"{}\" width=\"100%\" height=\"{}\" rx=\"3\"/>\n",
        svg_number(top + kTextLine), escape_html(bar.label), svg_number(top + kTextLine),
        escape_html(bar.value_text), svg_number(top + kBarTop), svg_number(kBarHeight));
    if (!bar.limited) continue;
    const double percent = std::clamp(bar.ratio * kLimitAt, 0.0, 100.0);
    svg += fmt::format(
        "<rect class=\"{}\" x=\"0\" y=\"{}\" width=\"{}%\" height=\"{}\" rx=\"3\"/>\n"
        "<line class=\"limit\" x1=\"{}%\" x2=\"{}%\" y1=\"{}\" y2=\"{}\"/>\n",
        verdict_class(bar), svg_number(top + kBarTop), svg_number(percent), svg_number(kBarHeight),
        svg_number(kLimitAt), svg_number(kLimitAt), svg_number(top + kBarTop - 3.0),
        svg_number(top + kBarTop + kBarHeight + 3.0));
  }
  return svg + "</svg>\n";
}

}  // namespace berth
