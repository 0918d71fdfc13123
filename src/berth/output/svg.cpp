#include "berth/output/svg.h"

#include <cmath>

#include <fmt/format.h>

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

}  // namespace berth
