// The tables of berth.instance/1 that may be left out.

#include <gtest/gtest.h>

#include "berth/instance/instance_json.h"
#include "tests/instance/sample_columns.h"

namespace berth {
namespace {

InstanceColumns with_tables() {
  InstanceColumns columns = sample_columns();
  const std::size_t options = columns.options.name.size();
  const std::size_t offers = columns.offers.name.size();
  const std::size_t classes = columns.classes.name.size();
  columns.switching.replicas.assign(options, 2);
  columns.switching.start_cost.assign(options, CostRate::usd_per_hour(0.25));
  columns.switching.stop_cost.assign(options, CostRate::usd_per_hour(0.5));
  columns.switching.boxes.assign(offers, 3);
  columns.switching.rent_cost.assign(offers, CostRate::usd_per_hour(1.5));
  columns.switching.max_changes = 7;
  columns.uncertainty.budget = 1.5;
  columns.uncertainty.load.assign(classes, 0.3);
  columns.uncertainty.delay.assign(classes, 0.1);
  columns.uncertainty.error.assign(classes, 0.2);
  return columns;
}

TEST(OptionalTables, GoOutAndComeBack) {
  const Instance instance = Instance::make(with_tables()).value();
  const std::string text = to_json(instance);
  const Result<Instance> again = parse_instance("again.json", text);
  ASSERT_TRUE(again.ok()) << again.errors().front().message;
  EXPECT_EQ(to_json(*again), text);
  const auto& now = again->columns().switching;
  EXPECT_EQ(now.replicas, instance.columns().switching.replicas);
  EXPECT_EQ(now.rent_cost, instance.columns().switching.rent_cost);
  EXPECT_EQ(now.max_changes, 7);
  EXPECT_EQ(again->columns().uncertainty.budget, 1.5);
  EXPECT_EQ(again->columns().uncertainty.error, instance.columns().uncertainty.error);
}

TEST(OptionalTables, MistakesInThemAreToldAtTheirPlace) {
  InstanceColumns columns = with_tables();
  columns.switching.replicas[0] = -1;
  columns.switching.boxes.pop_back();
  columns.uncertainty.load[0] = -0.5;
  columns.uncertainty.budget = -1.0;
  const Result<Instance> instance = Instance::make(std::move(columns));
  ASSERT_FALSE(instance.ok());
  std::vector<std::string> places;
  for (const Error& error : instance.errors()) places.push_back(error.where);
  EXPECT_EQ(places, (std::vector<std::string>{"/switching/boxes", "/switching/replicas/0",
                                              "/uncertainty/budget", "/uncertainty/load/0"}));
  const std::string text = to_json(Instance::make(with_tables()).value());
  const auto without = [&](const std::string& key) {
    std::string less = text;
    const std::size_t at = less.find("\"" + key + "\":");
    less.erase(at, less.find(']', at) + 2 - at);
    return parse_instance("less.json", less);
  };
  const Result<Instance> less = without("start_cost");
  ASSERT_FALSE(less.ok());
  EXPECT_NE(less.errors().front().where.find("/switching/start_cost"), std::string::npos);
}

}  // namespace
}  // namespace berth
