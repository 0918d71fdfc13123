// Plans over HTTP: made, read, compared, exported.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/served.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PlansTest : public ServedTest {};

TEST_F(PlansTest, AFleetBecomesAPlan) {
  const Answer made = post("/v1/plans?method=gh&title=first%20one&headroom=10%25", kSmallFleet);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.location, "/v1/plans/1");
  const Json record = made.json();
  EXPECT_EQ(record["id"], 1);
  EXPECT_EQ(record["title"], "first one");
  EXPECT_EQ(record["method"], "gh");
  EXPECT_EQ(record["active"], false);
  EXPECT_EQ(record["slo_met"], true);
  EXPECT_EQ(record["fleet_text"], kSmallFleet);
  EXPECT_EQ(record["request"]["headroom"], 0.1);
  EXPECT_EQ(record["request"]["seed"], 1);
  EXPECT_EQ(record["plan"]["format"], "berth.plan/1");
  EXPECT_GT(record["cost"], 0.0);
  EXPECT_EQ(get("/v1/plans/1").body, made.body);
}

TEST_F(PlansTest, AFleetMayBeJson) {
  const Answer made = ask("POST", "/v1/plans?method=gh", R"({
    "format": "berth.fleet/1", "models": ["qwen3-8b"],
    "pools": [{"name": "l40s", "gpu": "l40s", "offers": [{"name": "o", "lot": 1, "cost": 1.861}]}],
    "classes": [{"name": "chat", "rate": 5, "prompt_tokens": 1000, "output_tokens": 200,
                 "slo": {"ttft": "2s", "tpot": "80ms"}, "quality": {"task": "chat", "min": 0.5}}]})",
                          "application/json");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(get("/v1/plans/1/fleet").type, "application/json");
}

TEST_F(PlansTest, TheFleetIsGivenBackAsItCame) {
  make_plan();
  const Answer fleet = get("/v1/plans/1/fleet");
  EXPECT_EQ(fleet.body, kSmallFleet);
  EXPECT_EQ(fleet.type, "application/yaml");
}

TEST_F(PlansTest, ATitleThatIsANameNamesTheFleet) {
  EXPECT_EQ(post("/v1/plans?method=gh&title=prod-1", kSmallFleet).json()["fleet"], "prod-1");
  EXPECT_EQ(post("/v1/plans?method=gh&title=a%2Fb", kSmallFleet).json()["fleet"], "fleet");
}

TEST_F(PlansTest, WhatIsInfeasibleIs422WithReasons) {
  const Answer answer = post("/v1/plans", kTooMuch);
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.problems(), HasSubstr("infeasible"));
  EXPECT_THAT(answer.body, HasSubstr("chat"));
  EXPECT_THAT(answer.body, HasSubstr("POST /v1/explanations")) << "not a command's name";
  EXPECT_EQ(get("/v1/plans").json()["plans"].size(), 0U);
}

TEST_F(PlansTest, BadFleetsAre400WithLines) {
  const Answer syntax = post("/v1/plans", "format: berth.fleet/1\nclasses: [\n");
  EXPECT_EQ(syntax.status, 400);
  EXPECT_THAT(syntax.problems(), StartsWith("syntax line "));
  const Answer wrong =
      post("/v1/plans?method=grady&sed=1",
           "format: berth.fleet/1\nclases: 3\nclasses:\n  - {name: a, rate: -1}\n");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.problems(), HasSubstr("unknown_name method, unknown_key sed"));
  const Answer fleet = post("/v1/plans",
                            "format: berth.fleet/1\nclases: 3\nclasses:\n  - {name: a, "
                            "rate: -1}\n");
  EXPECT_THAT(fleet.problems(), HasSubstr("unknown_key line 2: /clases"));
  EXPECT_THAT(fleet.problems(), HasSubstr("line 4: /classes/0/rate"));
  EXPECT_THAT(fleet.body, HasSubstr("did you mean"));
  EXPECT_EQ(post("/v1/plans", "").status, 400);
  EXPECT_EQ(post("/v1/plans", std::string("\0\xff", 2)).status, 400);
  EXPECT_EQ(post("/v1/plans", std::string(100'000, '[')).status, 400);
  EXPECT_EQ(post("/v1/plans", std::string(100'000, '{')).status, 400);
}

TEST_F(PlansTest, AliasesThatMultiplyAreRefused) {
  std::string bomb = "format: berth.fleet/1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int k = 1; k < 12; ++k) {
    bomb += fmt::format("a{}: &a{} [", k, k);
    for (int j = 0; j < 10; ++j) bomb += fmt::format("*a{}, ", k - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(post("/v1/plans", bomb).status, 400);
}

TEST_F(PlansTest, WhatContradictsIsRefused) {
  EXPECT_EQ(post("/v1/plans?max_changes=1&hold=1h", kSmallFleet).problems(),
            "inconsistent max_changes, inconsistent hold");
  EXPECT_EQ(post("/v1/plans?robust=1&survive=2", kSmallFleet).problems(), "inconsistent survive");
  const Answer none = post("/v1/plans?current=7", kSmallFleet);
  EXPECT_EQ(none.status, 404) << none.body;
}

TEST_F(PlansTest, APlanMayStartFromTheOneThatRuns) {
  const auto first = make_plan("?method=gh");
  const Answer second = post(
      fmt::format("/v1/plans?method=agh&current={}&max_changes=0&hold=1h", first), kSmallFleet);
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(second.json()["current"], first);
  EXPECT_EQ(second.json()["deployments"], get("/v1/plans/1").json()["deployments"]);
}

TEST_F(PlansTest, RecordsAreTaggedUntilTheyChange) {
  make_plan();
  const Answer first = get("/v1/plans/1");
  ASSERT_NE(first.etag, "");
  const auto again = [&] { return ask("GET", "/v1/plans/1", "", "", "If-None-Match", first.etag); };
  EXPECT_EQ(again().status, 304);
  EXPECT_EQ(again().body, "");
  EXPECT_EQ(post("/v1/plans/1/activate").status, 200);
  EXPECT_EQ(again().status, 200);
  EXPECT_EQ(get("/v1/plans/1").json()["active"], true);
}

TEST_F(PlansTest, ListsAreSummariesInPages) {
  for (int k = 0; k < 3; ++k) make_plan();
  const Json page = get("/v1/plans?limit=2").json();
  ASSERT_EQ(page["plans"].size(), 2U);
  EXPECT_EQ(page["plans"][0]["id"], 3);
  EXPECT_EQ(page["next"], 2);
  EXPECT_FALSE(page["plans"][0].contains("plan"));
  EXPECT_EQ(get("/v1/plans?limit=2&before=2").json()["next"], nullptr);
  EXPECT_EQ(get("/v1/plans?limit=0").status, 400);
  EXPECT_EQ(get("/v1/plans?limit=501").status, 400);
  EXPECT_EQ(get("/v1/plans?limit=2&limit=2").problems(), "duplicate limit");
}

TEST_F(PlansTest, DeletingForgetsButNotWhatIsActive) {
  make_plan();
  make_plan();
  ASSERT_EQ(post("/v1/plans/1/activate").status, 200);
  const Answer active = erase("/v1/plans/1");
  EXPECT_EQ(active.status, 409);
  EXPECT_EQ(active.problems(), "inconsistent id");
  EXPECT_EQ(erase("/v1/plans/2").status, 204);
  EXPECT_EQ(erase("/v1/plans/2").status, 404);
  EXPECT_EQ(get("/v1/plans/2").status, 404);
  EXPECT_EQ(make_plan(), 3);
}

TEST_F(PlansTest, TheHistoryOutlivesTheService) {
  make_plan();
  post("/v1/plans/1/activate");
  const std::string before = get("/v1/plans/1").body;
  stop();
  EXPECT_EQ(get("/v1/plans/1").body, before);
}

TEST_F(PlansTest, TwoPlansAreCompared) {
  make_plan();
  ASSERT_EQ(post("/v1/plans?method=gh&headroom=3", kSmallFleet).status, 201);
  const Answer diff = get("/v1/plans/1/diff/2");
  ASSERT_EQ(diff.status, 200) << diff.body;
  EXPECT_EQ(diff.json()["format"], "berth.diff/1");
  EXPECT_EQ(get("/v1/plans/1/diff/1").status, 200);
  EXPECT_EQ(get("/v1/plans/1/diff/9").status, 404);
  EXPECT_EQ(get("/v1/plans/9/diff/8").problems(), "not_found id, not_found other");
}

TEST_F(PlansTest, EveryExportIsAFile) {
  make_plan();
  const std::vector<std::array<std::string, 3>> files = {
      {"plan.json", "application/json", "berth.plan/1"},
      {"plan.yaml", "application/yaml", "format: berth.plan/1"},
      {"report.html", "text/html; charset=utf-8", "<!DOCTYPE html>"},
      {"deployments.csv", "text/csv; charset=utf-8", "l40s"},
      {"routes.csv", "text/csv; charset=utf-8", "chat"},
      {"classes.csv", "text/csv; charset=utf-8", "chat"},
      {"kubernetes.yaml", "application/yaml", "kind: Deployment"},
      {"kserve.yaml", "application/yaml", "kserve.io"},
      {"keda.yaml", "application/yaml", "kind: ScaledObject"},
      {"prometheus.yaml", "application/yaml", "groups:"}};
  for (const auto& [name, type, text] : files) {
    const Answer file = get("/v1/plans/1/export/" + name);
    EXPECT_EQ(file.status, 200) << name << file.body;
    EXPECT_EQ(file.type, type) << name;
    EXPECT_THAT(file.body, ::testing::ContainsRegex(text)) << name;
    EXPECT_EQ(get("/v1/plans/9/export/" + name).status, 404) << name;
  }
  EXPECT_EQ(get("/v1/plans/1/export/plan.xml").status, 400);
  EXPECT_EQ(get("/v1/plans/1/export/..%2Fberth.db").status, 400);
}

TEST_F(PlansTest, IdsThatAreNoneAreRefused) {
  for (const char* id : {"0", "-1", "a", "1.5", "1e3", "99999999999999999999", "%31x", "1%20"}) {
    EXPECT_EQ(get(std::string("/v1/plans/") + id).status, 400) << id;
  }
  EXPECT_EQ(get("/v1/plans/1").status, 404);
  EXPECT_EQ(get("/v1/plans/999999999999999").status, 404);
}

TEST_F(PlansTest, TwoServicesNeverShareAHistory) {
  ASSERT_GT(port(), 0);
  ServeOptions second = options();
  const auto opened = Service::open(second);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.errors()[0].code, ErrorCode::kInconsistent);
}

TEST_F(PlansTest, TheHistoryKeepsWhatItIsToldTo) {
  options().keep = 2;
  for (int k = 1; k <= 4; ++k) EXPECT_EQ(make_plan(), k);
  const Json plans = get("/v1/plans").json()["plans"];
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0]["id"], 4);
  EXPECT_EQ(plans[1]["id"], 3);
}

TEST_F(PlansTest, ABodyThatIsTooLargeIs413) {
  options().max_body = 10'000;
  EXPECT_EQ(post("/v1/plans", std::string(10'001, '#')).status, 413);
  EXPECT_EQ(post("/v1/plans", std::string(10'000, '#')).status, 400);
}

}  // namespace
}  // namespace berth::test
