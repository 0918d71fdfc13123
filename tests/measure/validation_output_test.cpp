// A validation as JSON, table, charts and page.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/measure/read_measured.h"
#include "berth/output/scatter_chart.h"
#include "berth/output/svg.h"
#include "berth/output/validation_charts.h"
#include "berth/output/validation_json.h"
#include "berth/output/validation_report.h"
#include "berth/output/validation_table.h"
#include "tests/output/markup.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

Validation sample() {
  const auto rows = parse_measured(
      "my.csv",
      "source_repo,engine,model,dtype,gpu,tp,batch_or_concurrency,input_tokens,output_tokens,"
      "metric,value,note\n"
      "lab,vllm-0.12.0,llama-3.1-8b,bf16,h100-sxm,1,8,1000,100,tpot_ms,9,\n"
      "lab,vllm-0.12.0,llama-3.1-8b,bf16,h100-sxm,1,8,1000,100,ttft_ms,80,\n"
      "lab,vllm-0.12.0,llama-3.1-8b,bf16,h100-sxm,1,8,1000,100,tpot_ms,90,SUSPECT: a typo\n"
      "lab,sglang,deepseek-r1,fp8,h200-sxm,8,8,1000,100,throughput_tok_s_per_gpu,60,\n"
      "lab,vllm,<b>none</b>,bf16,h100-sxm,1,8,1000,100,tpot_ms,9,\n"
      "lab,vllm,llama-3.1-405b,bf16,l4,1,8,1000,100,tpot_ms,9,\n");
  EXPECT_TRUE(rows.ok());
  return compare("my.csv", *rows, testing::builtin_catalog());
}

TEST(ValidationOutput, JsonHasEveryRowAndTheGroups) {
  const Json json = Json::parse(to_json(sample()));
  EXPECT_EQ(json["format"], "berth.validation/1");
  EXPECT_EQ(json["measured"], "my.csv");
  EXPECT_EQ(json["count"], 6);
  EXPECT_EQ(json["compared"], 4);
  EXPECT_EQ(json["suspects"], 1);
  ASSERT_EQ(json["rows"].size(), 7U) << "one is derived";
  EXPECT_TRUE(json["rows"][6]["derived"].get<bool>());
  EXPECT_EQ(json["rows"][6]["metric"], "e2e");
  const Json& row = json["rows"][0];
  for (const char* key :
       {"file",          "line",      "source",    "engine",   "engine_family", "model",
        "gpu",           "precision", "tp",        "pp",       "batch",         "prompt_tokens",
        "output_tokens", "metric",    "unit",      "measured", "predicted",     "error",
        "suspect",       "reason",    "assumption"}) {
    EXPECT_TRUE(row.contains(key)) << key;
  }
  EXPECT_EQ(row["metric"], "tpot");
  EXPECT_DOUBLE_EQ(row["measured"].get<double>(), 0.009);
  EXPECT_NEAR(row["error"].get<double>(), row["predicted"].get<double>() / 0.009 - 1.0, 1e-12);
  EXPECT_TRUE(row["reason"].is_null());
  EXPECT_TRUE(json["rows"][4]["predicted"].is_null());
  EXPECT_EQ(json["rows"][4]["reason"], "unknown model");
  EXPECT_THAT(json["rows"][5]["reason"].get<std::string>(), HasSubstr("do not fit"));
  EXPECT_EQ(json["unresolved"][0]["name"], "<b>none</b>");
  EXPECT_EQ(json["reasons"].size(), 2U);
  const Json& group = json["groups"][0];
  EXPECT_EQ(group["gpu"], "h100-sxm");
  EXPECT_EQ(group["engine_family"], "vllm");
  EXPECT_EQ(group["all"]["count"], 1);
  EXPECT_EQ(json["groups"][1]["all"]["count"], 2);
  EXPECT_EQ(json["groups"][1]["without_suspects"]["count"], 1);
  for (const char* key : {"median", "p90", "bias"}) EXPECT_TRUE(group["all"].contains(key)) << key;
  EXPECT_EQ(json["by_gpu"].size(), 4U);
  EXPECT_EQ(json["totals"][0]["models"], "all");
}

TEST(ValidationOutput, TableSaysBothWaysAndWhatIsMissing) {
  const std::string table = to_table(sample(), {}, 2);
  EXPECT_THAT(table, HasSubstr("6 rows, 4 compared"));
  EXPECT_THAT(table, HasSubstr("NOT SUSPECT"));
  EXPECT_THAT(table, HasSubstr("dense models"));
  EXPECT_THAT(table, HasSubstr("mixtures"));
  EXPECT_THAT(table, HasSubstr("4?"));
  EXPECT_THAT(table, HasSubstr("model <b>none</b>"));
  EXPECT_THAT(table, HasSubstr("unknown model"));
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
}

TEST(ValidationOutput, PageIsWellFormedAndEscaped) {
  const std::string html = to_html_report(sample());
  const test::Markup page = test::read_markup(html);
  EXPECT_EQ(page.error, "");
  EXPECT_EQ(page.count("b"), 0U);
  EXPECT_GE(page.count("table"), 4U);
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(page.text, HasSubstr("my.csv"));
}

TEST(ValidationOutput, ChartsHaveTheirPointsInsideThePlot) {
  const std::vector<ValidationChart> charts = validation_charts(sample());
  ASSERT_EQ(charts.size(), 2U);
  EXPECT_EQ(charts[0].name, "validation-times");
  EXPECT_EQ(charts[1].name, "validation-rates");
  for (const ValidationChart& chart : charts) {
    EXPECT_EQ(test::read_markup(svg_file(chart.svg, chart.height)).error, "");
  }
  EXPECT_THAT(charts[0].svg, HasSubstr("TPOT"));
  EXPECT_THAT(charts[0].svg, Not(HasSubstr("tokens/s")));
}

TEST(ScatterChart, PointsThatCoverEachOtherAreDrawnOnceAndZeroesLeftOut) {
  const auto tick = [](double) -> std::string { return "x"; };
  ScatterSeries series{"s", 0, {}};
  for (int k = 0; k < 1000; ++k) series.points.emplace_back(1.0, 2.0);
  series.points.emplace_back(100.0, 90.0);
  series.points.emplace_back(0.0, 1.0);
  const std::string svg = scatter_chart("id", "t", "d", {"a", "b", tick}, {series});
  const test::Markup markup = test::read_markup(svg);
  EXPECT_EQ(markup.error, "");
  EXPECT_EQ(markup.count("circle"), 3U);  // two points, one of the legend
  EXPECT_EQ(markup.count("polygon"), 1U);
}

}  // namespace
}  // namespace berth
