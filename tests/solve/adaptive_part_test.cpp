// Parts of an assignment: cut out, searched alone, put back.

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "berth/solve/adaptive/finish.h"
#include "berth/solve/adaptive/improve.h"
#include "berth/solve/adaptive/part.h"
#include "berth/solve/adaptive/partition.h"
#include "berth/solve/adaptive/search.h"
#include "berth/solve/greedy/greedy.h"
#include "tests/solve/market_checks.h"
#include "tests/support/assertions.h"
#include "tests/support/random_instance.h"
#include "tests/support/synthetic_instance.h"

namespace berth::adaptive {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

RandomShape large_shape(std::uint64_t seed, bool tight) {
  RandomShape shape = random_shape(seed, tight);
  shape.classes = 20 + static_cast<int>(seed % 21);
  shape.options = 40;
  shape.pools = 6;
  shape.budget = false;  // GH must find a plan
  return shape;
}

/// An instance with GH's plan as an assignment.
struct Planned {
  explicit Planned(Instance of) : instance(std::move(of)), market(instance), assignment(market) {
    GreedyOptions one_order;  // which leaves something to improve
    one_order.several_orders = false;
    const SolveResult result = solve_greedy(instance, one_order, {});
    found = result.solution.has_value();
    if (found) assignment = assignment_of(instance, market, *result.solution);
    // Dear enough that what can be carried is carried.
    worth = high_penalties(market);
    pools = *market.pools;
  }
  [[nodiscard]] double cost(const Assignment& of) { return cost_of(market, pools, of); }

  Instance instance;
  Market market;
  Assignment assignment;
  std::vector<double> worth;
  std::vector<PoolRental> pools;
  bool found = false;
};

/// The state of the part before anything has changed.
State unchanged(const Part& part, std::span<const double> penalty) {
  State state(part.market, penalty);
  for (std::size_t d = 0; d < part.replicas.size(); ++d) {
    if (part.replicas[d] > 0) {
      EXPECT_TRUE(state.change(d, part.replicas[d]));
    }
  }
  return state;
}

/// Part k of the assignment, routed as well as its replicas allow, so that what a search changes is
/// all that changes.
Part cut_routed(Planned& planned, Cutter& cutter, const Partition& partition, std::size_t k,
                std::size_t options) {
  const auto cut = [&] {
    return cutter.cut(planned.assignment, partition.parts[k], partition.owner,
                      static_cast<std::int32_t>(k), options);
  };
  const Part part = cut();
  put_back(part, unchanged(part, high_penalties(part.market)), planned.market, planned.assignment);
  return cut();
}

TEST(AdaptivePart, PutBackUnchangedLeavesTheAssignmentAsItWas) {
  int parts = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Planned planned(random_instance(large_shape(seed, seed % 2 == 0), seed));
    if (!planned.found) continue;
    Random random = Random(seed).split(40);
    const Partition partition = around_open_options(planned.market, planned.assignment, 8, random);
    Cutter cutter(planned.market, planned.worth);
    for (std::size_t k = 0; k < partition.parts.size(); ++k) {
      const Part part = cut_routed(planned, cutter, partition, k, 40);
      const std::vector<double> penalty = high_penalties(part.market);
      const State state = unchanged(part, penalty);
      EXPECT_TRUE(state.complete()) << seed;
      Assignment after = planned.assignment;
      put_back(part, state, planned.market, after);
      EXPECT_EQ(after.replicas, planned.assignment.replicas) << seed;
      EXPECT_TRUE(after.complete()) << seed;
      EXPECT_TRUE(adds_up(planned.market, after)) << seed;
      EXPECT_NEAR(planned.cost(after), planned.cost(planned.assignment), 1e-6) << seed;
      ++parts;
    }
  }
  EXPECT_GT(parts, 100);
}

/// What a part says it costs less is what the whole costs less.
TEST(AdaptivePart, ItsChangeOfCostIsThatOfTheWhole) {
  int better = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Planned planned(random_instance(large_shape(seed, seed % 2 == 0), seed));
    if (!planned.found) continue;
    Random random = Random(seed).split(41);
    const Partition partition = around_open_options(planned.market, planned.assignment, 10, random);
    Cutter cutter(planned.market, planned.worth);
    for (std::size_t k = 0; k < partition.parts.size(); ++k) {
      const Part part = cut_routed(planned, cutter, partition, k, 30);
      const std::vector<double> penalty = high_penalties(part.market);
      const double before = unchanged(part, penalty).cost();
      Search search(part.market, part.worth, Random(seed).split(k), {});
      ASSERT_TRUE(search.begin(part.replicas, 0.05)) << seed;
      for (int step = 0; step < 30; ++step) search.step(0.2);
      EXPECT_LE(search.best_cost(), before + 1e-6) << seed;
      const double change = search.best_cost() - before;
      Assignment after = planned.assignment;
      put_back(part, search.best_state(), planned.market, after);
      EXPECT_TRUE(adds_up(planned.market, after)) << seed;
      EXPECT_TRUE(after.complete()) << seed;
      ASSERT_NEAR(planned.cost(after) - planned.cost(planned.assignment), change, 1e-6)
          << "seed " << seed << ": " << to_string(large_shape(seed, seed % 2 == 0));
      EXPECT_TRUE(finished(planned.instance, planned.market, after).has_value()) << seed;
      if (change < -1e-6) {
        planned.assignment = std::move(after);
        ++better;
      }
    }
  }
  EXPECT_GT(better, 30);
}

/// All parts of a round are cut from the same assignment and put back one after the other.
void play_round(Planned& planned, std::uint64_t seed, bool competing) {
  Random random = Random(seed).split(42);
  const Partition partition = around_open_options(planned.market, planned.assignment, 7, random);
  Cutter cutter(planned.market, planned.worth);
  Assignment merged = planned.assignment;
  double expected = planned.cost(planned.assignment);
  for (std::size_t k = 0; k < partition.parts.size(); ++k) {
    const Part part = cutter.cut(planned.assignment, partition.parts[k], partition.owner,
                                 static_cast<std::int32_t>(k), 30);
    const std::vector<double> penalty = high_penalties(part.market);
    const double before = unchanged(part, penalty).cost();
    Search search(part.market, part.worth, Random(seed).split(k + 100), {});
    ASSERT_TRUE(search.begin(part.replicas, 0.05)) << seed;
    for (int step = 0; step < 20; ++step) search.step(0.2);
    expected += search.best_cost() - before;
    put_back(part, search.best_state(), planned.market, merged);
    ASSERT_TRUE(adds_up(planned.market, merged)) << seed << ", part " << k;
    ASSERT_TRUE(merged.complete()) << seed;
  }
  const double cost = planned.cost(merged);
  if (competing) {
    // Together they may break a limit that each keeps: then the whole costs infinitely much.
    EXPECT_TRUE(std::isinf(cost) || finished(planned.instance, planned.market, merged)) << seed;
  } else {
    EXPECT_LE(cost, expected + 1e-6) << seed;  // less where GH had routed badly
    const std::optional<Solution> plan = finished(planned.instance, planned.market, merged);
    ASSERT_TRUE(plan.has_value()) << seed;
    EXPECT_TRUE(passes_check(planned.instance, *plan)) << seed;
  }
}

TEST(AdaptivePart, PartsOfOneRoundCanAllBePutBack) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    RandomShape shape = large_shape(seed, seed % 2 == 0);
    const bool competing = seed % 2 == 0;
    // Boxes and fixed costs are shared: what one part releases may be what another counts on.
    if (!competing) shape.boxes = shape.groups = shape.fixed_costs = false;
    Planned planned(random_instance(shape, seed));
    if (planned.found) play_round(planned, seed, competing);
  }
}

TEST(AdaptivePart, ARoundDealsOutEveryClassAndEveryOpenOptionOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Planned planned(synthetic_instance({60, 6, 6}, seed));
    ASSERT_TRUE(planned.found);
    Random random(seed);
    const Partition partition = around_open_options(planned.market, planned.assignment, 12, random);
    std::vector<int> seen(planned.market.class_count(), 0);
    for (const auto& part : partition.parts) {
      EXPECT_FALSE(part.empty());
      EXPECT_LE(part.size(), 12U);
      for (const std::uint32_t i : part) ++seen[i];
    }
    EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
    for (std::size_t d = 0; d < planned.market.option_count(); ++d) {
      if (planned.assignment.users[d] == 0) continue;
      EXPECT_GE(partition.owner[d], 0);
      EXPECT_LT(partition.owner[d], static_cast<std::int32_t>(partition.parts.size()));
    }
  }
}

TEST(AdaptivePart, GroupsByTheCheapestOptionHoldEveryClassOnce) {
  const Instance instance = synthetic_instance({50, 6, 6}, 3);
  const Market market(instance);
  const Partition partition = by_cheapest_option(market, 16);
  ASSERT_EQ(partition.parts.size(), 4U);
  std::vector<int> seen(market.class_count(), 0);
  for (const auto& part : partition.parts) {
    EXPECT_LE(part.size(), 16U);
    for (const std::uint32_t i : part) ++seen[i];
  }
  EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
}

/// The cutter keeps its tables clean between cuts.
TEST(AdaptivePart, CuttingTwiceGivesTheSamePart) {
  Planned planned(random_instance(large_shape(5, false), 5));
  ASSERT_TRUE(planned.found);
  Random random(1);
  const Partition partition = around_open_options(planned.market, planned.assignment, 9, random);
  Cutter used(planned.market, planned.worth);
  for (std::size_t k = 0; k < partition.parts.size(); ++k) {
    const auto self = static_cast<std::int32_t>(k);
    const Part one = used.cut(planned.assignment, partition.parts[k], partition.owner, self, 12);
    const Part two = Cutter(planned.market, planned.worth)
                         .cut(planned.assignment, partition.parts[k], partition.owner, self, 12);
    EXPECT_EQ(one.options, two.options);
    EXPECT_EQ(one.entries, two.entries);
    EXPECT_EQ(one.replicas, two.replicas);
    EXPECT_EQ(one.market.base_capacity, two.market.base_capacity);
    EXPECT_EQ(one.market.base_gpus, two.market.base_gpus);
  }
}

}  // namespace
}  // namespace berth::adaptive
