#include "berth/plan/deployment_name.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/plan/plan.h"

namespace berth {
namespace {

using ::testing::ElementsAre;

PlanDeployment deployment(const std::string& model, const std::string& gpu, int tp = 1) {
  PlanDeployment d;
  d.model = model;
  d.gpu = gpu;
  d.pool = gpu;
  d.precision = "bf16";
  d.tensor_parallel = tp;
  return d;
}

TEST(DeploymentName, IsShortWhereNothingElseIsNeeded) {
  PlanDeployment deep = deployment("llama-3.1-70b", "h100-sxm", 8);
  deep.pipeline_parallel = 2;
  EXPECT_THAT(deployment_names({deployment("llama-3.1-8b", "l40s"), deep}),
              ElementsAre("llama-3.1-8b-l40s-tp1", "llama-3.1-70b-h100-sxm-tp8-pp2"));
}

TEST(DeploymentName, AddsOnlyWhatTellsDeploymentsApart) {
  PlanDeployment a = deployment("m", "g");
  PlanDeployment b = a;
  b.precision = "fp8";
  EXPECT_THAT(deployment_names({a, b}), ElementsAre("m-g-tp1-bf16", "m-g-tp1-fp8"));
  b = a;
  b.pool = "east";
  EXPECT_THAT(deployment_names({a, b}), ElementsAre("m-g-tp1-g", "m-g-tp1-east"));
  b = a;
  b.tpot_target = Seconds(0.0375);
  EXPECT_THAT(deployment_names({a, b}), ElementsAre("m-g-tp1-max", "m-g-tp1-37.5ms"));
}

TEST(DeploymentName, DoesNotDependOnTheOrder) {
  std::vector<PlanDeployment> rows = {deployment("m", "g"), deployment("m", "g", 2),
                                      deployment("m", "h")};
  rows.push_back(rows[0]);
  rows.back().precision = "int4";
  std::vector<std::string> names = deployment_names(rows);
  std::reverse(rows.begin(), rows.end());
  std::reverse(names.begin(), names.end());
  EXPECT_EQ(deployment_names(rows), names);
}

TEST(DeploymentName, LongNamesEndInAHash) {
  const std::string model(80, 'x');
  const auto names = deployment_names({deployment(model + "a", "g"), deployment(model + "b", "g")});
  EXPECT_EQ(names[0].size(), kMaxNameLength);
  EXPECT_NE(names[0], names[1]);
}

TEST(DeploymentName, AwkwardNamesStayUniqueAndValid) {
  static const std::vector<std::string> kParts = {"Llama 3.1",
                                                  "UPPER_case",
                                                  "..dots..",
                                                  "-dash-",
                                                  "<script>",
                                                  "漢字",
                                                  "a/b:c",
                                                  "",
                                                  "a.-b",
                                                  "x",
                                                  "a_b",
                                                  "a-b",
                                                  std::string(70, 'z'),
                                                  "e\xcc\x81"};
  Random random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<PlanDeployment> rows;
    std::set<std::string> seen;
    for (int k = 0; k < 20; ++k) {
      PlanDeployment d = deployment(kParts[random.below(kParts.size())],
                                    kParts[random.below(kParts.size())], 1 << random.below(4));
      d.pool = kParts[random.below(kParts.size())];
      if (random.below(2) == 0) d.tpot_target = Seconds(random.uniform());
      const std::string key = d.model + "|" + d.gpu + "|" + d.pool + "|" +
                              std::to_string(d.tensor_parallel) +
                              (d.tpot_target ? std::to_string(d.tpot_target->value) : "");
      if (seen.insert(key).second) rows.push_back(d);
    }
    const std::vector<std::string> names = deployment_names(rows);
    for (const std::string& name : names) ASSERT_TRUE(is_dns_name(name)) << "'" << name << "'";
    ASSERT_EQ(std::set<std::string>(names.begin(), names.end()).size(), rows.size());
  }
}

TEST(DnsName, FollowsRfc1123) {
  for (const char* good : {"a", "a-b", "llama-3.1-8b-l40s-tp1", "0.1"}) {
    EXPECT_TRUE(is_dns_name(good)) << good;
  }
  for (const char* bad : {"", "-a", "a-", "a..b", ".a", "a.", "A", "a_b", "a b", "a.-b"}) {
    EXPECT_FALSE(is_dns_name(bad)) << bad;
  }
  EXPECT_TRUE(is_dns_name(std::string(63, 'a')));
  EXPECT_FALSE(is_dns_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace berth
