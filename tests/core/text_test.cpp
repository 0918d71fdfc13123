#include "berth/core/text.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kGpus = {"a100-sxm-80gb", "h100-sxm", "h100-pcie", "l4",
                                        "l40s",          "h200-sxm"};

TEST(ClosestMatch, FindsTypingErrors) {
  EXPECT_EQ(closest_match("h100-sxn", kGpus), "h100-sxm");
  EXPECT_EQ(closest_match("H100-SXM", kGpus), "h100-sxm");
  EXPECT_EQ(closest_match("l40", kGpus), "l40s");
  EXPECT_EQ(closest_match("rtae", std::vector<std::string>{"rule", "rate"}),
            "rate");  // swapped letters
}

TEST(ClosestMatch, FindsPartsOfNames) {
  EXPECT_EQ(closest_match("h200", kGpus), "h200-sxm");
  EXPECT_EQ(closest_match("NVIDIA-h100-sxm-80GB", kGpus), "h100-sxm");
}

TEST(ClosestMatch, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(closest_match("tpu-v5e", kGpus), std::nullopt);
  EXPECT_EQ(closest_match("", kGpus), std::nullopt);
  EXPECT_EQ(closest_match("x", std::vector<std::string>{"a", "b"}), std::nullopt);
  EXPECT_EQ(closest_match("anything", {}), std::nullopt);
}

TEST(Suggest, ListsWhatThereIsWithoutAMatch) {
  EXPECT_EQ(suggest("h100-sxn", kGpus), "did you mean 'h100-sxm'?");
  EXPECT_EQ(suggest("zz", std::vector<std::string>{"chat", "code"}), "one of: chat, code");
  std::vector<std::string> many;
  for (int i = 0; i < 20; ++i) many.push_back("name-" + std::to_string(i));
  EXPECT_THAT(suggest("zzz", many), HasSubstr("(8 more)"));
  EXPECT_EQ(suggest("x", {}), "");
}

TEST(Text, TrimSplitLower) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(to_lower("H100-SXM \xC3\x84"), "h100-sxm \xC3\x84");
}

TEST(Utf8, AcceptsWellFormedAndRejectsTheRest) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("ascii \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x9A\xA2"));
  EXPECT_TRUE(is_valid_utf8("\xF4\x8F\xBF\xBF"));   // U+10FFFF
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above it
  EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xE0\x80\xAF"));      // overlong
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xE2\x82"));          // cut short
  EXPECT_FALSE(is_valid_utf8("\x80"));              // continuation alone
  EXPECT_EQ(first_invalid_utf8("ab\xFF"), 2U);
  EXPECT_EQ(first_invalid_utf8("caf\xE9 x"), 3U);  // Latin-1
}

TEST(Glob, MatchesWholeNames) {
  EXPECT_TRUE(matches_glob("qwen3-8b", "qwen3-*"));
  EXPECT_TRUE(matches_glob("Qwen3-8B", "qwen3-?b"));
  EXPECT_TRUE(matches_glob("abc", "*"));
  EXPECT_TRUE(matches_glob("a-b-c-d", "a*c*d"));
  EXPECT_TRUE(matches_glob("", "*"));
  EXPECT_FALSE(matches_glob("qwen3-8b", "qwen2-*"));
  EXPECT_FALSE(matches_glob("abc", "ab"));
  EXPECT_FALSE(matches_glob("ab", "a?b"));
  EXPECT_FALSE(matches_glob(std::string(200, 'a'), "*a*a*a*a*a*a*a*a*b"));  // no blow-up
}

TEST(ParseNumber, IsStrict) {
  EXPECT_EQ(parse_number("1e3"), 1000.0);
  EXPECT_EQ(parse_number("-0.5"), -0.5);
  EXPECT_EQ(parse_number("+2"), 2.0);
  for (const char* bad :
       {"", " 1", "1 ", "1x", "nan", "inf", "-inf", "0x1", "1e999", "1,5", "--1", "+-1", "+"}) {
    EXPECT_EQ(parse_number(bad), std::nullopt) << bad;
  }
}

TEST(ParseInteger, IsStrict) {
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_integer("+12"), 12);
  for (const char* bad : {"", "1.0", "1e3", " 1", "99999999999999999999", "0x1", "+-1"}) {
    EXPECT_EQ(parse_integer(bad), std::nullopt) << bad;
  }
}

TEST(Shortest, ReadsBackAsTheSameDouble) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(12.0), "12");
  EXPECT_EQ(shortest(-0.0), "0");
  EXPECT_EQ(shortest(25200000000.0), "25200000000");
  Random random(5);
  for (int i = 0; i < 10'000; ++i) {
    const double value =
        (random.uniform() - 0.5) * std::pow(10.0, static_cast<double>(random.below(60)) - 30.0);
    EXPECT_EQ(parse_number(shortest(value)), value);
  }
}

}  // namespace
}  // namespace berth
