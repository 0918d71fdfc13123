// Plans beside one that runs: the exact method against trying everything, the heuristics against
// the exact method.

#include "berth/solve/replan.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/instance/dominance.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/registry.h"
#include "berth/solve/rental.h"
#include "tests/support/assertions.h"
#include "tests/support/brute_force.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

constexpr int kMostReplicas = 5;

/// Something runs, at random; leaving it costs about what a replica costs.
InstanceColumns with_something_running(InstanceColumns columns, std::uint64_t seed) {
  Random random(seed);
  auto& now = columns.switching;
  for (std::size_t d = 0; d < columns.options.name.size(); ++d) {
    const auto most =
        static_cast<std::uint64_t>(1 + std::min<std::int32_t>(3, columns.options.max_replicas[d]));
    now.replicas.push_back(random.uniform() < 0.5 ? static_cast<std::int32_t>(random.below(most))
                                                  : 0);
    now.start_cost.push_back(CostRate::usd_per_hour(2.0 * random.uniform()));
    now.stop_cost.push_back(CostRate::usd_per_hour(0.5 * random.uniform()));
  }
  for (std::size_t o = 0; o < columns.offers.name.size(); ++o) {
    const auto most =
        static_cast<std::uint64_t>(1 + std::min<std::int32_t>(2, columns.offers.max[o]));
    now.boxes.push_back(static_cast<std::int32_t>(random.below(most)));
    now.rent_cost.push_back(CostRate::usd_per_hour(random.uniform()));
  }
  if (random.uniform() < 0.4) now.max_changes = static_cast<std::int32_t>(random.below(6));
  return columns;
}

Instance random_running(std::uint64_t seed, bool small) {
  RandomShape shape = random_shape(seed, true);
  shape.budget = false;  // heuristics count the start of boxes into it: docs/replan.md
  if (small) {
    shape.classes = 1 + static_cast<int>(seed % 3);
    shape.options = 2 + static_cast<int>(seed % 3);
  }
  return make_instance(with_something_running(random_columns(shape, seed), seed));
}

int most_replicas(const Instance& instance) {
  double most = kMostReplicas;
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    double load = 0.0;
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      load += instance.columns().pairs.load[p];
    }
    most = std::max(most, std::ceil(load));
  }
  return static_cast<int>(most);
}

TEST(Replan, TheExactMethodAgreesWithTryingEverything) {
  int compared = 0;
  int limited = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const Instance instance = random_running(seed, true);
    const auto best = brute_force(instance, most_replicas(instance));
    milp::MilpOptions options;
    options.warm_start = seed % 2 == 0;
    const SolveResult result = milp::solve_milp(instance, options, Limits{});
    ASSERT_EQ(best.has_value(), result.solution.has_value()) << "seed " << seed;
    if (!best) continue;
    ++compared;
    limited += instance.columns().switching.max_changes != kUnlimited ? 1 : 0;
    ASSERT_TRUE(
        passes_check(instance, *result.solution,
                     {.objective = result.cost.total(), .lower_bound = result.lower_bound}));
    EXPECT_NEAR(result.cost.total().usd(), best->usd(), 1e-4 * std::max(1.0, best->usd()))
        << "seed " << seed;
  }
  EXPECT_GT(compared, 60);
  EXPECT_GT(limited, 15);
}

TEST(Replan, HeuristicsKeepEveryLimitAndComeNear) {
  int found = 0;
  int exact = 0;
  std::vector<double> gaps;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    const Instance instance = random_running(seed, false);
    const SolveResult best = milp::solve_milp(instance, milp::MilpOptions{}, Limits{});
    for (const char* name : {"gh", "agh", "milp", "auto"}) {
      const SolveResult result = find_method(name)->solve(instance, 1, Limits{});
      if (!result.solution) continue;
      ASSERT_TRUE(best.solution) << name << ", seed " << seed;
      ASSERT_TRUE(
          passes_check(instance, *result.solution,
                       {.objective = result.cost.total(), .lower_bound = result.lower_bound}))
          << name << ", seed " << seed;
      const double cost = best.cost.total().usd();
      EXPECT_GE(result.cost.total().usd(), cost * (1.0 - 1e-4) - 1e-6) << name << " " << seed;
      if (std::string_view(name) == "agh") {
        gaps.push_back(cost > 0.0 ? result.cost.total().usd() / cost - 1.0 : 0.0);
        ++found;
      }
      if (std::string_view(name) == "milp") ++exact;
    }
  }
  ASSERT_GT(found, 30);
  EXPECT_GE(found, exact * 9 / 10) << "AGH finds few plans";
  std::sort(gaps.begin(), gaps.end());
  EXPECT_LE(gaps[gaps.size() / 2], 0.005);
  EXPECT_LE(gaps[gaps.size() * 9 / 10], 0.10);
}

/// What runs is the plan of the same problem.
Instance running_its_own_plan(std::uint64_t seed, const Solution& plan, double price) {
  RandomShape shape = random_shape(seed, false);
  InstanceColumns columns = random_columns(shape, seed);
  auto& now = columns.switching;
  now.replicas = plan.replicas;
  now.boxes = plan.boxes;
  now.start_cost.assign(plan.replicas.size(), CostRate::usd_per_hour(price));
  now.stop_cost.assign(plan.replicas.size(), CostRate::usd_per_hour(price));
  now.rent_cost.assign(plan.boxes.size(), CostRate::usd_per_hour(price));
  return make_instance(std::move(columns));
}

TEST(Replan, TheSameDemandChangesNothing) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Instance first = random_instance(random_shape(seed, false), seed);
    const SolveResult plan = find_method("milp")->solve(first, 1, Limits{});
    if (!plan.solution) continue;
    ++compared;
    const Instance again = running_its_own_plan(seed, *plan.solution, 0.01);
    for (const char* name : {"gh", "agh", "milp"}) {
      const SolveResult result = find_method(name)->solve(again, 1, Limits{});
      ASSERT_TRUE(result.solution) << name;
      EXPECT_EQ(changes_of(again, *result.solution), 0) << name << ", seed " << seed;
      EXPECT_EQ(result.cost.total(), plan.cost.total()) << name << ", seed " << seed;
    }
  }
  EXPECT_GT(compared, 25);
}

TEST(Replan, FewerChangesNeverCostLess) {
  for (std::uint64_t seed = 3; seed < 40; seed += 4) {
    InstanceColumns columns = random_running(seed, true).columns();
    double before = std::numeric_limits<double>::infinity();
    for (const std::int32_t most : {0, 1, 2, 4, 8, kUnlimited}) {
      columns.switching.max_changes = most;
      const Instance instance = make_instance(InstanceColumns(columns));
      const SolveResult result = milp::solve_milp(instance, milp::MilpOptions{}, Limits{});
      if (!result.solution) {
        EXPECT_TRUE(std::isinf(before)) << "fewer changes were enough: seed " << seed;
        continue;
      }
      EXPECT_LE(changes_of(instance, *result.solution), most);
      EXPECT_LE(result.cost.total().usd(), before * (1.0 + 1e-4) + 1e-6) << seed;
      before = result.cost.total().usd();
    }
  }
}

TEST(Replan, TooFewChangesSayHowManyAreNeeded) {
  InstanceBuilder builder;
  const ClassId chat = builder.add_class();
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(chat, option, 7.5);
  InstanceColumns columns = builder.columns();
  columns.switching = {{2}, {CostRate::usd_per_hour(0.1)}, {CostRate()}, {2}, {CostRate()}, 3};
  const Instance instance = make_instance(std::move(columns));
  for (const char* name : {"gh", "agh"}) {
    const SolveResult result = find_method(name)->solve(instance, 1, Limits{});
    EXPECT_FALSE(result.solution);
    EXPECT_NE(result.termination.detail.find("at most 3 replicas may start or stop; the fewest "
                                             "found that carry the demand are 6"),
              std::string::npos)
        << result.termination.detail;
  }
}

TEST(Replan, TheCheckerSeesChangesAndTheirCost) {
  const Instance instance = random_running(12, true);
  const SolveResult result = milp::solve_milp(instance, milp::MilpOptions{}, Limits{});
  ASSERT_TRUE(result.solution);
  InstanceColumns columns = instance.columns();
  columns.switching.max_changes =
      static_cast<std::int32_t>(changes_of(instance, *result.solution)) - 1;
  ASSERT_GE(columns.switching.max_changes, 0) << "choose a seed that changes something";
  EXPECT_TRUE(breaks(Rule::kChanges, make_instance(std::move(columns)), *result.solution));
  Claims claims;
  claims.objective = result.cost.total() - CostRate::micro_usd_per_hour(1);
  EXPECT_TRUE(breaks(Rule::kObjective, instance, *result.solution, claims));
}

TEST(PoolRentalBesideBoxes, CheapestOfKeptAndNewOnes) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    const auto offers = 1 + random.below(3);
    for (std::uint64_t o = 0; o < offers; ++o) {
      builder.add_offer(pool, 0.5 + 3.0 * random.uniform(), 1 << random.below(4),
                        static_cast<std::int32_t>(1 + random.below(4)));
    }
    InstanceColumns columns = builder.columns();
    for (std::uint64_t o = 0; o < offers; ++o) {
      columns.switching.boxes.push_back(static_cast<std::int32_t>(random.below(4)));
      columns.switching.rent_cost.push_back(CostRate::usd_per_hour(2.0 * random.uniform()));
    }
    // A replica of one option needs all the GPUs asked for, so that trying everything answers.
    PoolRental probe(make_instance(InstanceColumns(builder.columns())), pool);
    for (std::int64_t gpus = 1; gpus <= probe.obtainable(); ++gpus) {
      InstanceBuilder one = builder;
      const OptionId option = one.add_option(pool, static_cast<std::int32_t>(gpus));
      one.add_pair(one.add_class(), option, 1.0);
      InstanceColumns whole = one.columns();
      whole.switching = columns.switching;
      whole.switching.replicas = {1};
      whole.switching.start_cost = whole.switching.stop_cost = {CostRate()};
      const Instance instance = make_instance(std::move(whole));
      PoolRental rental(instance, pool);
      ASSERT_EQ(rental.cost(gpus), brute_force(instance, 1)->micros()) << seed << " " << gpus;
      Solution solution{
          {1}, std::vector<std::int32_t>(offers, 0), {{ClassId(0), option, 1.0}}, {0.0}};
      rental.choose(gpus, solution.boxes);
      EXPECT_EQ(price(instance, solution).total().micros(), rental.cost(gpus));
      EXPECT_TRUE(passes_check(instance, solution));
    }
  }
}

TEST(DominanceBesideARunningPlan, NeverChangesTheOptimum) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Instance instance = random_running(seed, true);
    milp::MilpOptions options;
    options.dominance = false;
    const SolveResult all = milp::solve_milp(instance, options, Limits{});
    const SolveResult fewer =
        milp::solve_milp(without_dominated(instance).instance, options, Limits{});
    ASSERT_EQ(all.solution.has_value(), fewer.solution.has_value()) << seed;
    if (!all.solution) continue;
    EXPECT_NEAR(all.cost.total().usd(), fewer.cost.total().usd(),
                1e-4 * std::max(1.0, all.cost.total().usd()))
        << seed;
  }
}

}  // namespace
}  // namespace berth
