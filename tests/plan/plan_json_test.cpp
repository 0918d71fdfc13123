#include "berth/plan/plan_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/core/random.h"
#include "berth/plan/document_text.h"
#include "tests/plan/planned_fleet.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

const Plan& real_plan() {
  static const Plan plan = test::plan_fleet(test::kTwoPools).plan;
  return plan;
}

Plan parsed(const std::string& text) {
  Result<Plan> plan = parse_plan("plan.json", text);
  if (plan) return *std::move(plan);
  for (const Error& error : plan.errors()) ADD_FAILURE() << to_string(error);
  return {};
}

std::string errors_of(const std::string& text) {
  const Result<Plan> plan = parse_plan("plan.json", text);
  std::string all;
  if (plan) return all;
  for (const Error& error : plan.errors()) all += to_string(error) + "\n";
  return all;
}

TEST(PlanJson, ReadsBackTheSamePlan) {
  EXPECT_EQ(parsed(to_json(real_plan())), real_plan());
  EXPECT_EQ(to_json(parsed(to_json(real_plan()))), to_json(real_plan()));
}

TEST(PlanJson, YamlReadsBackTheSamePlan) { EXPECT_EQ(parsed(to_yaml(real_plan())), real_plan()); }

TEST(PlanJson, AwkwardTextAndNumbersSurvive) {
  Plan plan = real_plan();
  plan.fleet = "true";
  plan.method = "a \"b\" \\ \n\t # : {}[] 'c' ü 漢 \x7f";
  plan.warnings = {"- no", "null", "1e5", " blanks ", "key: value", "line\nbreak"};
  plan.shadow_prices = {{{"big", 0.1 + 0.2}, {"x: y", -1e-300}}, 1.0 / 3.0, {{"chat", 5e8}}};
  plan.classes[0].rate = 0.1 + 0.2;
  plan.cost.delay = CostRate::micro_usd_per_hour(123'456'789'012'345);
  EXPECT_EQ(parsed(to_json(plan)), plan);
  EXPECT_EQ(parsed(to_yaml(plan)), plan);
}

TEST(PlanJson, MarginsReadBackWithinTheirBounds) {
  Plan plan = real_plan();
  plan.classes.front().margin = {1.25, 0.8};
  EXPECT_EQ(parsed(to_json(plan)), plan);
  for (const ClassMargin& wrong : {ClassMargin{0.1, 1.0}, ClassMargin{1.0, 1.5}}) {
    plan.classes.front().margin = wrong;
    EXPECT_FALSE(parse_plan("p.json", to_json(plan)).ok());
  }
}

TEST(PlanJson, RandomNumbersSurvive) {
  Random random(3);
  Plan plan = real_plan();
  for (int k = 0; k < 300; ++k) {
    for (PlanRoute& route : plan.routes) {
      route.share = random.uniform();
      route.e2e_s = random.exponential() * 1e3;
    }
    plan.cost.rental =
        CostRate::micro_usd_per_hour(static_cast<std::int64_t>(random.below(900'000'000'000'000)));
    ASSERT_EQ(parsed(to_json(plan)), plan);
  }
}

TEST(PlanJson, MoneyIsExact) {
  EXPECT_EQ(exact_usd(CostRate::micro_usd_per_hour(55'040'000)), "55.04");
  EXPECT_EQ(exact_usd(CostRate::micro_usd_per_hour(1)), "0.000001");
  EXPECT_EQ(exact_usd(CostRate::micro_usd_per_hour(-1'500'000)), "-1.5");
  EXPECT_EQ(exact_usd(CostRate::micro_usd_per_hour(-1)), "-0.000001");
  EXPECT_EQ(exact_usd(CostRate::micro_usd_per_hour(999'999'999'999'999)), "999999999.999999");
  EXPECT_EQ(exact_usd(CostRate()), "0");
}

TEST(PlanJson, HasTheKeysOfTheFormat) {
  const Json json = Json::parse(to_json(real_plan()));
  EXPECT_EQ(json["format"], "berth.plan/1");
  for (const char* key :
       {"method", "status", "cost", "lower_bound", "gap", "seconds", "deployments", "offers",
        "routes", "classes", "shadow_prices", "warnings"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["shadow_prices"].dump(), R"({"pools":{},"budget":null,"classes":{}})");
  for (const char* key :
       {"name", "model", "precision", "pool", "gpu", "tp", "pp", "replicas", "gpus", "max_num_seqs",
        "max_model_len", "utilization", "tpot", "ttft", "engine_args"}) {
    EXPECT_TRUE(json["deployments"][0].contains(key)) << key;
  }
}

TEST(PlanJson, ReportsAllErrorsWithTheirPlaces) {
  Json json = Json::parse(to_json(real_plan()));
  json["format"] = "berth.plan/2";
  json["cost"]["rental"] = "much";
  json["deployments"][0]["tp"] = 1.5;
  json["deployments"][0].erase("pool");
  json["routes"][1]["share"] = nullptr;
  json["classes"][0]["slo_met"] = "yes";
  json["clases"] = 1;
  json["status"] = "feasable";
  const std::string errors = errors_of(json.dump(1));
  for (const char* part :
       {"/format", "/cost/rental", "/deployments/0/tp", "/deployments/0", "/routes/1/share",
        "/classes/0/slo_met", "clases", "did you mean", "'feasible'", "plan.json:"}) {
    EXPECT_THAT(errors, HasSubstr(part));
  }
}

TEST(PlanJson, EveryMissingKeyIsAnError) {
  const Json good = Json::parse(to_json(real_plan()));
  // Absent means the same as null for these.
  const std::vector<std::string> optional = {"fleet", "lower_bound", "gap"};
  for (const auto& [key, value] : good.items()) {
    if (std::find(optional.begin(), optional.end(), key) != optional.end()) continue;
    Json bad = good;
    bad.erase(key);
    EXPECT_THAT(errors_of(bad.dump()), HasSubstr(key));
  }
}

TEST(PlanJson, TotalMustBeTheSum) {
  Json json = Json::parse(to_json(real_plan()));
  json["cost"]["total"] = json["cost"]["total"].get<double>() + 0.01;
  EXPECT_THAT(errors_of(json.dump()), HasSubstr("is not the sum"));
}

TEST(PlanJson, HugeAndNegativeMoneyIsAnErrorNotACrash) {
  Json json = Json::parse(to_json(real_plan()));
  json["cost"]["rental"] = 1e12;
  json["cost"]["unmet"] = -1e12;
  EXPECT_THAT(errors_of(json.dump()), HasSubstr("/cost/rental"));
}

TEST(PlanJson, NotADocument) {
  EXPECT_FALSE(parse_plan("p", "").ok());
  EXPECT_FALSE(parse_plan("p", "{").ok());
  EXPECT_FALSE(parse_plan("p", "[]").ok());
  EXPECT_FALSE(parse_plan("p", "\xff\xfe").ok());
  EXPECT_FALSE(read_plan("no/such/file.json").ok());
}

}  // namespace
}  // namespace berth
