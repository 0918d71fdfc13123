#include "berth/output/format.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "berth/output/text_grid.h"

namespace berth {
namespace {

CostRate micros(std::int64_t value) { return CostRate::micro_usd_per_hour(value); }

TEST(Format, Money) {
  EXPECT_EQ(format_usd(CostRate()), "$0.00");
  EXPECT_EQ(format_usd(micros(1'234'567'890)), "$1,234.57");
  EXPECT_EQ(format_usd(micros(1'200)), "$0.0012");
  EXPECT_EQ(format_usd(micros(-55'040'000)), "-$55.04");
  EXPECT_EQ(format_usd(micros(999'999)), "$1.00");
  EXPECT_EQ(format_usd_month(micros(55'040'000)), "$40,179");
  EXPECT_EQ(format_usd_month(micros(100'000)), "$73.00");
}

TEST(Format, Time) {
  EXPECT_EQ(format_seconds(0.0), "0 s");
  EXPECT_EQ(format_seconds(0.00042), "0.42 ms");
  EXPECT_EQ(format_seconds(0.0375), "37.5 ms");
  EXPECT_EQ(format_seconds(0.412), "412 ms");
  EXPECT_EQ(format_seconds(0.9996), "1 s");
  EXPECT_EQ(format_seconds(1.314), "1.31 s");
  EXPECT_EQ(format_seconds(12.44), "12.4 s");
  EXPECT_EQ(format_seconds(3600.0), "60 min");
}

TEST(Format, Shares) {
  EXPECT_EQ(format_percent(0.0), "0 %");
  EXPECT_EQ(format_percent(0.0001), "<0.1 %");
  EXPECT_EQ(format_percent(0.0312), "3.1 %");
  EXPECT_EQ(format_percent(0.81), "81 %");
  EXPECT_EQ(format_percent(0.9999), "99.9 %");
  EXPECT_EQ(format_percent(1.0), "100 %");
  EXPECT_EQ(share_of(micros(1), micros(4)), 0.25);
  EXPECT_EQ(share_of(micros(1), micros(0)), 0.0);
}

TEST(Format, CountsAndRates) {
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(-1000), "-1,000");
  EXPECT_EQ(format_count(1, "box", "boxes"), "1 box");
  EXPECT_EQ(format_count(0, "box", "boxes"), "0 boxes");
  EXPECT_EQ(format_rate(12.5), "12.5/s");
  EXPECT_EQ(format_rate(0.001), "3.6/h");
}

TEST(Format, Gpus) {
  EXPECT_EQ(format_gpus(5, 8, 1, 40), "5 × TP8 = 40");
  EXPECT_EQ(format_gpus(2, 8, 2, 32), "2 × TP8 × PP2 = 32");
}

TEST(Format, ShellWords) {
  EXPECT_EQ(shell_words({"--a", "b c", "it's", "", "$x"}), R"(--a 'b c' 'it'\''s' '' '$x')");
}

TEST(Format, BarsKeepTheirWidth) {
  for (int k = -2; k <= 14; ++k) {
    EXPECT_EQ(display_width(text_bar(k / 12.0, 6)), 6U) << k;
  }
  EXPECT_EQ(text_bar(0.5, 4), "██  ");
}

TEST(Format, WidthOfText) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("ü×…"), 3U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);
  EXPECT_EQ(display_width("\xff"), 1U);
}

TEST(Format, ShortensInTheMiddle) {
  EXPECT_EQ(shorten("llama-3.1-70b-h100-tp8", 22), "llama-3.1-70b-h100-tp8");
  EXPECT_EQ(shorten("llama-3.1-70b-h100-tp8", 11), "llama…0-tp8");
  EXPECT_EQ(shorten("漢字漢字漢字", 5), "漢…字");
  EXPECT_EQ(shorten("abc", 0), "");
  EXPECT_EQ(shorten("abc", 1), "…");
}

TEST(Format, ControlCharactersAreReplaced) {
  EXPECT_EQ(printable("a\x1b[31mb\x7f"), "a\xef\xbf\xbd[31mb\xef\xbf\xbd");
  EXPECT_EQ(printable("ü漢"), "ü漢");
}

TEST(TextGrid, ShrinksOnlyColumnsThatMay) {
  TextGrid grid({{"NAME", Align::kLeft, 6}, {"N", Align::kRight}});
  grid.add_row({{"a-very-long-name"}, {"12345"}});
  EXPECT_EQ(grid.render(18, false),
            "  NAME           N\n"
            "  ────────────────\n"
            "  a-ve…name  12345\n");
}

TEST(TextGrid, WrapsAtWords) {
  EXPECT_EQ(wrap("one two three four", 9, 2), "one two\n  three\n  four");
}

TEST(Format, SparklinesAreAsLongAsTheirValuesOrTheRoom) {
  EXPECT_EQ(sparkline({0.0, 0.5, 1.0}, 1.0, 10), "▁▅█");
  EXPECT_EQ(sparkline({1.0, 3.0, 4.0, 4.0, 0.0, 0.0}, 4.0, 3), "▅█▁");  // means of neighbours
  EXPECT_EQ(sparkline({}, 1.0, 10), "");
  EXPECT_EQ(sparkline({7.0}, 1.0, 10), "█");
  EXPECT_EQ(sparkline({1.0, 1.0}, 0.0, 10), "▁▁");
  for (const std::size_t values : {1U, 59U, 60U, 61U, 240U}) {
    EXPECT_EQ(display_width(sparkline(std::vector<double>(values, 0.3), 1.0, 60)),
              std::min<std::size_t>(values, 60));
  }
}

}  // namespace
}  // namespace berth
