// Fleets whose conflict is known by construction, one for each kind of limit.

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "berth/explain/explain.h"
#include "tests/explain/exact_solver.h"

namespace berth {
namespace {

using Kinds = std::multiset<LimitKind>;

/// One model on one GPU type; the class and everything else are given.
Fleet fleet_of(const std::string& offer, const std::string& classes, const std::string& rest = {}) {
  const std::string text = "format: berth.fleet/1\nmodels: [llama-3.1-8b]\n" +
                           ("pools: [{name: h100, gpu: h100-sxm, offers: [" + offer + "]}]\n") +
                           "classes:\n" + classes + rest;
  Result<Fleet> fleet = parse_fleet("test", text, ".");
  if (!fleet) throw std::runtime_error(to_string(fleet.errors().front()));
  return std::move(fleet).value();
}

std::string a_class(const std::string& name, const std::string& rest) {
  return "  - {name: " + name +
         ", rate: 20, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 2s, tpot: 60ms}" + rest +
         "}\n";
}

const char* const kOffer = "{name: any, lot: 1, cost: 4}";
const char* const kNoHeadroom = "policy: {headroom: 0}\n";

Explanation explained(const Fleet& fleet) {
  Result<Explanation> result = explain_fleet(fleet, testing::solve_by_oracle, {});
  if (!result) throw std::runtime_error(to_string(result.errors().front()));
  return std::move(result).value();
}

Kinds conflict_kinds(const Explanation& e) {
  Kinds kinds;
  EXPECT_EQ(e.status, Explanation::Status::kInfeasible);
  for (const std::size_t k : e.conflicts.front().limits) kinds.insert(e.limits[k].kind);
  return kinds;
}

/// The relaxation of one limit of this kind.
const Relaxation* single(const Explanation& e, LimitKind kind) {
  for (const Relaxation& r : e.relaxations) {
    if (r.changes.size() == 1 && e.limits[r.changes.front().limit].kind == kind) return &r;
  }
  return nullptr;
}

CostRate least_cost(const Fleet& fleet) {
  const Explanation e = explained(fleet);
  EXPECT_EQ(e.status, Explanation::Status::kFeasible);
  return e.best ? e.best->cost : CostRate();
}

TEST(ExplainFleet, ABudgetTooLowIsRaisedToTheLeastRental) {
  Fleet fleet = fleet_of(kOffer, a_class("chat", ""), std::string("budget: 1\n") + kNoHeadroom);
  const Explanation e = explained(fleet);
  EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kBudget, LimitKind::kUnmet}));
  EXPECT_TRUE(e.conflicts.front().minimal);
  const Relaxation* budget = single(e, LimitKind::kBudget);
  ASSERT_NE(budget, nullptr);
  ASSERT_TRUE(budget->changes.front().value);
  EXPECT_TRUE(budget->smallest);
  fleet.budget.reset();
  EXPECT_EQ(*budget->changes.front().value, least_cost(fleet).usd());
  EXPECT_EQ(budget->price->cost, least_cost(fleet));
  EXPECT_EQ(&e.relaxations.front(), budget) << "refusing requests is told last";
}

TEST(ExplainFleet, AQuotaTooLowIsRaisedByWholeBoxes) {
  Fleet fleet = fleet_of("{name: owned, lot: 1, cost: 4, max: 1}",
                         "  - {name: chat, rate: 100, prompt_tokens: 1000, output_tokens: 200, "
                         "slo: {ttft: 2s, tpot: 60ms}}\n",
                         kNoHeadroom);
  const Explanation e = explained(fleet);
  EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kQuota, LimitKind::kUnmet}));
  const Relaxation* quota = single(e, LimitKind::kQuota);
  ASSERT_NE(quota, nullptr);
  ASSERT_TRUE(quota->changes.front().value);
  EXPECT_TRUE(quota->smallest);
  fleet.pools[0].offers[0].max.reset();
  // At 4 USD/h a GPU the cheapest plan is the one of fewest GPUs.
  EXPECT_EQ(4.0 * *quota->changes.front().value, least_cost(fleet).usd());
  EXPECT_EQ(quota->price->cost, least_cost(fleet));
}

TEST(ExplainFleet, AnImpossibleTtftIsRaisedAndTheNearestMissIsTold) {
  Fleet fleet = fleet_of(kOffer, a_class("hasty", ""), kNoHeadroom);
  fleet.classes[0].slo.ttft = Seconds(0.001);
  const Explanation e = explained(fleet);
  EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kTtft, LimitKind::kUnmet}));
  ASSERT_EQ(e.uncoverable.size(), 1U);
  EXPECT_NE(e.uncoverable.front().message.find("TTFT"), std::string::npos);
  const Relaxation* ttft = single(e, LimitKind::kTtft);
  ASSERT_NE(ttft, nullptr);
  ASSERT_TRUE(ttft->changes.front().value);
  fleet.classes[0].slo.ttft = Seconds(*ttft->changes.front().value);
  EXPECT_EQ(ttft->price->cost, least_cost(fleet));
}

TEST(ExplainFleet, AnImpossibleTpotAndEndToEndTimeAreNamed) {
  Fleet fleet = fleet_of(kOffer, a_class("hasty", ""), kNoHeadroom);
  fleet.classes[0].slo.tpot = Seconds(0.0001);
  EXPECT_EQ(conflict_kinds(explained(fleet)), (Kinds{LimitKind::kTpot, LimitKind::kUnmet}));
  fleet.classes[0].slo.tpot = Seconds(0.05);
  fleet.classes[0].slo.e2e = Seconds(0.01);
  const Explanation e = explained(fleet);
  EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kE2e, LimitKind::kUnmet}));
  EXPECT_NE(single(e, LimitKind::kE2e), nullptr);
}

TEST(ExplainFleet, AnImpossibleQualityIsLoweredToWhatTheModelHas) {
  for (const char* const mode : {"strict", "average"}) {
    const Fleet fleet = fleet_of(
        kOffer, a_class("picky", std::string(", quality: {min: 0.99, mode: ") + mode + "}"),
        kNoHeadroom);
    const Explanation e = explained(fleet);
    EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kQuality, LimitKind::kUnmet})) << mode;
    const Relaxation* quality = single(e, LimitKind::kQuality);
    ASSERT_NE(quality, nullptr) << mode;
    const ModelSpec& model = fleet.catalog.model(fleet.models.front());
    const double score = model.quality.at("general");
    EXPECT_LE(*quality->changes.front().value, score) << mode;
    EXPECT_GT(*quality->changes.front().value, score - 0.01) << mode;
  }
}

TEST(ExplainFleet, RefusalThatMustBeAllowedIsAsSmallAsCanBe) {
  const Fleet fleet = fleet_of("{name: owned, lot: 1, cost: 4, max: 1}",
                               "  - {name: chat, rate: 100, prompt_tokens: 1000, output_tokens: "
                               "200, slo: {ttft: 2s, tpot: 60ms}}\n",
                               kNoHeadroom);
  const Explanation e = explained(fleet);
  const Relaxation* unmet = single(e, LimitKind::kUnmet);
  ASSERT_NE(unmet, nullptr);
  ASSERT_TRUE(unmet->changes.front().value);
  EXPECT_GT(*unmet->changes.front().value, 0.0);
  EXPECT_LT(*unmet->changes.front().value, 1.0);
  EXPECT_TRUE(unmet->smallest);
}

TEST(ExplainFleet, TwoLimitsTogetherAreBothInTheConflict) {
  // Enough GPUs of one kind and money for the other, but neither alone: 1 H100 at 4 USD/h, and
  // more of them at 100.
  const Fleet fleet =
      fleet_of("{name: owned, lot: 1, cost: 4, max: 1}, {name: dear, lot: 1, cost: 1000}",
               "  - {name: chat, rate: 100, prompt_tokens: 1000, output_tokens: 200, "
               "slo: {ttft: 2s, tpot: 60ms}}\n",
               std::string("budget: 200\n") + kNoHeadroom);
  const Explanation e = explained(fleet);
  EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kBudget, LimitKind::kQuota, LimitKind::kUnmet}));
  EXPECT_TRUE(e.conflicts.front().minimal);
  EXPECT_NE(single(e, LimitKind::kBudget), nullptr);
  EXPECT_NE(single(e, LimitKind::kQuota), nullptr);
}

TEST(ExplainFleet, ClassesThatAreAllTooHastyAreRelaxedByACommonFactor) {
  Fleet fleet = fleet_of(kOffer, a_class("one", "") + a_class("two", ""), kNoHeadroom);
  fleet.classes[0].slo.ttft = Seconds(0.001);
  fleet.classes[1].slo.ttft = Seconds(0.002);
  const Explanation e = explained(fleet);
  EXPECT_EQ(e.conflicts.size(), 2U);
  EXPECT_EQ(single(e, LimitKind::kTtft), nullptr);
  const auto joint =
      std::find_if(e.relaxations.begin(), e.relaxations.end(), [&](const Relaxation& r) {
        return r.changes.size() == 2 && e.limits[r.changes.front().limit].kind == LimitKind::kTtft;
      });
  ASSERT_NE(joint, e.relaxations.end());
  EXPECT_NEAR(2.0 * *joint->changes[0].value, *joint->changes[1].value, 1e-9);
}

TEST(ExplainFleet, HeadroomIsALimitToo) {
  Fleet fleet = fleet_of("{name: owned, lot: 1, cost: 4, max: 2}", a_class("chat", ""),
                         "policy: {headroom: 5}\n");
  const Explanation e = explained(fleet);
  EXPECT_EQ(conflict_kinds(e), (Kinds{LimitKind::kQuota, LimitKind::kHeadroom, LimitKind::kUnmet}));
  const Relaxation* headroom = single(e, LimitKind::kHeadroom);
  ASSERT_NE(headroom, nullptr);
  ASSERT_TRUE(headroom->changes.front().value);
  fleet.policy.headroom = *headroom->changes.front().value;
  EXPECT_EQ(headroom->price->cost, least_cost(fleet));
  fleet.policy.headroom += 0.01;
  EXPECT_EQ(explained(fleet).status, Explanation::Status::kInfeasible);
}

}  // namespace
}  // namespace berth
