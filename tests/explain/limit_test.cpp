#include "berth/explain/limit.h"

#include <gtest/gtest.h>

#include "berth/explain/ladder.h"

namespace berth {
namespace {

TEST(Limit, TimesClimbByTwoDigits) {
  const Limit limit{LimitKind::kTtft, 0, "chat", 1.0, 1};
  EXPECT_EQ(relaxed_value(limit, 1), 1.1);
  EXPECT_EQ(relaxed_value(limit, 89), 9.9);
  EXPECT_EQ(relaxed_value(limit, 90), 10.0);
  EXPECT_EQ(relaxed_value(limit, 91), 11.0);
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kTpot, 0, "chat", 0.02, 1}, 1), 0.021);
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kTpot, 0, "chat", 0.0255, 1}, 1), 0.026);
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kTtft, 0, "chat", 0.3, 1}, 1), 0.31);
  EXPECT_GT(*relaxed_value(Limit{LimitKind::kAverageDelay, 0, "chat", 0.0, 1}, 1), 0.0);
  EXPECT_FALSE(relaxed_value(limit, 10'000));
}

TEST(Limit, SharesAndScoresMoveByPoints) {
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kUnmet, 0, "chat", 0.0, 1}, 3), 0.03);
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kUnmet, 0, "chat", 0.055, 1}, 1), 0.06);
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kUnmet, 0, "chat", 0.0, 1}, 100), 1.0);
  EXPECT_FALSE(relaxed_value(Limit{LimitKind::kUnmet, 0, "chat", 0.0, 1}, 101));
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kQuality, 0, "chat", 0.8, 1}, 1), 0.79);
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kQuality, 0, "chat", 0.795, 1}, 1), 0.79);
  EXPECT_FALSE(relaxed_value(Limit{LimitKind::kQuality, 0, "chat", 0.05, 1}, 6));
}

TEST(Limit, QuotasGrowByBoxes) {
  EXPECT_EQ(relaxed_value(Limit{LimitKind::kQuota, 0, "h100", 16.0, 8}, 2), 32.0);
  EXPECT_EQ(small_step(Limit{LimitKind::kQuota, 0, "h100", 16.0, 8}), 24.0);
  EXPECT_FALSE(relaxed_value(Limit{LimitKind::kOneConfig, 0, "", 1.0, 1}, 1));
}

TEST(Ladder, ClimbFindsTheLowestRungThatDoes) {
  for (std::int64_t wanted = 1; wanted < 200; ++wanted) {
    const std::optional<Climb> found =
        climb([&](std::int64_t k) { return k >= wanted ? Answer::kYes : Answer::kNo; });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rung, wanted);
    EXPECT_TRUE(found->sure);
  }
}

TEST(Ladder, UnknownAnswersAreNotCalledSure) {
  const std::optional<Climb> found =
      climb([](std::int64_t k) { return k >= 8 ? Answer::kYes : Answer::kUnknown; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rung, 8);
  EXPECT_FALSE(found->sure);
  EXPECT_FALSE(climb([](std::int64_t) { return Answer::kUnknown; }));
}

TEST(Ladder, SeveralLimitsShareAFactor) {
  const std::vector<Limit> limits = {{LimitKind::kTtft, 0, "a", 0.2, 1},
                                     {LimitKind::kTtft, 1, "b", 3.0, 1}};
  const std::vector<std::size_t> both = {0, 1};
  const std::vector<Change> changes = rung(limits, both, 4);
  EXPECT_EQ(changes[0].value, 0.28);
  EXPECT_EQ(changes[1].value, 4.2);
}

}  // namespace
}  // namespace berth
