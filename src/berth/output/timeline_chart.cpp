#include "berth/output/timeline_chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kStripHeight = 72.0;
constexpr double kTextLine = 12.0;  // baseline of the label inside its strip
constexpr double kPlotTop = 20.0;
constexpr double kPlotHeight = 42.0;
constexpr double kBelow = 20.0;  // ticks
constexpr int kMostTicks = 5;
/// The scale inside a strip: thousandths, so that two decimals of a coordinate are enough.
constexpr double kScale = 1000.0;

/// A round step with few ticks over the span.
double tick_step(double span_s) {
  static constexpr std::array kSteps = {1.0,    2.0,    5.0,     10.0,    15.0,    30.0,
                                        60.0,   120.0,  300.0,   600.0,   900.0,   1800.0,
                                        3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0};
  for (const double step : kSteps) {
    if (span_s / step <= kMostTicks) return step;
  }
  return kSteps.back() * std::ceil(span_s / kSteps.back() / kMostTicks);
}

std::string tick_text(double seconds) {
  constexpr double kMinute = 60.0;
  constexpr double kHour = 3600.0;
  if (seconds >= kHour && std::fmod(seconds, kHour) == 0.0) {
    return fmt::format("{:g} h", seconds / kHour);
  }
  if (seconds >= kMinute) return fmt::format("{:g} min", seconds / kMinute);
  return fmt::format("{:g} s", seconds);
}

std::string time_ticks(double span_s, double bottom) {
  std::string svg;
  const double step = tick_step(span_s);
  for (int k = 0; step * k <= span_s * 1.0001; ++k) {
    const double at = step * k;
    const double x = 100.0 * at / span_s;
    const char* anchor = k == 0 ? "start" : x > 93.0 ? "end" : "middle";
    svg += fmt::format(
        "<rect class=\"track\" x=\"{0}%\" width=\"1\" y=\"{1}\" height=\"4\"/>\n"
        "<text class=\"quiet\" x=\"{0}%\" y=\"{2}\" text-anchor=\"{3}\">{4}</text>\n",
        svg_number(x), svg_number(bottom), svg_number(bottom + 17.0), anchor, tick_text(at));
  }
  return svg;
}

/// Steps: a value holds for its whole stretch.
std::string area(const TimelineStrip& strip, double stretch_s, double span_s) {
  std::string line;
  double from = 0.0;
  for (std::size_t k = 0; k < strip.values.size() && from < kScale; ++k) {
    const double until = std::min(kScale, kScale * stretch_s * static_cast<double>(k + 1) / span_s);
    const double part = strip.most > 0.0 ? strip.values[k] / strip.most : 0.0;
    const double y = kScale * (1.0 - std::clamp(std::isfinite(part) ? part : 0.0, 0.0, 1.0));
    line += fmt::format("{}{} {}H{}", line.empty() ? "M" : "L", svg_number(from), svg_number(y),
                        svg_number(until));
    from = until;
  }
  if (line.empty()) return {};
  return fmt::format(
      "<path class=\"{0} area\" style=\"stroke:none\" d=\"{1}V{2}H0Z\"/>"
      "<path class=\"{0}\" style=\"fill:none\" stroke-width=\"1.5\" "
      "vector-effect=\"non-scaling-stroke\" d=\"{1}\"/>",
      hue_class(strip.hue), line, svg_number(kScale));
}

}  // namespace

std::string timeline_chart(std::string_view id, std::string_view title,
                           std::string_view description, double stretch_s, double span_s,
                           const std::vector<TimelineStrip>& strips) {
  const double bottom =
      kStripHeight * static_cast<double>(strips.size()) - (kStripHeight - kPlotTop - kPlotHeight);
  const double span = std::max(span_s, 1e-9);
  std::string svg =
      open_svg(id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(bottom + kBelow)), title,
               description);
  for (std::size_t k = 0; k < strips.size(); ++k) {
    const TimelineStrip& strip = strips[k];
    const double top = kStripHeight * static_cast<double>(k);
    svg += fmt::format(
        "<text class=\"label\" x=\"0\" y=\"{0}\">{1}</text>\n"
        "<text class=\"value\" x=\"100%\" y=\"{0}\" text-anchor=\"end\">{2}</text>\n"
        "<rect class=\"track\" opacity=\"0.6\" x=\"0\" y=\"{3}\" width=\"100%\" height=\"{4}\"/>\n"
        "<svg aria-hidden=\"true\" x=\"0\" y=\"{3}\" width=\"100%\" height=\"{4}\" viewBox=\"0 0 "
        "{5} {5}\" preserveAspectRatio=\"none\">{6}</svg>\n",
        svg_number(top + kTextLine), escape_html(strip.label), escape_html(strip.value_text),
        svg_number(top + kPlotTop), svg_number(kPlotHeight), svg_number(kScale),
        area(strip, stretch_s, span));
  }
  return svg + time_ticks(span, bottom) + "</svg>\n";
}

}  // namespace berth
