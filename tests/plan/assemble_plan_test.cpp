#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/plan/check_plan.h"
#include "berth/plan/deployment_name.h"
#include "berth/plan/plan.h"
#include "berth/plan/warnings.h"
#include "tests/plan/planned_fleet.h"

namespace berth {
namespace {

using test::Planned;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Planned& two_pools() {
  static const Planned planned = test::plan_fleet(test::kTwoPools);
  return planned;
}

TEST(AssemblePlan, SaysWhatTheSolutionSays) {
  const Planned& planned = two_pools();
  const Plan& plan = planned.plan;
  EXPECT_EQ(plan.cost, price(planned.built.instance, planned.solution));
  EXPECT_EQ(plan.routes.size(), planned.solution.routes.size());
  const int replicas =
      std::accumulate(plan.deployments.begin(), plan.deployments.end(), 0,
                      [](int sum, const PlanDeployment& d) { return sum + d.replicas; });
  EXPECT_EQ(replicas,
            std::accumulate(planned.solution.replicas.begin(), planned.solution.replicas.end(), 0));
  EXPECT_NEAR(*plan.gap, 1.0 - 1.0 / plan.cost.total().usd(), 1e-12);
  EXPECT_EQ(plan.solve_seconds, 0.25);
}

TEST(AssemblePlan, DeploymentsShareTheRentalToTheMicroDollar) {
  const Plan& plan = two_pools().plan;
  CostRate sum;
  for (const PlanDeployment& d : plan.deployments) sum += d.cost;
  EXPECT_EQ(sum, plan.cost.rental + plan.cost.fixed);
}

TEST(AssemblePlan, OrdersRowsAsDocumented) {
  const Plan& plan = two_pools().plan;
  EXPECT_TRUE(std::is_sorted(plan.deployments.begin(), plan.deployments.end(),
                             [](const auto& a, const auto& b) { return a.cost > b.cost; }));
  EXPECT_EQ(plan.routes[0].query_class, "chat");
  EXPECT_GT(plan.routes[0].share, plan.routes[1].share);
  ASSERT_EQ(plan.classes.size(), 3U);
  EXPECT_EQ(plan.classes[2].name, "batch");
}

TEST(AssemblePlan, SizesTheEngineForTheLongestRequest) {
  for (const PlanDeployment& d : two_pools().plan.deployments) {
    EXPECT_GT(d.max_model_len, 0);
    EXPECT_GE(d.max_num_seqs, 1);
    EXPECT_LE(d.max_num_seqs, two_pools().fleet.policy.max_num_seqs);
    EXPECT_THAT(d.engine_args, Contains(std::to_string(d.max_model_len)));
    EXPECT_TRUE(is_dns_name(d.name)) << d.name;
    EXPECT_GT(d.utilization, 0.0);
    EXPECT_LE(d.utilization, 1.0 + 1e-6);
  }
}

/// kTwoPools under another policy.
Planned planned_with(const std::string& policy) {
  return test::plan_fleet(std::string(test::kTwoPools) + "policy: " + policy + "\n");
}

TEST(AssemblePlan, SpeaksTheWordsOfThePolicysEngine) {
  for (const auto& [engine, first, cache] :
       {std::tuple{"vllm", "--model", "fp8"}, std::tuple{"SGLang", "--model-path", "fp8_e4m3"},
        std::tuple{"tensorrt-llm", "serve", ""}}) {
    const Planned planned = planned_with(std::string("{engine: ") + engine + ", kv_cache: fp8}");
    ASSERT_FALSE(planned.plan.deployments.empty());
    for (const PlanDeployment& d : planned.plan.deployments) {
      ASSERT_FALSE(d.engine_args.empty()) << engine;
      EXPECT_EQ(d.engine_args.front(), first) << engine;
      if (*cache != '\0') {
        EXPECT_THAT(d.engine_args, Contains(cache)) << engine;
      }
    }
    const Result<std::vector<Violation>> checked = check_plan(planned.fleet, planned.plan);
    ASSERT_TRUE(checked.ok());
    for (const Violation& v : *checked) EXPECT_NE(v.rule, Rule::kReported) << v.message;
  }
}

TEST(AssemblePlan, TheEngineDecidesWhatAReplicaServes) {
  const Planned now = planned_with("{engine: vllm}");
  const Planned old = planned_with("{engine: vllm-2024}");
  EXPECT_NE(old.built.instance.columns().pairs.load, now.built.instance.columns().pairs.load);
}

TEST(AssemblePlan, OptionsThatMeanTheSameBecomeOneDeployment) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  const std::size_t before = planned.plan.deployments.size();
  // The instance's option names are all that tells them apart now.
  for (OptionSpec& option : planned.built.options) {
    if (option.pool == PoolId(1))
      option = planned.built.options[planned.solution.routes[0].option.index()];
  }
  EXPECT_LE(assemble_plan(planned.fleet, planned.built, planned.solution, {}).deployments.size(),
            before);
}

TEST(PlanWarnings, SpeakOfSpotOffers) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  planned.plan.offers.push_back({"small", "spot", 3, 3, CostRate::usd_per_hour(1.8)});
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Contains(HasSubstr("spot")));
}

TEST(PlanWarnings, SpeakOfIdleGpus) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  planned.plan.offers[0].boxes += 2;
  planned.plan.offers[0].gpus += 16;
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Contains(HasSubstr("have no work")));
}

TEST(PlanWarnings, SpeakOfFullDeployments) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  for (PlanDeployment& d : planned.plan.deployments) d.utilization = 0.5;
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Not(Contains(HasSubstr("above 95 %"))));
  planned.plan.deployments[0].utilization = 0.96;
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan),
              Contains(HasSubstr(planned.plan.deployments[0].name)));
}

TEST(PlanWarnings, SpeakOfGroupsThatNoBoxHolds) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  planned.plan.deployments.resize(1);
  PlanDeployment& d = planned.plan.deployments[0];
  d.pool = "small";
  d.tensor_parallel = 4;
  d.pipeline_parallel = 1;
  d.replicas = 1;
  d.gpus = 4;
  planned.plan.offers = {{"small", "spot", 4, 4, {}}};
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Contains(HasSubstr("side by side")));
  planned.plan.offers = {{"small", "on-demand", 1, 4, {}}};
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Not(Contains(HasSubstr("side by side"))));
}

TEST(PlanWarnings, SpeakOfAnExactMethodThatKnowsNoBound) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  const auto warnings = [&] { return plan_warnings(planned.fleet, planned.plan); };
  planned.plan.method = "milp";
  planned.plan.status = "limit";
  planned.plan.lower_bound = 1.0;
  EXPECT_THAT(warnings(), Not(Contains(HasSubstr("exact method"))));
  planned.plan.lower_bound.reset();
  EXPECT_THAT(warnings(), Contains(HasSubstr("exact method")));
  planned.plan.method = "agh";
  EXPECT_THAT(warnings(), Not(Contains(HasSubstr("exact method"))));
}

TEST(PlanWarnings, SpeakOfQuantizedCheckpoints) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  planned.plan.deployments[0].precision = "int4";
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Contains(HasSubstr("checkpoint")));
}

TEST(PlanWarnings, SpeakOfUnverifiedScoresAtTheFloor) {
  Planned planned = test::plan_fleet(test::kTwoPools);
  for (PlanClass& c : planned.plan.classes) c.max_error = 1.0;
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Not(Contains(HasSubstr("not verified"))));
  for (PlanClass& c : planned.plan.classes) c.max_error = 0.0;
  bool unverified = false;
  for (const ModelId id : planned.fleet.models) {
    unverified |= !planned.fleet.catalog.model(id).quality_source.verified;
  }
  if (!unverified) GTEST_SKIP() << "every score of these models is verified";
  EXPECT_THAT(plan_warnings(planned.fleet, planned.plan), Contains(HasSubstr("not verified")));
}

}  // namespace
}  // namespace berth
