#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/document/node.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

Node parse(std::string_view text) {
  const Result<Document> document = parse_yaml("t.yaml", text);
  if (!document) {
    ADD_FAILURE() << to_string(document.errors()[0]);
    return {};
  }
  return document->root;
}

Errors errors_of(std::string_view text) {
  const Result<Document> document = parse_yaml("t.yaml", text);
  return document ? Errors{} : document.errors();
}

TEST(Yaml, ScalarsAreTypedByTheCoreRules) {
  const Node root = parse(
      "a: 12\nb: -1.5e3\nc: true\nd: no\ne: null\nf: ~\ng:\nh: \"12\"\ni: 'true'\nj: 50ms\nk: "
      "!!str 7\n"
      "l: .5\nm: 0x10\nn: 1.2.3\no: 2024-01-01\np: ''\n");
  EXPECT_EQ(root.find("a")->number, 12.0);
  EXPECT_EQ(root.find("b")->number, -1500.0);
  EXPECT_TRUE(root.find("c")->boolean);
  for (const char* key : {"d", "h", "i", "j", "k", "m", "n", "o", "p"}) {
    EXPECT_EQ(root.find(key)->kind, Node::Kind::kString) << key;
  }
  for (const char* key : {"e", "f", "g"}) EXPECT_EQ(root.find(key)->kind, Node::Kind::kNull) << key;
  EXPECT_EQ(root.find("l")->number, 0.5);
  EXPECT_EQ(root.find("j")->text, "50ms");
  EXPECT_EQ(root.find("b")->text, "-1.5e3");
  EXPECT_EQ(root.find("zz"), nullptr);
}

TEST(Yaml, NotFiniteNumbersStayNumbers) {
  const Node root = parse("[.nan, .inf, -.Inf, 1e999, -1e999]");
  for (const Node& item : root.items) {
    EXPECT_EQ(item.kind, Node::Kind::kNumber) << item.text;
    EXPECT_FALSE(std::isfinite(item.number)) << item.text;
  }
  EXPECT_LT(root.items[2].number, 0);
  EXPECT_LT(root.items[4].number, 0);
}

TEST(Yaml, LinesAreKept) {
  const Node root =
      parse("# comment\na: 1\nb:\n  - x\n  - y: 2\n    z:\nc: >\n  long\n  text\nd: 4\n");
  EXPECT_EQ(root.line, 2);
  EXPECT_EQ(root.find("a")->line, 2);
  EXPECT_EQ(root.find("b")->line, 4);
  EXPECT_EQ(root.find("b")->items[0].line, 4);
  EXPECT_EQ(root.find("b")->items[1].find("y")->line, 5);
  EXPECT_EQ(root.find("b")->items[1].find("z")->line, 6);  // absent: the line of its key
  EXPECT_EQ(root.find("d")->line, 10);
}

TEST(Yaml, WindowsLineEndsAndByteOrderMarkAreRead) {
  const Node root = parse(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: x\r\n");
  EXPECT_EQ(root.find("a")->number, 1.0);
  EXPECT_EQ(root.find("b")->text, "x");
  EXPECT_EQ(root.find("b")->line, 2);
}

TEST(Yaml, EmptyIsNull) {
  EXPECT_EQ(parse("").kind, Node::Kind::kNull);
  EXPECT_EQ(parse("# nothing\n").kind, Node::Kind::kNull);
  EXPECT_EQ(parse("---\n").kind, Node::Kind::kNull);
}

TEST(Yaml, AliasesRepeatTheirValue) {
  const Node root = parse("a: &x {n: [1, 2]}\nb: *x\nc: &s 5\nd: *s\n");
  EXPECT_EQ(root.find("b")->find("n")->items.size(), 2U);
  EXPECT_EQ(root.find("d")->number, 5.0);
}

TEST(Yaml, AllRepeatedKeysAreReported) {
  const Errors errors =
      errors_of("a: 1\nb: {x: 1, x: 2}\na: 3\nc:\n  - {y: 1, z: 1, y: {q: 1, q: 2}}\n");
  ASSERT_EQ(errors.size(), 4U);
  for (const Error& error : errors) EXPECT_EQ(error.code, ErrorCode::kDuplicate);
  EXPECT_EQ(errors[0].where, "t.yaml:2: /b/x");
  EXPECT_EQ(errors[1].where, "t.yaml:3: /a");
  EXPECT_THAT(errors[1].message, HasSubstr("first in line 1"));
  EXPECT_EQ(errors[2].where, "t.yaml:5: /c/0/y");
  EXPECT_EQ(errors[3].where, "t.yaml:5: /c/0/y/q");
}

TEST(Yaml, SyntaxErrorsHaveALine) {
  const Errors errors = errors_of("a: 1\nb: [1, 2\nc: 3\n");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, ErrorCode::kSyntax);
  EXPECT_THAT(errors[0].where, HasSubstr("t.yaml:"));
  EXPECT_THAT(errors[0].message, HasSubstr("not valid YAML"));
}

TEST(Yaml, TabIsExplained) {
  const Errors errors = errors_of("a:\n\tb: 1\n");
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0].code, ErrorCode::kSyntax);
  EXPECT_THAT(errors[0].suggestion, HasSubstr("tab"));
}

std::string deep_list(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "[1, ";
  return text + std::string(static_cast<std::size_t>(depth), ']');
}

std::string deep_dashes() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "- ";
  return text + "x\n";
}

struct BadYaml {
  std::string name;
  std::string text;
  ErrorCode code;
  std::string where;
  std::string message;
};

TEST(Yaml, WhatIsNotReadIsRefused) {
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                        i - 1);
  }
  std::string chain = "c0: &c0 [1]\n";  // each alone is shallow
  for (int i = 1; i < 100; ++i) chain += fmt::format("c{0}: &c{0} [*c{1}]\n", i, i - 1);
  const std::vector<BadYaml> rows = {
      {"not utf-8", "a: 1\nb: caf\xE9\n", ErrorCode::kSyntax, "t.yaml:2", "UTF-8"},
      {"nul byte", std::string("a: 1\nb: \0", 9), ErrorCode::kSyntax, "t.yaml:2", "NUL"},
      {"deep", deep_list(100), ErrorCode::kSyntax, "t.yaml:1", "nested deeper than 64"},
      {"very deep", deep_list(100'000), ErrorCode::kSyntax, "t.yaml:1", "nested deeper than 64"},
      {"brackets", std::string(200'000, '['), ErrorCode::kSyntax, "t.yaml:1", ""},
      {"braces", std::string(200'000, '{'), ErrorCode::kSyntax, "t.yaml:1", ""},
      {"dashes", deep_dashes(), ErrorCode::kSyntax, "t.yaml:1", "nested deeper than 64"},
      {"alias bomb", bomb, ErrorCode::kSyntax, "t.yaml:", "too large"},
      {"deep by aliases", chain, ErrorCode::kSyntax, "t.yaml:", "nested deeper than 64"},
      {"alias in itself", "a: &x [1, *x]\n", ErrorCode::kSyntax, "t.yaml:1: /a/1",
       "inside the value"},
      {"unknown alias", "a: *x\n", ErrorCode::kSyntax, "t.yaml:1", "not valid YAML"},
      {"list as key", "? [1, 2]\n: 3\n", ErrorCode::kSyntax, "t.yaml:1", "as a key"},
      {"merge key", "a: &x {n: 1}\nb:\n  <<: *x\n", ErrorCode::kUnsupported, "t.yaml:3: /b",
       "merge keys"},
      {"tag", "a: !python/object 1\n", ErrorCode::kUnsupported, "t.yaml:1: /a", "tag"},
      {"two documents", "a: 1\n---\nb: 2\n", ErrorCode::kUnsupported, "t.yaml", "more than one"},
  };
  for (const BadYaml& row : rows) {
    const Errors errors = errors_of(row.text);
    ASSERT_FALSE(errors.empty()) << row.name;
    EXPECT_EQ(errors[0].code, row.code) << row.name << ": " << to_string(errors[0]);
    EXPECT_THAT(errors[0].where, HasSubstr(row.where)) << row.name;
    EXPECT_THAT(errors[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Yaml, DamagedTextNeverBreaksTheReader) {
  const std::string good =
      "format: berth.fleet/1\nmodels: [llama-3.1-8b, \"x\"]\nclasses:\n  - name: chat\n    rate: "
      "&r 12.5\n"
      "    slo: {ttft: 1s, tpot: *r}\n    note: |\n      text\n      more\nbudget: 500 # USD\n";
  const std::string_view alphabet =
      " \t\n:-[]{}#&*!|>'\"%@`,?\\\x80\xC3"
      "a0";
  Random random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good.substr(0, 1 + random.below(good.size()));
    const std::uint64_t edits = random.below(6);
    for (std::uint64_t e = 0; e < edits; ++e) {
      const std::size_t at = random.below(text.size());
      const char c = alphabet[random.below(alphabet.size())];
      if (random.below(2) == 0) {
        text[at] = c;
      } else {
        text.insert(at, 1, c);
      }
    }
    const Result<Document> document = parse_document("t", text);
    if (document) continue;
    ASSERT_FALSE(document.errors().empty());
    for (const Error& error : document.errors()) {
      ASSERT_FALSE(error.message.empty()) << text;
      ASSERT_EQ(error.where.rfind("t", 0), 0U) << text;
    }
  }
}

}  // namespace
}  // namespace berth
