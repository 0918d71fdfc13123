#include "berth/workload/reading/timestamp.h"

#include <cstdio>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/workload/reading/fast_number.h"

namespace berth {
namespace {

std::string padded(std::string text) { return text + std::string(64, '\0'); }

TEST(Timestamp, IsoSpellings) {
  const std::int64_t whole = 1700158623LL * 1'000'000'000;  // 2023-11-16T18:17:03Z
  EXPECT_EQ(parse_iso_time("2023-11-16 18:17:03"), whole);
  EXPECT_EQ(parse_iso_time("2023-11-16T18:17:03Z"), whole);
  EXPECT_EQ(parse_iso_time("2023-11-16 18:17:03.9799600"), whole + 979'960'000);
  EXPECT_EQ(parse_iso_time("2023-11-16 18:17:03.123456789987"), whole + 123'456'789);
  EXPECT_EQ(parse_iso_time("2023-11-16T20:17:03+02:00"), whole);
  EXPECT_EQ(parse_iso_time("2023-11-16T20:17:03.5+0200"), whole + 500'000'000);
  EXPECT_EQ(parse_iso_time("2023-11-16T16:17:03-02"), whole);
  EXPECT_EQ(parse_iso_time("1969-12-31T23:59:59Z"), -1'000'000'000);
}

TEST(Timestamp, IsoRejectsWhatIsNoTime) {
  for (const char* bad :
       {"", "2023", "2023-13-01 00:00:00", "2023-02-29 00:00:00", "2023-11-16 24:00:00",
        "2023-11-16 18:60:00", "2023-11-16 18:17:61", "2023-11-16 18:17:03.", "2023/11/16 18:17:03",
        "2023-11-16_18:17:03", "2023-11-16 18:17", "2023-11-16 18:17:03 x", "2023-11-16 18:17:03+2",
        "2023-11-16 18:17:03+25:00", "20a3-11-16 18:17:03", "0001-01-01 00:00:00"}) {
    EXPECT_FALSE(parse_iso_time(bad)) << bad;
  }
  EXPECT_TRUE(parse_iso_time("2024-02-29 00:00:00"));
}

TEST(Timestamp, UnitBySize) {
  const auto ns = [](std::string_view text, TimestampUnit unit = TimestampUnit::kAuto) {
    return TimestampParser::detect(text, unit).parse(text).value_or(-1);
  };
  EXPECT_EQ(ns("1700158623"), 1700158623000000000);
  EXPECT_EQ(ns("1700158623.25"), 1700158623250000000);
  EXPECT_EQ(ns("1700158623250"), 1700158623250000000);
  EXPECT_EQ(ns("1700158623250000"), 1700158623250000000);
  EXPECT_EQ(ns("1700158623250000001"), 1700158623250000001);
  EXPECT_EQ(ns("27482"), 27482000000000);
  EXPECT_EQ(ns("27482", TimestampUnit::kMilliseconds), 27482000000);
  EXPECT_EQ(ns("1.5e3", TimestampUnit::kSeconds), 1500000000000);
  EXPECT_EQ(ns("-5", TimestampUnit::kSeconds), -1);
  EXPECT_EQ(ns("99999999999999999999", TimestampUnit::kSeconds), -1);
}

TEST(TimestampProperty, FastPathAgreesWithTheCarefulOne) {
  Random random(5);
  TimestampParser parser = TimestampParser::detect("2023-11-16 18:17:03", TimestampUnit::kAuto);
  for (int round = 0; round < 20000; ++round) {
    const auto second = static_cast<std::time_t>(1'600'000'000 + random.below(200'000'000));
    std::tm parts{};
    gmtime_r(&second, &parts);
    char text[80];
    std::string stamp(text,
                      std::strftime(text, sizeof text, round % 2 ? "%F %T" : "%FT%T", &parts));
    const auto decimals = random.below(12);
    if (decimals > 0) stamp += '.';
    for (std::uint64_t i = 0; i < decimals; ++i) stamp += static_cast<char>('0' + random.below(10));
    if (random.below(3) == 0) stamp += random.below(2) == 0 ? "Z" : "-03:30";
    // Now and then a byte is spoilt: the fast path must then not accept what the careful one
    // rejects.
    if (random.below(4) == 0)
      stamp[random.below(stamp.size())] = static_cast<char>(32 + random.below(90));
    const std::string line = padded(stamp + ",1");
    std::int64_t fast = 0;
    const char* const end = parser.parse_fast(line.c_str(), fast);
    const auto careful = parser.parse(stamp);
    if (end != nullptr && *end == ',' && end == line.c_str() + stamp.size()) {
      ASSERT_TRUE(careful) << stamp;
      ASSERT_EQ(fast, *careful) << stamp;
    }
  }
}

TEST(TimestampProperty, FastNumbersAgreeWithTheCarefulOnes) {
  Random random(6);
  for (const TimestampUnit unit : {TimestampUnit::kSeconds, TimestampUnit::kMilliseconds,
                                   TimestampUnit::kMicroseconds, TimestampUnit::kNanoseconds}) {
    TimestampParser parser = TimestampParser::detect("0", unit);
    for (int round = 0; round < 5000; ++round) {
      std::string stamp;
      const auto digits = 1 + random.below(21);
      for (std::uint64_t i = 0; i < digits; ++i) stamp += static_cast<char>('0' + random.below(10));
      if (random.below(2) == 0) {
        stamp += '.';
        const auto decimals = random.below(12);
        for (std::uint64_t i = 0; i < decimals; ++i)
          stamp += static_cast<char>('0' + random.below(10));
      }
      const std::string line = padded(stamp + ",1");
      std::int64_t fast = 0;
      const char* const end = parser.parse_fast(line.c_str(), fast);
      if (end == nullptr) continue;
      ASSERT_EQ(end, line.c_str() + stamp.size()) << stamp;
      ASSERT_EQ(parser.parse(stamp).value_or(-1), fast) << stamp;
    }
  }
}

TEST(FastNumber, DigitsAtTheFront) {
  const auto of = [](const char* text) {
    const std::string line = padded(text);
    const Digits digits = leading_digits(line.c_str());
    return std::pair(digits.value, digits.count);
  };
  EXPECT_EQ(of(",12"), std::pair(0U, 0U));
  EXPECT_EQ(of("7,1"), std::pair(7U, 1U));
  EXPECT_EQ(of("4808,10\n"), std::pair(4808U, 4U));
  EXPECT_EQ(of("0042\n"), std::pair(42U, 4U));
  EXPECT_EQ(of("12345678"), std::pair(12345678U, 8U));
  EXPECT_EQ(of("123456789"), std::pair(12345678U, 8U));
  EXPECT_EQ(of("12\xFF\xFF"), std::pair(12U, 2U));
  EXPECT_EQ(of("1:2"), std::pair(1U, 1U));
  EXPECT_EQ(of("/1"), std::pair(0U, 0U));
}

}  // namespace
}  // namespace berth
