#include "berth/output/frontier_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kPlotHeight = 270.0;
constexpr double kFirstX = 11.0;  // per cent of the width
constexpr double kLastX = 93.0;
constexpr double kTickGap = 1.2;  // per cent, between the words of an axis and the plot
constexpr double kLegendRow = 22.0;
constexpr std::size_t kLegendColumns = 3;
constexpr double kAxisLabel = 28.0;
constexpr double kBelow = 48.0;
constexpr double kLine = 4.0;  // from the middle of a letter to its baseline

/// Steps of 1, 2 or 5 times a power of ten, four to eight of them up to `most`.
double step_of(double most) {
  const double power = std::pow(10.0, std::floor(std::log10(most / 4.0)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (most / (power * factor) <= 8.0) return power * factor;
  }
  return 10.0 * power;
}

class Frontier {
 public:
  explicit Frontier(const std::vector<FrontierLine>& lines) : lines_(lines) {
    top_ = frontier_chart_height(lines.size()) - kBelow - kPlotHeight;
    for (const FrontierLine& line : lines) {
      for (const FrontierPoint& point : line.points) {
        cost_ = std::max(cost_, point.cost * 1.05);
        risk_ = std::max(risk_, point.risk * 1.08);
      }
    }
    if (!(cost_ > 0.0)) cost_ = 1.0;
    if (!(risk_ > 0.0)) risk_ = 0.01;
  }

  [[nodiscard]] std::string svg(std::string_view x_label, std::string_view y_label) const {
    std::string out = legend() + axes(x_label, y_label);
    for (const FrontierLine& line : lines_) out += draw(line);
    return out;
  }

 private:
  [[nodiscard]] double x(double cost) const { return kFirstX + (kLastX - kFirstX) * cost / cost_; }
  [[nodiscard]] double y(double risk) const { return top_ + kPlotHeight * (1.0 - risk / risk_); }

  [[nodiscard]] std::string axes(std::string_view x_label, std::string_view y_label) const {
    std::string out = fmt::format("<text class=\"quiet\" x=\"0\" y=\"{}\">{}</text>\n",
                                  svg_number(top_ - 12.0), escape_html(y_label));
    for (double tick = 0.0; tick <= risk_; tick += step_of(risk_)) {
      out += fmt::format(
          "<rect class=\"track\" x=\"{}%\" width=\"{}%\" y=\"{}\" height=\"1\"/>\n"
          "<text class=\"quiet\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{:.3g} %</text>\n",
          svg_number(kFirstX), svg_number(kLastX - kFirstX), svg_number(y(tick)),
          svg_number(kFirstX - kTickGap), svg_number(y(tick) + kLine), 100.0 * tick);
    }
    for (double tick = 0.0; tick <= cost_; tick += step_of(cost_)) {
      out += fmt::format(
          "<rect class=\"track\" x=\"{0}%\" width=\"1\" y=\"{1}\" height=\"{2}\"/>\n"
          "<text class=\"quiet\" x=\"{0}%\" y=\"{3}\" text-anchor=\"middle\">${4:g}</text>\n",
          svg_number(x(tick)), svg_number(top_), svg_number(kPlotHeight),
          svg_number(top_ + kPlotHeight + 18.0), tick);
    }
    return out +
           fmt::format("<text class=\"quiet\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
                       svg_number(kLastX), svg_number(top_ + kPlotHeight + 38.0),
                       escape_html(x_label));
  }

  [[nodiscard]] std::string draw(const FrontierLine& line) const {
    std::string out;
    for (std::size_t k = 1; k < line.points.size(); ++k) {
      const FrontierPoint& from = line.points[k - 1];
      const FrontierPoint& to = line.points[k];
      out += fmt::format(
          "<line class=\"{}\" x1=\"{}%\" y1=\"{}\" x2=\"{}%\" y2=\"{}\" stroke-width=\"2\"/>\n",
          hue_class(line.hue), svg_number(x(from.cost)), svg_number(y(from.risk)),
          svg_number(x(to.cost)), svg_number(y(to.risk)));
    }
    for (const FrontierPoint& point : line.points) {
      out += fmt::format(
          "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><title>{}</title>{}"
          "<text class=\"quiet halo\" x=\"9\" y=\"-6\">{}</text></svg>\n",
          svg_number(x(point.cost)), svg_number(y(point.risk)), escape_html(point.tip),
          svg_marker(line.hue, false), escape_html(point.label));
    }
    return out;
  }

  [[nodiscard]] std::string legend() const {
    std::string out;
    for (std::size_t k = 0; k < lines_.size(); ++k) {
      const double left = 100.0 * static_cast<double>(k % kLegendColumns) / kLegendColumns;
      const std::size_t line = k / kLegendColumns;
      const double row = kLegendRow * (static_cast<double>(line) + 0.5);
      out += fmt::format(
          "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><g transform=\"translate(6 0)\">{}</g>"
          "<text x=\"18\" y=\"{}\">{}</text></svg>\n",
          svg_number(left), svg_number(row), svg_marker(lines_[k].hue, false), svg_number(kLine),
          escape_html(lines_[k].name));
    }
    return out;
  }

  const std::vector<FrontierLine>& lines_;
  double top_ = 0.0;
  double cost_ = 0.0;
  double risk_ = 0.0;
};

}  // namespace

double frontier_chart_height(std::size_t lines) {
  const std::size_t rows = (lines + kLegendColumns - 1) / kLegendColumns;
  return kLegendRow * static_cast<double>(rows) + kAxisLabel + kPlotHeight + kBelow;
}

std::string frontier_chart(std::string_view id, std::string_view title,
                           std::string_view description, std::string_view x_label,
                           std::string_view y_label, const std::vector<FrontierLine>& lines) {
  const double height = frontier_chart_height(lines.size());
  return open_svg(id,
                  fmt::format("class=\"chart\" width=\"100%\" height=\"{}\"", svg_number(height)),
                  title, description) +
         Frontier(lines).svg(x_label, y_label) + "</svg>\n";
}

}  // namespace berth
