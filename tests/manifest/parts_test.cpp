// The parts manifests are made of: YAML, names, weights, the words of engines.

#include <array>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/manifest/block_yaml.h"
#include "berth/manifest/engine_words.h"
#include "berth/manifest/names.h"
#include "berth/manifest/scene.h"
#include "berth/manifest/weights.h"
#include "berth/plan/document_text.h"
#include "berth/plan/engine_args.h"
#include "tests/manifest/sample.h"

namespace berth {
namespace {

using manifest::is_label;
using manifest::unique_labels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What YAML 1.2 makes of a text that was written as a value and as a key.
void expect_kept(const std::string& text) {
  const Node map = map_node({{"value", text_node(text)}, {"k" + text, text_node("x")}});
  const Result<Document> read = parse_yaml("x.yaml", block_yaml(map));
  ASSERT_TRUE(read.ok()) << block_yaml(map) << to_string(read.errors().front());
  EXPECT_EQ(read->root.find("value")->text, text);
  EXPECT_EQ(read->root.find("value")->kind, Node::Kind::kString) << block_yaml(map);
  EXPECT_EQ(read->root.fields[1].first, "k" + text);
}

// Numbers, truth values, dates, syntax, line breaks of every kind.
constexpr std::array kTexts = {"",
                               " ",
                               "a",
                               "1",
                               "0123",
                               "0x1F",
                               "1e3",
                               "1_000",
                               ".5",
                               "-1",
                               "+1",
                               "no",
                               "Yes",
                               "ON",
                               "off",
                               "null",
                               "~",
                               "true",
                               "12:30:45",
                               "2026-01-01",
                               "a: b",
                               "a:",
                               ":a",
                               "a #b",
                               "#a",
                               "- a",
                               "-",
                               "--port",
                               "---",
                               "--- x",
                               "...",
                               "'",
                               "\"",
                               "\\",
                               "a\"b",
                               "{}",
                               "[]",
                               "{a",
                               "[a",
                               "*a",
                               "&a",
                               "!a",
                               "|",
                               ">",
                               "%a",
                               "@a",
                               "`a",
                               "? a",
                               "=",
                               "<<",
                               ",",
                               "a,b",
                               "a\tb",
                               "a\nb",
                               "\n",
                               "a\n",
                               "a\n\n",
                               "\na",
                               " a\nb",
                               "a \nb",
                               "a\n  b\n",
                               "\xC3\xBC",
                               "\xE2\x80\xA8",
                               "\xEF\xBB\xBF",
                               "\xC2\x85",
                               "\xF0\x9F\x98\x80",
                               "$(A)",
                               "image:tag",
                               "http://a/b?c=d"};

TEST(BlockYaml, KeepsEveryText) {
  for (const char* text : kTexts) expect_kept(text);
}

TEST(BlockYaml, KeepsRandomTexts) {
  Random random(1);
  constexpr std::string_view kLetters = "a1 :#-\n\t'\"\\{}[],&*!|>%@`?~=._";
  for (int k = 0; k < 3000; ++k) {
    std::string text;
    const auto length = random.below(9);
    for (std::uint64_t c = 0; c < length; ++c) text += kLetters[random.below(kLetters.size())];
    expect_kept(text);
  }
}

TEST(BlockYaml, WritesAsPeopleDo) {
  const Node list =
      list_node({text_node("x"), map_node({{"a", integer_node(1)}, {"b", list_node({})}})});
  EXPECT_EQ(
      block_yaml(map_node({{"list", list}, {"none", map_node({})}, {"text", text_node("a\nb\n")}})),
      "list:\n  - x\n  - a: 1\n    b: []\nnone: {}\ntext: |\n  a\n  b\n");
}

TEST(Names, AreLabelsAndDiffer) {
  const std::vector<std::string> names = {"a.b",
                                          "a-b",
                                          "a/b",
                                          "A-B",
                                          "",
                                          "-",
                                          "9",
                                          std::string(99, 'x'),
                                          std::string(99, 'x') + "y",
                                          "a\nb",
                                          "\xC3\xBC"};
  for (const std::size_t most : {std::size_t{20}, std::size_t{43}, std::size_t{63}}) {
    const std::vector<std::string> labels = unique_labels(names, most);
    std::set<std::string> different(labels.begin(), labels.end());
    EXPECT_EQ(different.size(), names.size());
    for (const std::string& label : labels) {
      EXPECT_TRUE(is_label(label)) << label;
      EXPECT_LE(label.size(), most);
    }
    EXPECT_EQ(labels[1], "a-b");
  }
}

TEST(Names, DoNotDependOnTheirOrder) {
  const auto forth = unique_labels({"a.b", "a-b", "a/b"}, 43);
  const auto back = unique_labels({"a/b", "a-b", "a.b"}, 43);
  EXPECT_EQ(forth[0], back[2]);
  EXPECT_EQ(forth[1], back[1]);
  EXPECT_EQ(forth[2], back[0]);
}

TEST(Names, OfHashesThatAreTakenDiffer) {
  const std::string hashed = unique_labels({"a.b", "a-b"}, 43)[0];
  const auto labels = unique_labels({"a.b", "a-b", hashed}, 43);
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), 3U);
}

TEST(Names, LabelValuesKeepWhatTheyCan) {
  EXPECT_EQ(manifest::label_value("llama-3.1_8b"), "llama-3.1_8b");
  EXPECT_EQ(manifest::label_value("hall-1/l40s"), "hall-1-l40s");
  EXPECT_EQ(manifest::label_value("\n-.a b!"), "a-b");
  EXPECT_EQ(manifest::label_value(std::string(80, 'a')).size(), 63U);
  EXPECT_EQ(manifest::label_value("!!"), "");
}

TEST(Weights, AddUpExactly) {
  const double third = 1.0 / 3.0;
  EXPECT_THAT(exact_weights(std::vector{third, third, third}, 10000),
              ElementsAre(3334, 3333, 3333));
  EXPECT_THAT(exact_weights(std::vector{0.975}, 10000), ElementsAre(10000));
  EXPECT_THAT(exact_weights(std::vector{0.5, 0.25}, 9), ElementsAre(6, 3));
  EXPECT_THAT(exact_weights(std::vector{1.0, 1e-9}, 100), ElementsAre(99, 1));
  EXPECT_TRUE(exact_weights(std::vector{0.0, 0.0}, 100).empty());
}

TEST(Weights, AreWithinOneOfTheShares) {
  Random random(2);
  for (int k = 0; k < 2000; ++k) {
    std::vector<double> shares(1 + random.below(12));
    for (double& share : shares) share = 0.02 + random.uniform();
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    const int total = 1000 + static_cast<int>(random.below(999000));
    const std::vector<int> weights = exact_weights(shares, total);
    ASSERT_EQ(std::accumulate(weights.begin(), weights.end(), 0), total);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      EXPECT_NEAR(weights[i], shares[i] / sum * total, 1.0);
    }
  }
}

TEST(Pods, HoldEqualPartsOfAReplica) {
  using manifest::gpus_per_pod;
  EXPECT_EQ(gpus_per_pod(1, 1, 8), 1);
  EXPECT_EQ(gpus_per_pod(8, 1, 8), 8);
  EXPECT_EQ(gpus_per_pod(8, 2, 8), 8);
  EXPECT_EQ(gpus_per_pod(4, 4, 8), 8);
  EXPECT_EQ(gpus_per_pod(4, 3, 8), 4);  // two stages and one are no equal parts
  EXPECT_EQ(gpus_per_pod(2, 3, 4), 2);
  EXPECT_EQ(gpus_per_pod(8, 1, 4), 4);  // a rack of four-GPU trays
  EXPECT_EQ(gpus_per_pod(1, 2, 1), 1);
}

TEST(EngineWords, SayTheSameInAnotherEngine) {
  const Plan plan = test::plan_file("small");
  const std::vector<std::string> args = manifest::args_for("sglang", plan.deployments[0]);
  const std::string all = [&] {
    std::string text;
    for (const std::string& arg : args) text += arg + " ";
    return text;
  }();
  EXPECT_THAT(all,
              HasSubstr("--model-path meta-llama/Llama-3.1-405B-Instruct --tp-size 8 --pp-size 2 "
                        "--context-length 8192 --max-running-requests 96 "));
  EXPECT_THAT(all, HasSubstr("--mem-fraction-static 0.9 "));
  EXPECT_THAT(all, HasSubstr("--quantization fp8 "));
  EXPECT_EQ(manifest::args_for("vllm", plan.deployments[0]), plan.deployments[0].engine_args);
}

TEST(EngineWords, KnowEveryEngineByItsArguments) {
  for (const std::string& engine : engine_names()) {
    EXPECT_EQ(manifest::engine_of(engine_args(engine, {.model = "m"})), engine);
  }
  EXPECT_FALSE(manifest::engine_of(std::vector<std::string>{"--frob"}));
  EXPECT_FALSE(manifest::engine_of({}));
}

TEST(EngineWords, DoNotLetNamesBecomeVariables) {
  EXPECT_EQ(manifest::unexpanded("$(HF_TOKEN)"), "$$(HF_TOKEN)");
  EXPECT_EQ(manifest::unexpanded("a$b$$"), "a$$b$$$$");
}

}  // namespace
}  // namespace berth
