#include "berth/output/bar_chart.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kRowHeight = 38.0;
constexpr double kTextLine = 14.0;  // baseline of the label inside its row
constexpr double kBarTop = 21.0;
constexpr double kBarHeight = 8.0;

}  // namespace

double bar_chart_height(std::size_t bars) { return kRowHeight * static_cast<double>(bars); }

std::string bar_chart(std::string_view id, std::string_view title, std::string_view description,
                      const std::vector<Bar>& bars) {
  double largest = 0.0;
  for (const Bar& bar : bars) largest = std::max(largest, bar.value);
  const double height = bar_chart_height(bars.size());
  std::string svg = open_svg(id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(height)),
                             title, description);
  for (std::size_t k = 0; k < bars.size(); ++k) {
    const Bar& bar = bars[k];
    const double top = kRowHeight * static_cast<double>(k);
    const double percent = largest > 0.0 ? 100.0 * bar.value / largest : 0.0;
    svg += fmt::format(
        "<g><title>{}: {}</title>\n"
        "<text class=\"label\" x=\"0\" y=\"{}\">{}<tspan class=\"quiet\" "
        "dx=\"8\">{}</tspan></text>\n"
        "<text class=\"value\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
        escape_html(bar.label), escape_html(bar.value_text), svg_number(top + kTextLine),
        escape_html(bar.label), escape_html(bar.detail), svg_number(top + kTextLine),
        escape_html(bar.value_text));
    svg += fmt::format(
        "<rect class=\"track\" x=\"0\" y=\"{}\" width=\"100%\" height=\"{}\" rx=\"4\"/>\n"
        "<rect class=\"{}\" x=\"0\" y=\"{}\" width=\"{}%\" height=\"{}\" rx=\"4\"/></g>\n",
        svg_number(top + kBarTop), svg_number(kBarHeight), hue_class(bar.hue),
        svg_number(top + kBarTop), svg_number(percent), svg_number(kBarHeight));
  }
  return svg + "</svg>\n";
}

}  // namespace berth
