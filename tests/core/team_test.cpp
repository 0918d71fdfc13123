#include "berth/core/team.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/limits.h"

namespace berth {
namespace {

TEST(Team, DoesEveryTaskOnce) {
  for (const int threads : {1, 2, 5}) {
    Team team(threads);
    for (std::size_t round = 0; round < 200; ++round) {
      std::vector<int> done(round, 0);
      team.run(round, [&](std::size_t task, std::size_t worker) {
        EXPECT_LT(worker, team.size());
        ++done[task];
      });
      EXPECT_EQ(std::count(done.begin(), done.end(), 1), static_cast<std::ptrdiff_t>(round));
    }
  }
}

TEST(Team, AFailedTaskIsThrownByRunAndTheTeamGoesOn) {
  for (const int threads : {1, 2, 5}) {
    Team team(threads);
    for (const std::size_t bad : {0U, 3U, 99U}) {
      std::atomic<std::size_t> done = 0;
      const auto task = [&](std::size_t number, std::size_t) {
        if (number == bad) throw std::runtime_error("task " + std::to_string(number));
        ++done;
      };
      EXPECT_THROW(team.run(100, task), std::runtime_error) << threads;
      EXPECT_LE(done, 99U);
      done = 0;
      team.run(bad, task);
      EXPECT_EQ(done, bad) << threads;
    }
  }
}

void wait_for(const StopFlag& stop) {
  while (!stop.stop_requested()) std::this_thread::yield();
}

TEST(SideBySide, DoesBothAtOnce) {
  StopFlag here;
  StopFlag beside;
  const auto failed = [] { FAIL() << "nothing has"; };
  side_by_side([&] { here.request_stop(), wait_for(beside); },
               [&] { beside.request_stop(), wait_for(here); }, failed);
}

// It used to end the program.
TEST(SideBySide, AFailureOfEitherEndsTheOtherAndIsThrownHere) {
  StopFlag stop;
  const auto end_other = [&stop] { stop.request_stop(); };
  const auto fail = [] { throw std::runtime_error("one"); };
  EXPECT_THROW(side_by_side(
                   fail, [&] { wait_for(stop); }, end_other),
               std::runtime_error);
  StopFlag again;
  const auto end_again = [&again] { again.request_stop(); };
  EXPECT_THROW(side_by_side([&] { wait_for(again); }, fail, end_again), std::runtime_error);
  EXPECT_THROW(side_by_side([] { throw std::logic_error("two"); }, fail, end_again),
               std::logic_error);
}

}  // namespace
}  // namespace berth
