#pragma once
// Pieces of SVG and HTML. Colours are CSS classes, so that one chart serves light and dark pages.

#include <string>
#include <string_view>

namespace berth {

/// Safe between tags and inside quoted attributes; control characters are dropped, since neither
/// HTML nor XML may hold them.
[[nodiscard]] std::string escape_html(std::string_view text);

/// A coordinate with at most two decimals: "12.5", "3", "0.33".
[[nodiscard]] std::string svg_number(double value);

/// Classes "hue-0" .. "hue-7", defined by the page's style.
inline constexpr int kHues = 8;
/// Class of everything that sums up the rest, and of refused requests.
inline constexpr int kOtherHue = -1;
inline constexpr int kRefusedHue = -2;
[[nodiscard]] std::string hue_class(int hue);

/// Opening tag with role, title and description for screen readers. `id` must be unique on the
/// page.
[[nodiscard]] std::string open_svg(std::string_view id, std::string_view attributes,
                                   std::string_view title, std::string_view description);

/// A point of a series around (0, 0): its shape and colour are those of the hue.
[[nodiscard]] std::string svg_marker(int hue, bool hollow);

/// A chart of the page as a picture file of its own, light or dark as the viewer prefers.
[[nodiscard]] std::string svg_file(const std::string& chart, double height);

}  // namespace berth
