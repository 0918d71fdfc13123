#include "berth/output/quantile_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kRowHeight = 44.0;
constexpr double kTextLine = 12.0;  // baseline of the label inside its row
constexpr double kBandTop = 20.0;
constexpr double kBandHeight = 14.0;
constexpr double kBelow = 20.0;  // ticks
constexpr double kFirstX = 4.0;  // per cent of the width
constexpr double kLastX = 96.0;

class TimeAxis {
 public:
  explicit TimeAxis(const std::vector<QuantileRow>& rows) {
    double least = 1e300;
    double most = 0.0;
    const auto cover = [&](double seconds) {
      if (!std::isfinite(seconds) || !(seconds > 0.0)) return;
      least = std::min(least, seconds);
      most = std::max(most, seconds);
    };
    for (const QuantileRow& row : rows) {
      cover(row.p50);
      cover(row.p99);
      if (row.limit) cover(*row.limit);
    }
    if (most > 0.0) {
      least_ = least / 1.15;
      most_ = most * 1.15;
    }
  }

  /// Per cent of the width.
  [[nodiscard]] double x(double seconds) const {
    const double part = std::log(std::max(seconds, least_) / least_) / std::log(most_ / least_);
    return kFirstX + (kLastX - kFirstX) * std::clamp(part, 0.0, 1.0);
  }

  [[nodiscard]] std::string ticks(double bottom) const {
    std::string svg;
    for (const double tick : places()) {
      svg += fmt::format(
          "<rect class=\"track\" x=\"{0}%\" width=\"1\" y=\"{1}\" height=\"{2}\"/>\n"
          "<text class=\"quiet\" x=\"{0}%\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
          svg_number(x(tick)), svg_number(kBandTop), svg_number(bottom - kBandTop),
          svg_number(bottom + 15.0), format_seconds(tick));
    }
    return svg;
  }

 private:
  /// As many as a narrow card has room for.
  [[nodiscard]] std::vector<double> places() const {
    static constexpr std::array kFine = {1.0, 1.5, 2.0, 3.0, 5.0, 7.0};
    static constexpr std::array kUsual = {1.0, 2.0, 5.0};
    static constexpr std::array kSparse = {1.0, 3.0};
    static constexpr std::array kCoarse = {1.0};
    const double decades = std::log10(most_ / least_);
    std::span<const double> factors = kCoarse;
    if (decades < 2.6) factors = kSparse;
    if (decades < 1.3) factors = kUsual;
    if (decades < 0.6) factors = kFine;
    std::vector<double> result;
    for (double power = std::pow(10.0, std::floor(std::log10(least_))); power <= most_;
         power *= 10.0) {
      for (const double factor : factors) {
        const double tick = power * factor;
        if (tick >= least_ && tick <= most_) result.push_back(tick);
      }
    }
    return result;
  }

  double least_ = 0.1;
  double most_ = 10.0;
};

std::string marks_of(const QuantileRow& row, const TimeAxis& axis, double middle) {
  const double from = axis.x(row.p50);
  const double until = axis.x(row.p99);
  std::string svg = fmt::format(
      "<rect class=\"{}\" fill-opacity=\"0.35\" x=\"{}%\" y=\"{}\" width=\"{}%\" "
      "height=\"6\"/>\n",
      row.css, svg_number(from), svg_number(middle - 3.0), svg_number(until - from));
  const auto dot = [&](const char* name, double seconds, double radius, bool hollow) {
    svg += fmt::format(
        "<circle class=\"{}\" cx=\"{}%\" cy=\"{}\" r=\"{}\" stroke-width=\"1.5\"{}><title>{} "
        "{}</title></circle>\n",
        row.css, svg_number(axis.x(seconds)), svg_number(middle), svg_number(radius),
        hollow ? " style=\"fill:var(--card)\"" : "", name, format_seconds(seconds));
  };
  dot("P99", row.p99, 4.5, true);
  dot("P95", row.p95, 3.0, false);
  dot("P90", row.p90, 3.0, false);
  dot("P50", row.p50, 5.0, false);
  if (row.limit) {
    svg += fmt::format("<line class=\"limit\" x1=\"{0}%\" x2=\"{0}%\" y1=\"{1}\" y2=\"{2}\"/>\n",
                       svg_number(axis.x(*row.limit)), svg_number(middle - 0.5 * kBandHeight),
                       svg_number(middle + 0.5 * kBandHeight));
  }
  return svg;
}

}  // namespace

std::string quantile_chart(std::string_view id, std::string_view title,
                           std::string_view description, const std::vector<QuantileRow>& rows) {
  const TimeAxis axis(rows);
  const double bottom = kRowHeight * static_cast<double>(rows.size());
  std::string svg =
      open_svg(id, fmt::format("width=\"100%\" height=\"{}\"", svg_number(bottom + kBelow)), title,
               description);
  svg += axis.ticks(bottom);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const QuantileRow& row = rows[k];
    const double top = kRowHeight * static_cast<double>(k);
    svg += fmt::format(
        "<text class=\"label halo\" x=\"0\" y=\"{0}\">{1}</text>\n"
        "<text class=\"value halo\" x=\"100%\" y=\"{0}\" text-anchor=\"end\">{2}</text>\n",
        svg_number(top + kTextLine), escape_html(row.label), escape_html(row.value_text));
    svg += marks_of(row, axis, top + kBandTop + 0.5 * kBandHeight);
  }
  return svg + "</svg>\n";
}

std::string quantile_legend() {
  std::string out = "<div class=\"legend\">";
  const auto key = [&out](const char* mark, const char* words) {
    out += fmt::format("<span><svg aria-hidden=\"true\" viewBox=\"-7 -7 14 14\">{}</svg>{}</span>",
                       mark, words);
  };
  key("<circle class=\"hue-0\" r=\"6\"/>", "P50");
  key("<g class=\"hue-0\"><circle cx=\"-3.5\" r=\"3\"/><circle cx=\"3.5\" r=\"3\"/></g>",
      "P90 and P95");
  key("<circle class=\"hue-0\" r=\"5.5\" stroke-width=\"2\" style=\"fill:var(--card)\"/>", "P99");
  key("<path class=\"whisker\" d=\"M0 -7V7\"/>", "limit");
  return out + "</div>\n";
}

}  // namespace berth
