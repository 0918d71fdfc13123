#include "berth/instance/instance.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/instance/columns.h"
#include "tests/instance/sample_columns.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Makes the broken columns and returns the only error, failing if there is none or several.
Error only_error(InstanceColumns columns) {
  const Result<Instance> made = Instance::make(std::move(columns));
  EXPECT_FALSE(made.ok());
  if (made.ok()) return {};
  EXPECT_EQ(made.errors().size(), 1U) << to_string(made.errors().front());
  return made.errors().front();
}

TEST(Instance, SortsPairsByClassThenOption) {
  const Result<Instance> made = Instance::make(sample_columns());
  ASSERT_TRUE(made.ok()) << to_string(made.errors().front());
  const auto& pairs = made->columns().pairs;
  EXPECT_THAT(pairs.query_class, ElementsAre(ClassId(0), ClassId(0), ClassId(0), ClassId(1)));
  EXPECT_THAT(pairs.option, ElementsAre(OptionId(0), OptionId(1), OptionId(2), OptionId(2)));
  EXPECT_THAT(pairs.load, ElementsAre(1.7623471, 0.9, 1e-7, 0.1));
  EXPECT_THAT(pairs.delay, ElementsAre(6.44817, 3.25, 1.0 / 3.0, 0.5));
  EXPECT_THAT(pairs.error, ElementsAre(0.0, 1.0, 0.25, 0.4));
  EXPECT_EQ(pairs.cost[0].micros(), 351864);
}

TEST(Instance, IndexesPairsOffersAndOptions) {
  const Result<Instance> made = Instance::make(sample_columns());
  ASSERT_TRUE(made.ok());
  const Instance& instance = *made;
  EXPECT_EQ(instance.first_pair(ClassId(0)), 0U);
  EXPECT_EQ(instance.end_pair(ClassId(0)), 3U);
  EXPECT_EQ(instance.end_pair(ClassId(1)), 4U);
  EXPECT_THAT(instance.pairs_of(OptionId(2)), ElementsAre(2U, 3U));
  EXPECT_THAT(instance.pairs_of(OptionId(0)), ElementsAre(0U));
  EXPECT_THAT(instance.options_of(PoolId(0)), ElementsAre(OptionId(0), OptionId(1)));
  EXPECT_THAT(instance.offers_of(PoolId(0)), ElementsAre(OfferId(1), OfferId(0)))
      << "spot costs 0.50 a GPU, on-demand 0.80";
  EXPECT_EQ(instance.find_pair(ClassId(0), OptionId(2)), 2U);
  EXPECT_EQ(instance.find_pair(ClassId(1), OptionId(2)), 3U);
  EXPECT_FALSE(instance.find_pair(ClassId(1), OptionId(0)).has_value());
  EXPECT_FALSE(instance.find_pair(ClassId(1), OptionId(1)).has_value());
}

TEST(Instance, AcceptsTheEmptyProblem) {
  const Result<Instance> made = Instance::make({});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->class_count(), 0U);
  EXPECT_EQ(made->pair_count(), 0U);
}

TEST(Instance, RandomPairOrderGivesTheSameInstance) {
  const Result<Instance> expected = Instance::make(sample_columns());
  Random random(7);
  for (int round = 0; round < 24; ++round) {
    InstanceColumns c = sample_columns();
    for (std::size_t i = c.pairs.option.size(); i > 1; --i) {
      const std::size_t j = random.below(i);
      std::swap(c.pairs.option[i - 1], c.pairs.option[j]);
      std::swap(c.pairs.query_class[i - 1], c.pairs.query_class[j]);
      std::swap(c.pairs.load[i - 1], c.pairs.load[j]);
      std::swap(c.pairs.delay[i - 1], c.pairs.delay[j]);
      std::swap(c.pairs.error[i - 1], c.pairs.error[j]);
      std::swap(c.pairs.cost[i - 1], c.pairs.cost[j]);
    }
    const Result<Instance> made = Instance::make(std::move(c));
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(made->columns().pairs.load, expected->columns().pairs.load);
    EXPECT_EQ(made->columns().pairs.cost, expected->columns().pairs.cost);
  }
}

struct BadColumns {
  const char* name;
  void (*damage)(InstanceColumns&);
  ErrorCode code;
  const char* where;
  const char* message;
};

class InstanceRejects : public ::testing::TestWithParam<BadColumns> {};

TEST_P(InstanceRejects, WithPointerAndReason) {
  InstanceColumns columns = sample_columns();
  GetParam().damage(columns);
  const Error error = only_error(std::move(columns));
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.where, GetParam().where);
  EXPECT_THAT(error.message, HasSubstr(GetParam().message));
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

INSTANTIATE_TEST_SUITE_P(
    Columns, InstanceRejects,
    ::testing::Values(
        BadColumns{"negative_unmet_cost",
                   [](InstanceColumns& c) { c.classes.unmet_cost[1] = CostRate::usd_per_hour(-1); },
                   ErrorCode::kOutOfRange, "/classes/unmet_cost/1", "at least 0"},
        BadColumns{"unmet_above_one", [](InstanceColumns& c) { c.classes.max_unmet[0] = 1.5; },
                   ErrorCode::kOutOfRange, "/classes/max_unmet/0", "at most 1"},
        BadColumns{"delay_nan", [](InstanceColumns& c) { c.classes.max_delay[1] = kNaN; },
                   ErrorCode::kOutOfRange, "/classes/max_delay/1", "finite"},
        BadColumns{"max_error_above_one", [](InstanceColumns& c) { c.classes.max_error[0] = 40; },
                   ErrorCode::kOutOfRange, "/classes/max_error/0", "at most 1"},
        BadColumns{"short_column", [](InstanceColumns& c) { c.classes.max_error.pop_back(); },
                   ErrorCode::kInconsistent, "/classes/max_error",
                   "has 1 entries, but /classes/name has 2"},
        BadColumns{"offer_pool", [](InstanceColumns& c) { c.offers.pool[2] = PoolId(2); },
                   ErrorCode::kOutOfRange, "/offers/pool/2", "no pool 2 (0 .. 1 exist)"},
        BadColumns{"lot_zero", [](InstanceColumns& c) { c.offers.lot[0] = 0; },
                   ErrorCode::kOutOfRange, "/offers/lot/0", "at least 1"},
        BadColumns{"offer_max_negative", [](InstanceColumns& c) { c.offers.max[1] = -1; },
                   ErrorCode::kOutOfRange, "/offers/max/1", "at least 0"},
        BadColumns{"option_pool", [](InstanceColumns& c) { c.options.pool[0] = PoolId(9); },
                   ErrorCode::kOutOfRange, "/options/pool/0", "no pool 9"},
        BadColumns{"units_zero", [](InstanceColumns& c) { c.options.units[2] = 0; },
                   ErrorCode::kOutOfRange, "/options/units/2", "at least 1"},
        BadColumns{"group_unknown", [](InstanceColumns& c) { c.options.group[1] = 1; },
                   ErrorCode::kOutOfRange, "/options/group/1", "no group 1"},
        BadColumns{"pair_option", [](InstanceColumns& c) { c.pairs.option[3] = OptionId(3); },
                   ErrorCode::kOutOfRange, "/pairs/option/3", "no option 3"},
        BadColumns{"pair_class", [](InstanceColumns& c) { c.pairs.query_class[0] = ClassId(2); },
                   ErrorCode::kOutOfRange, "/pairs/class/0", "no class 2"},
        BadColumns{"load_zero", [](InstanceColumns& c) { c.pairs.load[1] = 0.0; },
                   ErrorCode::kOutOfRange, "/pairs/load/1", "greater than 0"},
        BadColumns{"load_infinite", [](InstanceColumns& c) { c.pairs.load[1] = kNoLimit; },
                   ErrorCode::kOutOfRange, "/pairs/load/1", "finite"},
        BadColumns{"error_percent", [](InstanceColumns& c) { c.pairs.error[1] = 12.0; },
                   ErrorCode::kOutOfRange, "/pairs/error/1", "at most 1"},
        BadColumns{"pair_cost_negative",
                   [](InstanceColumns& c) { c.pairs.cost[0] = CostRate::usd_per_hour(-0.5); },
                   ErrorCode::kOutOfRange, "/pairs/cost/0", "at least 0"},
        BadColumns{"budget_negative",
                   [](InstanceColumns& c) { c.budget = CostRate::usd_per_hour(-1); },
                   ErrorCode::kOutOfRange, "/budget", "at least 0"},
        // The pair of option 2 and class 0 becomes a second (1, 0); the third entry stays first.
        BadColumns{"duplicate_pair", [](InstanceColumns& c) { c.pairs.option[3] = OptionId(1); },
                   ErrorCode::kDuplicate, "/pairs/option/3", "option 1 and class 0"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Instance, ReportsAllErrorsAtOnce) {
  InstanceColumns columns = sample_columns();
  columns.offers.lot[0] = 0;
  columns.options.units[0] = -3;
  columns.pairs.load[2] = kNaN;
  columns.budget = CostRate::usd_per_hour(-1);
  const Result<Instance> made = Instance::make(std::move(columns));
  ASSERT_FALSE(made.ok());
  std::vector<std::string> where;
  for (const Error& error : made.errors()) where.push_back(error.where);
  EXPECT_THAT(where, ElementsAre("/offers/lot/0", "/options/units/0", "/pairs/load/2", "/budget"));
}

TEST(Instance, ABrokenColumnOfThousandsStaysReadable) {
  InstanceColumns columns = sample_columns();
  columns.pools.name.assign(1, "only");
  columns.offers = {.name = std::vector<std::string>(5000, "o"),
                    .pool = std::vector<PoolId>(5000, PoolId(0)),
                    .lot = std::vector<std::int32_t>(5000, 0),
                    .cost = std::vector<CostRate>(5000),
                    .max = std::vector<std::int32_t>(5000, 1)};
  columns.options = {};
  columns.pairs = {};
  const Result<Instance> made = Instance::make(std::move(columns));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.errors().size(), 101U);
  EXPECT_EQ(made.errors().back().message, "and 4900 more errors");
}

TEST(KeepOptions, DropsOptionsWithTheirPairsAndMapsIndices) {
  InstanceColumns columns = sample_columns();
  const std::vector<std::uint8_t> keep = {0, 1, 1};
  EXPECT_THAT(keep_options(columns, keep), ElementsAre(-1, 0, 1));
  EXPECT_THAT(columns.options.units, ElementsAre(2, 8));
  EXPECT_THAT(columns.options.group, ElementsAre(0, 0));
  EXPECT_THAT(columns.pairs.option, ElementsAre(OptionId(1), OptionId(0), OptionId(1)));
  EXPECT_THAT(columns.pairs.load, ElementsAre(0.1, 0.9, 1e-7));
  const Result<Instance> made = Instance::make(std::move(columns));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->option_count(), 2U);
  EXPECT_EQ(made->pair_count(), 3U);
}

TEST(KeepOptions, KeepingAllChangesNothing) {
  InstanceColumns columns = sample_columns();
  const std::vector<std::uint8_t> keep(3, 1);
  EXPECT_THAT(keep_options(columns, keep), ElementsAre(0, 1, 2));
  EXPECT_EQ(columns.options.name, sample_columns().options.name);
  EXPECT_EQ(columns.pairs.load, sample_columns().pairs.load);
}

TEST(KeepOptions, KeepingNoneLeavesAnInstanceWithoutOptions) {
  InstanceColumns columns = sample_columns();
  const std::vector<std::uint8_t> keep(3, 0);
  keep_options(columns, keep);
  EXPECT_THAT(columns.options.name, IsEmpty());
  EXPECT_THAT(columns.pairs.load, IsEmpty());
  EXPECT_TRUE(Instance::make(std::move(columns)).ok());
}

}  // namespace
}  // namespace berth
