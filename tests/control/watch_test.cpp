#include "berth/control/watch.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/loop_fixture.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

using berth::testing::TemporaryDirectory;
using ::testing::HasSubstr;

class WatchLoop : public LoopFixture {};

TEST_F(WatchLoop, ASteadyLoadIsPlannedForOnce) {
  run(0.0, 3600.0);
  EXPECT_EQ(counted().at("plan"), 1.0);
  EXPECT_EQ(counted().at("keep"), 12.0);
  // From nothing: start, then route; nothing stops.
  ASSERT_EQ(cluster_.states.size(), 2U) << events_;
  EXPECT_TRUE(cluster_.states[0].routes.empty());
  EXPECT_FALSE(cluster_.states[1].routes.empty());
  EXPECT_EQ(replicas_of(cluster_.states[0]), replicas_of(cluster_.states[1]));
}

TEST_F(WatchLoop, ARiseIsAnsweredMakeBeforeBreak) {
  source_.chat = [](double t) { return t < kBegin + 3600.0 ? 20.0 : 40.0; };
  run(0.0, 2.0 * 3600.0);
  EXPECT_GE(counted().at("plan"), 2.0) << events_;
  for (std::size_t k = 1; k < cluster_.states.size(); ++k) {
    const auto before = replicas_of(cluster_.states[k - 1]);
    const auto after = replicas_of(cluster_.states[k]);
    bool grows = false;
    bool shrinks = false;
    for (const auto& [name, count] : after) {
      const auto old = before.find(name);
      grows = grows || old == before.end() || count > old->second;
      shrinks = shrinks || (old != before.end() && count < old->second);
    }
    for (const auto& [name, count] : before) shrinks = shrinks || !after.contains(name);
    EXPECT_FALSE(grows && shrinks) << "stage " << k;
  }
  EXPECT_GT(rent_of(cluster_.states.back()), rent_of(cluster_.states.front()));
}

TEST_F(WatchLoop, AFallIsFollowedOnceItHasLasted) {
  source_.chat = [](double t) { return t < kBegin + 3600.0 ? 40.0 : 10.0; };
  run(0.0, 3600.0);
  const double busy = rent_of(cluster_.states.back());
  run(3600.0, 3600.0 + 3.0 * kInterval);
  EXPECT_EQ(rent_of(cluster_.states.back()), busy) << "the busiest of six windows is kept";
  run(3600.0, 3.0 * 3600.0);
  EXPECT_LT(rent_of(cluster_.states.back()), busy) << events_;
}

TEST_F(WatchLoop, DataThatCannotBeTrustedFreeze) {
  run(0.0, 1800.0);
  const auto before = replicas_of(cluster_.states.back());
  source_.chat = [](double) { return 80.0; };
  source_.age_s = 1000.0;
  run(1800.0, 1800.0 + kInterval);
  EXPECT_EQ(last().kind, Decision::Kind::kFreeze);
  EXPECT_THAT(last().reason, HasSubstr("stale: the newest sample is 1000 s old"));
  EXPECT_TRUE(status_.get().frozen);
  source_.age_s = 10.0;
  source_.contradicts = true;
  run(1800.0, 1800.0 + 2.0 * kInterval);
  EXPECT_THAT(last().reason, HasSubstr("contradictory: chat: 5 requests with no tokens"));
  source_.contradicts = false;
  source_.unreachable = true;
  run(1800.0, 1800.0 + 3.0 * kInterval);
  EXPECT_THAT(last().reason,
              HasSubstr("cannot be read: http://prometheus:9090: connection refused"));
  EXPECT_EQ(replicas_of(cluster_.states.back()), before);
  source_.unreachable = false;
  run(1800.0, 1800.0 + 4.0 * kInterval);
  EXPECT_EQ(last().kind, Decision::Kind::kPlan);
  EXPECT_FALSE(status_.get().frozen);
}

TEST_F(WatchLoop, AClassThatIsNoLongerMeasuredIsBridgedForThreeWindowsOnly) {
  source_.chat_until = kBegin + 1800.0;
  run(0.0, 1800.0 + 3.0 * kInterval);
  EXPECT_EQ(last().kind, Decision::Kind::kKeep) << last().reason;
  run(0.0, 1800.0 + 4.0 * kInterval);
  EXPECT_THAT(last().reason, HasSubstr("chat was not measured in the last 4 windows"));
}

TEST_F(WatchLoop, WhereNoPlanFitsTheLastGoodOneStays) {
  run(0.0, 900.0);
  const auto before = replicas_of(cluster_.states.back());
  options_.max_changes = 1;
  source_.chat = [](double) { return 200.0; };
  run(900.0, 900.0 + 2.0 * kInterval);
  EXPECT_EQ(last().kind, Decision::Kind::kFail);
  EXPECT_THAT(last().reason, HasSubstr("at most 1 replica"));
  EXPECT_EQ(replicas_of(cluster_.states.back()), before);
}

TEST_F(WatchLoop, ANewLoopKnowsWhatTheOneBeforeItSaid) {
  run(0.0, 900.0);
  options_.max_changes = 1;
  source_.chat = [](double) { return 200.0; };
  run(900.0, 900.0 + 2.0 * kInterval);
  const WatchSnapshot before = status_.get();
  EXPECT_GE(before.failed_looks, 2.0);
  status_.update([](WatchSnapshot& s) { s = {}; });
  run(900.0 + 2.0 * kInterval + 1.0, 900.0 + 2.0 * kInterval + 2.0);  // no look is due
  EXPECT_EQ(status_.get().failed_looks, before.failed_looks);
  EXPECT_EQ(status_.get().last_look_s, before.last_look_s);
  EXPECT_EQ(status_.get().last_decision, before.last_decision);
  EXPECT_TRUE(status_.get().decisions.empty());
  source_.unreachable = true;
  run(900.0 + 2.0 * kInterval, 900.0 + 3.0 * kInterval);
  const auto frozen = status_.get().frozen;
  ASSERT_TRUE(frozen);
  status_.update([](WatchSnapshot& s) { s = {}; });
  run(900.0 + 3.0 * kInterval + 1.0, 900.0 + 3.0 * kInterval + 2.0);
  EXPECT_EQ(status_.get().frozen, frozen);
}

TEST_F(WatchLoop, AStateThatCannotBeRenderedIsNeverBegun) {
  cluster_.renders = false;
  run(0.0, 900.0);
  EXPECT_EQ(last().kind, Decision::Kind::kFail);
  EXPECT_THAT(last().reason, HasSubstr("no product is known"));
  EXPECT_TRUE(cluster_.states.empty());
}

TEST_F(WatchLoop, WhatCannotBeAppliedIsTriedAgain) {
  cluster_.failures = 3;
  run(0.0, 1800.0);
  EXPECT_EQ(status_.get().apply_errors, 3.0);
  ASSERT_EQ(cluster_.states.size(), 2U);
  EXPECT_FALSE(status_.get().pending) << events_;
}

TEST_F(WatchLoop, ReplicasThatNeverBecomeReadyAreGivenUp) {
  run(0.0, 900.0);
  const Plan running = cluster_.states.back();
  cluster_.becomes_ready = false;
  source_.chat = [](double) { return 40.0; };
  run(900.0, 2.0 * 3600.0);
  EXPECT_GE(counted().at("abandon"), 2.0) << events_;
  // No route ever led to what was not ready, and what was given up does not pile up.
  double most = 0.0;
  for (const Plan& state : cluster_.states) {
    for (const PlanRoute& route : state.routes) {
      EXPECT_TRUE(replicas_of(running).contains(route.deployment)) << route.deployment;
    }
    most = std::max(most, rent_of(state));
  }
  EXPECT_LT(most, 4.0 * rent_of(running));
  cluster_.becomes_ready = true;
  run(900.0, 3.0 * 3600.0);
  EXPECT_FALSE(status_.get().pending);
  EXPECT_GT(rent_of(cluster_.states.back()), rent_of(running)) << events_;
}

TEST_F(WatchLoop, WhetherAClassWasFoundIsTold) {
  using Found = std::vector<std::pair<std::string, bool>>;
  source_.chat_until = kBegin - 86'400.0;
  run(0.0, kInterval);
  EXPECT_EQ(status_.get().measured, (Found{{"chat", false}, {"summary", true}}));
  source_.chat_until.reset();
  run(kInterval, 2.0 * kInterval);
  EXPECT_EQ(status_.get().measured, (Found{{"chat", true}, {"summary", true}}));
  source_.unreachable = true;
  run(2.0 * kInterval, 3.0 * kInterval);
  EXPECT_EQ(status_.get().measured, (Found{{"chat", false}, {"summary", false}}));
}

/// A clock that a test moves on from inside the loop's steps.
class SteppedClock : public Clock {
 public:
  explicit SteppedClock(double now_s) : now_s_(now_s) {}
  [[nodiscard]] double now_s() const override { return now_s_; }
  bool wait_until(double, const StopFlag*) override { return false; }
  double now_s_;
};

TEST_F(WatchLoop, EveryStepThatEndsIsALifeSign) {
  SteppedClock clock(kBegin);
  std::vector<bool> alive;
  // Reading takes ten minutes, and so does each application.
  source_.on_demand = [&] {
    clock.now_s_ += 600.0;
    alive.push_back(is_alive(status_.get(), clock.now_s()));
  };
  cluster_.on_apply = [&] {
    clock.now_s_ += 600.0;
    alive.push_back(is_alive(status_.get(), clock.now_s()));
  };
  options_.limits.time = Seconds{60.0};
  Result<History> history = History::open(directory_.path() / "history.db");
  ASSERT_TRUE(history);
  Watch watch(fleet_, options_, source_, cluster_, *history, clock, status_);
  ASSERT_TRUE(watch.run());
  EXPECT_THAT(alive, ::testing::ElementsAre(true, true));
  EXPECT_EQ(status_.get().last_step_s, kBegin + 1200.0);
  EXPECT_TRUE(is_alive(status_.get(), kBegin + 2100.0));
  EXPECT_FALSE(is_alive(status_.get(), kBegin + 2101.0));
}

TEST_F(WatchLoop, AFirstPlanThatNeverBecomesReadyIsFollowedByAnotherFirstPlan) {
  cluster_.becomes_ready = false;
  run(0.0, 3600.0);
  EXPECT_GE(counted().at("abandon"), 1.0) << events_;
  EXPECT_TRUE(status_.get().plan);
  cluster_.becomes_ready = true;
  run(3600.0, 2.0 * 3600.0);
  EXPECT_FALSE(cluster_.states.back().routes.empty()) << events_;
  EXPECT_FALSE(status_.get().pending);
}

TEST_F(WatchLoop, AClassWhoseMetricsVanishIsNotPlannedForAsTheFleetFileSays) {
  run(0.0, 1800.0);
  source_.chat_until = kBegin;  // nothing of it in any lookback from now on
  run(1800.0, 1800.0 + 4.0 * 3600.0);
  EXPECT_EQ(last().kind, Decision::Kind::kFreeze);
  EXPECT_THAT(last().reason, HasSubstr("chat was planned for by its metrics"));
  EXPECT_EQ(counted().count("plan"), 1U);
  EXPECT_EQ(counted().at("plan"), 1.0);
}

TEST_F(WatchLoop, PodsOfWhatGoesOnDoNotDependOnTheStage) {
  source_.chat = [](double t) { return t < kBegin + 3600.0 ? 20.0 : 40.0; };
  run(0.0, 2.0 * 3600.0);
  ASSERT_GT(cluster_.states.size(), 3U);
  std::map<std::string, std::string> pods;
  for (const Plan& state : cluster_.states) {
    const Result<Manifests> manifests = render_state(state, fleet_, default_settings(), {});
    ASSERT_TRUE(manifests);
    for (const auto& [name, content] : manifests->files) {
      if (!name.starts_with("deployments/")) continue;
      const std::size_t at = content.find("emplate:");  // of a Deployment or a LeaderWorkerSet
      ASSERT_NE(at, std::string::npos) << content;
      const std::string pod = content.substr(at);
      const auto [found, first] = pods.emplace(name, pod);
      EXPECT_EQ(found->second, pod) << name;
    }
  }
  EXPECT_FALSE(pods.empty());
}

TEST_F(WatchLoop, AStopDuringPlanningBeginsNothing) {
  StopFlag stop;
  options_.stop = &stop;
  options_.on_event = [&](const std::string&) { stop.request_stop(); };
  source_.tpot_factor = 0.0;
  stop.request_stop();
  run(0.0, 900.0);
  EXPECT_TRUE(cluster_.states.empty());
  EXPECT_TRUE(counted().empty());
}

TEST_F(WatchLoop, MeasuredLatencyTeachesMarginsWithinBounds) {
  run(0.0, 900.0);
  const double before = rent_of(cluster_.states.back());
  source_.tpot_factor = 10.0;  // half a second a token
  run(900.0, 4.0 * 3600.0);
  const auto learned = status_.get().calibrations;
  ASSERT_FALSE(learned.empty());
  for (const StoredCalibration& row : learned) {
    EXPECT_GT(row.factor, 1.5);
    EXPECT_LE(row.factor, LearningOptions{}.most_factor);
  }
  const Plan plan = *status_.get().plan;
  for (const PlanClass& c : plan.classes) {
    EXPECT_GE(c.margin.tpot, 1.0 / LearningOptions{}.most_margin - 1e-12);
    EXPECT_LT(c.margin.tpot, 1.0);
  }
  EXPECT_GT(rent_of(plan), before) << events_;
}

TEST_F(WatchLoop, EnginesTeachWhatTheyMeasureDeploymentByDeployment) {
  run(0.0, 900.0);
  ASSERT_TRUE(status_.get().predicted);
  const RunningPrediction predicted = *status_.get().predicted;
  for (const PredictedDeployment& row : predicted.deployments) {
    ClassLatency& engine = source_.engines[row.object];
    engine.name = row.object;
    engine.tpot.emplace().count = 1000.0;
    engine.tpot->quantiles.fill(1.05 * row.tpot_mean_s);
    engine.running_mean = row.running;
  }
  source_.tpot_factor = 0.1;  // what the classes' own series say counts no more
  run(900.0, 900.0 + 4.0 * kInterval);
  EXPECT_THAT(events_, HasSubstr("factors are learned by class"));
  EXPECT_THAT(events_, HasSubstr("engines' series name their deployments"));
  const WatchSnapshot now = status_.get();
  EXPECT_EQ(now.observed_deployments.size(), predicted.deployments.size());
  ASSERT_EQ(now.calibrations.size(), 4U);
  for (const StoredCalibration& row : now.calibrations) {
    EXPECT_NEAR(row.factor, row.quantity == "tpot" ? 1.05 : 1.0, 0.02) << row.query_class;
  }
}

TEST_F(WatchLoop, WithoutCalibrationNothingIsLearnedAndAllIsShown) {
  options_.calibrate = false;
  source_.tpot_factor = 2.0;
  run(0.0, 3600.0);
  EXPECT_TRUE(status_.get().calibrations.empty());
  EXPECT_EQ(status_.get().observed.size(), 2U);
  EXPECT_TRUE(status_.get().predicted);
}

TEST_F(WatchLoop, TheSameWhetherInOneGoOrInMany) {
  const auto wave = [](double t) { return 20.0 + 15.0 * std::sin((t - kBegin) / 3000.0); };
  source_.chat = wave;
  run(0.0, 4.0 * 3600.0);
  const std::vector<Plan> at_once = cluster_.states;
  TemporaryDirectory other;
  cluster_.states.clear();
  for (double until = 100.0; until <= 4.0 * 3600.0; until += 100.0) {
    Result<History> history = History::open(other.path() / "history.db");
    ASSERT_TRUE(history);
    const auto latest = history->latest_time();
    ASSERT_TRUE(latest);
    PastClock clock(latest->value_or(kBegin), kBegin + until);
    Watch watch(fleet_, options_, source_, cluster_, *history, clock, status_);
    ASSERT_TRUE(watch.run());
  }
  ASSERT_EQ(cluster_.states.size(), at_once.size());
  for (std::size_t k = 0; k < at_once.size(); ++k) EXPECT_EQ(cluster_.states[k], at_once[k]) << k;
}

}  // namespace
}  // namespace berth::test
