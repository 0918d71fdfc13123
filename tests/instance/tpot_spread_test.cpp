#include "berth/instance/tpot_spread.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

TEST(TpotSpread, OfOneLengthIsANormalQuantile) {
  for (const double output : {2.0, 5.0, 101.0}) {
    EXPECT_NEAR(deviations_of_mean_gap(LengthDistribution::constant(output), 0.95),
                1.644854 / std::sqrt(output - 1.0), 1e-6);
  }
  EXPECT_EQ(deviations_of_mean_gap(LengthDistribution::constant(9.0), 0.5), 0.0);
  EXPECT_EQ(deviations_of_mean_gap(LengthDistribution::constant(1.0), 0.99), 0.0)
      << "one token has no gaps";
}

TEST(TpotSpread, OfManyLengthsIsWhatDrawingFinds) {
  Random random(8);
  const auto normal = [&] {
    return std::sqrt(2.0 * random.exponential()) *
           std::cos(2.0 * std::numbers::pi * random.uniform());
  };
  for (const double deviation : {20.0, 60.0, 150.0}) {
    const auto outputs = LengthDistribution::from_moments(60.0, deviation);
    for (const double percentile : {0.8, 0.95, 0.99}) {
      const double x = deviations_of_mean_gap(outputs, percentile);
      constexpr int kDraws = 200'000;
      int above = 0;
      for (int k = 0; k < kDraws; ++k) {
        const double gaps = std::ceil(outputs.quantile(random.uniform())) - 1.0;
        if (gaps > 0.0 && normal() / std::sqrt(gaps) > x) ++above;
      }
      EXPECT_NEAR(static_cast<double>(above) / kDraws, 1.0 - percentile, 0.1 * (1.0 - percentile))
          << deviation << " " << percentile;
    }
  }
}

TEST(TpotSpread, LongOutputsAreMetMoreOften) {
  FleetClass c;
  c.traffic.prompt_tokens = LengthDistribution::constant(100.0);
  c.traffic.output_tokens = LengthDistribution::from_bins({{9.0, 11.0, 0.5}, {189.0, 191.0, 0.5}});
  // Of ten sequences that run, about 9.5 are long ones, half-way on average.
  const double expected = 100.0 + 0.5 * (10.0 * 0.05 + 190.0 * 0.95);
  EXPECT_NEAR(running_kind(c).context, expected, 1e-6 * expected);
}

}  // namespace
}  // namespace berth
