#include "berth/control/outlook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/simulated_cluster.h"

namespace berth::test {
namespace {

class OutlookTest : public ::testing::Test {
 protected:
  [[nodiscard]] Result<DemandReading> read(int windows = 8) {
    return source_.demand(kBegin - windows * kInterval, kBegin, kInterval);
  }

  Fleet fleet_ = small_fleet();
  SimulatedSource source_;
  OutlookOptions options_;
};

TEST_F(OutlookTest, ATrendGoesOnAsFarAsAChangeTakes) {
  source_.chat = [](double t) { return 20.0 + (t - kBegin) / kInterval; };
  options_.ahead = 3.0;
  const auto outlook = make_outlook(*read(), fleet_, options_);
  ASSERT_TRUE(outlook);
  EXPECT_NEAR(outlook->measured[0].rate, 19.0, 1e-9);
  EXPECT_NEAR(outlook->next[0].rate, 22.0, 1e-9);
  EXPECT_NEAR(outlook->busiest[0].rate, 22.0, 1e-9);
  EXPECT_NEAR(outlook->next[1].rate, 4.0, 1e-9);
}

TEST_F(OutlookTest, AFallKeepsTheBusiestOfSixWindows) {
  source_.chat = [](double t) { return 20.0 - 2.0 * (t - kBegin) / kInterval; };
  const auto outlook = make_outlook(*read(), fleet_, options_);
  ASSERT_TRUE(outlook);
  EXPECT_NEAR(outlook->busiest[0].rate, 32.0, 1e-9);
  EXPECT_LT(outlook->next[0].rate, outlook->measured[0].rate);
}

TEST_F(OutlookTest, ARateIsAtMostDoubledAndNeverNegative) {
  source_.chat = [](double t) { return t >= kBegin - kInterval ? 100.0 : 1.0; };
  options_.ahead = 50.0;
  EXPECT_LE(make_outlook(*read(), fleet_, options_)->next[0].rate, 200.0);
  source_.chat = [](double t) { return t >= kBegin - kInterval ? 1.0 : 100.0; };
  EXPECT_GE(make_outlook(*read(), fleet_, options_)->next[0].rate, 0.5);
}

TEST_F(OutlookTest, AClassThatIsNowhereMeasuredKeepsTheFleetsDemand) {
  Result<DemandReading> reading = read();
  reading->classes.pop_back();
  const auto outlook = make_outlook(*reading, fleet_, options_);
  ASSERT_TRUE(outlook);
  EXPECT_EQ(outlook->next[1].rate, 4.0);
  EXPECT_THAT(outlook->notes, ::testing::ElementsAre(::testing::HasSubstr("summary was never")));
  reading->classes.clear();
  EXPECT_FALSE(make_outlook(*reading, fleet_, options_));
}

TEST_F(OutlookTest, GoodDataFreezeNothing) {
  EXPECT_EQ(reason_to_freeze(*read(), fleet_, options_, kBegin), std::nullopt);
  Result<DemandReading> reading = read();
  reading->newest_sample_s.reset();
  EXPECT_TRUE(reason_to_freeze(*reading, fleet_, options_, kBegin));
}

}  // namespace
}  // namespace berth::test
