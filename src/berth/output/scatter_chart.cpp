#include "berth/output/scatter_chart.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kPlotHeight = 460.0;
constexpr double kFirstX = 13.0;  // per cent of the width
constexpr double kLastX = 99.0;
constexpr double kTickGap = 1.2;  // per cent, between the words of an axis and the plot
constexpr double kLegendRow = 22.0;
constexpr std::size_t kLegendColumns = 3;
constexpr double kAxisLabel = 28.0;  // above the plot
constexpr double kBelow = 48.0;      // ticks and label of the x axis
constexpr double kLine = 4.0;        // from the middle of a letter to its baseline
constexpr double kBand = 2.0;        // a factor
constexpr double kRadius = 2.2;
/// Cells of the plot, each way; a series has one point a cell.
constexpr double kCells = 400.0;

bool drawable(const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second) && point.first > 0.0 &&
         point.second > 0.0;
}

class Plot {
 public:
  explicit Plot(const std::vector<ScatterSeries>& series) : series_(series) {
    top_ = scatter_chart_height(series.size()) - kBelow - kPlotHeight;
    double least = 1.0;
    double most = 1.0;
    bool any = false;
    for (const ScatterSeries& one : series) {
      for (const auto& point : one.points) {
        if (!drawable(point)) continue;
        const auto [low, high] = std::minmax(point.first, point.second);
        least = any ? std::min(least, low) : low;
        most = any ? std::max(most, high) : high;
        any = true;
      }
    }
    // Whole decades, at least one.
    low_ = std::floor(std::log10(least));
    decades_ = std::max(1.0, std::ceil(std::log10(most)) - low_);
  }

  [[nodiscard]] std::string svg(const ScatterAxes& axes) const {
    std::string out = legend() + band() + grid(axes);
    for (const ScatterSeries& one : series_) out += points(one);
    return out;
  }

 private:
  /// 0..1 along an axis.
  [[nodiscard]] double place(double value) const { return (std::log10(value) - low_) / decades_; }
  [[nodiscard]] double x(double at) const { return kFirstX + (kLastX - kFirstX) * at; }
  [[nodiscard]] double y(double at) const { return top_ + kPlotHeight * (1.0 - at); }
  [[nodiscard]] double bottom() const { return top_ + kPlotHeight; }

  /// Drawn in a square of side 1 that is stretched over the plot.
  [[nodiscard]] std::string band() const {
    const double half = std::log10(kBand) / decades_;
    return fmt::format(
        "<svg x=\"{0}%\" y=\"{1}\" width=\"{2}%\" height=\"{3}\" viewBox=\"0 0 1 1\" "
        "preserveAspectRatio=\"none\">\n"
        "<polygon class=\"track\" points=\"0,1 0,{5:.4f} {5:.4f},0 1,0 1,{4:.4f} {4:.4f},1\"/>\n"
        "<line class=\"hue-other\" x1=\"0\" y1=\"1\" x2=\"1\" y2=\"0\" stroke-width=\"1\" "
        "vector-effect=\"non-scaling-stroke\"/>\n</svg>\n",
        svg_number(kFirstX), svg_number(top_), svg_number(kLastX - kFirstX),
        svg_number(kPlotHeight), half, 1.0 - half);
  }

  [[nodiscard]] std::string grid(const ScatterAxes& axes) const {
    std::string out = fmt::format("<text class=\"quiet\" x=\"0\" y=\"{}\">{}</text>\n",
                                  svg_number(top_ - 12.0), escape_html(axes.y_label));
    const int last = static_cast<int>(decades_);
    for (int k = 0; k <= last; ++k) {
      const double at = k / decades_;
      const std::string words = escape_html(axes.tick(std::pow(10.0, low_ + k)));
      out += fmt::format(
          "<rect class=\"track\" x=\"{}%\" width=\"{}%\" y=\"{}\" height=\"1\"/>\n"
          "<text class=\"quiet\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
          svg_number(kFirstX), svg_number(kLastX - kFirstX), svg_number(y(at)),
          svg_number(kFirstX - kTickGap), svg_number(y(at) + kLine), words);
      out += fmt::format(
          "<rect class=\"track\" x=\"{0}%\" width=\"1\" y=\"{1}\" height=\"{2}\"/>\n"
          "<text class=\"quiet\" x=\"{0}%\" y=\"{3}\" text-anchor=\"{4}\">{5}</text>\n",
          svg_number(x(at)), svg_number(top_), svg_number(kPlotHeight), svg_number(bottom() + 18.0),
          k == last ? "end" : "middle", words);
    }
    return out +
           fmt::format("<text class=\"quiet\" x=\"{}%\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
                       svg_number(kLastX), svg_number(bottom() + 38.0), escape_html(axes.x_label));
  }

  [[nodiscard]] std::string points(const ScatterSeries& one) const {
    std::set<std::pair<std::int64_t, std::int64_t>> cells;
    for (const auto& point : one.points) {
      if (!drawable(point)) continue;
      cells.emplace(std::llround(place(point.first) * kCells),
                    std::llround(place(point.second) * kCells));
    }
    std::string out = fmt::format("<g class=\"{}\" fill-opacity=\"0.5\" stroke-width=\"0\">\n",
                                  hue_class(one.hue));
    for (const auto& [column, row] : cells) {
      out += fmt::format("<circle cx=\"{}%\" cy=\"{}\" r=\"{}\"/>\n",
                         svg_number(x(static_cast<double>(column) / kCells)),
                         svg_number(y(static_cast<double>(row) / kCells)), svg_number(kRadius));
    }
    return out + "</g>\n";
  }

  [[nodiscard]] std::string legend() const {
    std::string out;
    for (std::size_t k = 0; k < series_.size(); ++k) {
      const double left = 100.0 * static_cast<double>(k % kLegendColumns) / kLegendColumns;
      const std::size_t line = k / kLegendColumns;
      const double row = kLegendRow * (static_cast<double>(line) + 0.5);
      out += fmt::format(
          "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><circle class=\"{}\" cx=\"6\" cy=\"0\" "
          "r=\"4.5\"/><text x=\"18\" y=\"{}\">{}</text></svg>\n",
          svg_number(left), svg_number(row), hue_class(series_[k].hue), svg_number(kLine),
          escape_html(series_[k].name));
    }
    return out;
  }

  const std::vector<ScatterSeries>& series_;
  double low_ = 0.0;      // log10
  double decades_ = 1.0;  // of both axes
  double top_ = 0.0;
};

}  // namespace

double scatter_chart_height(std::size_t series) {
  const std::size_t rows = (series + kLegendColumns - 1) / kLegendColumns;
  return kLegendRow * static_cast<double>(rows) + kAxisLabel + kPlotHeight + kBelow;
}

std::string scatter_chart(std::string_view id, std::string_view title, std::string_view description,
                          const ScatterAxes& axes, const std::vector<ScatterSeries>& series) {
  return open_svg(id,
                  fmt::format("width=\"100%\" height=\"{}\"",
                              svg_number(scatter_chart_height(series.size()))),
                  title, description) +
         Plot(series).svg(axes) + "</svg>\n";
}

}  // namespace berth
