#pragma once
// Numbers as people read them, the same in the table and the report.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/money.h"

namespace berth {

/// Cloud prices are quoted for a month of 730 hours (365 * 24 / 12).
inline constexpr std::int64_t kHoursPerMonth = 730;

[[nodiscard]] std::string format_usd(CostRate rate);        ///< "$1,234.56"; "$0.0012" below a cent
[[nodiscard]] std::string format_usd_month(CostRate rate);  ///< of one month: "$301,030"
[[nodiscard]] std::string format_whole(long long count);
template <std::integral Integer>
[[nodiscard]] std::string format_count(Integer count) {  ///< "12,345"
  return format_whole(static_cast<long long>(count));
}
/// "3 boxes", "1 box": `one` and `many` are the nouns.
template <std::integral Integer>
[[nodiscard]] std::string format_count(Integer count, std::string_view one, std::string_view many) {
  return format_count(count) + " " + std::string(count == 1 ? one : many);
}
[[nodiscard]] std::string format_seconds(
    double seconds);                                     ///< "38 ms", "1.31 s", "12.4 s", "3.2 min"
[[nodiscard]] std::string format_percent(double share);  ///< 0.0312 -> "3.1 %", 0.81 -> "81 %"
/// As format_percent with two digits more for small ones: "0.034 %", "2.1 %", "-0.5 %".
[[nodiscard]] std::string format_gap(double share);
[[nodiscard]] std::string format_rate(double per_second);  ///< "12.5/s"
/// "5 x TP8 x PP2 = 80" with real multiplication signs; PP only when above 1.
[[nodiscard]] std::string format_gpus(int replicas, int tensor_parallel, int pipeline_parallel,
                                      int gpus);

/// Arguments as one line for a POSIX shell, quoted where needed.
[[nodiscard]] std::string shell_words(const std::vector<std::string>& arguments);

/// Blocks of `width` cells, the part `share` of them filled to an eighth of a cell.
[[nodiscard]] std::string text_bar(double share, std::size_t width);
/// Values in their order as blocks of one line, as high as their part of `most`: one cell each, or
/// `width` cells of the means of neighbours where there are more.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, double most,
                                    std::size_t width);

/// Terminal cells of a UTF-8 text: 2 for wide East Asian characters and emoji, 0 for combining
/// marks.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Without control characters: a name must not move the cursor of a terminal.
[[nodiscard]] std::string printable(std::string_view text);
/// At most `width` cells, the middle replaced by an ellipsis.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t width);

/// `part` of `whole` as 0..1; 0 when there is nothing.
[[nodiscard]] double share_of(CostRate part, CostRate whole);

}  // namespace berth
