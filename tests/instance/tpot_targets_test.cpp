#include "berth/instance/tpot_targets.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/instance/instance.h"

namespace berth {
namespace {

using ::testing::ElementsAre;

struct Slo {
  double ttft = 0.0;  // 0 = no limit
  double tpot = 0.0;
  double e2e = 0.0;
};

FleetClass class_with(double output, const Slo& slo) {
  FleetClass c;
  c.traffic.output_tokens = LengthDistribution::constant(output);
  if (slo.ttft > 0.0) c.slo.ttft = Seconds(slo.ttft);
  if (slo.tpot > 0.0) c.slo.tpot = Seconds(slo.tpot);
  if (slo.e2e > 0.0) c.slo.e2e = Seconds(slo.e2e);
  return c;
}

TEST(TpotLimit, IsTheTpotSloOrWhatEndToEndLeaves) {
  EXPECT_FALSE(tpot_limit(class_with(101, {})).has_value());
  EXPECT_EQ(tpot_limit(class_with(101, {0, 0.05, 0})), Seconds(0.05));
  // 100 later tokens in 10 s, of which 1 s is the TTFT SLO's.
  EXPECT_DOUBLE_EQ(tpot_limit(class_with(101, {1.0, 0, 10.0}))->value, 0.09);
  // Without a TTFT SLO a fifth is reserved.
  EXPECT_DOUBLE_EQ(tpot_limit(class_with(101, {0, 0, 10.0}))->value, 0.08);
  EXPECT_DOUBLE_EQ(tpot_limit(class_with(101, {20.0, 0, 10.0}))->value, 0.08);
  EXPECT_DOUBLE_EQ(tpot_limit(class_with(101, {0, 0.05, 10.0}))->value, 0.05);
  EXPECT_FALSE(tpot_limit(class_with(1, {0, 0, 10.0})).has_value()) << "no later token";
}

TEST(ChooseTargets, KeepsFewDistinctLimitsAsTheyAre) {
  EXPECT_THAT(choose_targets({Seconds(0.1), Seconds(0.05), Seconds(0.1)}, 4),
              ElementsAre(Seconds(0.05), Seconds(0.1)));
  EXPECT_THAT(choose_targets({}, 4), ElementsAre());
}

TEST(ChooseTargets, OneTargetIsTheStrictest) {
  EXPECT_THAT(choose_targets({Seconds(0.1), Seconds(0.02), Seconds(0.5)}, 1),
              ElementsAre(Seconds(0.02)));
}

TEST(ChooseTargets, ClosesTheSmallestGaps) {
  EXPECT_THAT(choose_targets({Seconds(0.020), Seconds(0.021), Seconds(0.1), Seconds(0.11)}, 2),
              ElementsAre(Seconds(0.020), Seconds(0.1)));
}

double loss(const std::vector<Seconds>& limits, const std::vector<Seconds>& targets) {
  double sum = 0.0;
  for (const Seconds limit : limits) {
    const auto above = std::upper_bound(targets.begin(), targets.end(), limit);
    if (above == targets.begin()) return kNoLimit;
    sum += std::log(limit.value / std::prev(above)->value);
  }
  return sum;
}

TEST(ChooseTargets, NoOtherChoiceLosesLess) {
  Random random(11);
  for (int round = 0; round < 40; ++round) {
    std::vector<Seconds> limits;
    for (std::size_t k = 0; k < 8; ++k) {
      limits.emplace_back(0.01 * static_cast<double>(1 + random.below(12)));
    }
    const int count = 1 + static_cast<int>(random.below(4));
    const std::vector<Seconds> chosen = choose_targets(limits, count);
    EXPECT_LE(chosen.size(), static_cast<std::size_t>(count));
    EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
    double best = kNoLimit;
    for (unsigned subset = 1; subset < 256; ++subset) {
      std::vector<Seconds> targets;
      for (std::size_t k = 0; k < 8; ++k) {
        if ((subset >> k & 1U) != 0) targets.push_back(limits[k]);
      }
      std::sort(targets.begin(), targets.end());
      if (targets.size() <= static_cast<std::size_t>(count)) {
        best = std::min(best, loss(limits, targets));
      }
    }
    EXPECT_NEAR(loss(limits, chosen), best, 1e-12);
  }
}

TEST(OptionTargets, NoTargetComesLastAndOnlyForClassesWithoutALimit) {
  Fleet fleet;
  fleet.classes = {class_with(100, {0, 0.1, 0}), class_with(100, {}),
                   class_with(100, {0, 0.05, 0})};
  EXPECT_THAT(option_targets(fleet),
              ElementsAre(std::optional(Seconds(0.05)), std::optional(Seconds(0.1)), std::nullopt));
  EXPECT_TRUE(target_allowed(Seconds(0.05), Seconds(0.05)));
  EXPECT_FALSE(target_allowed(Seconds(0.1), Seconds(0.05)));
  EXPECT_FALSE(target_allowed(std::nullopt, Seconds(0.05)));
  EXPECT_TRUE(target_allowed(std::nullopt, std::nullopt));
  EXPECT_TRUE(target_allowed(Seconds(0.05), std::nullopt));
}

}  // namespace
}  // namespace berth
