#include "berth/http/parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth::test {
namespace {

using ::testing::HasSubstr;

RouteParameter parameter(ParameterType type, double min = 0.0, double max = 100.0) {
  return {"p", type, "", min, max};
}

/// What it is read as, or its error's code.
template <class T>
std::string seen(const RouteParameter& p, const std::string& text, const T& expected) {
  const Result<ParameterValue> value = parse_parameter(p, text);
  if (!value) return std::string(to_string(value.errors()[0].code));
  const T* plain = std::get_if<T>(&*value);
  if (plain == nullptr) return "another type";
  return *plain == expected ? "as expected" : "another value";
}

/// The same of a body.
std::string seen_in_body(const RouteParameter& p, const std::string& json,
                         const ParameterValue& expected) {
  const Result<Document> document = parse_json("body", json);
  if (!document) return "no JSON";
  Errors errors;
  const auto value = read_parameter(p, ValueReader(*document, document->root, "/p", errors));
  if (value.has_value() == !errors.empty()) return "value and errors contradict each other";
  if (!value) return std::string(to_string(errors[0].code));
  return *value == expected ? "as expected" : "another value";
}

constexpr const char* kGood = "as expected";

TEST(ParameterTest, WholeNumbers) {
  const RouteParameter p = parameter(ParameterType::kInteger, 1, 1e15);
  EXPECT_EQ(seen(p, "1", 1LL), kGood);
  EXPECT_EQ(seen(p, "1000000000000000", 1'000'000'000'000'000LL), kGood);
  for (const char* text : {"", "a", "1.5", "1e3", " 1", "1 ", "0x1", "99999999999999999999"}) {
    EXPECT_EQ(seen(p, text, 1LL), "wrong_type") << text;
  }
  EXPECT_EQ(seen(p, "0", 0LL), "out_of_range");
  EXPECT_EQ(seen(p, "-1", 0LL), "out_of_range");
  EXPECT_EQ(seen(p, "1000000000000001", 0LL), "out_of_range");
  EXPECT_EQ(seen_in_body(p, "7", 7LL), kGood);
  EXPECT_EQ(seen_in_body(p, "1e15", 1'000'000'000'000'000LL), kGood);
  EXPECT_EQ(seen_in_body(p, "7.5", 7LL), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "1e300", 7LL), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "\"7\"", 7LL), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "true", 7LL), "wrong_type");
}

TEST(ParameterTest, SaysWhatItExpects) {
  const auto message = [](const RouteParameter& p, const std::string& text) {
    return parse_parameter(p, text).errors()[0].message;
  };
  const RouteParameter id = parameter(ParameterType::kInteger, 1, 1e15);
  EXPECT_EQ(message(id, "nope"), "expected a whole number from 1");
  EXPECT_EQ(message(id, "0"), "expected from 1, found 0");
  const RouteParameter limit = parameter(ParameterType::kInteger, 1, 500);
  EXPECT_EQ(message(limit, "nope"), "expected a whole number from 1 to 500");
  EXPECT_EQ(message(limit, "501"), "expected from 1 to 500, found 501");
  RouteParameter time = parameter(ParameterType::kDuration, 0, 60);
  time.above = true;
  EXPECT_EQ(message(time, "2m"), "expected above 0 s, at most 60 s, found 120");
}

TEST(ParameterTest, Numbers) {
  RouteParameter p = parameter(ParameterType::kNumber, 0, 10);
  EXPECT_EQ(seen(p, "0", 0.0), kGood);
  EXPECT_EQ(seen(p, "1e1", 10.0), kGood);
  for (const char* text : {"", "nan", "inf", "1,5", "0x1p3", "1s"}) {
    EXPECT_EQ(seen(p, text, 0.0), "wrong_type") << text;
  }
  EXPECT_EQ(seen(p, "10.0001", 0.0), "out_of_range");
  p.above = true;
  EXPECT_EQ(seen(p, "0", 0.0), "out_of_range");
  EXPECT_EQ(seen_in_body(p, "0.5", 0.5), kGood);
  EXPECT_EQ(seen_in_body(p, "0", 0.5), "out_of_range");
  EXPECT_EQ(seen_in_body(p, "\"0.5\"", 0.5), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "[]", 0.5), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "{}", 0.5), "wrong_type");
}

TEST(ParameterTest, TextsAreCountedInCharacters) {
  const RouteParameter p = parameter(ParameterType::kText, 1, 3);
  EXPECT_EQ(seen(p, "abc", std::string("abc")), kGood);
  EXPECT_EQ(seen(p, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\xA2",
                 std::string("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\xA2")),
            kGood);
  EXPECT_EQ(seen(p, "", std::string()), "out_of_range");
  EXPECT_EQ(seen(p, "abcd", std::string()), "out_of_range");
  EXPECT_EQ(seen_in_body(p, "\"abc\"", std::string("abc")), kGood);
  EXPECT_EQ(seen_in_body(p, "5", std::string("5")), "wrong_type");
}

TEST(ParameterTest, ChoicesSuggestTheNearest) {
  RouteParameter p = parameter(ParameterType::kChoice);
  p.choices = {"greedy", "branch"};
  EXPECT_EQ(seen(p, "branch", std::string("branch")), kGood);
  EXPECT_EQ(seen(p, "Branch", std::string()), "unknown_name");
  EXPECT_EQ(seen(p, "", std::string()), "unknown_name");
  EXPECT_EQ(seen_in_body(p, "\"greedy\"", std::string("greedy")), kGood);
  EXPECT_EQ(seen_in_body(p, "3", std::string()), "wrong_type");
  const auto wrong = parse_parameter(p, "gredy");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.errors()[0].where, "p");
  EXPECT_THAT(wrong.errors()[0].suggestion, HasSubstr("greedy"));
}

TEST(ParameterTest, Flags) {
  const RouteParameter p = parameter(ParameterType::kFlag);
  for (const char* text : {"", "true", "1"}) EXPECT_EQ(seen(p, text, true), kGood) << text;
  for (const char* text : {"false", "0"}) EXPECT_EQ(seen(p, text, false), kGood) << text;
  for (const char* text : {"yes", "TRUE", "2"}) EXPECT_EQ(seen(p, text, true), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "false", false), kGood);
  EXPECT_EQ(seen_in_body(p, "0", false), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "\"true\"", true), "wrong_type");
}

TEST(ParameterTest, Durations) {
  const RouteParameter p = parameter(ParameterType::kDuration, 1, 3600);
  EXPECT_EQ(seen(p, "30", 30.0), kGood);
  EXPECT_EQ(seen(p, "1500ms", 1.5), kGood);
  EXPECT_EQ(seen(p, "1h", 3600.0), kGood);
  EXPECT_EQ(seen(p, "61m", 0.0), "out_of_range");
  EXPECT_EQ(seen(p, "10ms", 0.0), "out_of_range");
  EXPECT_EQ(seen(p, "3 parsecs", 0.0), "wrong_unit");
  EXPECT_EQ(seen(p, "soon", 0.0), "wrong_type");
  EXPECT_EQ(seen(p, "", 0.0), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "30", 30.0), kGood);
  EXPECT_EQ(seen_in_body(p, "\"2m\"", 120.0), kGood);
  EXPECT_EQ(seen_in_body(p, "-1", 0.0), "out_of_range");
}

TEST(ParameterTest, Shares) {
  const RouteParameter p = parameter(ParameterType::kShare, 0, 0.99);
  EXPECT_EQ(seen(p, "0.25", 0.25), kGood);
  EXPECT_EQ(seen(p, "25%", 0.25), kGood);
  EXPECT_EQ(seen(p, "100%", 1.0), "out_of_range");
  for (const char* text : {"", "%", "a%", "nan%"}) EXPECT_EQ(seen(p, text, 0.0), "wrong_type");
  EXPECT_EQ(seen_in_body(p, "\"1%\"", 0.01), kGood);
  EXPECT_EQ(seen_in_body(p, "1", 1.0), "out_of_range");
}

TEST(ParameterTest, RangesAndListsOfBodies) {
  const RouteParameter range = parameter(ParameterType::kRange, 0, 10);
  EXPECT_EQ(seen_in_body(range, "[1, 2]", std::vector<double>{1, 2}), kGood);
  for (const char* json : {"[1]", "[]", "[1,2,3]", "[2,1]", "[-1,2]", "[1,11]"}) {
    EXPECT_EQ(seen_in_body(range, json, 0.0), "out_of_range") << json;
  }
  for (const char* json : {"1", "\"a\"", "[\"a\",1]", "{}"}) {
    EXPECT_EQ(seen_in_body(range, json, 0.0), "wrong_type") << json;
  }
  const RouteParameter numbers = parameter(ParameterType::kNumbers, 0, 10);
  EXPECT_EQ(seen_in_body(numbers, "[]", std::vector<double>{}), kGood);
  EXPECT_EQ(seen_in_body(numbers, "[3, 1]", std::vector<double>{3, 1}), kGood);
  EXPECT_EQ(seen_in_body(numbers, "[3, 11]", 0.0), "out_of_range");
  RouteParameter words = parameter(ParameterType::kWords);
  words.choices = {"one", "two"};
  EXPECT_EQ(seen_in_body(words, "[\"two\", \"two\"]", std::vector<std::string>{"two", "two"}),
            kGood);
  EXPECT_EQ(seen_in_body(words, "[\"three\"]", 0.0), "unknown_name");
  EXPECT_EQ(seen_in_body(words, "[1]", 0.0), "wrong_type");
  EXPECT_EQ(seen_in_body(words, "\"one\"", 0.0), "wrong_type");
}

TEST(ParameterTest, ErrorsSayWhatWasExpected) {
  const auto wrong = parse_parameter(parameter(ParameterType::kInteger, 1, 500), "1000");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.errors()[0].message, HasSubstr("from 1 to 500"));
  EXPECT_THAT(wrong.errors()[0].message, HasSubstr("1000"));
}

}  // namespace
}  // namespace berth::test
