#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/job_support.h"

namespace berth::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(JobQueueTest, RunsInOrder) {
  JobQueue queue(1, 16);
  std::mutex mutex;
  std::vector<int> order;
  for (int k = 0; k < 8; ++k) {
    EXPECT_EQ(queue.submit(spec([&, k](JobContext&) {
      const std::lock_guard lock(mutex);
      order.push_back(k);
      return done(k);
    })),
              k + 1);
  }
  ASSERT_TRUE(soon([&] { return queue.counts().done == 8; }));
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  const Json last = job(queue, 8);
  EXPECT_EQ(last["state"], "done");
  EXPECT_EQ(last["result"]["plan"], 7);
  EXPECT_EQ(last["error"], nullptr);
  EXPECT_TRUE(last["finished"].is_string());
  const Json list = Json::parse(queue.list_json());
  EXPECT_EQ(list["jobs"][0]["id"], 8);
  EXPECT_EQ(list["jobs"].size(), 8U);
}

TEST(JobQueueTest, AFullQueueRefuses) {
  Gate gate;
  JobQueue queue(1, 2);
  const auto waits = [&](JobContext&) {
    gate.pass();
    return done();
  };
  for (int k = 0; k < 3; ++k) EXPECT_TRUE(queue.submit(spec(waits))) << k;
  EXPECT_FALSE(queue.submit(spec(waits)));
  EXPECT_EQ(queue.counts().refused, 1U);
  gate.open();
  ASSERT_TRUE(soon([&] { return queue.counts().done == 3; }));
  EXPECT_TRUE(queue.submit(spec(waits)));
}

TEST(JobQueueTest, WithoutAQueueOneMayStillRun) {
  Gate gate;
  JobQueue queue(1, 0);
  const auto waits = [&](JobContext&) {
    gate.pass();
    return done();
  };
  EXPECT_TRUE(queue.submit(spec(waits)));
  EXPECT_FALSE(queue.submit(spec(waits)));
  gate.open();
}

TEST(JobQueueTest, AFailureHasItsErrors) {
  JobQueue queue(1, 16);
  submit(queue, spec([](JobContext&) -> Result<JobResult> {
           return Errors{{ErrorCode::kInfeasible, "no \"room\"", "", "more"},
                         {ErrorCode::kSyntax, "b", "", ""}};
         }));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "failed"; }));
  const Json failed = job(queue, 1);
  EXPECT_EQ(failed["error"]["error"]["code"], "infeasible");
  EXPECT_EQ(failed["error"]["errors"].size(), 2U);
  EXPECT_EQ(failed["result"], nullptr);
}

TEST(JobQueueTest, ABugInAJobEndsThatJobAlone) {
  JobQueue queue(1, 16);
  submit(queue, spec([](JobContext&) -> Result<JobResult> { throw std::runtime_error("oops"); }));
  submit(queue, spec([](JobContext&) { return done(); }));
  ASSERT_TRUE(soon([&] { return state(queue, 2) == "done"; }));
  EXPECT_EQ(job(queue, 1)["error"]["error"]["code"], "internal");
}

TEST(JobQueueTest, CancellingARunningJobKeepsNothing) {
  JobQueue queue(1, 16);
  std::atomic<int> told = 0;
  JobSpec one = spec(until_stopped);
  one.on_end = [&](const std::optional<Result<JobResult>>& result) { told += result ? 100 : 1; };
  submit(queue, std::move(one));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  EXPECT_TRUE(queue.cancel(1, false));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "cancelled"; }));
  EXPECT_TRUE(soon([&] { return told == 1; }));
  EXPECT_TRUE(queue.cancel(1, true)) << "again is nothing";
  EXPECT_EQ(state(queue, 1), "cancelled");
  EXPECT_TRUE(soon([&] { return queue.counts().cancelled == 1; }));
  EXPECT_FALSE(queue.cancel(9, false));
}

TEST(JobQueueTest, EndingARunningJobKeepsWhatItHas) {
  JobQueue queue(1, 16);
  submit(queue, spec(until_stopped));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  queue.cancel(1, true);
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "done"; }));
  EXPECT_EQ(job(queue, 1)["result"]["plan"], 1);
}

TEST(JobQueueTest, WhatKeepsNothingIsCancelledInstead) {
  JobQueue queue(1, 16);
  JobSpec study = spec(until_stopped);
  study.keeps = false;
  submit(queue, std::move(study));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  queue.cancel(1, true);
  EXPECT_EQ(state(queue, 1), "cancelled");
  EXPECT_EQ(job(queue, 1)["error"]["error"]["code"], "cancelled");
}

TEST(JobQueueTest, CancelAfterKeepStillCancels) {
  Gate gate;
  JobQueue queue(1, 16);
  submit(queue, spec([&](JobContext& context) {
           gate.pass();
           return until_stopped(context);
         }));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  queue.cancel(1, true);
  queue.cancel(1, false);
  gate.open();
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "cancelled"; }));
}

TEST(JobQueueTest, WhatIsStoredAlreadyIsNotCancelled) {
  Gate gate;
  JobQueue queue(1, 16);
  std::atomic<bool> settled = false;
  submit(queue, spec([&](JobContext& context) {
           settled = context.settle();
           gate.pass();
           return done();
         }));
  ASSERT_TRUE(soon([&] { return settled.load(); }));
  queue.cancel(1, false);
  gate.open();
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "done"; }));
}

TEST(JobQueueTest, CancellingAJobThatWaitsEndsItAtOnce) {
  Gate gate;
  JobQueue queue(1, 1);
  std::atomic<bool> ran = false;
  std::atomic<int> told = 0;
  submit(queue, spec([&](JobContext&) {
           gate.pass();
           return done();
         }));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  JobSpec second = spec([&](JobContext&) {
    ran = true;
    return done();
  });
  second.on_end = [&](const std::optional<Result<JobResult>>& result) { told += result ? 100 : 1; };
  submit(queue, std::move(second));
  EXPECT_EQ(queue.counts().queued, 1U);
  queue.cancel(2, true);
  EXPECT_EQ(state(queue, 2), "cancelled");
  EXPECT_EQ(told, 1);
  EXPECT_EQ(queue.counts().queued, 0U);
  EXPECT_EQ(queue.counts().cancelled, 1U);
  EXPECT_TRUE(queue.submit(spec([](JobContext&) { return done(); }))) << "it makes room";
  gate.open();
  ASSERT_TRUE(soon([&] { return state(queue, 3) == "done"; }));
  EXPECT_FALSE(ran);
}

TEST(JobQueueTest, AJobThatTakesTooLongIsStopped) {
  JobQueue queue(1, 16, Seconds{0.05});
  submit(queue, spec(until_stopped));
  ASSERT_TRUE(soon([&] { return state(queue, 1) == "done"; })) << "with what it has";
  submit(queue, spec([](JobContext& context) -> Result<JobResult> {
           static_cast<void>(until_stopped(context));
           return Error{ErrorCode::kLimitReached, "stopped before all of it was done", "", ""};
         }));
  ASSERT_TRUE(soon([&] { return state(queue, 2) == "failed"; }));
  EXPECT_THAT(job(queue, 2)["error"]["error"]["suggestion"].get<std::string>(),
              HasSubstr("--time-limit"));
}

TEST(JobQueueTest, OldJobsAreForgottenNotThoseThatLive) {
  JobQueue queue(2, 1000);
  submit(queue, spec(until_stopped));
  for (int k = 0; k < 400; ++k) submit(queue, spec([](JobContext&) { return done(); }));
  ASSERT_TRUE(soon([&] { return queue.counts().done == 400; }));
  EXPECT_EQ(state(queue, 1), "running");
  EXPECT_FALSE(queue.json(2));
  EXPECT_EQ(state(queue, 401), "done");
  EXPECT_TRUE(soon([&] { return Json::parse(queue.list_json())["jobs"].size() == 201U; }))
      << "200 that have ended, and the one that runs";
  queue.cancel(1, false);
}

TEST(JobQueueTest, JobsCancelledWhileTheyWaitAreForgottenToo) {
  JobQueue queue(1, 16);
  submit(queue, spec(until_stopped));
  for (int k = 0; k < 500; ++k) {
    const auto id = queue.submit(spec([](JobContext&) { return done(); }));
    ASSERT_TRUE(id);
    queue.cancel(*id, false);
  }
  EXPECT_LE(Json::parse(queue.list_json())["jobs"].size(), 201U);
}

TEST(JobQueueTest, StoppingCancelsAllAndTellsEverybody) {
  auto queue = std::make_unique<JobQueue>(2, 16);
  std::atomic<int> told = 0;
  const auto watcher = std::make_shared<Watcher>();
  for (int k = 0; k < 8; ++k) {
    JobSpec one = spec(until_stopped);
    one.on_end = [&](const std::optional<Result<JobResult>>& result) { told += result ? 100 : 1; };
    submit(*queue, std::move(one));
  }
  queue->watch(8, EventSink(watcher));
  queue->stop();
  EXPECT_EQ(told, 8);
  EXPECT_TRUE(watcher->ended());
  EXPECT_FALSE(queue->submit(spec(until_stopped)));
  EXPECT_EQ(state(*queue, 8), "cancelled");
  queue.reset();
}

TEST(JobQueueTest, WhoeverWaitsForACancelledJobIsToldAtOnce) {
  JobQueue queue(1, 16);
  Gate gate;
  std::atomic<int> told = 0;
  const auto watcher = std::make_shared<Watcher>();
  JobSpec deaf = spec([&](JobContext& context) {
    gate.pass();
    context.progress(1, 2);
    return context.settle() ? done() : Result<JobResult>(Error{});
  });
  deaf.on_end = [&](const std::optional<Result<JobResult>>& result) { told += result ? 100 : 1; };
  submit(queue, std::move(deaf));
  queue.watch(1, EventSink(watcher));
  EXPECT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  queue.cancel(1, true);
  EXPECT_EQ(state(queue, 1), "running") << "it may have something to keep";
  queue.cancel(1, false);
  EXPECT_TRUE(watcher->ended());
  EXPECT_EQ(told, 1);
  const Json then = job(queue, 1);
  EXPECT_EQ(then["state"], "cancelled");
  EXPECT_EQ(queue.counts().cancelled, 1U);
  EXPECT_EQ(queue.counts().running, 1U) << "its work has not noticed";
  gate.open();
  EXPECT_TRUE(soon([&] { return queue.counts().running == 0; }));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(job(queue, 1), then);
  EXPECT_EQ(queue.counts().done + queue.counts().failed, 0U);
}

TEST(JobQueueTest, StoppingWaitsNoLongerThanItMay) {
  JobQueue queue(1, 16);
  Gate gate;
  std::atomic<int> told = 0;
  JobSpec deaf = spec([&](JobContext&) {
    gate.pass();
    return done();
  });
  deaf.on_end = [&](const std::optional<Result<JobResult>>& result) { told += result ? 100 : 1; };
  submit(queue, std::move(deaf));
  submit(queue, spec(until_stopped));
  EXPECT_TRUE(soon([&] { return state(queue, 1) == "running"; }));
  EXPECT_FALSE(queue.stop(Seconds{0.05}));
  EXPECT_EQ(state(queue, 1), "cancelled");
  EXPECT_EQ(state(queue, 2), "cancelled");
  EXPECT_EQ(told, 1);
  gate.open();
  EXPECT_TRUE(queue.stop());
  EXPECT_EQ(told, 1) << "once, and as cancelled: it keeps nothing";
}

TEST(JobQueueTest, ManyThreadsAtOnce) {
  JobQueue queue(2, 8);
  std::vector<std::thread> threads;
  std::atomic<int> ended = 0;
  std::atomic<int> taken = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int k = 0; k < 100; ++k) {
        JobSpec one = spec([](JobContext& context) {
          context.progress(1, 2);
          return context.settle() ? done() : Result<JobResult>(Error{});
        });
        one.on_end = [&](const std::optional<Result<JobResult>>&) { ++ended; };
        const auto id = queue.submit(std::move(one));
        if (!id) continue;
        ++taken;
        queue.watch(*id, EventSink(std::make_shared<Watcher>()));
        if (k % 2 == 0) queue.cancel(*id, t % 2 == 0);
        static_cast<void>(queue.list_json());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(soon([&] { return ended == taken; }));
  const JobCounts counts = queue.counts();
  EXPECT_TRUE(soon([&] {
    const JobCounts now = queue.counts();
    return now.done + now.cancelled + now.failed == static_cast<std::uint64_t>(taken.load());
  }));
  EXPECT_EQ(counts.queued, 0U);
}

}  // namespace
}  // namespace berth::test
