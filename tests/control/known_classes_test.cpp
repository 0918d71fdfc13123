// Classes that leave the fleet while their engines run.

#include "berth/control/known_classes.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/loop_fixture.h"

namespace berth::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PlanDeployment deployment(const std::string& name, int replicas, int gpus) {
  PlanDeployment row;
  row.name = name;
  row.pool = "l40s";
  row.replicas = replicas;
  row.gpus = gpus;
  return row;
}

/// Two deployments, of which `b` serves the class "old" alone.
Plan two_deployments() {
  Plan plan;
  plan.fleet = "small";
  plan.deployments = {deployment("a", 2, 4), deployment("b", 3, 3)};
  plan.routes = {{"chat", "a", 0.5}, {"old", "a", 0.5}, {"old", "b", 0.5}};
  plan.classes.resize(2);
  plan.classes[0].name = "old";
  plan.classes[1].name = "chat";
  const CostRate dear = CostRate::usd_per_hour(3.0);
  const CostRate cheap = CostRate::usd_per_hour(1.0);
  plan.offers = {{"l40s", "cheap", 4, 4, cheap * 4}, {"l40s", "dear", 2, 4, dear * 2}};
  plan.cost.rental = cheap * 4 + dear * 2;
  return plan;
}

TEST(KnownClasses, WhatServesOnlyAClassThatIsGoneStops) {
  const Fleet fleet = small_fleet();
  const Plan plan = two_deployments();
  EXPECT_THAT(gone_classes(fleet, plan), ElementsAre("old"));
  const Plan known = without_classes(plan, {"old"});
  EXPECT_EQ(known.routes.size(), 1U);
  EXPECT_EQ(known.classes.size(), 1U);
  EXPECT_EQ(known.deployments, plan.deployments);
  EXPECT_EQ(idle_replicas(known), 3);
  const Plan next = without_idle(known, std::nullopt);
  EXPECT_EQ(replicas_of(next), (std::map<std::string, int>{{"a", 2}}));
  // Of eight GPUs four are left in use: the dear boxes go, three dollars for two GPUs.
  ASSERT_EQ(next.offers.size(), 1U);
  EXPECT_EQ(next.offers[0].offer, "cheap");
  EXPECT_EQ(next.offers[0].boxes, 4);
  EXPECT_EQ(next.cost.rental, CostRate::usd_per_hour(4.0));
  EXPECT_EQ(next.deployments[0].cost, next.cost.rental);
}

TEST(KnownClasses, NoMoreStopThanMayChange) {
  const Plan next = without_idle(without_classes(two_deployments(), {"old"}), 2);
  EXPECT_EQ(replicas_of(next), (std::map<std::string, int>{{"a", 2}, {"b", 1}}));
  EXPECT_EQ(next.deployments[1].gpus, 1);
  EXPECT_EQ(idle_replicas(next), 1);
  int rented = 0;
  for (const PlanOffer& offer : next.offers) rented += offer.gpus;
  EXPECT_GE(rented, 5);
}

TEST(KnownClasses, NamesThatEnginesWereStartedWithStayWhereTheyWere) {
  Plan state = without_classes(two_deployments(), {"old"});
  state.classes.emplace_back().name = "new";
  const auto names = [](const Plan& plan) {
    std::vector<std::string> all;
    for (const PlanClass& row : plan.classes) all.push_back(row.name);
    return all;
  };
  EXPECT_THAT(names(with_classes_of(two_deployments(), state)), ElementsAre("old", "chat", "new"));
  state.deployments = {deployment("c", 1, 1)};
  EXPECT_THAT(names(with_classes_of(two_deployments(), state)), ElementsAre("chat", "new"));
}

class GoneClasses : public LoopFixture {
 protected:
  void SetUp() override {
    LoopFixture::SetUp();
    run(0.0, 1800.0);
    before_ = cluster_.states.back();
  }
  void remove(const std::string& name) {
    std::erase_if(fleet_.classes, [&](const FleetClass& c) { return c.traffic.name == name; });
  }
  [[nodiscard]] std::map<std::string, std::string> pods(const Plan& state) const {
    const Result<Manifests> manifests = render_state(state, fleet_, default_settings(), {});
    EXPECT_TRUE(manifests);
    std::map<std::string, std::string> result;
    for (const auto& [name, content] : manifests->files) {
      if (!name.starts_with("deployments/")) continue;
      result[name] = content.substr(std::min(content.size(), content.find("emplate:")));
    }
    return result;
  }
  /// What the class that is left is served by.
  [[nodiscard]] std::map<std::string, int> serving(const std::string& name) const {
    std::map<std::string, int> result;
    const auto replicas = replicas_of(before_);
    for (const PlanRoute& route : before_.routes) {
      if (route.query_class == name) result[route.deployment] = replicas.at(route.deployment);
    }
    return result;
  }

  Plan before_;
};

TEST_F(GoneClasses, LeaveTheEnginesOfTheOthersAsTheyAre) {
  for (const char* removed : {"summary", "chat"}) {
    SCOPED_TRACE(removed);
    const std::string left = removed == std::string("chat") ? "summary" : "chat";
    const Fleet whole = fleet_;
    remove(removed);
    const std::size_t first = cluster_.states.size();
    const double plans = counted("plan");
    run(1800.0, 1800.0 + 1.5 * kInterval);
    EXPECT_EQ(counted("plan"), plans + 1.0) << events_;
    EXPECT_THAT(events_, HasSubstr("the fleet no longer has the class " + std::string(removed)));
    EXPECT_THAT(last().reason, HasSubstr("the fleet no longer has the class"));
    const auto kept = serving(left);
    ASSERT_GT(cluster_.states.size(), first);
    for (std::size_t k = first; k < cluster_.states.size(); ++k) {
      const auto now = replicas_of(cluster_.states[k]);
      for (const auto& [name, replicas] : kept) EXPECT_EQ(now.at(name), replicas) << name;
      for (const PlanRoute& route : cluster_.states[k].routes) {
        EXPECT_EQ(route.query_class, left);
        EXPECT_TRUE(now.contains(route.deployment));
      }
    }
    EXPECT_EQ(replicas_of(cluster_.states.back()), kept);
    const auto old_pods = pods(before_);
    for (const auto& [name, pod] : pods(cluster_.states.back())) EXPECT_EQ(pod, old_pods.at(name));
    // Once more from the start, without the other one.
    fleet_ = whole;
    std::filesystem::remove(directory_.path() / "history.db");
    cluster_.states.clear();
    run(0.0, 1800.0);
  }
}

TEST_F(GoneClasses, AreSaidOnceAndLeaveNothingToDo) {
  remove("summary");
  run(1800.0, 3.0 * 3600.0);
  EXPECT_FALSE(status_.get().pending);
  EXPECT_EQ(counted("fail"), 0.0) << events_;
  const std::size_t first = events_.find("plan for");
  EXPECT_NE(first, std::string::npos);
  const std::string words = "no longer has the class summary";
  const std::size_t said = events_.find(words);
  ASSERT_NE(said, std::string::npos);
  EXPECT_EQ(events_.find(words, said + 1), std::string::npos) << events_;
  ASSERT_TRUE(status_.get().plan);
  EXPECT_THAT(gone_classes(fleet_, *status_.get().plan), IsEmpty());
}

TEST_F(GoneClasses, ARenamedClassIsPlannedForWithWhatServedTheOldOne) {
  for (FleetClass& c : fleet_.classes) {
    if (c.traffic.name == "summary") c.traffic.name = "digest";
  }
  run(1800.0, 1800.0 + kInterval);
  EXPECT_THAT(events_, HasSubstr("no longer has the class summary; "));
  EXPECT_EQ(counted("fail"), 0.0) << events_;
  run(1800.0 + kInterval, 2.0 * 3600.0);
  const auto replicas = replicas_of(cluster_.states.back());
  for (const auto& [name, count] : serving("chat")) EXPECT_EQ(replicas.at(name), count) << name;
  bool routed = false;
  for (const PlanRoute& route : cluster_.states.back().routes) {
    EXPECT_NE(route.query_class, "summary");
    routed = routed || route.query_class == "digest";
  }
  EXPECT_TRUE(routed);
}

}  // namespace
}  // namespace berth::test
