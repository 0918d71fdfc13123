#include "berth/core/money.h"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

TEST(Money, RoundsToTheNearestMicroDollar) {
  EXPECT_EQ(CostRate::usd_per_hour(55.04).micros(), 55'040'000);
  EXPECT_EQ(CostRate::usd_per_hour(0.0000004).micros(), 0);
  EXPECT_EQ(CostRate::usd_per_hour(0.0000006).micros(), 1);
  EXPECT_EQ(CostRate::usd_per_hour(-1.5).micros(), -1'500'000);
  EXPECT_DOUBLE_EQ(CostRate::usd_per_hour(3.9).usd(), 3.9);
}

TEST(Money, TotalDoesNotDependOnTheOrder) {
  Random random(1);
  std::vector<CostRate> rates;
  for (int i = 0; i < 1000; ++i) rates.push_back(CostRate::usd_per_hour(1000.0 * random.uniform()));
  const CostRate forward = std::accumulate(rates.begin(), rates.end(), CostRate());
  const CostRate backward = std::accumulate(rates.rbegin(), rates.rend(), CostRate());
  EXPECT_EQ(forward, backward);
  CostRate undone = forward;
  for (const CostRate rate : rates) undone -= rate;
  EXPECT_EQ(undone, CostRate());
}

TEST(Money, MillionLargestRatesStillFit) {
  const CostRate largest = CostRate::usd_per_hour(0.999e9);
  EXPECT_EQ((largest * 1'000).micros() / 1'000, largest.micros());
  EXPECT_LT(largest.micros(), std::numeric_limits<std::int64_t>::max() / 1'000);
}

TEST(Money, ShareIsAPureFunctionOfRateAndShare) {
  const CostRate rate = CostRate::usd_per_hour(10.0);
  EXPECT_EQ(rate.share(0.25).micros(), 2'500'000);
  EXPECT_EQ(rate.share(1.0), rate);
  EXPECT_EQ(rate.share(0.0), CostRate());
  EXPECT_EQ(rate.share(1.0 / 3.0), rate.share(1.0 / 3.0));
  EXPECT_EQ(rate.share(1.0 / 3.0).micros(), 3'333'334) << "rounded up: never below the true cost";
}

TEST(Money, Compares) {
  EXPECT_LT(CostRate::usd_per_hour(1), CostRate::usd_per_hour(2));
  EXPECT_EQ(3 * CostRate::usd_per_hour(1), CostRate::usd_per_hour(3));
  EXPECT_EQ(-CostRate::usd_per_hour(1) + CostRate::usd_per_hour(1), CostRate());
}

}  // namespace
}  // namespace berth
