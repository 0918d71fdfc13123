// berth diff, run as a user runs it.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using Json = nlohmann::json;

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// One model on one GPU type; `max` boxes of one GPU.
std::string fleet_text(double rate, const std::string& max) {
  return R"(format: berth.fleet/1
models: [llama-3.1-8b]
pools: [{name: hall, gpu: l40s, offers: [{name: own, lot: 1, cost: 1)" +
         max + R"(}]}]
classes:
  - {name: chat, rate: )" +
         std::to_string(rate) +
         R"(, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 2s, tpot: 80ms}}
)";
}

struct TwoPlans {
  TemporaryDirectory directory;
  std::string small = directory.write("small.yaml", fleet_text(4.0, ""));
  std::string large = directory.write("large.yaml", fleet_text(16.0, ""));
  std::string before = (directory.path() / "before.json").string();
  std::string after = (directory.path() / "after.json").string();

  TwoPlans() {
    EXPECT_EQ(run_berth({"plan", small, "--method", "gh", "-o", before}).status, 0);
    EXPECT_EQ(run_berth({"plan", large, "--method", "gh", "-o", after}).status, 0);
  }
};

TEST(Diff, EqualPlansEndWithStatus0AndOthersWith2) {
  const TwoPlans plans;
  const Outcome same = run_berth({"diff", plans.before, plans.before});
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_TRUE(has(same.out, "No difference")) << same.out;
  const Outcome same_json = run_berth({"diff", plans.before, plans.before, "--output", "json"});
  EXPECT_EQ(same_json.status, 0);
  EXPECT_EQ(Json::parse(same_json.out)["changed"], false);
  EXPECT_TRUE(Json::parse(same_json.out)["steps"].empty());

  const Outcome table = run_berth({"diff", plans.before, plans.after});
  EXPECT_EQ(table.status, 2) << table.err;
  EXPECT_TRUE(has(table.out, "Steps")) << table.out;
  EXPECT_TRUE(has(table.out, "every class keeps its capacity")) << table.out;
  EXPECT_TRUE(has(table.out, "different names: 'small' and 'large'")) << table.out;
}

TEST(Diff, JsonGoesToAFileAsWell) {
  const TwoPlans plans;
  const std::string file = (plans.directory.path() / "diff.json").string();
  const Outcome json =
      run_berth({"diff", plans.before, plans.after, "--output", "json", "-o", file});
  EXPECT_EQ(json.status, 2) << json.err;
  EXPECT_EQ(json.out, file_text(file));
  const Json diff = Json::parse(json.out);
  EXPECT_EQ(diff["format"], "berth.diff/1");
  EXPECT_EQ(diff["lossless"], true);
  EXPECT_EQ(diff["classes"][0]["rate_from"], 4.0);
  EXPECT_EQ(diff["classes"][0]["rate_to"], 16.0);
  EXPECT_EQ(diff["steps"][0]["action"], "rent");
  EXPECT_GT(diff["cost"]["difference"]["total"].get<double>(), 0.0);
  EXPECT_EQ(
      run_berth({"diff", plans.before, plans.after, "-o", plans.directory.path().string()}).status,
      1);
}

TEST(Diff, QuotasOfTheFleetMakeWavesOrLossesThatAreTold) {
  const TwoPlans plans;
  Json before = Json::parse(file_text(plans.before));
  Json after = before;
  after["deployments"][0]["max_num_seqs"] = 1;
  const int boxes = before["offers"][0]["boxes"].get<int>();
  const std::string reshaped = plans.directory.write("reshaped.json", after.dump());
  const auto against = [&](int most) {
    const std::string fleet =
        plans.directory.write("quota.yaml", fleet_text(4.0, ", max: " + std::to_string(most)));
    const Outcome outcome =
        run_berth({"diff", plans.before, reshaped, "--against", fleet, "--output", "json"});
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    return Json::parse(outcome.out);
  };
  EXPECT_EQ(against(2 * boxes)["lossless"], true);
  EXPECT_EQ(against(boxes + 1)["lossless"], true);
  const Json tight = against(boxes);
  for (const Json& row : tight["boxes"]) EXPECT_LE(row["during"].get<int>(), boxes);
  EXPECT_EQ(against(boxes), tight);
}

TEST(Diff, BadInputIsRefusedWithAReason) {
  const TwoPlans plans;
  EXPECT_EQ(run_berth({"diff"}).status, 1);
  EXPECT_EQ(run_berth({"diff", plans.before}).status, 1);
  const Outcome missing = run_berth({"diff", plans.before, "missing.json"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_TRUE(has(missing.err, "missing.json")) << missing.err;
  const Outcome both = run_berth({"diff", "gone.json", "missing.json"});
  EXPECT_TRUE(has(both.err, "gone.json") && has(both.err, "missing.json")) << both.err;
  const Outcome fleet = run_berth({"diff", plans.before, plans.small});
  EXPECT_EQ(fleet.status, 1);
  EXPECT_TRUE(has(fleet.err, "berth.plan/1")) << fleet.err;
  EXPECT_EQ(run_berth({"diff", plans.before, plans.after, "--against", "no.yaml"}).status, 1);
  EXPECT_EQ(run_berth({"diff", plans.before, plans.after, "--output", "xml"}).status, 1);

  Json bad = Json::parse(file_text(plans.before));
  bad["routes"][0]["deployment"] = "nowhere";
  const Outcome dangling =
      run_berth({"diff", plans.before, plans.directory.write("bad.json", bad.dump())});
  EXPECT_EQ(dangling.status, 1);
  EXPECT_TRUE(has(dangling.err, "no deployment 'nowhere'")) << dangling.err;
  EXPECT_TRUE(has(dangling.err, "new plan: /routes/0/deployment")) << dangling.err;
}

TEST(Diff, AFleetThatKnowsNothingOfThePlansIsToldAndNoError) {
  const TwoPlans plans;
  const std::string other = std::string(BERTH_SOURCE_DIR) + "/data/fleets/on-premise.yaml";
  const Outcome outcome = run_berth({"diff", plans.before, plans.after, "--against", other});
  EXPECT_EQ(outcome.status, 2) << outcome.err;
  EXPECT_TRUE(has(outcome.out, "no quota of it is known")) << outcome.out;
}

TEST(Diff, HostileNamesStayTextInTableAndJson) {
  const TwoPlans plans;
  Json plan = Json::parse(file_text(plans.after));
  const std::string attack = "x\u001b[2J\"},{\n<script>";
  plan["deployments"][0]["name"] = attack;
  for (Json& route : plan["routes"]) route["deployment"] = attack;
  for (Json& route : plan["routes"]) route["class"] = attack + "class";
  plan["classes"][0]["name"] = attack + "class";
  plan["deployments"].erase(plan["deployments"].begin() + 1, plan["deployments"].end());
  plan["routes"].erase(plan["routes"].begin() + 1, plan["routes"].end());
  const std::string file = plans.directory.write("hostile.json", plan.dump());
  const Outcome table = run_berth({"diff", plans.before, file});
  EXPECT_EQ(table.status, 2) << table.err;
  EXPECT_FALSE(has(table.out, "\u001b"));
  const Outcome json = run_berth({"diff", plans.before, file, "--output", "json"});
  EXPECT_EQ(json.status, 2);
  const Json difference = Json::parse(json.out);
  bool found = false;
  for (const Json& route : difference["routes"]) {
    found = found || route["class"] == attack + "class";
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace berth::test
