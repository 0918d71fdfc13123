#include "berth/control/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth::test {
namespace {

TEST(Processes, GiveBackWhatTheyPrintAndHowTheyEnd) {
  const auto done = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"}, Seconds{10.0});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->out, "out\n");
  EXPECT_EQ(done->err, "err\n");
  EXPECT_EQ(done->status, 3);
}

TEST(Processes, WordsAreNotReadByAShell) {
  const auto done = run_process({"printf", "%s", "$(id); rm -rf *"}, Seconds{10.0});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->out, "$(id); rm -rf *");
}

TEST(Processes, MuchOnBothStreamsDoesNotBlock) {
  const auto done = run_process(
      {"sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"}, Seconds{30.0});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->out.size(), 1'000'000U);
  EXPECT_EQ(done->err.size(), 1'000'000U);
}

TEST(Processes, OneThatIsNotDoneIsEnded) {
  const auto done = run_process({"sleep", "60"}, Seconds{0.2});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.errors().front().code, ErrorCode::kLimitReached);
}

TEST(Processes, OneThatIsNotThereIsTold) {
  const auto done = run_process({"no-such-program-anywhere"}, Seconds{1.0});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.errors().front().code, ErrorCode::kNotFound);
}

TEST(Processes, ASignalIsAnExitStatusToo) {
  const auto done = run_process({"sh", "-c", "kill -TERM $$"}, Seconds{10.0});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->status, 128 + 15);
}

}  // namespace
}  // namespace berth::test
