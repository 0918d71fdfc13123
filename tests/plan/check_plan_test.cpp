#include "berth/plan/check_plan.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/core/file.h"
#include "berth/plan/plan_json.h"
#include "tests/plan/planned_fleet.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;
using test::Planned;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Planned& two_pools() {
  static const Planned planned = test::plan_fleet(test::kTwoPools);
  return planned;
}

/// What reading and checking a plan's text say against it; empty = nothing.
std::vector<std::string> complaints(const Fleet& fleet, const std::string& json) {
  std::vector<std::string> texts;
  const Result<Plan> plan = parse_plan("plan.json", json);
  if (!plan) {
    for (const Error& error : plan.errors()) texts.push_back(to_string(error));
    return texts;
  }
  const Result<std::vector<Violation>> violations = check_plan(fleet, *plan);
  if (!violations) {
    for (const Error& error : violations.errors()) texts.push_back(to_string(error));
    return texts;
  }
  for (const Violation& v : *violations) {
    texts.push_back(std::string(to_string(v.rule)) + " " + v.where + ": " + v.message);
  }
  return texts;
}

/// Labels and measurements that nothing in the fleet speaks of.
bool cannot_be_checked(const std::string& pointer) {
  return pointer == "/fleet" || pointer == "/method" || pointer.rfind("/seconds/", 0) == 0 ||
         pointer.rfind("/shadow_prices", 0) == 0;
}

Json changed(const Json& value, double factor) {
  if (value.is_number_integer()) return value.get<long long>() + (factor > 1.0 ? 1 : -1);
  if (value.is_number()) return value.get<double>() * factor;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_string()) return value.get<std::string>() + "x";
  return 0.001;  // null
}

/// Every leaf of a document by its JSON pointer.
std::vector<std::string> leaves(const Json& document) {
  std::vector<std::string> pointers;
  const Json flat = document.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (!value.is_null() || document.at(Json::json_pointer(pointer)).is_null()) {
      pointers.push_back(pointer);
    }
  }
  return pointers;
}

TEST(CheckPlan, AcceptsAPlanThatHolds) {
  const Planned& planned = two_pools();
  EXPECT_THAT(complaints(planned.fleet, to_json(planned.plan)), IsEmpty());
  EXPECT_GE(planned.plan.routes.size(), 4U);
  EXPECT_GT(planned.plan.cost.delay, CostRate());
  EXPECT_GT(planned.plan.cost.unmet, CostRate());
}

TEST(CheckPlan, AcceptsThePlanOfAFleetWithOneConfigurationPerModelAndGpu) {
  const Planned planned = test::plan_fleet(
      "format: berth.fleet/1\nmodels: [llama-3.1-8b]\n"
      "pools: [{name: p, gpu: l40s, offers: [{name: o, lot: 4, cost: 7.5}]}]\n"
      "classes: [{name: a, rate: 1, prompt_tokens: 500, output_tokens: 50}]\n"
      "policy: {one_config_per_model_and_gpu: true}\n");
  EXPECT_THAT(complaints(planned.fleet, to_json(planned.plan)), IsEmpty());
}

TEST(CheckPlan, CatchesEveryFieldThatIsChanged) {
  const Planned& planned = two_pools();
  const Json good = Json::parse(to_json(planned.plan));
  std::size_t tried = 0;
  for (const std::string& pointer : leaves(good)) {
    if (cannot_be_checked(pointer)) continue;
    for (const double factor : {1.01, 0.99}) {
      Json bad = good;
      Json& value = bad[Json::json_pointer(pointer)];
      value = changed(value, factor);
      if (value == good[Json::json_pointer(pointer)]) continue;  // 0 stays 0
      ++tried;
      EXPECT_FALSE(complaints(planned.fleet, bad.dump()).empty())
          << pointer << " changed from " << good[Json::json_pointer(pointer)] << " to " << value;
    }
  }
  EXPECT_GT(tried, 200U);
}

TEST(CheckPlan, CatchesEveryRowThatIsLost) {
  const Planned& planned = two_pools();
  const Json good = Json::parse(to_json(planned.plan));
  for (const char* list : {"deployments", "offers", "routes", "classes", "warnings"}) {
    for (std::size_t k = 0; k < good[list].size(); ++k) {
      Json bad = good;
      bad[list].erase(k);
      EXPECT_FALSE(complaints(planned.fleet, bad.dump()).empty()) << list << " row " << k;
    }
    Json bad = good;
    bad.erase(list);
    EXPECT_FALSE(complaints(planned.fleet, bad.dump()).empty()) << list;
  }
}

TEST(CheckPlan, CatchesEveryRowThatIsThereTwice) {
  const Planned& planned = two_pools();
  const Json good = Json::parse(to_json(planned.plan));
  for (const char* list : {"deployments", "offers", "routes", "classes"}) {
    for (std::size_t k = 0; k < good[list].size(); ++k) {
      Json bad = good;
      bad[list].push_back(good[list][k]);
      EXPECT_FALSE(complaints(planned.fleet, bad.dump()).empty()) << list << " row " << k;
    }
  }
}

struct Mistake {
  const char* name;
  void (*make)(Plan&);
  Rule rule;
  const char* message;
};

class PlanMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(PlanMistakes, IsNamed) {
  const Planned& planned = two_pools();
  Plan plan = planned.plan;
  GetParam().make(plan);
  const Result<std::vector<Violation>> violations = check_plan(planned.fleet, plan);
  ASSERT_TRUE(violations.ok()) << to_string(violations.errors().front());
  bool found = false;
  std::string all;
  for (const Violation& v : *violations) {
    found |= v.rule == GetParam().rule && v.message.find(GetParam().message) != std::string::npos;
    all += std::string(to_string(v.rule)) + " " + v.where + ": " + v.message + "\n";
  }
  EXPECT_TRUE(found) << "wanted '" << GetParam().message << "' among:\n" << all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, PlanMistakes,
    ::testing::Values(
        Mistake{"replica_missing", [](Plan& p) { --p.deployments[0].replicas; }, Rule::kReported,
                "gpus is reported as"},
        Mistake{"too_little_capacity", [](Plan& p) { p.deployments[0].replicas = 0; },
                Rule::kCapacity, ""},
        Mistake{"box_missing", [](Plan& p) { p.offers[0].boxes = 0; }, Rule::kPool, ""},
        Mistake{"share_lost", [](Plan& p) { p.routes[0].share /= 2; }, Rule::kDemand, ""},
        Mistake{"too_much_refused", [](Plan& p) { p.classes[1].unmet = 0.2; },
                Rule::kShareOutOfRange, ""},
        Mistake{"cheaper_than_true",
                [](Plan& p) { p.cost.rental -= CostRate::micro_usd_per_hour(1); }, Rule::kObjective,
                ""},
        Mistake{"rental_by_a_micro_dollar",
                [](Plan& p) { p.cost.rental -= CostRate::micro_usd_per_hour(1); }, Rule::kReported,
                "rental is reported as"},
        Mistake{"bound_above_cost", [](Plan& p) { p.lower_bound = p.cost.total().usd() + 1.0; },
                Rule::kBound, ""},
        Mistake{"gap", [](Plan& p) { p.gap = 0.0; }, Rule::kReported, "the gap is reported as 0"},
        Mistake{"optimal_without_proof", [](Plan& p) { p.status = "optimal"; }, Rule::kReported,
                "does not prove"},
        Mistake{"tensor_parallel", [](Plan& p) { p.deployments[0].tensor_parallel = 3; },
                Rule::kPair, "cannot serve this class"},
        Mistake{"for_less_than_the_demand_unsaid", [](Plan& p) { p.classes[0].margin.load = 0.8; },
                Rule::kReported, "planned for 80 % of its demand"},
        Mistake{"policy", [](Plan& p) { p.deployments[0].tensor_parallel = 16; }, Rule::kReported,
                "the policy does not allow tp 16"},
        Mistake{"target_too_slow",
                [](Plan& p) {
                  for (PlanDeployment& d : p.deployments) d.tpot_target = Seconds(10.0);
                },
                Rule::kPair, "cannot serve this class"},
        Mistake{"dns_name",
                [](Plan& p) {
                  for (PlanRoute& r : p.routes) {
                    if (r.deployment == p.deployments[0].name) r.deployment = "Not_DNS";
                  }
                  p.deployments[0].name = "Not_DNS";
                },
                Rule::kReported, "DNS"},
        Mistake{"gpu", [](Plan& p) { p.deployments[0].gpu = "a100"; }, Rule::kReported,
                "the pool's is"},
        Mistake{"slo_changed", [](Plan& p) { p.classes[0].slo.ttft = Seconds(9.0); },
                Rule::kReported, "slo.ttft is reported as 9, the fleet says 2"},
        Mistake{"engine_args", [](Plan& p) { p.deployments[0].engine_args.pop_back(); },
                Rule::kReported, "engine_args"},
        Mistake{"cost_of_deployment",
                [](Plan& p) { p.deployments[0].cost += CostRate::usd_per_hour(1.0); },
                Rule::kReported, "together"}),
    [](const auto& mistake) { return std::string(mistake.param.name); });

TEST(CheckPlan, RefusesAPlanOfAnotherFleet) {
  const Planned& planned = two_pools();
  Plan plan = planned.plan;
  plan.classes[0].name = "chart";
  plan.deployments[0].pool = "bug";
  plan.deployments[0].model = "llama-3.1-80b";
  plan.deployments[0].precision = "bf61";
  plan.deployments[0].tensor_parallel = 0;
  plan.offers[0].offer = "on-damand";
  plan.routes[0].deployment = "nobody";
  const Result<std::vector<Violation>> result = check_plan(planned.fleet, plan);
  ASSERT_FALSE(result.ok());
  std::string all;
  for (const Error& error : result.errors()) all += to_string(error) + "\n";
  for (const char* part :
       {"the fleet has no class 'chart'; did you mean 'chat'?", "has a class 'chat'",
        "/deployments/0/pool", "/deployments/0/model", "/deployments/0/precision",
        "/deployments/0/tp", "/offers/0/offer", "/routes/0/deployment"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

}  // namespace
}  // namespace berth
