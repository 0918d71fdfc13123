#include "berth/study/statistics.h"

#include <cmath>

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(Statistics, OfNothingThereAreNone) {
  EXPECT_FALSE(median({}).has_value());
  EXPECT_FALSE(mean({}).has_value());
  EXPECT_FALSE(largest({}).has_value());
  EXPECT_FALSE(growth_exponent({}).has_value());
}

TEST(Statistics, MedianIsTheMiddleOrHalfwayBetweenTheTwoMiddles) {
  EXPECT_EQ(median({3.0, 1.0, 2.0}), 2.0);
  EXPECT_EQ(median({4.0, 1.0, 2.0, 3.0}), 2.5);
  EXPECT_EQ(median({7.0}), 7.0);
}

TEST(Statistics, MeanAndLargest) {
  const std::vector<double> sample = {1.0, 5.0, 3.0};
  EXPECT_EQ(mean(sample), 3.0);
  EXPECT_EQ(largest(sample), 5.0);
}

TEST(Statistics, GrowthExponentOfAPowerIsThePower) {
  std::vector<std::pair<double, double>> points;
  for (const double x : {10.0, 100.0, 1000.0, 5000.0})
    points.emplace_back(x, 3e-7 * std::pow(x, 1.5));
  EXPECT_NEAR(*growth_exponent(points), 1.5, 1e-12);
}

TEST(Statistics, OneSizeSaysNothingAboutGrowth) {
  const std::vector<std::pair<double, double>> points = {{10.0, 1.0}, {10.0, 2.0}};
  EXPECT_FALSE(growth_exponent(points).has_value());
}

}  // namespace
}  // namespace berth
