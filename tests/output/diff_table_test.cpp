#include "berth/output/diff_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/output/format.h"
#include "tests/output/sample_plans.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string table_of(const Plan& a, const Plan& b, const TableStyle& style = {}) {
  const Result<PlanDiff> diff = diff_plans(a, b);
  EXPECT_TRUE(diff.ok());
  return diff ? to_table(*diff, plan_migration(a, b, *diff), style) : std::string();
}

/// The sample with more of one deployment, another reshaped under its name, one gone.
Plan later_plan() {
  Plan plan = test::sample_plan();
  plan.deployments[0].replicas = 6;
  plan.offers[0].boxes = 7;
  plan.offers[0].gpus = 56;
  plan.deployments[2].max_num_seqs = 128;
  plan.deployments.erase(plan.deployments.begin() + 1);
  for (PlanRoute& route : plan.routes) {
    if (route.deployment.starts_with("qwen")) route.deployment = plan.deployments[0].name;
  }
  plan.routes[2].share = 1.0;
  plan.routes.erase(plan.routes.begin() + 3);
  plan.classes[0].rate = 25.0;
  plan.cost.rental += CostRate::usd_per_hour(55.04);
  return plan;
}

TEST(DiffTable, SaysWhatChangesAndInWhichOrder) {
  const std::string text = table_of(test::sample_plan(), later_plan());
  for (const char* part :
       {"$352.44 → $407.48 per hour (+$55.04)", "0 added, 1 removed, 1 scaled, 1 reshaped, 0 kept",
        "scale by +1", "reshape: seqs 96 → 128", "llama-3.1-8b-l40s-tp1 (new)",
        "llama-3.1-8b-l40s-tp1 (old)", "5 × TP8 = 40", "6 × TP8 = 48", "12.5/s", "25/s",
        "p5.48xlarge on-demand", "+$55.04", "1  rent    1 box of 8",
        "start   9 replicas of llama-3.1-8b-l40s-tp1 (new), then 9",
        "✓ every class keeps its capacity at every step"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_LT(text.find("start   9"), text.find("route   "));
  EXPECT_LT(text.find("route   "), text.find("stop    9"));
}

TEST(DiffTable, EqualPlansAreOneLine) {
  EXPECT_EQ(table_of(test::sample_plan(), test::sample_plan()),
            "No difference: both plans run, route and cost the same\n");
}

TEST(DiffTable, LossesAreTold) {
  const Plan before = test::sample_plan();
  const Plan after = later_plan();
  const Result<PlanDiff> diff = diff_plans(before, after);
  ASSERT_TRUE(diff.ok());
  Migration migration = plan_migration(before, after, *diff);
  migration.lossless = false;
  migration.lost = 2.5;
  migration.steps[2].lost = {{0, 0.25}};
  const std::string text = to_table(*diff, migration);
  EXPECT_THAT(text, HasSubstr("✗ chat loses 25 % until the routes change"));
  EXPECT_THAT(text, HasSubstr("at worst 2.5/s are not served"));
  EXPECT_THAT(text, Not(HasSubstr("✓")));
}

TEST(DiffTable, FitsTheTerminalAndColoursChangeNothingElse) {
  for (const auto& [a, b] : {std::pair(test::sample_plan(), later_plan()),
                             std::pair(test::smallest_plan(), test::sample_plan())}) {
    const std::string plain = table_of(a, b);
    for (const std::string& line : split(plain, '\n')) EXPECT_LE(display_width(line), 100U) << line;
    std::string text = table_of(a, b, {.color = true});
    EXPECT_THAT(text, HasSubstr("\033["));
    for (std::size_t at = text.find('\033'); at != std::string::npos; at = text.find('\033')) {
      text.erase(at, text.find('m', at) - at + 1);
    }
    EXPECT_EQ(text, plain);
  }
}

TEST(DiffTable, HostileNamesPrintNoControlCharacters) {
  for (const auto& [a, b] : {std::pair(test::sample_plan(), test::hostile_plan()),
                             std::pair(test::hostile_plan(), test::sample_plan())}) {
    const std::string text = table_of(a, b);
    for (const char c : text) {
      ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    }
    EXPECT_THAT(text, HasSubstr("different names"));
  }
}

}  // namespace
}  // namespace berth
