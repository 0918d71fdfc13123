#include "berth/study/summary.h"

#include <gtest/gtest.h>

namespace berth {
namespace {

StudyRow row(const std::string& set, std::uint64_t seed, const std::string& method,
             std::optional<double> cost, double seconds, std::size_t pairs = 100) {
  StudyRow result;
  result.set = set;
  result.instance = set + "-s" + std::to_string(seed);
  result.seed = seed;
  result.family = "m";
  result.method = method;
  result.status = cost ? "feasible" : "infeasible";
  if (cost) result.cost = CostRate::usd_per_hour(*cost);
  result.solve_seconds = seconds;
  result.pairs = pairs;
  return result;
}

Variant variant(const std::string& name) { return {"m", name, "", {}}; }

Study sample() {
  Study study;
  study.kind = StudyKind::kAblation;
  study.variants = {variant("m"), variant("m without x")};
  study.rows = {row("a", 1, "m", 10.0, 1.0), row("a", 1, "m without x", 11.0, 2.0),
                row("a", 2, "m", 20.0, 3.0), row("a", 2, "m without x", std::nullopt, 4.0),
                row("b", 1, "m", 10.0, 5.0), row("b", 1, "m without x", 9.0, 6.0)};
  study.rows[0].root_bound = 8.0;
  fill_gaps(study.rows);
  return study;
}

TEST(Summary, CountsPlansAndChanges) {
  const std::vector<VariantSummary> all = summarize_variants(sample());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].runs, 3U);
  EXPECT_EQ(all[0].plans, 3U);
  EXPECT_EQ(all[0].median_seconds, 3.0);
  EXPECT_NEAR(*all[0].mean_root_gap, 0.2, 1e-12);
  EXPECT_EQ(all[1].plans, 2U);
  EXPECT_EQ(all[1].infeasible, 1U);
  EXPECT_EQ(all[1].lost, 1U);
  EXPECT_NEAR(*all[1].mean_change, 0.0, 1e-12);  // +10 % and -10 %
  EXPECT_NEAR(*all[1].worst_change, 0.1, 1e-12);
  EXPECT_NEAR(*all[0].worst_gap, 1.0 / 9.0, 1e-12);
  EXPECT_EQ(all[1].total_seconds, 12.0);
}

TEST(Summary, OfEachSetAlone) {
  const std::vector<VariantSummary> sets = summarize_sets(sample());
  ASSERT_EQ(sets.size(), 4U);
  EXPECT_EQ(sets[1].set, "a");
  EXPECT_EQ(sets[1].lost, 1U);
  EXPECT_NEAR(*sets[1].mean_change, 0.1, 1e-12);
  EXPECT_EQ(sets[3].set, "b");
  EXPECT_NEAR(*sets[3].mean_change, -0.1, 1e-12);
}

TEST(Summary, GrowthLeavesOutRunsThatALimitEnded) {
  Study study;
  study.variants = {variant("m")};
  for (const std::size_t pairs : {10U, 100U, 1000U}) {
    study.rows.push_back(
        row("s" + std::to_string(pairs), 1, "m", 1.0, 1e-3 * static_cast<double>(pairs), pairs));
  }
  EXPECT_NEAR(*time_growth(study, "m"), 1.0, 1e-12);
  study.rows.push_back(row("cut", 1, "m", 1.0, 0.001, 100'000));
  study.rows.back().status = "limit";
  EXPECT_NEAR(*time_growth(study, "m"), 1.0, 1e-12);
  study.rows.resize(2);
  EXPECT_FALSE(time_growth(study, "m").has_value()) << "two sizes say little";
}

TEST(Summary, OfNoRowsIsEmpty) {
  Study study;
  study.variants = {variant("m")};
  EXPECT_TRUE(summarize_variants(study).empty());
  EXPECT_TRUE(summarize_sets(study).empty());
}

}  // namespace
}  // namespace berth
