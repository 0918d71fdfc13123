#include "berth/output/svg.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/report_style.h"

namespace berth {

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (byte >= 0x20 && byte != 0x7f) {
          out += c;
        } else if (c == '\n' || c == '\t') {
          out += ' ';
        }
    }
  }
  return out;
}

std::string svg_number(double value) {
  if (!std::isfinite(value)) return "0";
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string hue_class(int hue) {
  if (hue == kOtherHue) return "hue-other";
  if (hue == kRefusedHue) return "hue-refused";
  return fmt::format("hue-{}", hue % kHues);
}

std::string open_svg(std::string_view id, std::string_view attributes, std::string_view title,
                     std::string_view description) {
  return fmt::format(
      "<svg class=\"chart\" {} role=\"img\" aria-labelledby=\"{}-title {}-desc\">\n"
      "<title id=\"{}-title\">{}</title>\n<desc id=\"{}-desc\">{}</desc>\n",
      attributes, id, id, id, escape_html(title), id, escape_html(description));
}

std::string svg_marker(int hue, bool hollow) {
  static constexpr std::array kShapes = {
      "<circle{} r=\"4.5\"/>",
      "<path{} d=\"M-4 -4H4V4H-4Z\"/>",
      "<path{} d=\"M0 -5.5L5.5 0L0 5.5L-5.5 0Z\"/>",
      "<path{} d=\"M0 -5L5 4H-5Z\"/>",
      "<path{} d=\"M0 5L5 -4H-5Z\"/>",
      "<path{} d=\"M-5 -1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5Z\"/>"};
  const std::string attributes = fmt::format(" class=\"{}\" stroke-width=\"1.5\"{}", hue_class(hue),
                                             hollow ? " style=\"fill:var(--card)\"" : "");
  const std::size_t shape = static_cast<std::size_t>(std::max(0, hue)) % kShapes.size();
  return fmt::format(fmt::runtime(kShapes[shape]), attributes);
}

std::string svg_file(const std::string& chart, double height) {
  constexpr double kWidth = 760.0;
  constexpr double kMargin = 20.0;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\">\n<style>{2}</style>\n<rect width=\"100%\" height=\"100%\" "
      "style=\"fill:var(--card)\"/>\n<svg x=\"{3}\" y=\"{3}\" width=\"{4}\" "
      "height=\"{5}\">\n{6}</svg>\n</svg>\n",
      svg_number(kWidth), svg_number(height + 2.0 * kMargin), chart_style(), svg_number(kMargin),
      svg_number(kWidth - 2.0 * kMargin), svg_number(height), chart);
}

}  // namespace berth
