#include "berth/workload/assign.h"

#include <gtest/gtest.h>

namespace berth {
namespace {

Workload sample() {
  Workload workload;
  const auto add = [&](std::string name, std::optional<ClassRule> rule) {
    QueryClass query;
    query.name = std::move(name);
    query.rule = std::move(rule);
    workload.classes.push_back(std::move(query));
  };
  add("short", ClassRule{"conv", {}, 0, 100, 0, 0});
  add("long", ClassRule{"conv", {}, 100, 0, 0, 50});
  add("tenant", ClassRule{{}, "t1", 0, 0, 0, 0});
  add("bare", std::nullopt);
  return workload;
}

TEST(Assign, RangesAreHalfOpen) {
  const Workload workload = sample();
  const ClassAssigner conv(workload, "conv", "");
  EXPECT_EQ(conv.find(0, 0), 0U);
  EXPECT_EQ(conv.find(99, 1000), 0U);
  EXPECT_EQ(conv.find(100, 49), 1U);
  EXPECT_FALSE(conv.find(100, 50));
}

TEST(Assign, SourceLabelAndName) {
  const Workload workload = sample();
  EXPECT_FALSE(ClassAssigner(workload, "other", "").find(1, 1));
  EXPECT_EQ(ClassAssigner(workload, "other", "t1").find(1, 1), 2U);
  EXPECT_EQ(ClassAssigner(workload, "other", "bare").find(1, 1), 3U);
  // A label that names a class settles it, whatever the rules say.
  EXPECT_EQ(ClassAssigner(workload, "conv", "long").find(1, 1), 1U);
}

}  // namespace
}  // namespace berth
