// berth explain, run as a user runs it.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using Json = nlohmann::json;

std::string example(const std::string& name) {
  return std::string(BERTH_SOURCE_DIR) + "/data/fleets/" + name;
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// One class, one capped pool and one that is not; what varies is named.
std::string instance(const std::string& max, const std::string& budget) {
  return R"({"format":"berth.instance/1","classes":{"name":["a"],"unmet_cost":[0],"max_unmet":[0],
"max_delay":[null],"max_error":[null]},"pools":{"name":["p"]},
"offers":{"name":["own"],"pool":[0],"lot":[1],"cost":[1],"max":[)" +
         max + R"(]},
"options":{"name":["d"],"pool":[0],"units":[1],"fixed_cost":[0],"max_replicas":[null],"group":[null]},
"pairs":{"option":[0],"class":[0],"load":[5],"delay":[0],"error":[0],"cost":[0]},"budget":)" +
         budget + "}";
}

TEST(Explain, AnImpossibleFleetIsExplainedAndEndsWithStatus3) {
  const Outcome table = run_berth({"explain", example("impossible.yaml")});
  EXPECT_EQ(table.status, 3) << table.err;
  EXPECT_TRUE(says(table.out, "TTFT of impatient 20 ms -> ")) << table.out;
  EXPECT_TRUE(says(table.out, "closest: ")) << table.out;

  const Outcome json = run_berth({"explain", example("impossible.yaml"), "--output", "json"});
  EXPECT_EQ(json.status, 3) << json.err;
  const Json e = Json::parse(json.out);
  EXPECT_EQ(e["format"], "berth.explanation/1");
  EXPECT_EQ(e["status"], "infeasible");
  EXPECT_TRUE(e["conflicts"][0]["minimal"].get<bool>());
  EXPECT_EQ(e["conflicts"][0]["limits"].size(), 2U);
  const Json& first = e["relaxations"][0];
  EXPECT_GT(first["plan"]["cost"].get<double>(), 0.0);

  // What it advises works: the fleet with that TTFT has a plan of that cost.
  EXPECT_EQ(e["limits"][first["changes"][0]["limit"].get<std::size_t>()]["kind"], "ttft");
  EXPECT_GT(first["changes"][0]["to"].get<double>(), 0.02);
}

TEST(Explain, AFleetThatIsTooSmallIsToldWhatEachWayOutCosts) {
  const Outcome table = run_berth({"explain", example("too-small.yaml")});
  EXPECT_EQ(table.status, 3) << table.err;
  EXPECT_TRUE(says(table.out, "raise the quota of hall by ")) << table.out;
  EXPECT_TRUE(says(table.out, "budget $50.00/h -> ")) << table.out;
}

TEST(Explain, AFeasibleFleetIsToldWhatItsLimitsCost) {
  const Outcome json = run_berth({"explain", example("minimal.yaml"), "--output", "json"});
  ASSERT_EQ(json.status, 0) << json.err;
  const Json e = Json::parse(json.out);
  EXPECT_EQ(e["status"], "feasible");
  EXPECT_TRUE(e["best"]["optimal"].get<bool>());
  EXPECT_EQ(e["worths"].size(), e["limits"].size());
  EXPECT_GE(e["worths"][0]["lifted"]["saving"].get<double>(), 0.0);
  EXPECT_EQ(e["given"], nullptr);
}

TEST(Explain, APlanIsReadAloneAndSetBesideTheBestOfItsFleet) {
  const TemporaryDirectory directory;
  const std::string plan = (directory.path() / "plan.json").string();
  ASSERT_EQ(run_berth({"plan", example("minimal.yaml"), "-o", plan}).status, 0);
  const Outcome alone = run_berth({"explain", plan});
  EXPECT_EQ(alone.status, 0) << alone.err;
  EXPECT_TRUE(says(alone.out, "--against")) << alone.out;
  const Outcome alone_json = run_berth({"explain", plan, "--output", "json"});
  EXPECT_EQ(Json::parse(alone_json.out)["status"], "plan");

  const Outcome against =
      run_berth({"explain", plan, "--against", example("minimal.yaml"), "--output", "json"});
  ASSERT_EQ(against.status, 0) << against.err;
  const Json e = Json::parse(against.out);
  EXPECT_GE(e["given"]["cost"].get<double>(), e["best"]["cost"].get<double>() * (1.0 - 1e-3));
}

TEST(Explain, AnInstanceIsRecognisedByItsFormat) {
  const TemporaryDirectory directory;
  const std::string capped = directory.write("capped.json", instance("3", "null"));
  const Outcome quota = run_berth({"explain", capped});
  EXPECT_EQ(quota.status, 3) << quota.err;
  EXPECT_TRUE(says(quota.out, "raise the quota of p by 2 GPUs, to 5")) << quota.out;

  const std::string poor = directory.write("poor.json", instance("null", "4.5"));
  const Outcome budget = run_berth({"explain", poor});
  EXPECT_EQ(budget.status, 3) << budget.err;
  EXPECT_TRUE(says(budget.out, "budget $4.50/h -> $5.00/h")) << budget.out;

  const std::string free = directory.write("free.json", instance("null", "null"));
  EXPECT_EQ(run_berth({"explain", free}).status, 0);
}

TEST(Explain, BadInputIsRefusedWithAReason) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_berth({"explain"}).status, 1);
  EXPECT_EQ(run_berth({"explain", "missing.yaml"}).status, 1);
  EXPECT_EQ(run_berth({"explain", example("minimal.yaml"), "--time-limit", "-1s"}).status, 1);
  EXPECT_EQ(run_berth({"explain", example("minimal.yaml"), "--against", "x.yaml"}).status, 1);
  const std::string other = directory.write("other.json", R"({"format":"berth.catalog/1"})");
  const Outcome format = run_berth({"explain", other});
  EXPECT_EQ(format.status, 1);
  EXPECT_TRUE(says(format.err, "berth.fleet/1")) << format.err;
  const std::string one = directory.write("one.json", instance("3", "null"));
  EXPECT_EQ(run_berth({"explain", one, "--headroom", "0.2"}).status, 1);
}

}  // namespace
}  // namespace berth::test
