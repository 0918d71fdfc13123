#include "berth/core/quantity.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(Quantity, DurationsReadEveryUnit) {
  EXPECT_DOUBLE_EQ(parse_duration("50ms")->value, 0.05);
  EXPECT_DOUBLE_EQ(parse_duration("250 us")->value, 250e-6);
  EXPECT_DOUBLE_EQ(parse_duration("1.5s")->value, 1.5);
  EXPECT_DOUBLE_EQ(parse_duration("2m")->value, 120.0);
  EXPECT_DOUBLE_EQ(parse_duration("1h")->value, 3600.0);
  EXPECT_DOUBLE_EQ(parse_duration("0.25")->value, 0.25);
  EXPECT_DOUBLE_EQ(parse_duration(" 1e-2 s ")->value, 0.01);
  EXPECT_DOUBLE_EQ(parse_duration("-3s")->value, -3.0);
}

TEST(Quantity, SizesKnowDecimalAndBinaryUnits) {
  EXPECT_DOUBLE_EQ(*parse_size("80GB"), 80e9);
  EXPECT_DOUBLE_EQ(*parse_size("80GiB"), 80.0 * 1024 * 1024 * 1024);
  EXPECT_DOUBLE_EQ(*parse_size("3kB"), 3000.0);
  EXPECT_DOUBLE_EQ(*parse_size("2 KiB"), 2048.0);
  EXPECT_DOUBLE_EQ(*parse_size("1TB"), 1e12);
  EXPECT_DOUBLE_EQ(*parse_size("17B"), 17.0);
  EXPECT_DOUBLE_EQ(*parse_size("17"), 17.0);
}

TEST(Quantity, RatesArePerSecond) {
  EXPECT_DOUBLE_EQ(*parse_rate("12.5"), 12.5);
  EXPECT_DOUBLE_EQ(*parse_rate("12.5/s"), 12.5);
  EXPECT_DOUBLE_EQ(*parse_rate("120/m"), 2.0);
  EXPECT_DOUBLE_EQ(*parse_rate("7200 /h"), 2.0);
}

struct BadQuantity {
  std::string text;
  char dimension;  // d(uration), s(ize), r(ate)
  ErrorCode code;
  std::string message;
  std::string suggestion;
};

TEST(Quantity, BadOnesSayWhatIsAccepted) {
  const std::vector<BadQuantity> rows = {
      {"5 parsecs", 'd', ErrorCode::kWrongUnit, "unknown unit 'parsecs'", "us, ms, s, m, h"},
      {"10 GBs", 's', ErrorCode::kWrongUnit, "unknown unit 'GBs'", "'10GB'"},
      {"10gb", 's', ErrorCode::kWrongUnit, "unknown unit 'gb'", "'10GB'"},
      {"10GB", 'd', ErrorCode::kWrongUnit, "is a size, but a duration is expected",
       "us, ms, s, m, h"},
      {"10s", 's', ErrorCode::kWrongUnit, "is a duration, but a size is expected", "GiB"},
      {"5 min", 'd', ErrorCode::kWrongUnit, "unknown unit 'min'", "'5m'"},
      {"5 rps", 'r', ErrorCode::kWrongUnit, "unknown unit 'rps'", "'5/s'"},
      {"5s", 'r', ErrorCode::kWrongUnit, "is a duration, but a rate is expected", "/s, /m, /h"},
      {"fast", 'd', ErrorCode::kWrongType, "got 'fast'", ""},
      {"", 'd', ErrorCode::kWrongType, "expected a duration", ""},
      {"ms", 'd', ErrorCode::kWrongType, "got 'ms'", ""},
      {"--5s", 'd', ErrorCode::kWrongType, "got '--5s'", ""},
      {"nan", 'd', ErrorCode::kOutOfRange, "finite", ""},
      {"inf s", 'd', ErrorCode::kOutOfRange, "finite", ""},
      {"1e308h", 'd', ErrorCode::kOutOfRange, "finite", ""},
      {"1e999", 's', ErrorCode::kOutOfRange, "finite", ""},
  };
  for (const BadQuantity& row : rows) {
    Errors errors;
    if (row.dimension == 'd') {
      const Result<Seconds> result = parse_duration(row.text);
      ASSERT_FALSE(result.ok()) << row.text;
      errors = result.errors();
    } else {
      const Result<double> result =
          row.dimension == 's' ? parse_size(row.text) : parse_rate(row.text);
      ASSERT_FALSE(result.ok()) << row.text;
      errors = result.errors();
    }
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].code, row.code) << row.text;
    EXPECT_NE(errors[0].message.find(row.message), std::string::npos) << errors[0].message;
    EXPECT_NE(errors[0].suggestion.find(row.suggestion), std::string::npos) << errors[0].suggestion;
    EXPECT_TRUE(errors[0].where.empty());
  }
}

}  // namespace
}  // namespace berth
