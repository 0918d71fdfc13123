#include "berth/output/line_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kPlotHeight = 270.0;
constexpr double kFirstX = 15.0;  // per cent of the width
constexpr double kLastX = 97.0;
constexpr double kTickGap = 1.2;  // per cent, between the words of an axis and the plot
constexpr double kLegendRow = 22.0;
constexpr std::size_t kLegendColumns = 3;
constexpr double kAxisLabel = 28.0;  // above the plot
constexpr double kBelow = 48.0;      // ticks and label of the x axis
constexpr double kLine = 4.0;        // from the middle of a letter to its baseline

bool drawable(const LinePoint& point) {
  return std::isfinite(point.x) && std::isfinite(point.y) && point.x > 0.0 && point.y > 0.0;
}

/// Powers of ten, or 1, 2 and 5 of each where the range is short.
std::vector<double> ticks(double least, double most) {
  const bool dense = std::log10(most / least) < 2.6;
  std::vector<double> result;
  for (double power = std::pow(10.0, std::floor(std::log10(least))); power <= most; power *= 10.0) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1.0 && !dense) continue;
      const double tick = power * factor;
      if (tick >= least * 0.999 && tick <= most * 1.001) result.push_back(tick);
    }
  }
  return result;
}

struct Range {
  double least = 1.0;
  double most = 10.0;
  /// 0..1
  [[nodiscard]] double place(double value) const {
    return std::log(value / least) / std::log(most / least);
  }
};

class Plot {
 public:
  explicit Plot(const std::vector<LineSeries>& series) : series_(series) {
    top_ = line_chart_height(series.size()) - kBelow - kPlotHeight;
    bool any = false;
    for (const LineSeries& one : series) {
      for (const LinePoint& point : one.points) {
        if (!drawable(point)) continue;
        x_ = any ? Range{std::min(x_.least, point.x), std::max(x_.most, point.x)}
                 : Range{point.x, point.x};
        y_ = any ? Range{std::min(y_.least, point.y), std::max(y_.most, point.y)}
                 : Range{point.y, point.y};
        any = true;
      }
    }
    x_ = {x_.least / 1.25, x_.most * 1.25};
    y_ = {std::pow(10.0, std::floor(std::log10(y_.least))),
          std::pow(10.0, std::ceil(std::log10(y_.most * 1.0001)))};
  }

  [[nodiscard]] double x(double value) const {
    return kFirstX + (kLastX - kFirstX) * x_.place(value);
  }
  [[nodiscard]] double y(double value) const {
    return top_ + kPlotHeight * (1.0 - y_.place(value));
  }
  [[nodiscard]] double bottom() const { return top_ + kPlotHeight; }

  [[nodiscard]] std::string axes(const LineAxes& axes) const {
    std::string svg = fmt::format("<text class=\"quiet\" x=\"0\" y=\"{}\">{}</text>\n",
                                  svg_number(top_ - 12.0), escape_html(axes.y_label));
    for (const double tick : ticks(y_.least, y_.most)) {
      svg += fmt::format(
          "<rect class=\"track\" x=\"{}%\" width=\"{}%\" y=\"{}\" height=\"1\"/>\n"
          "<text class=\"quiet\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
          svg_number(kFirstX), svg_number(kLastX - kFirstX), svg_number(y(tick)),
          svg_number(kFirstX - kTickGap), svg_number(y(tick) + kLine),
          escape_html(axes.y_tick(tick)));
    }
    for (const double tick : ticks(x_.least, x_.most)) {
      svg += fmt::format(
          "<rect class=\"track\" x=\"{0}%\" width=\"1\" y=\"{1}\" height=\"{2}\"/>\n"
          "<text class=\"quiet\" x=\"{0}%\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
          svg_number(x(tick)), svg_number(top_), svg_number(kPlotHeight),
          svg_number(bottom() + 18.0), escape_html(axes.x_tick(tick)));
    }
    return svg +
           fmt::format("<text class=\"quiet\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
                       svg_number(kLastX), svg_number(bottom() + 38.0), escape_html(axes.x_label));
  }

  [[nodiscard]] std::string line(const LineSeries& one) const {
    std::string svg;
    const LinePoint* last = nullptr;
    for (const LinePoint& point : one.points) {
      if (!drawable(point)) continue;
      if (last != nullptr) {
        svg += fmt::format(
            "<line class=\"{}\" x1=\"{}%\" y1=\"{}\" x2=\"{}%\" y2=\"{}\" stroke-width=\"2\"/>\n",
            hue_class(one.hue), svg_number(x(last->x)), svg_number(y(last->y)),
            svg_number(x(point.x)), svg_number(y(point.y)));
      }
      last = &point;
    }
    for (const LinePoint& point : one.points) {
      if (!drawable(point)) continue;
      svg += fmt::format("<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><title>{}</title>{}</svg>\n",
                         svg_number(x(point.x)), svg_number(y(point.y)), escape_html(point.tip),
                         svg_marker(one.hue, point.hollow));
    }
    return svg;
  }

  [[nodiscard]] std::string legend() const {
    std::string svg;
    for (std::size_t k = 0; k < series_.size(); ++k) {
      const double left = 100.0 * static_cast<double>(k % kLegendColumns) / kLegendColumns;
      const std::size_t line = k / kLegendColumns;
      const double row = kLegendRow * (static_cast<double>(line) + 0.5);
      svg += fmt::format(
          "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><g transform=\"translate(6 0)\">{}</g>"
          "<text x=\"18\" y=\"{}\">{}</text></svg>\n",
          svg_number(left), svg_number(row), svg_marker(series_[k].hue, false), svg_number(kLine),
          escape_html(series_[k].name));
    }
    return svg;
  }

 private:
  const std::vector<LineSeries>& series_;
  Range x_;
  Range y_;
  double top_ = 0.0;
};

}  // namespace

double line_chart_height(std::size_t series) {
  const std::size_t rows = (series + kLegendColumns - 1) / kLegendColumns;
  return kLegendRow * static_cast<double>(rows) + kAxisLabel + kPlotHeight + kBelow;
}

std::string line_chart(std::string_view id, std::string_view title, std::string_view description,
                       const LineAxes& axes, const std::vector<LineSeries>& series) {
  const Plot plot(series);
  std::string svg = open_svg(
      id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(line_chart_height(series.size()))),
      title, description);
  svg += plot.legend() + plot.axes(axes);
  for (const LineSeries& one : series) svg += plot.line(one);
  return svg + "</svg>\n";
}

}  // namespace berth
