#include "berth/output/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

namespace berth {
namespace {

constexpr std::int64_t kMicrosPerDollar = 1'000'000;

std::string with_separators(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string sign_of(std::int64_t value) { return value < 0 ? "-" : ""; }

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

/// Three significant digits, but never fewer than the whole number has.
std::string three_digits(double value) {
  const double size = std::abs(value);
  if (size >= 99.95) return fmt::format("{:.0f}", value);
  if (size >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
};

/// Texts were checked to be UTF-8 on reading; a broken byte counts as one character.
CodePoint code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[at + k]); };
  const unsigned char lead = byte(0);
  std::size_t bytes = 1;
  char32_t value = lead;
  if (lead >= 0xf0) {
    bytes = 4;
    value = lead & 0x07U;
  } else if (lead >= 0xe0) {
    bytes = 3;
    value = lead & 0x0fU;
  } else if (lead >= 0xc0) {
    bytes = 2;
    value = lead & 0x1fU;
  }
  if (at + bytes > text.size()) return {lead, 1};
  for (std::size_t k = 1; k < bytes; ++k) value = (value << 6U) | (byte(k) & 0x3fU);
  return {value, bytes};
}

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Combining marks, joiners, variation selectors.
constexpr std::array kZeroWidth = {CodeRange{0x0300, 0x036f}, CodeRange{0x200b, 0x200f},
                                   CodeRange{0x20d0, 0x20ff}, CodeRange{0xfe00, 0xfe0f}};
// Unicode TR 11, East Asian Width W and F, in coarse blocks.
constexpr std::array kWide = {
    CodeRange{0x1100, 0x115f},   CodeRange{0x2e80, 0x303e},  CodeRange{0x3041, 0xa4cf},
    CodeRange{0xac00, 0xd7a3},   CodeRange{0xf900, 0xfaff},  CodeRange{0xfe30, 0xfe6f},
    CodeRange{0xff00, 0xff60},   CodeRange{0xffe0, 0xffe6},  CodeRange{0x1f300, 0x1f64f},
    CodeRange{0x1f900, 0x1f9ff}, CodeRange{0x20000, 0x3fffd}};

template <std::size_t N>
bool contains(const std::array<CodeRange, N>& ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [value](CodeRange r) { return value >= r.first && value <= r.last; });
}

std::size_t cells(char32_t value) {
  if (contains(kZeroWidth, value)) return 0;
  return contains(kWide, value) ? 2 : 1;
}

}  // namespace

std::string format_usd(CostRate rate) {
  const std::uint64_t micros = magnitude(rate.micros());
  constexpr std::uint64_t kMicrosPerCent = 10'000;
  if (micros > 0 && micros < kMicrosPerCent) {
    return without_zeros(fmt::format("{}$0.{:06}", sign_of(rate.micros()), micros));
  }
  const std::uint64_t cents = (micros + kMicrosPerCent / 2) / kMicrosPerCent;
  return fmt::format("{}${}.{:02}", sign_of(rate.micros()), with_separators(cents / 100),
                     cents % 100);
}

std::string format_usd_month(CostRate rate) {
  const CostRate month = rate * kHoursPerMonth;
  const std::uint64_t micros = magnitude(month.micros());
  constexpr auto kDollar = static_cast<std::uint64_t>(kMicrosPerDollar);
  if (micros < 100 * kDollar) return format_usd(month);
  return fmt::format("{}${}", sign_of(month.micros()),
                     with_separators((micros + kDollar / 2) / kDollar));
}

std::string format_whole(long long count) {
  return sign_of(count) + with_separators(magnitude(count));
}

std::string format_seconds(double seconds) {
  constexpr double kMinute = 60.0;
  if (!std::isfinite(seconds)) return "unlimited";
  if (seconds == 0.0) return "0 s";
  if (std::abs(seconds) < 0.9995) return without_zeros(three_digits(seconds * 1e3)) + " ms";
  if (std::abs(seconds) < 10 * kMinute) return without_zeros(three_digits(seconds)) + " s";
  return without_zeros(three_digits(seconds / kMinute)) + " min";
}

std::string format_percent(double share) {
  const double percent = share * 100.0;
  if (percent == 0.0) return "0 %";
  if (std::abs(percent) < 0.05) return percent < 0 ? "-0.1 %" : "<0.1 %";
  if (std::abs(percent) < 9.95) return fmt::format("{:.1f} %", percent);
  // 99.96 % of an SLO is not all of it.
  if (percent > 99.0 && percent < 100.0) {
    return fmt::format("{:.1f} %", std::floor(percent * 10.0) / 10.0);
  }
  return fmt::format("{:.0f} %", percent);
}

std::string format_gap(double share) {
  const double percent = share * 100.0;
  const double size = std::abs(percent);
  if (size < 5e-4) return "0 %";
  if (size < 0.0995) return fmt::format("{:.3f} %", percent);
  if (size < 0.995) return fmt::format("{:.2f} %", percent);
  if (size < 9.95) return fmt::format("{:.1f} %", percent);
  return fmt::format("{:.0f} %", percent);
}

std::string format_rate(double per_second) {
  if (per_second != 0.0 && std::abs(per_second) < 0.01) {
    return without_zeros(three_digits(per_second * 3600.0)) + "/h";
  }
  return without_zeros(three_digits(per_second)) + "/s";
}

std::string format_gpus(int replicas, int tensor_parallel, int pipeline_parallel, int gpus) {
  std::string text = fmt::format("{} × TP{}", replicas, tensor_parallel);
  if (pipeline_parallel > 1) text += fmt::format(" × PP{}", pipeline_parallel);
  return text + fmt::format(" = {}", gpus);
}

std::string shell_words(const std::vector<std::string>& arguments) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:=,@%+").find(c) != std::string_view::npos;
  };
  std::string line;
  for (const std::string& argument : arguments) {
    if (!line.empty()) line += " ";
    if (!argument.empty() && std::all_of(argument.begin(), argument.end(), safe)) {
      line += argument;
      continue;
    }
    line += "'";
    for (const char c : argument) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += "'";
  }
  return line;
}

std::string text_bar(double share, std::size_t width) {
  static constexpr std::array kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clamped = std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0);
  const auto eighths =
      static_cast<std::size_t>(std::lround(clamped * static_cast<double>(width) * 8.0));
  std::string bar;
  for (std::size_t k = 0; k < eighths / 8; ++k) bar += "█";
  bar += kEighths[eighths % 8];
  const std::size_t used = eighths / 8 + (eighths % 8 > 0 ? 1 : 0);
  for (std::size_t k = used; k < width; ++k) bar += " ";
  return bar;
}

std::string sparkline(const std::vector<double>& values, double most, std::size_t width) {
  static constexpr std::array kHeights = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t cells = std::min(width, values.size());
  std::string line;
  for (std::size_t k = 0; k < cells; ++k) {
    const std::size_t from = k * values.size() / cells;
    const std::size_t until = (k + 1) * values.size() / cells;
    double sum = 0.0;
    for (std::size_t v = from; v < until; ++v) sum += values[v];
    const double part = most > 0.0 ? sum / static_cast<double>(until - from) / most : 0.0;
    const double height = std::clamp(std::isfinite(part) ? part : 0.0, 0.0, 1.0);
    line += kHeights[static_cast<std::size_t>(std::lround(height * (kHeights.size() - 1)))];
  }
  return line;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point(text, at);
    width += cells(point.value);
    at += point.bytes;
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point(text, at);
    // C0, DEL and C1; U+FFFD marks where something was.
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    out += control ? "\xef\xbf\xbd" : text.substr(at, point.bytes);
    at += point.bytes;
  }
  return out;
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  // The end of a name ("-tp8-fp8") tells deployments apart better than its middle.
  const std::size_t tail = (width - 1) / 2;
  const std::size_t head = width - 1 - tail;
  std::vector<CodePoint> points;
  for (std::size_t at = 0; at < text.size(); at += points.back().bytes) {
    points.push_back(code_point(text, at));
  }
  std::size_t used = 0;
  std::size_t front = 0;
  for (const CodePoint& point : points) {
    if (used + cells(point.value) > head) break;
    used += cells(point.value);
    front += point.bytes;
  }
  used = 0;
  std::size_t back = 0;
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    if (used + cells(point->value) > tail) break;
    used += cells(point->value);
    back += point->bytes;
  }
  return std::string(text.substr(0, front)) + "…" + std::string(text.substr(text.size() - back));
}

double share_of(CostRate part, CostRate whole) {
  if (whole.micros() == 0) return 0.0;
  return static_cast<double>(part.micros()) / static_cast<double>(whole.micros());
}

}  // namespace berth
