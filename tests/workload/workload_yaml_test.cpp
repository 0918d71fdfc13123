#include "berth/workload/workload_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using test::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Result<Workload> parse(std::string_view yaml) {
  Result<Document> document = parse_yaml("w.yaml", yaml);
  if (!document) return document.errors();
  return parse_workload(*document);
}

Errors errors_of(std::string_view yaml) {
  const Result<Workload> workload = parse(yaml);
  return workload ? Errors{} : workload.errors();
}

/// The errors of one class's prompt_tokens.
Errors lengths_errors(std::string_view lengths) {
  return errors_of(
      "format: berth.workload/1\nclasses:\n  - {name: a, rate: 1, output_tokens: 1, "
      "prompt_tokens: " +
      std::string(lengths) + "}\n");
}

TEST(WorkloadYaml, EverySpelling) {
  const Result<Workload> workload = parse(R"(format: berth.workload/1
source: somewhere
date: 2024-05-01
duration: 2h
classes:
  - name: chat
    rate: 90/m
    prompt_tokens: {mean: 1155, std: 1109}
    output_tokens: 7
  - name: code
    rate: 2
    arrival_variability: 3.5
    prefix_reuse: 0.25
    prompt_tokens: {histogram: [[100, 0], [200, 0.5], [400, 0.5]]}
    output_tokens: {mean: 30, std: 9, histogram: [[64, 1]]}
    rule: {source: code, class: x, prompt_min: 16, prompt_max: 512, output_max: 64}
)");
  ASSERT_TRUE(workload.ok()) << describe(workload.errors());
  EXPECT_EQ(workload->source, "somewhere");
  EXPECT_EQ(workload->date, "2024-05-01");
  EXPECT_EQ(workload->duration_s, 7200);
  ASSERT_THAT(workload->classes, SizeIs(2));
  const QueryClass& chat = workload->classes[0];
  EXPECT_EQ(chat.rate, 1.5);
  EXPECT_EQ(chat.prompt_tokens.mean(), 1155);
  EXPECT_EQ(chat.output_tokens.quantile(0.5), 7);
  EXPECT_EQ(chat.arrival_variability, 1);
  EXPECT_FALSE(chat.rule);
  const QueryClass& code = workload->classes[1];
  EXPECT_EQ(code.prompt_tokens.quantile(0), 100);
  EXPECT_EQ(code.prompt_tokens.mean(), 0.5 * 150 + 0.5 * 300);
  EXPECT_EQ(code.output_tokens.mean(), 30);
  EXPECT_EQ(code.output_tokens.standard_deviation(), 9);
  ASSERT_TRUE(code.rule);
  EXPECT_EQ(code.rule->source, "code");
  EXPECT_EQ(code.rule->label, "x");
  EXPECT_EQ(code.rule->prompt_max, 512);
  EXPECT_EQ(code.rule->output_max, 64);
}

TEST(WorkloadYaml, AllErrorsAtOnce) {
  const Errors errors = errors_of(R"(format: berth.workload/1
classes:
  - {name: a, rate: 0, prompt_tokens: -1, output_tokens: 1}
  - {name: a, rate: 1, prompt_tokens: 1}
  - {name: b, rate: 1, prompt_tokens: 1, output_tokens: 1, prefix_reuse: 1.5, speed: 3}
  - {name: c, rate: 1, prompt_tokens: 1, output_tokens: 1, rule: {prompt_min: 9, prompt_max: 9}}
)");
  ASSERT_THAT(errors, SizeIs(7)) << describe(errors);
  const std::string all = describe(errors);
  for (const char* part :
       {"w.yaml:3: /classes/0/rate", "w.yaml:3: /classes/0/prompt_tokens",
        "the class 'a' appears twice", "output_tokens", "w.yaml:5: /classes/2/prefix_reuse",
        "speed", "prompt_max 9 is not above prompt_min 9"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST(WorkloadYaml, OtherDocuments) {
  EXPECT_THAT(describe(errors_of("format: berth.fleet/1\nclasses: []\n")),
              HasSubstr("berth.workload/1"));
  EXPECT_THAT(describe(errors_of("format: berth.workload/1\n")), HasSubstr("classes"));
  EXPECT_THAT(describe(errors_of("format: berth.workload/1\nclasses: []\n")),
              HasSubstr("no classes"));
  EXPECT_FALSE(errors_of("[1, 2]").empty());
}

TEST(WorkloadYaml, BadLengths) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"x", "number"},
      {"[1, 2]", "write a number, {mean"},
      {"{mean: 5}", "'std' is missing"},
      {"{std: 5}", "'mean' is missing"},
      {"{}", "neither"},
      {"{mean: 0, std: 5}", "leaves no room"},
      {"{mean: 5, std: -1}", "/prompt_tokens/std"},
      {"{mean: 5, std: 1, median: 4}", "median"},
      {"{mean: .nan, std: 1}", "/prompt_tokens/mean"},
      {"1e12", "/prompt_tokens"},
      {"{histogram: []}", "the histogram is empty"},
      {"{histogram: 3}", "/prompt_tokens/histogram"},
      {"{histogram: [[5, 1, 2]]}", "expected [upper edge, share]"},
      {"{histogram: [[5, 0.5], [4, 0.5]]}", "below the one before"},
      {"{histogram: [[5, 0.5], [6, 0.4]]}", "add up to 0.9"},
      {"{histogram: [[5, -0.5], [6, 1]]}", "/prompt_tokens/histogram/0/1"},
      {"{mean: 50, std: 1, histogram: [[5, 0.5], [6, 0.5]]}", "lies outside the histogram"},
  };
  for (const auto& [lengths, message] : cases) {
    const Errors errors = lengths_errors(lengths);
    ASSERT_FALSE(errors.empty()) << lengths;
    EXPECT_THAT(describe(errors), HasSubstr(message)) << lengths;
    EXPECT_THAT(describe(errors), HasSubstr("w.yaml:3")) << lengths;
  }
}

TEST(WorkloadYamlProperty, ReadsBackWhatItWrote) {
  Random random(3);
  for (int round = 0; round < 50; ++round) {
    Workload workload;
    workload.source = "a \"quoted\" \\ source: with #marks\n";
    workload.date = "2024-01-01";
    workload.duration_s = random.uniform() * 1e5;
    const auto count = 1 + random.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      QueryClass query;
      query.name = std::vector<std::string>{"true", "conv/p0-1024/o128+", "a: b", "12"}[i];
      query.rate = random.uniform() * 100 + 1e-9;
      query.arrival_variability = random.uniform() * 20;
      query.prefix_reuse = random.uniform();
      query.prompt_tokens =
          LengthDistribution::from_moments(1 + random.uniform() * 1e4, random.uniform() * 1e3);
      query.output_tokens =
          i % 2 ? LengthDistribution::constant(5)
                : LengthDistribution::from_bins({{0, 0, 1}, {3, 9, 2}, {9, 9, 1}, {20, 30, 1}});
      if (i > 0) query.rule = ClassRule{"s p", "l", random.uniform(), 7, 0, 9.5};
      workload.classes.push_back(query);
    }
    const std::string yaml = to_yaml(workload);
    const Result<Workload> back = parse(yaml);
    ASSERT_TRUE(back.ok()) << describe(back.errors()) << yaml;
    EXPECT_EQ(back->source, workload.source);
    EXPECT_EQ(back->duration_s, workload.duration_s);
    ASSERT_EQ(back->classes.size(), workload.classes.size());
    for (std::size_t i = 0; i < count; ++i) {
      const QueryClass& a = workload.classes[i];
      const QueryClass& b = back->classes[i];
      EXPECT_EQ(a.name, b.name);
      EXPECT_EQ(a.rate, b.rate);
      EXPECT_EQ(a.arrival_variability, b.arrival_variability);
      EXPECT_EQ(a.prefix_reuse, b.prefix_reuse);
      EXPECT_EQ(a.prompt_tokens.mean(), b.prompt_tokens.mean());
      EXPECT_EQ(a.prompt_tokens.standard_deviation(), b.prompt_tokens.standard_deviation());
      for (const double p : {0.0, 0.01, 0.3, 0.5, 0.95, 1.0}) {
        EXPECT_NEAR(a.prompt_tokens.quantile(p), b.prompt_tokens.quantile(p),
                    1e-3 * a.prompt_tokens.mean());
      }
      for (const double p : {0.0, 0.1, 0.5, 0.7, 0.9, 1.0}) {
        EXPECT_NEAR(a.output_tokens.quantile(p), b.output_tokens.quantile(p), 1e-3);
      }
      ASSERT_EQ(a.rule.has_value(), b.rule.has_value());
      if (a.rule) {
        EXPECT_EQ(a.rule->source, b.rule->source);
        EXPECT_EQ(a.rule->label, b.rule->label);
        EXPECT_EQ(a.rule->prompt_min, b.rule->prompt_min);
        EXPECT_EQ(a.rule->output_max, b.rule->output_max);
      }
    }
    EXPECT_EQ(to_yaml(*back), yaml);
  }
}

TEST(ReadWorkload, TellsYamlJsonAndDemandApart) {
  const TemporaryDirectory directory;
  const auto yaml = directory.write("a.csv",
                                    "format: berth.workload/1\nclasses: [{name: a, rate: 1, "
                                    "prompt_tokens: 5, output_tokens: 5}]\n");
  const auto json = directory.write(
      "b.csv",
      R"({"format": "berth.workload/1", "classes": [{"name": "a", "rate": 2, "prompt_tokens": 5, "output_tokens": 5}]})");
  const auto demand = directory.write("c.yaml",
                                      "start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,"
                                      "output_std\r\n0,a,3,5,1,5,1\r\n");
  EXPECT_EQ(read_workload(yaml)->classes[0].rate, 1);
  EXPECT_EQ(read_workload(json)->classes[0].rate, 2);
  EXPECT_EQ(read_workload(demand)->classes[0].rate, 3);
  const Result<Workload> missing = read_workload(directory.path() / "none.yaml");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.errors()[0].code, ErrorCode::kNotFound);
}

TEST(BuiltinWorkload, AzureIsThereAndOthersAreNot) {
  EXPECT_THAT(builtin_workload_names(), ElementsAre("azure-2023"));
  const Result<Workload> azure = builtin_workload("azure-2023");
  ASSERT_TRUE(azure.ok()) << describe(azure.errors());
  ASSERT_THAT(azure->classes, SizeIs(2));
  EXPECT_EQ(azure->classes[0].name, "code");
  EXPECT_EQ(azure->classes[1].name, "conv");
  EXPECT_THAT(azure->source, HasSubstr("CC-BY-4.0"));
  const Result<Workload> other = builtin_workload("azure-2032");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.errors()[0].code, ErrorCode::kUnknownName);
  EXPECT_THAT(other.errors()[0].suggestion, HasSubstr("azure-2023"));
}

}  // namespace
}  // namespace berth
