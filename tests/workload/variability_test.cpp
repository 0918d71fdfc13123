#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/workload/fitting/arrival_variability.h"

namespace berth {
namespace {

/// ca^2 from the definition: counts in windows of `window` s, differences between neighbours.
double by_definition(const std::vector<double>& times, double window) {
  const auto windows = static_cast<std::size_t>(times.back() / window);
  std::vector<double> counts(windows + 1, 0.0);
  for (const double t : times) counts[static_cast<std::size_t>(t / window)] += 1.0;
  double squares = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < windows; ++i) {
    sum += counts[i];
    if (i > 0) squares += (counts[i] - counts[i - 1]) * (counts[i] - counts[i - 1]);
  }
  const auto n = static_cast<double>(windows);
  return squares / (2.0 * (n - 1.0)) / (sum / n);
}

std::vector<double> gamma_arrivals(double rate, double variability, int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> times;
  double time = 0.0;
  for (int i = 0; i < count; ++i) {
    time += random.gamma(1.0 / variability) * variability / rate;
    times.push_back(time);
  }
  return times;
}

std::optional<double> estimate(const std::vector<double>& times) {
  ArrivalVariability variability;
  for (const double t : times) variability.add(t);
  return variability.value();
}

TEST(Variability, EqualsTheDefinition) {
  // 20/s: 4 s hold 80 arrivals; 1/s: 16 s are needed for 10 of them.
  const auto fast = gamma_arrivals(20, 3.0, 20000, 1);
  EXPECT_NEAR(estimate(fast).value(), by_definition(fast, 4.0), 1e-9);
  const auto slow = gamma_arrivals(1, 0.5, 5000, 2);
  EXPECT_NEAR(estimate(slow).value(), by_definition(slow, 16.0), 1e-9);
}

TEST(Variability, EqualsTheDefinitionWithLongGaps) {
  std::vector<double> times;
  double start = 0.0;
  Random random(3);
  for (int burst = 0; burst < 300; ++burst) {
    double t = start += 10.0 + random.uniform() * 100.0;
    for (int i = 0; i < 60; ++i) times.push_back(t += random.exponential() * 0.1);
    start = t;
  }
  const double value = estimate(times).value();
  EXPECT_NEAR(value, by_definition(times, 16.0), 1e-9);
  EXPECT_GT(value, 10.0);
}

TEST(Variability, FindsTheVariabilityOfARenewalProcess) {
  for (const double ca2 : {0.25, 1.0, 4.0}) {
    const double found = estimate(gamma_arrivals(50, ca2, 400000, 7)).value();
    EXPECT_NEAR(found, ca2, 0.1 * ca2);
  }
}

TEST(Variability, ADailyCycleIsNotBurstiness) {
  Random random(9);
  std::vector<double> times;
  double time = 0.0;
  while (time < 2 * 86400.0) {
    // The rate swings between 1 and 9 requests/s over the day.
    const double rate = 5.0 - 4.0 * std::cos(2.0 * std::numbers::pi * time / 86400.0);
    time += random.exponential() / rate;
    times.push_back(time);
  }
  EXPECT_NEAR(estimate(times).value(), 1.0, 0.05);
}

TEST(Variability, EvenArrivalsHaveNone) {
  std::vector<double> times;
  for (int i = 0; i < 10000; ++i) times.push_back(i * 0.03125);
  EXPECT_EQ(estimate(times).value(), 0.0);
}

TEST(Variability, TooLittleToTell) {
  EXPECT_FALSE(estimate({}));
  EXPECT_FALSE(estimate({0.0, 1.0, 2.0}));
  EXPECT_FALSE(estimate(std::vector<double>(1000, 0.0)));
}

}  // namespace
}  // namespace berth
