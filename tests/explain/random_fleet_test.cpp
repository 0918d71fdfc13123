// On random small fleets with many odd limits: what is said about an infeasible one is true.

#include "tests/instance/random_fleet.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "berth/explain/explain.h"
#include "tests/explain/exact_solver.h"

namespace berth {
namespace {

const Catalog& catalog() {
  static const Catalog loaded = load_builtin_catalog().value();
  return loaded;
}

/// Tight service levels are drawn by random_fleet; some fleets get a small budget and quotas.
Fleet tight_fleet(std::uint64_t seed) {
  RandomFleetShape shape;
  shape.classes = 1 + seed % 3;
  shape.models = 3;
  shape.gpus = 3;
  Fleet fleet = random_fleet(catalog(), shape, seed);
  if (seed % 3 == 0) fleet.budget = CostRate::usd_per_hour(5.0);
  if (seed % 2 == 0) {
    for (FleetPool& pool : fleet.pools) {
      for (FleetOffer& offer : pool.offers) offer.max = 1;
    }
  }
  return fleet;
}

/// By the exact method alone, on a fresh build.
Answer has_plan(const Problem& problem, const std::vector<Change>& changes) {
  const Result<Instance> instance = problem.build(changes);
  if (!instance) return Answer::kUnknown;
  const SolveResult result = testing::solve_by_milp(*instance, true, {});
  if (result.solution) return Answer::kYes;
  return result.termination.proven ? Answer::kNo : Answer::kUnknown;
}

TEST(ExplainRandomFleets, ConflictsAreMinimalAndRelaxationsLeaveAPlan) {
  int infeasible = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Fleet fleet = tight_fleet(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Result<Problem> problem = fleet_problem(fleet);
    ASSERT_TRUE(problem.ok()) << to_string(problem.errors().front());
    if (has_plan(*problem, {}) != Answer::kNo) continue;
    ++infeasible;
    const Result<Explanation> e = explain(*problem, testing::solve_by_milp, {});
    ASSERT_TRUE(e.ok()) << to_string(e.errors().front());
    ASSERT_EQ(e->status, Explanation::Status::kInfeasible);
    const std::vector<std::size_t>& conflict = e->conflicts.front().limits;
    ASSERT_FALSE(conflict.empty());
    EXPECT_TRUE(e->conflicts.front().minimal);
    for (std::size_t drop = 0; drop <= conflict.size(); ++drop) {  // the last drops nothing
      std::vector<Change> changes;
      for (std::size_t k = 0; k < problem->limits.size(); ++k) {
        const auto at = std::find(conflict.begin(), conflict.end(), k);
        const auto place = static_cast<std::size_t>(at - conflict.begin());
        if (at == conflict.end() || place == drop) changes.push_back({k, {}});
      }
      EXPECT_EQ(has_plan(*problem, changes), drop == conflict.size() ? Answer::kNo : Answer::kYes);
    }
    EXPECT_FALSE(e->relaxations.empty());
    for (const Relaxation& relaxation : e->relaxations) {
      EXPECT_EQ(has_plan(*problem, relaxation.changes), Answer::kYes);
      EXPECT_TRUE(relaxation.price);
    }
  }
  EXPECT_GE(infeasible, 10);
}

}  // namespace
}  // namespace berth
