// What a job says of itself while it runs.

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/job_support.h"

namespace berth::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(JobProgressTest, WatchersSeeProgressAndTheEnd) {
  Gate gate;
  JobQueue queue(1, 16);
  submit(queue, spec([&](JobContext& context) {
           context.progress(Progress{1.5, 9.0, 7.0, 12});
           gate.pass();
           context.progress(3, 10);
           return done();
         }));
  const auto watcher = std::make_shared<Watcher>();
  EXPECT_TRUE(queue.watch(1, EventSink(watcher)));
  EXPECT_FALSE(queue.watch(2, EventSink(watcher)));
  EXPECT_TRUE(soon([&] { return watcher->text().find(R"("incumbent":9)") != std::string::npos; }));
  gate.open();
  ASSERT_TRUE(soon([&] { return watcher->ended(); }));
  EXPECT_THAT(
      watcher->text(),
      AllOf(HasSubstr("event: progress\ndata: {"), HasSubstr("event: end\ndata: {\"id\":1,"),
            HasSubstr(R"("state":"done")"), HasSubstr(R"("done":3,"total":10)")));
  const auto late = std::make_shared<Watcher>();
  queue.watch(1, EventSink(late));
  EXPECT_TRUE(late->ended());
  EXPECT_TRUE(late->text().starts_with("event: end\n"));
}

TEST(JobProgressTest, WatchersThatLeaveAreForgotten) {
  JobQueue queue(1, 16);
  submit(queue, spec(until_stopped));
  auto watcher = std::make_shared<Watcher>();
  queue.watch(1, EventSink(watcher));
  watcher->leave();
  EXPECT_TRUE(soon([&] { return watcher.use_count() == 1; }));
  queue.cancel(1, false);
}

TEST(JobProgressTest, NumbersThatJsonHasNotAreNull) {
  Gate gate;
  JobQueue queue(1, 16);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::string trajectory;
  submit(queue, spec([&](JobContext& context) {
           context.progress(Progress{0.0, kInfinity, -kInfinity, 0});
           context.progress(Progress{0.0, 9.0, std::nan(""), 0});
           trajectory = context.trajectory_json();
           return done();
         }));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "done"; }));
  EXPECT_EQ(job(queue, 1)["progress"]["bound"], nullptr);
  EXPECT_TRUE(Json::accept(trajectory)) << trajectory;
}

TEST(JobProgressTest, SecondsMoveWithoutReportsAndStandWhenItHasEnded) {
  JobQueue queue(1, 16);
  Gate gate;
  submit(queue, spec([&](JobContext&) {
           gate.pass();
           return done();
         }));
  const auto seconds = [&] { return job(queue, 1)["progress"]["seconds"].get<double>(); };
  EXPECT_TRUE(soon([&] { return seconds() > 0.02; }));
  gate.open();
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "done"; }));
  const double last = seconds();
  EXPECT_GT(last, 0.02);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(seconds(), last);
}

TEST(JobProgressTest, WhoeverComesLateSeesHowItCameSoFar) {
  JobQueue queue(1, 16);
  Gate gate;
  submit(queue, spec([&](JobContext& context) {
           for (const double cost : {9.0, 8.0}) {
             Progress progress;
             progress.incumbent = cost;
             context.progress(progress);
           }
           gate.pass();
           return done();
         }));
  const auto points = [&] { return job(queue, 1)["trajectory"]; };
  ASSERT_TRUE(soon([&] { return points().size() == 2; }));
  EXPECT_EQ(points()[0]["incumbent"], 9.0);
  EXPECT_EQ(points()[1]["incumbent"], 8.0);
  EXPECT_FALSE(Json::parse(queue.list_json())["jobs"][0].contains("trajectory"));
  gate.open();
}

TEST(JobProgressTest, TrajectoriesAreThinnedNotCut) {
  JobQueue queue(1, 16);
  std::string trajectory;
  submit(queue, spec([&](JobContext& context) {
           for (int k = 0; k < 10'000; ++k) {
             Progress progress;
             progress.seconds = k;
             progress.incumbent = 1e6 - k;
             context.progress(progress);
             context.progress(progress);  // says nothing new
           }
           trajectory = context.trajectory_json();
           return done();
         }));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "done"; }));
  const Json points = Json::parse(trajectory);
  EXPECT_LE(points.size(), 2000U);
  EXPECT_GE(points.size(), 1000U);
  EXPECT_EQ(points.front()["incumbent"], 1e6);
  EXPECT_EQ(points.back()["incumbent"], 1e6 - 9999);
  for (std::size_t k = 1; k < points.size(); ++k) {
    EXPECT_LE(points[k - 1]["seconds"], points[k]["seconds"]);
    EXPECT_GT(points[k - 1]["incumbent"], points[k]["incumbent"]);
  }
}

}  // namespace
}  // namespace berth::test
