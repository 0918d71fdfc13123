#include "berth/telemetry/histogram.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "berth/telemetry/interval_counts.h"

namespace berth {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double total(const std::vector<LengthBin>& bins) {
  double sum = 0.0;
  for (const LengthBin& bin : bins) sum += bin.share;
  return sum;
}

TEST(Histogram, QuantilesAreLinearInsideABucket) {
  const BucketCounts buckets({{1.0, 10.0}, {2.0, 30.0}, {kInfinite, 40.0}});
  bool beyond = true;
  EXPECT_DOUBLE_EQ(buckets.quantile(0.5, beyond), 1.5);
  EXPECT_FALSE(beyond);
  EXPECT_DOUBLE_EQ(buckets.quantile(0.25, beyond), 1.0);
  EXPECT_DOUBLE_EQ(buckets.quantile(0.9, beyond), 2.0);
  EXPECT_TRUE(beyond);
  EXPECT_DOUBLE_EQ(buckets.beyond_last_edge(), 0.25);
}

TEST(Histogram, CountsThatFallAreMadeMonotoneAndTold) {
  const BucketCounts buckets({{1.0, 10.0}, {2.0, 8.0}, {kInfinite, 20.0}});
  EXPECT_DOUBLE_EQ(buckets.counts()[1].second, 10.0);
  EXPECT_DOUBLE_EQ(buckets.disorder(), 0.1);
}

TEST(Histogram, RefinedLengthsKeepTheBucketsAndTheMean) {
  const BucketCounts buckets(
      {{100.0, 10.0}, {200.0, 40.0}, {500.0, 90.0}, {1000.0, 100.0}, {kInfinite, 100.0}});
  for (const double mean : {190.0, 290.0, 410.0}) {
    const RefinedLengths lengths = refine(buckets, mean);
    EXPECT_TRUE(lengths.mean_fits);
    EXPECT_NEAR(total(lengths.bins), 1.0, 1e-9);
    EXPECT_NEAR(moments_of(lengths.bins).first, mean, 1e-6 * mean);
    EXPECT_NEAR(total(part_of(lengths.bins, 0.0, 200.0)), 0.4, 1e-9);
    EXPECT_NEAR(total(part_of(lengths.bins, 200.0, 500.0)), 0.5, 1e-9);
  }
  EXPECT_FALSE(refine(buckets, 2000.0).mean_fits);
  EXPECT_FALSE(refine(buckets, 20.0).mean_fits);
}

TEST(Histogram, EqualLengthsComeBackAsEqual) {
  const BucketCounts buckets({{500.0, 0.0}, {1000.0, 50.0}, {kInfinite, 50.0}});
  const auto [mean, deviation] = moments_of(refine(buckets, 1000.0).bins);
  EXPECT_DOUBLE_EQ(mean, 1000.0);
  EXPECT_NEAR(deviation, 0.0, 1e-3);
}

TEST(Histogram, WhatLiesBeyondTheLastBucketIsDrawnFromTheMean) {
  const BucketCounts buckets({{100.0, 50.0}, {kInfinite, 100.0}});
  const auto [mean, deviation] = moments_of(refine(buckets, 200.0).bins);
  EXPECT_NEAR(mean, 200.0, 1.0);
  EXPECT_GT(deviation, 100.0);
}

TEST(Histogram, NothingButZeros) {
  const BucketCounts buckets({{0.0, 5.0}, {kInfinite, 5.0}});
  const RefinedLengths lengths = refine(buckets, 0.0);
  EXPECT_EQ(moments_of(lengths.bins).first, 0.0);
  EXPECT_TRUE(lengths.mean_fits);
}

TEST(IntervalCounts, VariabilityOfNeighbours) {
  std::vector<double> even(64, 20.0);
  EXPECT_DOUBLE_EQ(interval_variability(even).value(), 0.0);
  std::vector<double> bursts;
  for (int i = 0; i < 64; ++i) bursts.push_back(i % 2 == 0 ? 40.0 : 0.0);
  EXPECT_DOUBLE_EQ(interval_variability(bursts).value(), 40.0);
  // Gaps are no arrivals of zero.
  even[10] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_DOUBLE_EQ(interval_variability(even).value(), 0.0);
}

TEST(IntervalCounts, TooLittleTellsNothing) {
  EXPECT_EQ(interval_variability(std::vector<double>(15, 100.0)), std::nullopt);
  EXPECT_EQ(interval_variability(std::vector<double>(64, 0.25)), std::nullopt);
  // Two a interval: put together by eights, which leaves 8 of them.
  EXPECT_EQ(interval_variability(std::vector<double>(64, 2.0)), std::nullopt);
  EXPECT_EQ(interval_variability(std::vector<double>(256, 2.0)), 0.0);
}

}  // namespace
}  // namespace berth
