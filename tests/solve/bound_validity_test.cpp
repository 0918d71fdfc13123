// The bound is never above what some plan costs, and never below the linear relaxations it claims
// to include.

#include <algorithm>
#include <cmath>
#include <optional>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/instance/instance_json.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/relaxation.h"
#include "tests/support/brute_force.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"
#include "tests/support/shared_instances.h"

namespace berth::bound {
namespace {

using testing::OracleAnswer;
using testing::random_instance;
using testing::random_shape;
using testing::RandomShape;

constexpr double kHalfMicro = 0.5e-6;

Bound best_bound(const Instance& instance) {
  Limits limits;
  limits.gap = 0.0;
  limits.threads = 1;
  return Lagrangian(instance).improve({}, limits);
}

/// Of the best plan; nullopt if there is none.
std::optional<double> optimum(const Instance& instance) {
  Limits limits;
  limits.gap = 0.0;
  const SolveResult result = milp::solve_milp(instance, {}, limits);
  if (!result.solution) return std::nullopt;
  return result.cost.total().usd();
}

TEST(BoundValidity, NeverAboveTheOptimumOfRandomInstancesOfEveryFeature) {
  int feasible = 0;
  int infeasible = 0;
  int proven_infeasible = 0;
  double gaps = 0.0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const RandomShape shape = random_shape(seed, seed % 2 == 1);
    const Instance instance = random_instance(shape, seed);
    const Bound bound = best_bound(instance);
    const std::optional<double> best = optimum(instance);
    if (!best) {
      ++infeasible;
      proven_infeasible += bound.infeasible ? 1 : 0;
      continue;
    }
    ++feasible;
    EXPECT_FALSE(bound.infeasible) << "seed " << seed << ": " << to_string(shape);
    EXPECT_LE(bound.value, *best + kHalfMicro) << "seed " << seed << ": " << to_string(shape);
    gaps += (*best - bound.value) / std::max(1e-6, *best);
  }
  EXPECT_GT(feasible, 200);
  EXPECT_LT(gaps / feasible, 0.12) << "valid, but it proves little";
  EXPECT_GT(infeasible, 20);
  EXPECT_GT(proven_infeasible, infeasible / 2);
}

TEST(BoundValidity, NeverAboveWhatTryingEverythingFinds) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RandomShape shape = random_shape(seed, true);
    shape.classes = 1 + static_cast<int>(seed % 3);
    shape.options = 2 + static_cast<int>(seed % 3);
    const Instance instance = random_instance(shape, seed);
    const auto best = testing::brute_force(instance, 12);
    if (!best) continue;
    ++compared;
    EXPECT_LE(best_bound(instance).value, best->usd() + kHalfMicro)
        << "seed " << seed << ": " << to_string(shape);
  }
  EXPECT_GT(compared, 40);
}

TEST(BoundValidity, AtLeastTheLinearRelaxationWithStrongRows) {
  milp::MilpOptions options;
  options.dominance = false;
  options.formulation.box_rows = false;  // these say more about boxes than the bound does
  options.formulation.tight_bounds = false;
  int compared = 0;
  for (std::uint64_t seed = 300; seed < 420; ++seed) {
    const RandomShape shape = random_shape(seed, seed % 2 == 1);
    const Instance instance = random_instance(shape, seed);
    const auto relaxed = milp::relaxation_bound(instance, options, 60.0);
    if (!relaxed) continue;
    ++compared;
    EXPECT_GE(best_bound(instance).value, *relaxed * (1.0 - 1e-3) - 1e-6)
        << "seed " << seed << ": " << to_string(shape);
  }
  EXPECT_GT(compared, 60);
}

TEST(BoundValidity, EveryPassIsValidAndTheBoundOnlyRises) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Instance instance = random_instance(random_shape(seed, false), seed);
    const std::optional<double> best = optimum(instance);
    if (!best) continue;
    const Lagrangian lagrangian(instance);
    double last = 0.0;
    BoundOptions options;
    options.on_improved = [&](double bound, const Prices& prices) {
      EXPECT_GT(bound, last) << "seed " << seed;
      EXPECT_LE(bound, *best + kHalfMicro) << "seed " << seed;
      // Whatever the pass remembered from earlier ones, the prices prove it by themselves.
      EXPECT_GE(lagrangian.prove(prices), bound * (1.0 - 1e-9)) << "seed " << seed;
      last = bound;
    };
    Limits limits;
    limits.gap = 0.0;
    const Bound bound = lagrangian.improve(options, limits);
    EXPECT_EQ(bound.value, last);
    EXPECT_GE(bound.value, lagrangian.prove(lagrangian.cheapest_prices()));
  }
}

TEST(BoundValidity, AnyPricesGiveABound) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Instance instance = random_instance(random_shape(seed, seed % 2 == 1), seed);
    const std::optional<double> best = optimum(instance);
    if (!best) continue;
    const Lagrangian lagrangian(instance);
    Prices prices = lagrangian.cheapest_prices();
    Random random(seed);
    for (int draw = 0; draw < 20; ++draw) {
      for (auto* column :
           {&prices.demand, &prices.pool, &prices.delay, &prices.error, &prices.group}) {
        for (double& price : *column) price = random.uniform() < 0.2 ? 0.0 : 9.0 * random.uniform();
      }
      prices.budget = random.uniform();
      EXPECT_LE(lagrangian.prove(prices), *best + kHalfMicro) << "seed " << seed;
    }
  }
}

TEST(BoundValidity, KnownInstances) {
  const auto known = testing::known_instances();
  if (known.empty()) GTEST_SKIP() << "the instances with known optima are not beside the checkout";
  for (const testing::KnownInstance& item : known) {
    const auto instance = read_instance(item.path);
    ASSERT_TRUE(instance.ok());
    const Bound bound = best_bound(*instance);
    EXPECT_LE(bound.value, item.objective + 1e-6) << item.name;
    if (item.name.starts_with("t7")) {
      EXPECT_GE(bound.value, 0.95 * item.objective);
    }
    if (item.name.starts_with("t5")) {
      EXPECT_GE(bound.value, 49.70) << "its average limits need prices of very unlike size";
    }
  }
}

}  // namespace
}  // namespace berth::bound
