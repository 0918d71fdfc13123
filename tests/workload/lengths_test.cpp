#include "berth/workload/lengths.h"

#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

TEST(Lengths, ConstantIsOnePoint) {
  const LengthDistribution lengths = LengthDistribution::constant(500);
  EXPECT_EQ(lengths.mean(), 500);
  EXPECT_EQ(lengths.standard_deviation(), 0);
  EXPECT_EQ(lengths.squared_variation(), 0);
  EXPECT_EQ(lengths.max(), 500);
  for (const double p : {0.0, 0.3, 1.0}) EXPECT_EQ(lengths.quantile(p), 500);
}

TEST(Lengths, OfNothing) {
  const LengthDistribution lengths;
  EXPECT_EQ(lengths.max(), 0);
  EXPECT_EQ(lengths.quantile(0.5), 0);
  EXPECT_EQ(lengths.squared_variation(), 0);
}

TEST(Lengths, FromMomentsIsTheLogNormal) {
  const LengthDistribution lengths = LengthDistribution::from_moments(1155, 1109);
  EXPECT_EQ(lengths.mean(), 1155);
  EXPECT_EQ(lengths.standard_deviation(), 1109);
  const double sigma2 = std::log1p(1109.0 * 1109.0 / (1155.0 * 1155.0));
  const double mu = std::log(1155.0) - sigma2 / 2;
  EXPECT_NEAR(lengths.quantile(0.5), std::exp(mu), 0.01 * std::exp(mu));
  const double p95 = std::exp(mu + 1.6448536 * std::sqrt(sigma2));
  EXPECT_NEAR(lengths.quantile(0.95), p95, 0.01 * p95);
  EXPECT_EQ(lengths.bins().size(), 64U);
}

TEST(Lengths, BinsGiveTheirMomentsAndAreNormalised) {
  const LengthDistribution lengths = LengthDistribution::from_bins({{0, 100, 3}, {100, 300, 1}});
  EXPECT_DOUBLE_EQ(lengths.bins()[0].share, 0.75);
  EXPECT_DOUBLE_EQ(lengths.mean(), 0.75 * 50 + 0.25 * 200);
  EXPECT_DOUBLE_EQ(lengths.quantile(0.375), 50);
  EXPECT_DOUBLE_EQ(lengths.quantile(0.75), 100);
  EXPECT_DOUBLE_EQ(lengths.quantile(0.875), 200);
  EXPECT_DOUBLE_EQ(lengths.quantile(1), 300);
}

TEST(Lengths, EmptyBinsAreSkipped) {
  const LengthDistribution lengths = LengthDistribution::from_bins(
      {{0, 10, 0}, {10, 20, 1}, {20, 40, 0}, {40, 50, 1}, {50, 90, 0}});
  EXPECT_EQ(lengths.quantile(0), 10);
  EXPECT_EQ(lengths.quantile(1), 50);
  EXPECT_EQ(lengths.max(), 50);
  EXPECT_EQ(lengths.quantile(0.5), 20);
}

TEST(LengthsProperty, QuantileNeverFallsAndStaysInside) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<LengthBin> bins;
    double edge = std::floor(random.uniform() * 50);
    const auto count = 1 + random.below(12);
    for (std::uint64_t i = 0; i < count; ++i) {
      const double lower = edge + static_cast<double>(random.below(3));
      edge = lower + static_cast<double>(random.below(100));
      bins.push_back({lower, edge, random.uniform() < 0.2 ? 0.0 : random.uniform()});
    }
    bins.front().share += 0.1;
    const LengthDistribution lengths = LengthDistribution::from_bins(bins);
    double last = bins.front().lower;
    for (int i = 0; i <= 1000; ++i) {
      const double q = lengths.quantile(i / 1000.0);
      ASSERT_GE(q, last);
      last = q;
    }
    ASSERT_LE(last, lengths.max());
    ASSERT_GE(lengths.mean(), bins.front().lower);
    ASSERT_LE(lengths.mean(), lengths.max());
  }
}

}  // namespace
}  // namespace berth
