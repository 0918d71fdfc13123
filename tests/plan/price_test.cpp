#include "berth/plan/price.h"

#include <gtest/gtest.h>

#include "tests/support/instance_builder.h"

namespace berth {
namespace {

using testing::InstanceBuilder;

/// One class on one option: 2 USD/h a box, 0.25 fixed, 0.10 pair cost, 8 unmet.
struct Fixture {
  Fixture() {
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 2.0);
    const OptionId option = builder.add_option(pool, 1, {0.25, kUnlimited, kNoGroup});
    builder.add_option(pool, 1, {0.5, kUnlimited, kNoGroup});
    const ClassId chat = builder.add_class({8.0, 1.0, kNoLimit, kNoLimit});
    builder.add_pair(chat, option, 1.5, {0.0, 0.0, 0.1});
    instance.emplace(builder.build());
  }
  std::optional<Instance> instance;
};

TEST(Price, AddsRentalFixedPairAndUnmetCosts) {
  const Fixture fixture;
  const Solution solution{{2, 0}, {3}, {{ClassId(0), OptionId(0), 0.75}}, {0.25}};
  const Cost cost = price(*fixture.instance, solution);
  EXPECT_EQ(cost.rental, CostRate::usd_per_hour(6.0));  // boxes are paid, used or not
  EXPECT_EQ(cost.fixed, CostRate::usd_per_hour(0.25));  // once, for the active option alone
  EXPECT_EQ(cost.delay, CostRate::usd_per_hour(0.075));
  EXPECT_EQ(cost.unmet, CostRate::usd_per_hour(2.0));
  EXPECT_EQ(cost.total(), CostRate::usd_per_hour(8.325));
}

TEST(Price, OfNothingIsTheUnmetCost) {
  const Fixture fixture;
  const Solution nothing{{0, 0}, {0}, {}, {1.0}};
  EXPECT_EQ(price(*fixture.instance, nothing).total(), CostRate::usd_per_hour(8.0));
}

TEST(Price, RoundsEachShareUpToWholeMicroDollars) {
  const Fixture fixture;
  const Solution solution{{2, 0}, {2}, {{ClassId(0), OptionId(0), 1.0 / 3.0}}, {2.0 / 3.0}};
  const Cost cost = price(*fixture.instance, solution);
  EXPECT_EQ(cost.delay.micros(), 33'334);
  EXPECT_EQ(cost.unmet.micros(), 5'333'334);
}

}  // namespace
}  // namespace berth
