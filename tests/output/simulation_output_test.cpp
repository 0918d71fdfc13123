// A simulation and a verification as table, page and JSON.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/core/text.h"
#include "berth/output/format.h"
#include "berth/output/report.h"
#include "berth/output/simulation_report.h"
#include "berth/output/simulation_table.h"
#include "berth/output/simulation_words.h"
#include "berth/output/verification.h"
#include "tests/output/markup.h"
#include "tests/output/sample_plans.h"
#include "tests/output/sample_simulation.h"

namespace berth {
namespace {

using test::Markup;
using ::testing::HasSubstr;
using ::testing::Not;

const Plan& plan() {
  static const Plan sample = test::sample_plan();
  return sample;
}

std::string page_text() {
  return test::read_markup(to_html_report(test::sample_simulation(plan()), plan())).text;
}

TEST(SimulationPage, HasTheFiguresOfTheJson) {
  const auto json = nlohmann::json::parse(to_json(test::sample_simulation(plan()), plan()));
  const std::string text = page_text();
  ASSERT_EQ(json["classes"].size(), plan().classes.size());
  for (const auto& row : json["classes"]) {
    EXPECT_THAT(text, HasSubstr(row["name"].get<std::string>()));
    for (const char* time : {"ttft", "tpot", "e2e"}) {
      EXPECT_THAT(text, HasSubstr(format_seconds(row[time]["at_percentile"].get<double>())));
      EXPECT_THAT(text,
                  HasSubstr("predicted " + format_seconds(row["predicted"][time].get<double>())));
      for (const char* quantile : {"p50", "p90", "p95", "p99"}) {
        EXPECT_THAT(text, HasSubstr(format_seconds(row[time][quantile].get<double>())));
      }
    }
  }
  for (const auto& row : json["deployments"]) {
    EXPECT_THAT(text, HasSubstr(row["name"].get<std::string>()));
    EXPECT_THAT(text, HasSubstr(format_count(row["preemptions"].get<long>())));
    EXPECT_THAT(text, HasSubstr(format_percent(row["utilization"].get<double>())));
    // The last stretch is half as long; its mean is not half as high.
    EXPECT_NEAR(row["timeline"]["running"].back().get<double>(), 18.0, 1e-9);
    EXPECT_EQ(row["timeline"]["busy"].size(), row["timeline"]["kv_usage"].size());
  }
}

TEST(SimulationPage, SaysOfEachClassWhetherItHolds) {
  const SimulationReport report = test::sample_simulation(test::large_plan(5));
  const Plan large = test::large_plan(5);
  const std::vector<ReplayVerdict> expected = {ReplayVerdict::kHolds, ReplayVerdict::kUnsure,
                                               ReplayVerdict::kMisses, ReplayVerdict::kMisses,
                                               ReplayVerdict::kUnknown};
  const std::vector<std::string> words = {
      "class-0 holds at 95 % confidence: p95 TTFT 278 ms of 1 s, TPOT 29.5 ms of 50 ms.",
      "class-1 holds, but not at 95 % confidence: 95.5 ±1.0 % of its requests are within TTFT 1 s; "
      "95 % are asked. A longer replay says more.",
      "class-2 misses: 85.0 ±1.0 % of its requests are within TTFT 1 s; 95 % are asked.",
      "class-3 misses: 2,000 of its 10,000 requests were not served; 95 % are asked.",
      "class-4: no request was measured."};
  const std::string text = test::read_markup(to_html_report(report, large)).text;
  for (std::size_t c = 0; c < words.size(); ++c) {
    EXPECT_EQ(verdict_of(report.classes[c]), expected[c]) << c;
    EXPECT_EQ(verdict_sentence(report.classes[c], large), words[c]);
    EXPECT_THAT(text, HasSubstr(words[c]));
  }
  EXPECT_THAT(text, HasSubstr("1 of 5"));
}

TEST(SimulationPage, ManyClassesHaveShortChartsAndFullTables) {
  const Plan large = test::large_plan(200);
  const std::string html = to_html_report(test::sample_simulation(large), large);
  const Markup page = test::read_markup(html);
  EXPECT_LE(page.count("article"), 12U + 3U + 12U);
  EXPECT_THAT(page.text, HasSubstr("40 classes hold at 95 % confidence."));
  EXPECT_THAT(page.text, HasSubstr("the other 188 are in the tables"));
  for (const char* name : {"class-0", "class-198", "model-150-gpu", "gpu-11"}) {
    EXPECT_THAT(page.text, HasSubstr(name));
  }
}

TEST(SimulationPage, NamesCannotBecomeMarkup) {
  const Plan hostile = test::hostile_plan();
  for (const std::string& html : {to_html_report(test::sample_simulation(hostile), hostile),
                                  to_html_report(test::sample_verification(hostile, false))}) {
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<b onload")));
    EXPECT_THAT(html, HasSubstr("chat&lt;script&gt;"));
  }
}

TEST(SimulationPage, PoolsOnlyWhereThereAreSeveral) {
  EXPECT_THAT(page_text(), HasSubstr("By pool"));
  const Plan small = test::smallest_plan();
  const std::string html = to_html_report(test::sample_simulation(small), small);
  EXPECT_THAT(html, Not(HasSubstr("By pool")));
}

TEST(VerificationPage, IsThePlanWithItsReplays) {
  const std::string html = to_html_report(test::sample_verification(plan(), true));
  const Markup page = test::read_markup(html);
  for (const char* part :
       {"$352.44", "Cost by deployment", "Verification", "Plan 2", "4 of 4 hold, chosen", "$351.19",
        "the correction costs $1.25 (0.36 %)", "chat holds at 95 % confidence", "Over time"}) {
    EXPECT_THAT(page.text, HasSubstr(part));
  }
  EXPECT_THAT(to_html_report(plan()), Not(HasSubstr("Verification")));
}

TEST(VerificationPage, SaysWhyItDoesNotHold) {
  const std::string html = to_html_report(test::sample_verification(plan(), false));
  EXPECT_THAT(test::read_markup(html).text,
              HasSubstr("It does not hold: nothing brings class 'batch' within its limits."));
}

TEST(VerificationJson, CostsAndRoundsAgree) {
  const VerifiedPlan verified = test::sample_verification(plan(), true);
  const auto json = nlohmann::json::parse(to_json(verified));
  EXPECT_EQ(json["format"], "berth.verification/1");
  EXPECT_TRUE(json["holds"].get<bool>());
  EXPECT_TRUE(json["why_not"].is_null());
  EXPECT_NEAR(json["cost"]["correction"].get<double>(), 1.25, 1e-9);
  EXPECT_EQ(json["cost"]["first"], json["rounds"][0]["usd_per_hour"]);
  EXPECT_NEAR(json["cost"]["first"].get<double>() + json["cost"]["correction"].get<double>(),
              json["cost"]["verified"].get<double>(), 1e-6);
  EXPECT_EQ(json["rounds"].size(), 3U);
  EXPECT_EQ(json["rounds"][0]["worst"], "batch");
  EXPECT_TRUE(json["rounds"][1]["worst"].is_null());
  EXPECT_TRUE(json["rounds"][1]["worst_share"].is_null());
  EXPECT_EQ(json["simulation"],
            nlohmann::json::parse(to_json(verified.simulation, verified.outcome.plan)));
  const auto failed = nlohmann::json::parse(to_json(test::sample_verification(plan(), false)));
  EXPECT_FALSE(failed["holds"].get<bool>());
  EXPECT_THAT(failed["why_not"].get<std::string>(), HasSubstr("batch"));
}

std::string table(const Plan& of, bool wide, int width = 100) {
  return to_table(test::sample_simulation(of), of, {.color = false, .wide = wide, .width = width});
}

TEST(SimulationTable, PoolsOnlyWhereThereAreSeveral) {
  EXPECT_THAT(table(plan(), false), HasSubstr("POOL  "));
  EXPECT_THAT(table(test::smallest_plan(), false), Not(HasSubstr("POOL  ")));
}

TEST(SimulationTable, WideHasMoreColumnsAndTimelines) {
  for (const char* part : {"P90", "P95", "GOODPUT", "TOKENS/S", "ITL P50", "QUEUED", "OVER TIME"}) {
    EXPECT_THAT(table(plan(), true), HasSubstr(part));
    EXPECT_THAT(table(plan(), false), Not(HasSubstr(part)));
  }
  // Ten stretches of time, ten cells.
  EXPECT_THAT(table(plan(), true), HasSubstr("running  ▁▂▃▃▄▅▆▆▇█  "));
  EXPECT_THAT(table(plan(), true), HasSubstr("llama-3.1-70b-h100-sxm-tp8"));
}

TEST(SimulationTable, KeepsWithinTheTerminal) {
  for (const std::string& line : split(table(plan(), false, 100), '\n')) {
    EXPECT_LE(display_width(line), 100U) << line;
  }
}

TEST(SimulationTable, NamesCannotMoveTheCursor) {
  const Plan hostile = test::hostile_plan();
  for (const bool wide : {false, true}) {
    for (const char c : table(hostile, wide)) EXPECT_TRUE(c == '\n' || c < 0 || c >= ' ');
  }
  for (const char c : to_text(test::sample_verification(hostile, false))) {
    EXPECT_TRUE(c == '\n' || c < 0 || c >= ' ');
  }
}

}  // namespace
}  // namespace berth
