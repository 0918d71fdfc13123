#include "berth/document/reader.h"

#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Document document_of(std::string_view yaml) {
  const Result<Document> document = parse_yaml("t.yaml", yaml);
  if (!document) {
    ADD_FAILURE() << to_string(document.errors()[0]);
    return {"t.yaml", {}};
  }
  return *document;
}

TEST(Reader, ReadsEveryType) {
  const Document document = document_of(
      "format: x/1\nn: 1.5\ni: 3\ns: text\nb: true\nd: 50ms\nsize: 80GB\nr: 90/m\nl: [a, b]\nm: "
      "{k: 1}\n");
  Errors errors;
  MapReader map(document, errors);
  map.expect_format("x/1");
  EXPECT_EQ(map.number("n", kPositive), 1.5);
  EXPECT_EQ(map.integer("i", kPositive), 3);
  EXPECT_EQ(map.string("s"), "text");
  EXPECT_TRUE(map.boolean("b"));
  EXPECT_EQ(map.optional_duration("d"), Seconds(0.05));
  EXPECT_EQ(map.find("size")->size(), 80e9);
  EXPECT_EQ(map.find("r")->rate(), 1.5);
  EXPECT_THAT(map.strings("l"), ElementsAre("a", "b"));
  MapReader inner = map.find("m")->map();
  EXPECT_EQ(inner.number("k", kAnyNumber), 1.0);
  inner.reject_unknown_keys();
  map.reject_unknown_keys();
  EXPECT_THAT(errors, IsEmpty());
}

TEST(Reader, FallbacksMakeKeysOptional) {
  const Document document = document_of("a: 1\nnothing:\n");
  Errors errors;
  MapReader map(document, errors);
  EXPECT_EQ(map.number("x", kPositive, 2.5), 2.5);
  EXPECT_EQ(map.number("nothing", kPositive, 2.5), 2.5);
  EXPECT_EQ(map.integer("x", kPositive, 4), 4);
  EXPECT_EQ(map.string("x", "y"), "y");
  EXPECT_TRUE(map.boolean("x", true));
  EXPECT_EQ(map.optional_number("x"), std::nullopt);
  EXPECT_EQ(map.optional_string("x"), std::nullopt);
  EXPECT_EQ(map.optional_duration("x"), std::nullopt);
  EXPECT_THAT(map.list("x"), IsEmpty());
  EXPECT_FALSE(map.find("nothing").has_value());
  EXPECT_TRUE(map.has("nothing"));
  EXPECT_THAT(errors, IsEmpty());
}

TEST(Reader, GoesOnAfterErrorsAndReportsThemAll) {
  const Document document = document_of(
      "a: text\nb: -1\nc: .nan\nd: 5 parsecs\ne: [1, x]\nf: 1.5\ng: yes\nh: 12\ni:\nj: {}\nextra: "
      "1\nraet: 2\n");
  Errors errors;
  MapReader map(document, errors);
  EXPECT_GT(map.number("a", kPositive), 0.0);
  EXPECT_GE(map.number("b", kNotNegative), 0.0);
  EXPECT_EQ(map.number("c", kAnyNumber, 7.0), 7.0);
  EXPECT_EQ(map.optional_duration("d"), std::nullopt);
  EXPECT_THAT(map.strings("e"), ElementsAre("x"));
  std::ignore = map.integer("f", kPositive);
  std::ignore = map.boolean("g");
  std::ignore = map.string("h");
  EXPECT_FALSE(map.require("i").has_value());
  EXPECT_THAT(map.list("j"), IsEmpty());
  std::ignore = map.number("rate", kPositive);
  map.reject_unknown_keys();

  std::vector<std::string> lines;
  for (const Error& error : errors) lines.push_back(to_string(error));
  EXPECT_THAT(
      lines,
      ElementsAre(
          "t.yaml:1: /a: expected a number, got the text 'text'",
          "t.yaml:2: /b: must be at least 0, got -1",
          "t.yaml:3: /c: must be a finite number, got .nan",
          "t.yaml:4: /d: unknown unit 'parsecs' in '5 parsecs'; a duration takes one of: us, ms, "
          "s, m, h",
          "t.yaml:5: /e/0: expected text, got the number 1; write it in quotes: \"1\"",
          "t.yaml:6: /f: expected a whole number, got 1.5",
          "t.yaml:7: /g: expected true or false, got the text 'yes'; write true",
          "t.yaml:8: /h: expected text, got the number 12; write it in quotes: \"12\"",
          "t.yaml:9: /i: the key 'i' has no value", "t.yaml:10: /j: expected a list, got a map",
          "t.yaml:1: the key 'rate' is missing",
          "t.yaml:11: /extra: unknown key 'extra'; one of: a, b, c, d, e, f, g, h, i, j, rate",
          "t.yaml:12: /raet: unknown key 'raet'; did you mean 'rate'?"));
}

TEST(Reader, RangesSayWhatTheyAccept) {
  const Document document = document_of("a: 0\nb: 1\nc: 1.5\nd: -1\ne: 1e300\n");
  Errors errors;
  MapReader map(document, errors);
  std::ignore = map.number("a", kPositive);
  std::ignore = map.number("b", kOpenShareRange);
  std::ignore = map.number("c", kShareRange);
  std::ignore = map.number("d", {.max = -2});
  std::ignore = map.integer("e", kAnyNumber);
  ASSERT_EQ(errors.size(), 5U);
  EXPECT_THAT(errors[0].message, HasSubstr("greater than 0, got 0"));
  EXPECT_THAT(errors[1].message, HasSubstr("greater than 0 and less than 1, got 1"));
  EXPECT_THAT(errors[2].message, HasSubstr("between 0 and 1, got 1.5"));
  EXPECT_THAT(errors[3].message, HasSubstr("at most -2, got -1"));
  EXPECT_THAT(errors[4].message, HasSubstr("too large"));
  for (const Error& error : errors) EXPECT_EQ(error.code, ErrorCode::kOutOfRange);
}

TEST(Reader, QuantityErrorsKeepTheirCodes) {
  const Document document = document_of("a: 10GB\nb: [1]\nc: -5ms\nd: 0\n");
  Errors errors;
  MapReader map(document, errors);
  std::ignore = map.optional_duration("a");
  std::ignore = map.optional_duration("b");
  std::ignore = map.optional_duration("c");
  std::ignore = map.optional_duration("d");
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_EQ(errors[0].code, ErrorCode::kWrongUnit);
  EXPECT_EQ(errors[1].code, ErrorCode::kWrongType);
  EXPECT_EQ(errors[2].code, ErrorCode::kOutOfRange);
  EXPECT_THAT(errors[2].message, HasSubstr("greater than 0, got -5ms"));
  EXPECT_EQ(errors[3].code, ErrorCode::kOutOfRange);
}

TEST(Reader, PointersEscapeKeys) {
  const Document document = document_of("scores: {a/b: x, c~d: y}\n");
  Errors errors;
  MapReader map(document, errors);
  MapReader scores = map.find("scores")->map();
  for (const auto& [task, value] : scores.entries()) std::ignore = value.number();
  scores.reject_unknown_keys();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].where, "t.yaml:1: /scores/a~1b");
  EXPECT_EQ(errors[1].where, "t.yaml:1: /scores/c~0d");
}

TEST(Reader, WrongRootIsOneError) {
  for (const char* text : {"- 1\n- 2\n", "just text", "12"}) {
    const Document document = document_of(text);
    Errors errors;
    MapReader map(document, errors);
    map.expect_format("x/1");
    std::ignore = map.number("rate", kPositive);
    map.reject_unknown_keys();
    ASSERT_EQ(errors.size(), 1U) << text;
    EXPECT_EQ(errors[0].code, ErrorCode::kWrongType) << text;
  }
  const Document document = document_of("");
  Errors errors;
  MapReader map(document, errors);
  std::ignore = map.number("rate", kPositive);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(to_string(errors[0]), "t.yaml: the file is empty");
}

TEST(Reader, FormatLineIsChecked) {
  for (const char* text : {"a: 1", "format:", "format: berth.plan/1", "format: 1"}) {
    const Document document = document_of(text);
    Errors errors;
    MapReader map(document, errors);
    map.expect_format("berth.fleet/1");
    ASSERT_EQ(errors.size(), 1U) << text;
  }
}

}  // namespace
}  // namespace berth
