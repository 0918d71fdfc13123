#pragma once
// A loop over simulated time, with a history that each run goes on with.

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/control/simulated_cluster.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {

class LoopFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.interval = Seconds{kInterval};
    options_.lookback = Seconds{7.0 * kInterval};
    options_.on_event = [this](const std::string& text) { events_ += text + "\n"; };
  }

  /// From one time to another; a history that is there is gone on with.
  void run(double from_s, double to_s) { run(cluster_, from_s, to_s); }
  void run(Applier& applier, double from_s, double to_s) {
    Result<History> history = History::open(directory_.path() / "history.db");
    ASSERT_TRUE(history);
    PastClock clock(kBegin + from_s, kBegin + to_s);
    Watch watch(fleet_, options_, source_, applier, *history, clock, status_);
    const Status done = watch.run();
    ASSERT_TRUE(done) << to_string(done.errors().front());
  }

  [[nodiscard]] std::map<std::string, double> counted() const { return status_.get().decisions; }
  [[nodiscard]] double counted(const std::string& kind) const {
    const auto decisions = counted();
    const auto found = decisions.find(kind);
    return found == decisions.end() ? 0.0 : found->second;
  }
  [[nodiscard]] Decision last() const {
    Result<History> history = History::open(directory_.path() / "history.db");
    EXPECT_TRUE(history);
    const auto decision = history->last_decision();
    EXPECT_TRUE(decision && *decision);
    return decision && *decision ? **decision : Decision{};
  }

  berth::testing::TemporaryDirectory directory_;
  Fleet fleet_ = small_fleet();
  SimulatedSource source_;
  SimulatedCluster cluster_;
  WatchOptions options_;
  WatchStatus status_;
  std::string events_;
};

}  // namespace berth::test
