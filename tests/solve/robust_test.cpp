// Plans under budgeted uncertainty, against every subset of classes that may rise.

#include "berth/solve/robust.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/plan/check.h"
#include "berth/solve/milp/formulation.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/registry.h"
#include "tests/support/assertions.h"
#include "tests/support/brute_force.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

InstanceColumns::Uncertainty random_uncertainty(std::size_t classes, std::uint64_t seed,
                                                double budget) {
  Random random(seed);
  InstanceColumns::Uncertainty uncertainty;
  uncertainty.budget = budget;
  for (std::size_t i = 0; i < classes; ++i) {
    uncertainty.load.push_back(0.6 * random.uniform());
    uncertainty.delay.push_back(0.2 * random.uniform());
    uncertainty.error.push_back(0.2 * random.uniform());
  }
  return uncertainty;
}

Instance uncertain_instance(const RandomShape& shape, std::uint64_t seed, double budget) {
  InstanceColumns columns = random_columns(shape, seed);
  columns.uncertainty = random_uncertainty(columns.classes.name.size(), seed, budget);
  return make_instance(std::move(columns));
}

Instance with_budget(const Instance& instance, double budget) {
  InstanceColumns columns = instance.columns();
  columns.uncertainty.budget = budget;
  return make_instance(std::move(columns));
}

RandomShape tiny(std::uint64_t seed) {
  RandomShape shape = random_shape(seed, true);
  shape.classes = 1 + static_cast<int>(seed % 3);
  shape.options = 2 + static_cast<int>(seed % 3);
  return shape;
}

RandomShape medium(std::uint64_t seed) {
  RandomShape shape = random_shape(seed, seed % 2 == 0);
  shape.classes = 5 + static_cast<int>(seed % 6);
  shape.options = 8 + static_cast<int>(seed % 8);
  return shape;
}

int most_replicas(const Instance& instance) {
  double most = 1.0;
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    double load = 0.0;
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      const std::size_t i = instance.columns().pairs.query_class[p].index();
      load += instance.columns().pairs.load[p] * (1.0 + instance.columns().uncertainty.load[i]);
    }
    most = std::max(most, load);
  }
  return static_cast<int>(std::ceil(most));
}

SolveResult solve(const char* method, const Instance& instance) {
  Limits limits;
  limits.threads = 1;
  if (std::string(method) == "auto") limits.time = Seconds{1.0};
  return find_method(method)->solve(instance, 1, limits);
}

/// The most that any option is above its replicas when these classes rise.
double excess(const Instance& instance, const Solution& plan, const std::vector<bool>& risen) {
  const InstanceColumns& columns = instance.columns();
  std::vector<double> load(instance.option_count(), 0.0);
  for (const Route& route : plan.routes) {
    const std::size_t i = route.query_class.index();
    const double rise = risen[i] ? columns.uncertainty.load[i] : 0.0;
    load[route.option.index()] +=
        route.share * columns.pairs.load[*instance.find_pair(route.query_class, route.option)] *
        (1.0 + rise);
  }
  double most = 0.0;
  for (std::size_t d = 0; d < load.size(); ++d) most = std::max(most, load[d] - plan.replicas[d]);
  return most;
}

TEST(Robust, MilpAgreesWithEverySubsetOfRisingClasses) {
  int feasible = 0;
  int infeasible = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const double budget = std::vector{0.5, 1.0, 1.5, 2.0}[seed % 4];
    const Instance instance = uncertain_instance(tiny(seed), seed, budget);
    const std::string name = "seed " + std::to_string(seed) + ", budget " + std::to_string(budget);
    const auto best = brute_force(instance, most_replicas(instance));
    const SolveResult result = solve("milp", instance);
    ASSERT_EQ(result.solution.has_value(), best.has_value()) << name;
    if (!best) {
      EXPECT_TRUE(result.termination.proven) << name;
      ++infeasible;
      continue;
    }
    ++feasible;
    EXPECT_NEAR(result.cost.total().usd(), best->usd(), 1e-5 + 1e-4 * best->usd()) << name;
    EXPECT_LE(*result.lower_bound, best->usd() + 1e-6) << name;
    EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
        << name;
  }
  EXPECT_GT(feasible, 30);
  EXPECT_GT(infeasible, 5);
}

TEST(Robust, HeuristicsAreCheckedNeverBelowTheOptimumAndTheirBoundsHold) {
  double worst = 0.0;
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    const double budget = std::vector{0.7, 1.0, 2.0, 3.5}[seed % 4];
    const Instance instance = uncertain_instance(medium(seed), seed, budget);
    const SolveResult exact = solve("milp", instance);
    for (const char* method : {"gh", "agh"}) {
      const std::string name = std::string(method) + ", seed " + std::to_string(seed);
      const SolveResult result = solve(method, instance);
      if (!result.solution) continue;
      EXPECT_TRUE(
          passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
          << name;
      ASSERT_TRUE(exact.solution.has_value()) << name;
      const double best = exact.cost.total().usd();
      EXPECT_GE(result.cost.total().usd(), *exact.lower_bound - 1e-6) << name;
      if (result.lower_bound) {
        EXPECT_LE(*result.lower_bound, best + 1e-6) << name;
      }
      if (std::string(method) == "agh") {
        worst = std::max(worst, result.cost.total().usd() / best - 1.0);
        ++compared;
      }
    }
    EXPECT_EQ(exact.solution.has_value(), solve("agh", instance).solution.has_value()) << seed;
  }
  EXPECT_GT(compared, 8);
  EXPECT_LT(worst, 0.05);
}

TEST(Robust, NoBudgetIsThePlainProblemAndAFullOneHasAllRisen) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    const Instance instance = uncertain_instance(medium(seed), seed, 0.0);
    const std::vector<double> all(instance.pair_count(), 1.0);
    const std::vector<double> none(instance.pair_count(), 0.0);
    InstanceColumns stated = instance.columns();
    stated.uncertainty = {};
    for (const auto& [budget, plain] : {std::pair(0.0, make_instance(stated)),
                                        std::pair(1e3, risen(with_budget(instance, 1e3), all))}) {
      const SolveResult robust = solve("milp", with_budget(instance, budget));
      const SolveResult same = solve("milp", plain);
      ASSERT_EQ(robust.solution.has_value(), same.solution.has_value()) << seed << " " << budget;
      if (!robust.solution) continue;
      EXPECT_NEAR(robust.cost.total().usd(), same.cost.total().usd(),
                  2e-4 * same.cost.total().usd())
          << seed << " " << budget;
    }
  }
}

TEST(Robust, CostNeverFallsWithTheBudget) {
  for (std::uint64_t seed = 200; seed < 215; ++seed) {
    const Instance instance = uncertain_instance(medium(seed), seed, 0.0);
    double before = 0.0;
    for (const double budget : {0.0, 0.5, 1.0, 2.0, 4.0, 20.0}) {
      const SolveResult result = solve("milp", with_budget(instance, budget));
      if (!result.solution) break;
      EXPECT_GE(result.cost.total().usd(), before * (1.0 - 2e-4)) << seed << " " << budget;
      before = result.cost.total().usd();
    }
  }
}

TEST(Robust, PlansHoldWhicheverClassesRise) {
  for (std::uint64_t seed = 300; seed < 308; ++seed) {
    const Instance instance = uncertain_instance(medium(seed), seed, 2.0);
    for (const char* method : {"gh", "agh", "milp", "auto"}) {
      const SolveResult result = solve(method, instance);
      if (!result.solution) continue;
      Random random(seed);
      for (int draw = 0; draw < 100; ++draw) {
        std::vector<bool> up(instance.class_count(), false);
        up[random.below(up.size())] = true;
        up[random.below(up.size())] = true;
        EXPECT_LE(excess(instance, *result.solution, up), 1e-6) << method << ", seed " << seed;
      }
    }
  }
}

TEST(Robust, CheckerRefusesPlansThatOneRiseBreaks) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId option = builder.add_option(pool, 1);
  for (int i = 0; i < 2; ++i)
    builder.add_pair(builder.add_class({.max_error = 0.1}), option, 0.5, {.error = 0.095});
  InstanceColumns columns = builder.columns();
  columns.uncertainty = {1.0, {0.2, 0.4}, {0.0, 0.0}, {0.0, 0.0}};
  Solution plan{{1}, {1}, {{ClassId(0), option, 1.0}, {ClassId(1), option, 1.0}}, {0.0, 0.0}};
  const auto broken = check(make_instance(columns), plan);
  ASSERT_EQ(broken.size(), 1U);
  EXPECT_EQ(broken[0].rule, Rule::kCapacity);
  EXPECT_THAT(broken[0].message, ::testing::HasSubstr("0.2 more"));
  plan.replicas = plan.boxes = {2};
  EXPECT_TRUE(passes_check(make_instance(columns), plan));
  columns.uncertainty.error = {0.0, 0.1};
  const auto poor = check(make_instance(columns), plan);
  ASSERT_EQ(poor.size(), 1U);
  EXPECT_EQ(poor[0].rule, Rule::kAverageError);
  columns.uncertainty.budget = 0.5;  // half of a tenth: 0.09975
  EXPECT_TRUE(passes_check(make_instance(columns), plan));
}

TEST(Robust, KeepsSwitchingCostsAndTheLimitOnChanges) {
  int limited = 0;
  for (std::uint64_t seed = 400; seed < 410; ++seed) {
    InstanceColumns columns = uncertain_instance(medium(seed), seed, 1.0).columns();
    const SolveResult first = solve("agh", make_instance(columns));
    if (!first.solution) continue;
    auto& now = columns.switching;
    now.replicas = first.solution->replicas;
    now.boxes = first.solution->boxes;
    now.start_cost.assign(now.replicas.size(), CostRate::usd_per_hour(0.3));
    now.stop_cost.assign(now.replicas.size(), CostRate::usd_per_hour(0.1));
    now.rent_cost.assign(now.boxes.size(), CostRate::usd_per_hour(0.2));
    now.max_changes = 4;
    for (double& load : columns.pairs.load) load *= 1.1;
    const Instance instance = make_instance(columns);
    const SolveResult exact = solve("milp", instance);
    for (const char* method : {"gh", "agh", "auto"}) {
      const SolveResult result = solve(method, instance);
      if (!result.solution) continue;
      ++limited;
      EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), {}})) << method;
      ASSERT_TRUE(exact.solution.has_value()) << method;
      EXPECT_GE(result.cost.total().usd(), *exact.lower_bound - 1e-6) << method << " " << seed;
    }
  }
  EXPECT_GT(limited, 10);
}

TEST(Robust, BaselinesSayThatTheyCannot) {
  const Instance instance = uncertain_instance(medium(1), 1, 1.0);
  for (const char* method : {"lpr", "dvr", "hf"}) {
    EXPECT_FALSE(find_method(method)->robust);
    const SolveResult result = solve(method, instance);
    EXPECT_FALSE(result.solution.has_value());
    EXPECT_EQ(result.termination.reason, TerminationReason::kError);
  }
}

TEST(Robust, RowsAndColumnsHaveNamesOfTheirOwn) {
  const Instance instance = uncertain_instance(medium(2), 2, 2.0);
  milp::FormulationOptions options;
  options.strong_rows = milp::StrongRows::kUpFront;
  const milp::Formulation form = milp::formulate(instance, options);
  std::set<std::string> names;
  for (std::size_t c = 0; c < form.model.column_count(); ++c) {
    EXPECT_TRUE(names.insert(milp::column_name(instance, form, c)).second);
  }
  EXPECT_TRUE(std::any_of(names.begin(), names.end(),
                          [](const std::string& n) { return n.starts_with("threshold["); }));
  names.clear();
  for (std::size_t r = 0; r < form.model.row_count(); ++r) {
    EXPECT_TRUE(names.insert(milp::row_name(instance, form, r)).second);
  }
}

}  // namespace
}  // namespace berth
