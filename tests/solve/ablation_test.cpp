// Each mechanism can be switched off; the plans stay valid.

#include <gtest/gtest.h>

#include "berth/solve/greedy/greedy.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

TEST(GreedyAblation, EveryCombinationIsValidOrInfeasible) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Instance instance = random_instance(random_shape(seed, true), seed);
    for (int mask = 0; mask < 8; ++mask) {
      GreedyOptions options;
      options.feasibility_filter = (mask & 1) != 0;
      options.coverage_ranking = (mask & 2) != 0;
      options.parallelism_scaling = (mask & 4) != 0;
      const SolveResult result = solve_greedy(instance, options, {});
      if (!result.solution) continue;
      EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), std::nullopt}))
          << "seed " << seed << ", mask " << mask;
    }
  }
}

TEST(GreedyAblation, WithoutM1AnOptionTooLargeForItsPoolIsTried) {
  InstanceBuilder builder;
  const PoolId small = builder.add_pool();
  const PoolId large = builder.add_pool();
  builder.add_offer(small, 0.1, 1, 2);
  builder.add_offer(large, 3.0);
  const OptionId never = builder.add_option(small, 4);  // four GPUs where two can be had
  const OptionId sound = builder.add_option(large, 1);
  const ClassId chat = builder.add_class();
  builder.add_pair(chat, never, 0.5);
  builder.add_pair(chat, sound, 0.5);
  const Instance instance = builder.build();
  EXPECT_TRUE(solve_greedy(instance, {}, {}).solution.has_value());
  GreedyOptions without;
  without.feasibility_filter = false;
  const SolveResult result = solve_greedy(instance, without, {});
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
}

TEST(GreedyAblation, WithoutM2TheCheapestOptionIsTakenWhateverItCovers) {
  InstanceBuilder builder;
  const PoolId cheap = builder.add_pool();
  const PoolId dear = builder.add_pool();
  builder.add_offer(cheap, 1.0);
  builder.add_offer(dear, 3.0);
  const OptionId slow = builder.add_option(cheap, 1);
  const OptionId fast = builder.add_option(dear, 1);
  const ClassId chat = builder.add_class();
  builder.add_pair(chat, slow, 9.5);  // ten replicas, 10 USD/h
  builder.add_pair(chat, fast, 0.9);  // one replica, 3 USD/h
  const Instance instance = builder.build();
  EXPECT_EQ(solve_greedy(instance, {}, {}).cost.rental, CostRate::usd_per_hour(3.0));
  GreedyOptions without;
  without.coverage_ranking = false;
  EXPECT_EQ(solve_greedy(instance, without, {}).cost.rental, CostRate::usd_per_hour(10.0));
}

// One configuration a model and GPU type: the first class opens the small one, which cannot serve
// the second class. Only re-shaping it into the large one serves both.
TEST(GreedyAblation, WithoutM3AGroupShutsOutTheSecondClass) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId one = builder.add_option(pool, 1, {0.0, kUnlimited, 0});
  const OptionId two = builder.add_option(pool, 2, {0.0, kUnlimited, 0});
  const ClassId chat = builder.add_class();
  const ClassId code = builder.add_class();
  builder.add_pair(chat, one, 0.9);
  builder.add_pair(chat, two, 0.6);
  builder.add_pair(code, two, 0.3);
  const Instance instance = builder.build();
  const SolveResult with = solve_greedy(instance, {}, {});
  ASSERT_TRUE(with.solution.has_value());
  EXPECT_EQ(with.solution->replicas, (std::vector<std::int32_t>{0, 1}));
}

}  // namespace
}  // namespace berth
