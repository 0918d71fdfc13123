#include "berth/perf/queueing.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

TEST(ErlangC, MatchesClosedForms) {
  for (const double rho : {0.01, 0.3, 0.5, 0.9, 0.99}) {
    EXPECT_NEAR(erlang_c(1.0, rho), rho, 1e-14);                            // M/M/1
    EXPECT_NEAR(erlang_c(2.0, rho), 2.0 * rho * rho / (1.0 + rho), 1e-14);  // M/M/2
    const double a = 3.0 * rho;                                             // M/M/3 from its sum
    const double last = a * a * a / 6.0 / (1.0 - rho);
    EXPECT_NEAR(erlang_c(3.0, rho), last / (1.0 + a + a * a / 2.0 + last), 1e-14);
  }
}

TEST(ErlangC, TabulatedValues) {
  // Queueing tables: 10 servers at 8 Erlang, 100 at 90 (Halfin-Whitt regime).
  EXPECT_NEAR(erlang_c(10.0, 0.8), 0.4092, 5e-5);
  EXPECT_NEAR(erlang_c(100.0, 0.9), 0.2170, 5e-4);
}

TEST(ErlangC, StableForManyServersAndContinuousIntoTheBound) {
  EXPECT_GT(erlang_c(1e4, 0.999), 0.0);
  EXPECT_LT(erlang_c(1e4, 0.5), 1e-12);
  EXPECT_NEAR(erlang_c(20000.0, 0.99), erlang_c(20001.0, 0.99),
              2e-4 * erlang_c(20000.0, 0.99) + 1e-6);
  EXPECT_NEAR(erlang_c(5.5, 0.7), std::sqrt(erlang_c(5.0, 0.7) * erlang_c(6.0, 0.7)), 1e-14);
  EXPECT_EQ(erlang_c(5.0, 0.0), 0.0);
}

TEST(ErlangC, FallsWithServersRisesWithUtilization) {
  for (const double rho : {0.2, 0.5, 0.8, 0.95}) {
    for (double c = 1.0; c < 200.0; c *= 2.0) {  // beyond, rho = 0.2 underflows
      EXPECT_GT(erlang_c(c, rho), erlang_c(2.0 * c, rho));
      EXPECT_LT(erlang_c(c, rho), erlang_c(c, rho + 0.01));
    }
  }
}

TEST(WaitExceeds, MM1) {
  // P(W > t) = rho exp(-(1 - rho) mu t)
  for (const double t : {0.0, 0.5, 3.0}) {
    EXPECT_NEAR(wait_exceeds(t, 1.0, 0.7, 2.0, 1.0, 1.0), 0.7 * std::exp(-0.3 * t / 2.0), 1e-14);
  }
}

TEST(WaitExceeds, MMcAndVariability) {
  const double c = 4.0;
  const double rho = 0.85;
  const double exponential = erlang_c(c, rho) * std::exp(-c * (1.0 - rho) * 1.5);
  EXPECT_NEAR(wait_exceeds(1.5, c, rho, 1.0, 1.0, 1.0), exponential, 1e-14);
  EXPECT_GT(wait_exceeds(1.5, c, rho, 1.0, 4.0, 1.0), exponential);
  EXPECT_LT(wait_exceeds(1.5, c, rho, 1.0, 1.0, 0.0), exponential);
  EXPECT_EQ(wait_exceeds(1.5, c, rho, 1.0, 0.0, 0.0), 0.0);
  EXPECT_EQ(wait_exceeds(-1.0, c, rho, 1.0, 1.0, 1.0), 1.0);
}

/// Largest utilisation by the definition.
double exact(double slack, double servers, double service, double ca2, double cs2,
             double percentile) {
  double low = 0.0;
  double high = kMaxUtilization;
  if (wait_exceeds(slack, servers, high, service, ca2, cs2) <= 1.0 - percentile) return high;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (wait_exceeds(slack, servers, middle, service, ca2, cs2) <= 1.0 - percentile ? low : high) =
        middle;
  }
  return low;
}

TEST(MaxUtilization, NeverOptimisticAndWithinTwoPercent) {
  Random random(21);
  double worst = 0.0;
  for (int i = 0; i < 4000; ++i) {
    const double servers = std::pow(10.0, 3.3 * random.uniform());
    const double service = std::pow(10.0, 4.0 * random.uniform() - 2.0);
    const double slack = service * std::pow(10.0, 6.0 * random.uniform() - 5.0);
    const double ca2 = 4.0 * random.uniform() + 0.05;
    const double cs2 = 3.0 * random.uniform();
    const double percentile = 1.0 - std::pow(10.0, -0.3 - 3.5 * random.uniform());
    const double fast = max_utilization(slack, servers, service, ca2, cs2, percentile);
    const double reference = exact(slack, servers, service, ca2, cs2, percentile);
    ASSERT_LE(fast, reference + 1e-9) << "c " << servers << " slack/S " << slack / service << " p "
                                      << percentile << " ca2 " << ca2 << " cs2 " << cs2;
    worst = std::max(worst, reference - fast);
  }
  EXPECT_LE(worst, 0.02);
  RecordProperty("worst_pessimism", std::to_string(worst));
  std::cout << "worst pessimism " << worst << "\n";
}

TEST(MaxUtilization, EveryServerCountNearTheTableEdges) {
  for (double servers = 1.0; servers < 5000.0;
       servers = servers < 140.0 ? servers + 1.0 : servers * 1.07) {
    for (const double slack : {1e-4, 0.05, 1.0}) {
      for (const double percentile : {0.5, 0.95, 0.999}) {
        const double fast = max_utilization(slack, servers, 1.0, 1.0, 1.0, percentile);
        const double reference = exact(slack, servers, 1.0, 1.0, 1.0, percentile);
        ASSERT_LE(fast, reference + 1e-9) << servers << " " << slack << " " << percentile;
        ASSERT_GE(fast, reference - 0.02) << servers << " " << slack << " " << percentile;
      }
    }
  }
}

TEST(MaxUtilization, MonotoneAndBounded) {
  double previous = 0.0;
  for (double slack = 1e-6; slack < 1e3; slack *= 1.3) {
    const double rho = max_utilization(slack, 17.0, 2.0, 1.5, 0.8, 0.95);
    EXPECT_GE(rho, previous);
    EXPECT_LE(rho, kMaxUtilization);
    previous = rho;
  }
  EXPECT_EQ(previous, kMaxUtilization);
  EXPECT_LE(max_utilization(0.1, 8.0, 1.0, 1.0, 1.0, 0.99),
            max_utilization(0.1, 8.0, 1.0, 1.0, 1.0, 0.9));
  EXPECT_LE(max_utilization(0.1, 8.0, 1.0, 3.0, 1.0, 0.95),
            max_utilization(0.1, 8.0, 1.0, 1.0, 1.0, 0.95));
}

TEST(MaxUtilization, EdgesOfTheDomain) {
  EXPECT_EQ(max_utilization(0.0, 8.0, 1.0, 1.0, 1.0, 0.95), 0.0);
  EXPECT_EQ(max_utilization(-1.0, 8.0, 1.0, 1.0, 1.0, 0.95), 0.0);
  EXPECT_EQ(max_utilization(1.0, 0.5, 1.0, 1.0, 1.0, 0.95), 0.0);
  EXPECT_EQ(max_utilization(1.0, 8.0, 1.0, 1.0, 1.0, 1.0), 0.0);
  EXPECT_EQ(max_utilization(1.0, 8.0, 1.0, 0.0, 0.0, 0.95), kMaxUtilization);
  EXPECT_EQ(max_utilization(HUGE_VAL, 8.0, 1.0, 1.0, 1.0, 0.95), kMaxUtilization);
  EXPECT_GT(max_utilization(0.1, 1e6, 1.0, 1.0, 1.0, 0.95), 0.95);
}

}  // namespace
}  // namespace berth
