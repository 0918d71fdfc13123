#include <array>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/document/node.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

Errors errors_of(std::string_view text) {
  const Result<Document> document = parse_json("t.json", text);
  return document ? Errors{} : document.errors();
}

TEST(Json, KeepsTypesTextAndLines) {
  const Result<Document> document = parse_json("t.json",
                                               "{\n \"a\": 12,\n \"b\": [1.5,\n  -3\n ],\n \"c\": "
                                               "{\"d\": null, \"e\": true},\n \"f\": \"x\"\n}\n");
  ASSERT_TRUE(document.ok());
  const Node& root = document->root;
  EXPECT_EQ(root.line, 1);
  EXPECT_EQ(root.find("a")->number, 12.0);
  EXPECT_EQ(root.find("a")->text, "12");
  EXPECT_EQ(root.find("a")->line, 2);
  EXPECT_EQ(root.find("b")->line, 3);
  EXPECT_EQ(root.find("b")->items[0].line, 3);
  EXPECT_EQ(root.find("b")->items[1].line, 4);  // followed by a line end
  EXPECT_EQ(root.find("b")->items[1].number, -3.0);
  EXPECT_EQ(root.find("c")->find("d")->kind, Node::Kind::kNull);
  EXPECT_TRUE(root.find("c")->find("e")->boolean);
  EXPECT_EQ(root.find("f")->line, 7);
}

TEST(Json, PassesOverTheKeysThatItIsToSkip) {
  constexpr std::array<std::string_view, 2> kSkip = {"big", "huge"};
  const Result<Document> document =
      parse_json("t.json", R"({"big": [1, {"big": [2]}, []], "a": {"huge": {"b": {"c": 1}}, "d": 2},
"big": 7, "e": "big"})",
                 {.skip = kSkip, .first_line = 5});
  ASSERT_TRUE(document.ok()) << to_string(document.errors().front());
  const Node& root = document->root;
  ASSERT_EQ(root.fields.size(), 2U);
  ASSERT_EQ(root.find("a")->fields.size(), 1U);
  EXPECT_EQ(root.find("a")->find("d")->number, 2.0);
  EXPECT_EQ(root.find("a")->line, 5);
  EXPECT_EQ(root.find("e")->line, 6);
  EXPECT_FALSE(parse_json("t.json", R"({"big": [1, })", {.skip = kSkip}).ok());
}

TEST(Json, AllRepeatedKeysAreReported) {
  const Errors errors = errors_of("{\"a\": 1,\n\"a\": 2,\n\"b\": [{\"x\": 1, \"x\": 2}]}");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].code, ErrorCode::kDuplicate);
  EXPECT_EQ(errors[0].where, "t.json:2: /a");
  EXPECT_EQ(errors[1].where, "t.json:3: /b/0/x");
}

TEST(Json, SyntaxErrorsHaveALineAndPlainWords) {
  const Errors errors = errors_of("{\n  \"a\": 1,\n  }\n");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, ErrorCode::kSyntax);
  EXPECT_EQ(errors[0].where, "t.json:3");
  EXPECT_THAT(errors[0].message, HasSubstr("not valid JSON: syntax error"));
}

TEST(Json, BadTextIsRefused) {
  EXPECT_THAT(errors_of(std::string(300'000, '[')).at(0).message,
              HasSubstr("nested deeper than 64"));
  EXPECT_THAT(errors_of("[1e999]").at(0).message, HasSubstr("1e999"));
  EXPECT_THAT(errors_of("[\"\xFF\"]").at(0).message, HasSubstr("UTF-8"));
  EXPECT_THAT(errors_of("[1] x").at(0).message, HasSubstr("not valid JSON"));
  EXPECT_THAT(errors_of("[NaN]").at(0).message, HasSubstr("not valid JSON"));
  EXPECT_THAT(errors_of("[1,").at(0).message, HasSubstr("not valid JSON"));
  std::string many = "[0";
  for (int i = 0; i < 1'000'001; ++i) many += ",0";
  EXPECT_THAT(errors_of(many + "]").at(0).message, HasSubstr("too large"));
}

TEST(Json, FormatIsChosenByTheFirstByte) {
  ASSERT_TRUE(parse_document("t", "  {\"a\": 1}").ok());
  ASSERT_TRUE(parse_document("t", "a: 1\n").ok());
  EXPECT_THAT(parse_document("t", " [1, }").errors()[0].message, HasSubstr("JSON"));
  EXPECT_THAT(parse_document("t", "a: [1, }").errors()[0].message, HasSubstr("YAML"));
  EXPECT_EQ(parse_document("t", "")->root.kind, Node::Kind::kNull);
  EXPECT_EQ(parse_json("t", " \n")->root.kind, Node::Kind::kNull);
}

TEST(Json, DamagedTextNeverBreaksTheReader) {
  const std::string good = "{\"a\": [1, 2.5e3, \"x\\u00e9\"], \"b\": {\"c\": null, \"d\": false}}";
  const std::string_view alphabet = " \n:[]{}\",\\0e-u\x80tn";
  Random random(12);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (std::uint64_t e = 0; e < 1 + random.below(5); ++e) {
      text[random.below(text.size())] = alphabet[random.below(alphabet.size())];
    }
    text.resize(1 + random.below(text.size()));
    const Result<Document> document = parse_json("t", text);
    if (!document) {
      ASSERT_FALSE(document.errors().front().message.empty()) << text;
    }
  }
}

}  // namespace
}  // namespace berth
