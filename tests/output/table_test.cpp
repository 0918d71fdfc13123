#include "berth/output/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/output/format.h"
#include "tests/output/sample_plans.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : split(text, '\n')) width = std::max(width, display_width(line));
  return width;
}

TEST(Table, SaysWhatMatters) {
  const std::string text = to_table(test::sample_plan());
  for (const char* part : {"azure",
                           "$352.44 per hour",
                           "$257,278 per month",
                           "57 GPUs in 9 boxes",
                           "✓ 4 of 4 classes within their SLOs",
                           "gap 2.1 % to the lower bound $345.00",
                           "llama-3.1-70b-h100-sxm-tp8",
                           "5 × TP8 = 40",
                           "1 × TP4 × PP2 = 8",
                           "96 %",
                           "$275.20",
                           "78 %",
                           "✓ 412 ms",
                           "≤ 1 s · 59 %",
                           "no limit",
                           "2.5 %",
                           "6 × p5.48xlarge on-demand",
                           "rental together",
                           "$347.5",
                           "refused requests",
                           "$3.60",
                           "h100-sxm: 48 GPUs in 6 boxes of 8 (p5.48xlarge on-demand), all busy",
                           "= 5 replicas × TP 8 × PP 1",
                           "! 1 GPU on spot"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Table, FitsAHundredColumns) {
  EXPECT_LE(widest(to_table(test::sample_plan())), 100U);
  EXPECT_LE(widest(to_table(test::smallest_plan())), 100U);
  EXPECT_LE(widest(to_table(test::large_plan(200))), 100U);
}

TEST(Table, IsPlainTextUnlessColoursAreAskedFor) {
  EXPECT_THAT(to_table(test::sample_plan()), Not(HasSubstr("\033")));
  EXPECT_THAT(to_table(test::sample_plan(), {.color = true}), HasSubstr("\033["));
}

TEST(Table, ColoursChangeNothingElse) {
  std::string text = to_table(test::sample_plan(), {.color = true});
  for (std::size_t at = text.find('\033'); at != std::string::npos; at = text.find('\033')) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  EXPECT_EQ(text, to_table(test::sample_plan()));
}

TEST(Table, WideShowsEverything) {
  const std::string text = to_table(test::large_plan(200), {.wide = true});
  for (const char* part :
       {"class-0 ", "class-199", "model-199-gpu", "--max-num-seqs 96", "TPOT TARGET", "CONTEXT"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("…")));
  EXPECT_THAT(text, Not(HasSubstr("more")));
}

TEST(Table, LongListsAreCountedAndBrokenPromisesComeFirst) {
  Plan plan = test::large_plan(60);
  for (PlanClass& row : plan.classes) {
    row.ttft_s = 0.5;
    row.slo_met = true;
  }
  plan.classes[59].ttft_s = 1.2;
  plan.classes[59].slo_met = false;
  const std::string text = to_table(plan);
  EXPECT_THAT(text, HasSubstr("and 36 more classes"));
  EXPECT_THAT(text, HasSubstr("✗ 59 of 60 classes within their SLOs"));
  EXPECT_THAT(text, HasSubstr("✗ 1.2 s"));
  EXPECT_THAT(text, HasSubstr("20 % over"));
}

TEST(Table, NoTrailingBlanksAndNoControlCharacters) {
  for (const Plan& plan : {test::sample_plan(), test::hostile_plan(), test::large_plan(40)}) {
    const std::string text = to_table(plan);
    EXPECT_THAT(text, Not(HasSubstr(" \n")));
    for (const char c : text) {
      EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    }
  }
}

TEST(Table, AnEmptyPlanIsStillATable) { EXPECT_THAT(to_table(Plan{}), HasSubstr("$0.00")); }

TEST(Table, AClassThatIsWhollyRefusedHasNoFigures) {
  Plan plan = test::smallest_plan();
  plan.classes[0].unmet = 1.0;
  plan.routes.clear();
  EXPECT_THAT(to_table(plan), HasSubstr("not served"));
}

}  // namespace
}  // namespace berth
