// What is found out about a plan.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/served.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;

class StudiesTest : public ServedTest {
 protected:
  Answer study(const std::string& kind, const std::string& body) {
    return ask("POST", "/v1/plans/1/" + kind, body, "application/json");
  }
  static std::string many() {
    std::string text = "0";
    for (int k = 0; k < 100; ++k) text += ", 0.1";
    return text;
  }
};

TEST_F(StudiesTest, EveryKindIsMadeAndKept) {
  make_plan();
  const std::vector<std::array<std::string, 3>> kinds = {
      {"simulate", R"({"duration": "60s", "fail": 1, "routing": "least-loaded"})",
       "berth.simulation/1"},
      {"stress", R"({"scenarios": 20, "demand": [0.9, 1.1]})", "berth.stress/1"},
      {"replay", R"({"windows": 4, "policies": ["static", "threshold"]})", "berth.replay/1"},
      {"explain", "", "berth.explanation/1"}};
  int id = 0;
  for (const auto& [kind, body, format] : kinds) {
    const Answer made = study(kind, body);
    ASSERT_EQ(made.status, 201) << kind << made.body;
    EXPECT_EQ(made.location, fmt::format("/v1/studies/{}", ++id));
    const Json json = made.json();
    EXPECT_EQ(json["id"], id);
    EXPECT_EQ(json["plan"], 1);
    EXPECT_EQ(json["kind"], kind);
    EXPECT_EQ(json["result"]["format"], format);
    EXPECT_EQ(get(made.location).body, made.body);
  }
  const Json list = get("/v1/plans/1/studies").json();
  ASSERT_EQ(list["studies"].size(), 4U);
  EXPECT_EQ(list["studies"][0]["kind"], "explain");
  EXPECT_EQ(list["studies"][3]["request"]["duration"], 60.0);
  EXPECT_EQ(list["studies"][3]["request"]["seed"], 1);
  EXPECT_EQ(erase("/v1/studies/1").status, 204);
  EXPECT_EQ(erase("/v1/studies/1").status, 404);
  EXPECT_EQ(get("/v1/studies/1").status, 404);
  EXPECT_EQ(erase("/v1/plans/1").status, 204);
  EXPECT_EQ(get("/v1/studies/2").status, 404);
}

TEST_F(StudiesTest, TheSameIsFoundAgain) {
  make_plan();
  const std::string body = R"({"scenarios": 10, "seed": 3})";
  EXPECT_EQ(study("stress", body).json()["result"]["methods"],
            study("stress", body).json()["result"]["methods"]);
}

TEST_F(StudiesTest, AStressTestMayMakeOtherPlans) {
  make_plan();
  const Answer made = study(
      "stress", R"({"scenarios": 5, "methods": ["gh"], "headrooms": [0, 0.2], "robust": [0]})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["result"]["methods"].size(), 3U) << made.body.substr(0, 400);
}

TEST_F(StudiesTest, AReplayTakesASeries) {
  make_plan();
  const Answer bad = study("replay", R"({"series": "no,header\n1,2\n"})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.problems(), HasSubstr("line 1"));
}

TEST_F(StudiesTest, WhatIsWrongIs400) {
  make_plan();
  EXPECT_EQ(study("simulate", R"({"duration": "0s", "routing": "rondom", "sead": 1})").problems(),
            "out_of_range line 1: /duration, unknown_name line 1: /routing, "
            "unknown_key line 1: /sead");
  EXPECT_EQ(study("simulate", R"({"fail": 100000})").problems(), "out_of_range line 1: /fail");
  EXPECT_EQ(study("simulate", R"({"duration": 604800, "replications": 64})").problems(),
            "out_of_range line 1: /duration");
  EXPECT_EQ(study("stress", R"({"demand": [2, 1]})").status, 400);
  EXPECT_EQ(study("stress", R"({"methods": ["gh"], "headrooms": [)" + many() + "]}").status, 400);
  EXPECT_EQ(study("stress", R"({"scenarios": 60000, "methods": ["gh"]})").problems(),
            "out_of_range line 1: /scenarios");
  EXPECT_EQ(study("replay", R"({"policies": ["nobody"]})").status, 400);
  EXPECT_EQ(study("explain", "[").status, 400);
  EXPECT_EQ(ask("POST", "/v1/plans/9/stress", "{}").status, 404);
  EXPECT_EQ(get("/v1/plans/9/studies").status, 404);
  EXPECT_EQ(get("/v1/plans/1/studies").json()["studies"].size(), 0U);
}

TEST_F(StudiesTest, EmptyListsAreHeard) {
  make_plan();
  const Answer made = study("replay", R"({"windows": 2, "policies": []})");
  EXPECT_THAT(made.status, ::testing::AnyOf(201, 400)) << made.body;
}

TEST_F(StudiesTest, AStudyIsAJobToo) {
  make_plan();
  const Answer started = study("stress?async", R"({"scenarios": 100000})");
  ASSERT_EQ(started.status, 202) << started.body;
  const std::int64_t id = started.json()["id"];
  EXPECT_EQ(started.json()["plan"], 1);
  EXPECT_TRUE(soon([&] {
    const Json job = get(fmt::format("/v1/jobs/{}", id)).json();
    return job["progress"]["done"].is_number() && job["progress"]["done"] > 0;
  }));
  EXPECT_EQ(erase(fmt::format("/v1/jobs/{}", id)).status, 200);
  wait_for_job(id, "cancelled");
  EXPECT_EQ(get("/v1/plans/1/studies").json()["studies"].size(), 0U);
}

TEST_F(StudiesTest, APlanThatIsStudiedIsKept) {
  options().keep = 1;
  options().jobs = 2;
  make_plan();
  const Answer started = study("stress?async", R"({"scenarios": 100000})");
  ASSERT_EQ(started.status, 202);
  const std::int64_t id = started.json()["id"];
  wait_for_job(id, "running");
  make_plan();
  make_plan();
  EXPECT_EQ(get("/v1/plans/1").status, 200);
  EXPECT_EQ(get("/v1/plans/2").status, 404);
  erase(fmt::format("/v1/jobs/{}", id));
  make_plan();
  EXPECT_EQ(get("/v1/plans/1").status, 404);
}

TEST_F(StudiesTest, APlanThatIsDeletedMeanwhileHasNoStudy) {
  make_plan();
  const Answer started = study("stress?async", R"({"scenarios": 3000})");
  ASSERT_EQ(started.status, 202);
  EXPECT_EQ(erase("/v1/plans/1").status, 204);
  const std::int64_t id = started.json()["id"];
  EXPECT_TRUE(soon([&] {
    const std::string state = get(fmt::format("/v1/jobs/{}", id)).json()["state"];
    return state == "failed" || state == "done";
  }));
  EXPECT_EQ(get("/v1/studies/1").status, 404);
}

}  // namespace
}  // namespace berth::test
