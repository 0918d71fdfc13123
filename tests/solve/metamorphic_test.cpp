// What must not change GH's plan, and what must change it exactly so.

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/solve/greedy/greedy.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

constexpr std::uint64_t kSeeds = 120;

void expect_same(const SolveResult& a, const SolveResult& b, std::uint64_t seed) {
  EXPECT_EQ(a.termination.reason, b.termination.reason) << "seed " << seed;
  EXPECT_EQ(a.solution, b.solution) << "seed " << seed;
  EXPECT_EQ(a.cost, b.cost) << "seed " << seed;
}

TEST(Greedy, IsDeterministic) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Instance instance = random_instance(random_shape(seed, true), seed);
    expect_same(solve_greedy(instance, {}, {}), solve_greedy(instance, {}, {}), seed);
  }
}

TEST(Greedy, IgnoresNames) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    InstanceColumns columns = random_columns(random_shape(seed, true), seed);
    const SolveResult before = solve_greedy(make_instance(columns), {}, {});
    for (auto* names : {&columns.classes.name, &columns.pools.name, &columns.offers.name,
                        &columns.options.name, &columns.options.group_name}) {
      for (std::size_t n = 0; n < names->size(); ++n) {
        (*names)[n] = "z" + std::to_string(names->size() - n);
      }
    }
    expect_same(before, solve_greedy(make_instance(columns), {}, {}), seed);
  }
}

TEST(Greedy, IgnoresTheOrderOfThePairs) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const InstanceColumns columns = random_columns(random_shape(seed, true), seed);
    const SolveResult before = solve_greedy(make_instance(columns), {}, {});
    InstanceColumns shuffled = columns;
    Random random(seed);
    for (std::size_t p = columns.pairs.option.size(); p > 1; --p) {
      const std::size_t q = random.below(p);
      auto& pairs = shuffled.pairs;
      std::swap(pairs.option[p - 1], pairs.option[q]);
      std::swap(pairs.query_class[p - 1], pairs.query_class[q]);
      std::swap(pairs.load[p - 1], pairs.load[q]);
      std::swap(pairs.delay[p - 1], pairs.delay[q]);
      std::swap(pairs.error[p - 1], pairs.error[q]);
      std::swap(pairs.cost[p - 1], pairs.cost[q]);
    }
    expect_same(before, solve_greedy(make_instance(shuffled), {}, {}), seed);
  }
}

// Rental and fixed costs are whole, so they double exactly. A share of a rate is rounded to the
// micro-dollar, so those parts may differ by one for each route and class.
TEST(Greedy, DoublingAllPricesDoublesTheCost) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    InstanceColumns columns = random_columns(random_shape(seed, true), seed);
    const SolveResult once = solve_greedy(make_instance(columns), {}, {});
    for (auto* rates : {&columns.classes.unmet_cost, &columns.offers.cost,
                        &columns.options.fixed_cost, &columns.pairs.cost}) {
      for (CostRate& rate : *rates) rate = rate * 2;
    }
    if (columns.budget != kNoBudget) columns.budget = columns.budget * 2;
    const SolveResult twice = solve_greedy(make_instance(columns), {}, {});
    ASSERT_EQ(once.solution, twice.solution) << "seed " << seed;
    if (!once.solution) continue;
    EXPECT_EQ(once.cost.rental * 2, twice.cost.rental) << "seed " << seed;
    EXPECT_EQ(once.cost.fixed * 2, twice.cost.fixed) << "seed " << seed;
    const auto rounded =
        static_cast<std::int64_t>(once.solution->routes.size() + once.solution->unmet.size());
    EXPECT_LE(std::abs((once.cost.total() * 2 - twice.cost.total()).micros()), rounded);
  }
}

}  // namespace
}  // namespace berth
