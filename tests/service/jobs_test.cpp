// Work that takes its time, over HTTP.

#include <httplib.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/served.h"

namespace berth::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kLong = "/v1/plans?async&method=milp&gap=0&title=long";

class JobsTest : public ServedTest {
 protected:
  std::int64_t start(const std::string& path = kLong, const std::string& fleet = large_fleet()) {
    const Answer answer = post(path, fleet);
    EXPECT_EQ(answer.status, 202) << answer.body;
    const std::int64_t id = answer.json().value("id", 0);
    EXPECT_EQ(answer.location, fmt::format("/v1/jobs/{}", id));
    return id;
  }
  std::size_t plans() { return get("/v1/plans").json()["plans"].size(); }
};

TEST_F(JobsTest, AJobGoesItsWay) {
  const auto id = start("/v1/plans?async&method=gh&title=t", kSmallFleet);
  const Json job = wait_for_job(id, "done");
  EXPECT_EQ(job["kind"], "plan");
  EXPECT_EQ(job["title"], "t");
  EXPECT_EQ(job["plan"], nullptr);
  EXPECT_EQ(job["result"]["plan"], 1);
  EXPECT_EQ(get("/v1/plans/1").status, 200);
  Json listed = job;
  listed.erase("trajectory");
  EXPECT_EQ(get("/v1/jobs").json()["jobs"][0], listed);
}

TEST_F(JobsTest, AFailedJobSaysWhy) {
  const Json job = wait_for_job(start("/v1/plans?async", kTooMuch), "failed");
  EXPECT_EQ(job["error"]["error"]["code"], "infeasible");
  EXPECT_GE(job["error"]["errors"].size(), 1U);
}

TEST_F(JobsTest, WhatIsWrongIsSaidBeforeThereIsAJob) {
  EXPECT_EQ(post("/v1/plans?async", "format: x").status, 400);
  EXPECT_EQ(get("/v1/jobs").json()["jobs"].size(), 0U);
}

TEST_F(JobsTest, CancellingKeepsNothing) {
  const auto id = start();
  wait_for_job(id, "running");
  EXPECT_EQ(erase(fmt::format("/v1/jobs/{}", id)).status, 200);
  wait_for_job(id, "cancelled");
  EXPECT_EQ(plans(), 0U);
  EXPECT_EQ(erase("/v1/jobs/99").status, 404);
  EXPECT_EQ(get("/v1/jobs/99").status, 404);
  EXPECT_EQ(get("/v1/jobs/99/events").status, 404);
}

TEST_F(JobsTest, KeepingEndsWithTheBestPlanSoFar) {
  const auto id = start();
  wait_for_incumbent(id);
  EXPECT_EQ(erase(fmt::format("/v1/jobs/{}?keep", id)).status, 200);
  const Json job = wait_for_job(id, "done");
  const Json record = get(fmt::format("/v1/plans/{}", job["result"]["plan"].get<int>())).json();
  EXPECT_EQ(record["slo_met"], true);
  EXPECT_GE(record["trajectory"].size(), 1U);
}

TEST_F(JobsTest, EventsComeUntilTheEnd) {
  const auto id = start();
  std::string text;
  httplib::Client client("127.0.0.1", port());
  client.set_read_timeout(60);
  bool asked = false;
  const auto result =
      client.Get(fmt::format("/v1/jobs/{}/events", id), [&](const char* data, std::size_t size) {
        text.append(data, size);
        if (!asked && text.find("\"incumbent\":") != std::string::npos) {
          asked = true;
          wait_for_incumbent(id);
          erase(fmt::format("/v1/jobs/{}?keep", id));
        }
        return true;
      });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/event-stream");
  EXPECT_THAT(text, AllOf(HasSubstr("event: progress\ndata: {"), HasSubstr("event: end\ndata: {")));
  std::size_t events = 0;
  for (std::size_t at = text.find("data: "); at != std::string::npos;
       at = text.find("data: ", at)) {
    at += 6;
    EXPECT_TRUE(Json::accept(text.substr(at, text.find('\n', at) - at)));
    ++events;
  }
  EXPECT_GE(events, 2U);
}

TEST_F(JobsTest, AClientThatWaitsAndGoesAwayCancels) {
  post_and_leave("/v1/plans?method=milp&gap=0", large_fleet(), 0.5);
  wait_for_job(1, "cancelled");
  EXPECT_EQ(plans(), 0U);
}

TEST_F(JobsTest, AClientThatGoesAwayFromTheQueueCancelsToo) {
  const auto running = start();
  wait_for_job(running, "running");
  post_and_leave("/v1/plans?method=gh", kSmallFleet, 0.3);
  wait_for_job(running + 1, "cancelled");
  erase(fmt::format("/v1/jobs/{}", running));
}

TEST_F(JobsTest, AFullQueueIs429UntilThereIsRoom) {
  options().queue = 1;
  const auto running = start();
  const auto waiting = start();
  for (const char* path : {"/v1/plans?async", "/v1/plans", "/v1/explanations?async"}) {
    const Answer full = post(path, kSmallFleet);
    EXPECT_EQ(full.status, 429) << path;
    EXPECT_NE(full.retry_after, "");
  }
  erase(fmt::format("/v1/jobs/{}", waiting));
  erase(fmt::format("/v1/jobs/{}", running));
  wait_for_job(running, "cancelled");
  EXPECT_EQ(post("/v1/plans?method=gh", kSmallFleet).status, 201);
}

TEST_F(JobsTest, ReadingGoesOnWhileJobsRun) {
  make_plan();
  const auto running = start();
  wait_for_job(running, "running");
  EXPECT_EQ(get("/v1/plans/1").status, 200);
  EXPECT_EQ(get("/v1/plans/1/diff/1").status, 200);
  EXPECT_EQ(post("/v1/fleets/check", kSmallFleet).status, 200);
  erase(fmt::format("/v1/jobs/{}", running));
}

TEST_F(JobsTest, TheLimitOfTheServerEndsAJob) {
  options().time_limit = Seconds{1.0};
  const Answer made = post("/v1/plans?method=milp&gap=0&time_limit=1h", large_fleet());
  EXPECT_THAT(made.status, ::testing::AnyOf(201, 503)) << made.body;
  EXPECT_EQ(make_plan(), made.status == 201 ? 2 : 1);
  const Answer study = post(fmt::format("/v1/plans/{}/simulate", made.status == 201 ? 2 : 1),
                            R"({"duration": 400000, "replications": 9})");
  EXPECT_EQ(study.status, 503) << study.body;
  EXPECT_THAT(study.body, HasSubstr("--time-limit"));
}

TEST_F(JobsTest, StoppingAnswersThoseWhoWait) {
  ASSERT_GT(port(), 0);
  std::string body;
  int status = 0;
  std::thread waiting([&] {
    const Answer answer = post("/v1/plans?method=milp&gap=0", large_fleet());
    status = answer.status;
    body = answer.body;
  });
  wait_for_job(1, "running");
  stop_service();
  waiting.join();
  EXPECT_EQ(status, 503) << body;
}

}  // namespace
}  // namespace berth::test
