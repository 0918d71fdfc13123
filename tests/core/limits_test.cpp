#include "berth/core/limits.h"

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(Deadline, WithoutLimitsIsNeverReached) {
  const Deadline deadline{Limits{}};
  EXPECT_FALSE(deadline.reached());
  EXPECT_GE(deadline.elapsed_seconds(), 0.0);
}

TEST(Deadline, ZeroTimeIsReachedAtOnce) {
  const Deadline deadline{Limits{.time = Seconds(0.0)}};
  EXPECT_TRUE(deadline.expired());
  EXPECT_TRUE(deadline.reached());
  EXPECT_FALSE(deadline.stopped());
}

TEST(Deadline, StopFlagIsSeen) {
  StopFlag flag;
  const Deadline deadline{Limits{.stop = &flag}};
  EXPECT_FALSE(deadline.reached());
  flag.request_stop();
  EXPECT_TRUE(deadline.stopped());
  EXPECT_TRUE(deadline.reached());
  EXPECT_FALSE(deadline.expired());
}

TEST(StopFlag, StopsWithItsParentButNotTheOtherWayRound) {
  StopFlag parent;
  StopFlag part(&parent);
  StopFlag other(&parent);
  EXPECT_FALSE(part.stop_requested());
  part.request_stop();
  EXPECT_TRUE(part.stop_requested());
  EXPECT_FALSE(parent.stop_requested());
  EXPECT_FALSE(other.stop_requested());
  parent.request_stop();
  EXPECT_TRUE(other.stop_requested());
}

}  // namespace
}  // namespace berth
