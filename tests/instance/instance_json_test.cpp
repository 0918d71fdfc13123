#include "berth/instance/instance_json.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/instance/dominance.h"
#include "tests/instance/sample_columns.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

void expect_equal(const InstanceColumns& a, const InstanceColumns& b) {
  EXPECT_EQ(a.classes.name, b.classes.name);
  EXPECT_EQ(a.classes.unmet_cost, b.classes.unmet_cost);
  EXPECT_EQ(a.classes.max_unmet, b.classes.max_unmet);
  EXPECT_EQ(a.classes.max_delay, b.classes.max_delay);
  EXPECT_EQ(a.classes.max_error, b.classes.max_error);
  EXPECT_EQ(a.pools.name, b.pools.name);
  EXPECT_EQ(a.offers.name, b.offers.name);
  EXPECT_EQ(a.offers.pool, b.offers.pool);
  EXPECT_EQ(a.offers.lot, b.offers.lot);
  EXPECT_EQ(a.offers.cost, b.offers.cost);
  EXPECT_EQ(a.offers.max, b.offers.max);
  EXPECT_EQ(a.options.name, b.options.name);
  EXPECT_EQ(a.options.pool, b.options.pool);
  EXPECT_EQ(a.options.units, b.options.units);
  EXPECT_EQ(a.options.fixed_cost, b.options.fixed_cost);
  EXPECT_EQ(a.options.max_replicas, b.options.max_replicas);
  EXPECT_EQ(a.options.group, b.options.group);
  EXPECT_EQ(a.options.group_name, b.options.group_name);
  EXPECT_EQ(a.pairs.option, b.pairs.option);
  EXPECT_EQ(a.pairs.query_class, b.pairs.query_class);
  EXPECT_EQ(a.pairs.load, b.pairs.load);
  EXPECT_EQ(a.pairs.delay, b.pairs.delay);
  EXPECT_EQ(a.pairs.error, b.pairs.error);
  EXPECT_EQ(a.pairs.cost, b.pairs.cost);
  EXPECT_EQ(a.budget, b.budget);
}

std::string sample_json() { return to_json(*Instance::make(sample_columns())); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

TEST(InstanceJson, WritingAndReadingGivesTheSameInstance) {
  const Result<Instance> made = Instance::make(sample_columns());
  ASSERT_TRUE(made.ok());
  const std::string json = to_json(*made);
  const Result<Instance> read = parse_instance("sample.json", json);
  ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
  expect_equal(read->columns(), made->columns());
  EXPECT_EQ(to_json(*read), json);
}

TEST(InstanceJson, MoneyIsWrittenExactly) {
  EXPECT_THAT(sample_json(), HasSubstr("\"unmet_cost\":[10,20.5]"));
  EXPECT_THAT(sample_json(), HasSubstr("\"fixed_cost\":[0,0,0.00496]"));
  EXPECT_THAT(sample_json(), HasSubstr("\"budget\":500}"));
}

TEST(InstanceJson, NullIsNoLimit) {
  const std::string json = replaced(sample_json(), "\"budget\":500", "\"budget\":null");
  const Result<Instance> read = parse_instance("sample.json", json);
  ASSERT_TRUE(read.ok());
  const InstanceColumns& c = read->columns();
  EXPECT_EQ(c.budget, kNoBudget);
  EXPECT_EQ(c.classes.max_delay[0], kNoLimit);
  EXPECT_EQ(c.offers.max[0], kUnlimited);
  EXPECT_EQ(c.options.max_replicas[0], kUnlimited);
  EXPECT_EQ(c.options.group[0], kNoGroup);
}

TEST(InstanceJson, KeysMayComeInAnyOrderAndIntegersAsReals) {
  const Result<Instance> read = parse_instance("x", R"({
    "budget": null,
    "pairs": {"cost": [0], "error": [0], "delay": [1], "load": [2], "class": [0], "option": [0]},
    "options": {"group": [null], "max_replicas": [null], "fixed_cost": [0], "units": [2.0],
                "pool": [0], "name": ["d"]},
    "offers": {"max": [null], "cost": [1], "lot": [1], "pool": [0], "name": ["o"]},
    "pools": {"name": ["r"]},
    "classes": {"max_error": [null], "max_delay": [null], "max_unmet": [0], "unmet_cost": [1],
                "name": ["i"]},
    "format": "berth.instance/1"})");
  ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
  EXPECT_EQ(read->columns().options.units[0], 2);
}

struct BadJson {
  const char* name;
  const char* from;
  const char* to;
  ErrorCode code;
  const char* where;
  const char* message;
  const char* suggestion = "";
};

class InstanceJsonRejects : public ::testing::TestWithParam<BadJson> {};

TEST_P(InstanceJsonRejects, WithPointerAndReason) {
  const BadJson& bad = GetParam();
  const Result<Instance> read =
      parse_instance("bad.json", replaced(sample_json(), bad.from, bad.to));
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.errors(), SizeIs(1));
  const Error& error = read.errors().front();
  EXPECT_EQ(error.code, bad.code) << to_string(error);
  EXPECT_EQ(error.where, bad.where);
  EXPECT_THAT(error.message, HasSubstr(bad.message));
  EXPECT_THAT(error.suggestion, HasSubstr(bad.suggestion));
}

INSTANTIATE_TEST_SUITE_P(
    Files, InstanceJsonRejects,
    ::testing::Values(
        BadJson{"format", "berth.instance/1", "berth.instance/2", ErrorCode::kUnsupported,
                "bad.json: /format", "expected 'berth.instance/1'"},
        BadJson{"format_missing", "\"format\":\"berth.instance/1\",", "", ErrorCode::kMissing,
                "bad.json: /format", "missing"},
        BadJson{"column_missing", "\"lot\":[1,4,8],", "", ErrorCode::kMissing,
                "bad.json: /offers/lot", "missing"},
        BadJson{"unknown_column", "\"max_delay\":[null,4]",
                "\"max_delay\":[null,4],\"max_dealy\":[1]", ErrorCode::kUnknownKey,
                "bad.json: /classes/max_dealy", "unknown key", "max_delay"},
        BadJson{"unknown_table", "\"budget\"", "\"pols\":{\"name\":[[1],{\"a\":2}]},\"budget\"",
                ErrorCode::kUnknownKey, "bad.json: /pols", "unknown key", "pools"},
        BadJson{"column_twice", "\"lot\":[1,4,8]", "\"lot\":[1,4,8],\"lot\":[1]",
                ErrorCode::kDuplicate, "bad.json: /offers/lot", "twice"},
        BadJson{"budget_twice", "\"budget\":500", "\"budget\":500,\"budget\":500",
                ErrorCode::kDuplicate, "bad.json: /budget", "twice"},
        BadJson{"string_for_number", "\"lot\":[1,4,8]", "\"lot\":[1,\"4\",8]",
                ErrorCode::kWrongType, "bad.json: /offers/lot/1",
                "expected an integer, found a string"},
        BadJson{"null_for_number", "\"load\":[1.7623471", "\"load\":[null", ErrorCode::kWrongType,
                "bad.json: /pairs/load/0", "expected a number, found null"},
        BadJson{"number_for_name", "\"name\":[\"chat\"", "\"name\":[7", ErrorCode::kWrongType,
                "bad.json: /classes/name/0", "expected a string"},
        BadJson{"fractional_lot", "\"lot\":[1,4,8]", "\"lot\":[1,4.5,8]", ErrorCode::kWrongType,
                "bad.json: /offers/lot/1", "expected an integer, found 4.5"},
        BadJson{"huge_lot", "\"lot\":[1,4,8]", "\"lot\":[1,4e12,8]", ErrorCode::kOutOfRange,
                "bad.json: /offers/lot/1", "must be between"},
        BadJson{"huge_money", "\"unmet_cost\":[10", "\"unmet_cost\":[1e12", ErrorCode::kOutOfRange,
                "bad.json: /classes/unmet_cost/0", "must be below 1e+09"},
        BadJson{"huge_sum_of_money", "\"unmet_cost\":[10,20.5]", "\"unmet_cost\":[6e8,7e8]",
                ErrorCode::kOutOfRange, "bad.json: /classes/unmet_cost/1",
                "together they must be below 1e+09"},
        BadJson{"negative_load", "\"load\":[1.7623471", "\"load\":[-1.7", ErrorCode::kOutOfRange,
                "bad.json: /pairs/load/0", "greater than 0"},
        BadJson{"scalar_column", "\"lot\":[1,4,8]", "\"lot\":4", ErrorCode::kWrongType,
                "bad.json: /offers/lot", "expected a list, found a number"},
        BadJson{"map_column", "\"lot\":[1,4,8]", "\"lot\":{}", ErrorCode::kWrongType,
                "bad.json: /offers/lot", "expected a list, found a map"},
        BadJson{"nested_list", "\"lot\":[1,4,8]", "\"lot\":[1,[4],8]", ErrorCode::kWrongType,
                "bad.json: /offers/lot/1", "expected an integer, found a list"},
        BadJson{"negative_index", "\"option\":[0", "\"option\":[-1", ErrorCode::kOutOfRange,
                "bad.json: /pairs/option/0", "must be between"},
        BadJson{"budget_text", "\"budget\":500", "\"budget\":\"much\"", ErrorCode::kWrongType,
                "bad.json: /budget", "expected a number or null"},
        BadJson{"budget_map", "\"budget\":500", "\"budget\":{\"a\":[1,{}]}", ErrorCode::kWrongType,
                "bad.json: /budget", "expected a number or null"},
        BadJson{"group_number", "\"group\":[null", "\"group\":[3", ErrorCode::kWrongType,
                "bad.json: /options/group/0", "a group's name or null"}),
    [](const auto& test) { return std::string(test.param.name); });

// They used to end as an internal error: "its solution could not be repaired".
TEST(InstanceJson, CostsThatCannotBeCountedAreRefusedWhenRead) {
  InstanceColumns columns = sample_columns();
  columns.options.max_replicas.assign(3, kUnlimited);
  columns.pairs.load.assign(4, 1e9);
  const Result<Instance> made = Instance::make(columns);
  ASSERT_FALSE(made.ok());
  ASSERT_THAT(made.errors(), SizeIs(1));
  EXPECT_EQ(made.errors().front().where, "/classes/name/1");
  EXPECT_THAT(made.errors().front().message, HasSubstr("served costs at least"));

  columns.pairs.load.assign(4, 1e6);
  EXPECT_TRUE(Instance::make(columns).ok());
  // What nothing can serve costs nothing; it is for the solvers to say.
  columns.pairs.load.assign(4, 1e300);
  EXPECT_TRUE(Instance::make(columns).ok());
}

CostRate usd(double value) { return CostRate::usd_per_hour(value); }

// A plan of such an instance was written and could not be read again.
TEST(InstanceJson, FixedCostsCountAmongWhatMustBeServed) {
  InstanceColumns columns = sample_columns();
  columns.options.fixed_cost.assign(3, usd(6e8));
  columns.pairs.load.assign(4, 1.0);
  // Both classes can share an option.
  EXPECT_TRUE(Instance::make(columns).ok());
  // Now chat has options of its own.
  columns.pairs.option = {OptionId(2), OptionId(0), OptionId(1)};
  columns.pairs.query_class = {ClassId(1), ClassId(0), ClassId(0)};
  columns.pairs.load.resize(3);
  columns.pairs.delay.resize(3);
  columns.pairs.error.resize(3);
  columns.pairs.cost.resize(3);
  const Result<Instance> made = Instance::make(columns);
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.errors().front().message, HasSubstr("served costs at least"));
  // Nothing has to be paid for what may stay unmet.
  columns.classes.max_unmet[1] = 1.0;
  EXPECT_TRUE(Instance::make(columns).ok());
}

TEST(InstanceJson, AnOptionThatCanTakeOnlyAPartOfAClassCountsForThatPart) {
  InstanceColumns columns = sample_columns();
  columns.options.group.assign(3, kNoGroup);
  columns.options.fixed_cost.assign(3, CostRate{});
  columns.pairs.option = {OptionId(0), OptionId(2)};
  columns.pairs.query_class = {ClassId(0), ClassId(0)};
  columns.pairs.load = {4.0, 1.0};
  columns.pairs.delay.assign(2, 0.0);
  columns.pairs.error.assign(2, 0.0);
  columns.pairs.cost = {CostRate{}, usd(9.9e8)};
  columns.classes.unmet_cost.assign(2, CostRate{});
  columns.classes.max_unmet = {0.0, 1.0};
  // A quarter at a dear option, the rest cheaply.
  columns.offers.cost.back() = usd(5e8);
  columns.options.max_replicas = {3, 0, 1};
  EXPECT_TRUE(Instance::make(columns).ok());
  // Three quarters: 0.75 of 9.9e8 + 5e8 is too much.
  columns.options.max_replicas[0] = 1;
  EXPECT_FALSE(Instance::make(columns).ok());
  // What is left cannot be served at all.
  columns.options.max_replicas[2] = 0;
  EXPECT_TRUE(Instance::make(columns).ok());
}

TEST(InstanceJson, SyntaxErrorsNameLineAndByte) {
  const Result<Instance> read =
      parse_instance("bad.json", "{\n\"format\": \"berth.instance/1\",\n]");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors().front().code, ErrorCode::kSyntax);
  EXPECT_EQ(read.errors().front().where, "bad.json:3");
  EXPECT_THAT(read.errors().front().message, HasSubstr("byte 32"));
}

TEST(InstanceJson, EveryTruncationIsAnErrorAndNoneCrashes) {
  const std::string json = sample_json();
  const std::size_t end = json.find_last_of('}');
  for (std::size_t size = 0; size <= end; ++size) {
    EXPECT_FALSE(parse_instance("cut.json", std::string_view(json).substr(0, size)).ok()) << size;
  }
}

TEST(InstanceJson, OtherDocumentsAreRejected) {
  for (const char* json : {"[]", "[[1]]", "3", "null", "\"text\"", "{}", "{\"format\":[]}"}) {
    EXPECT_FALSE(parse_instance("other.json", json).ok()) << json;
  }
}

TEST(InstanceJson, ManyErrorsAtOnce) {
  std::string json = replaced(sample_json(), "\"lot\":[1,4,8]", "\"lot\":[0,\"4\",8]");
  json = replaced(json, "\"budget\":500", "\"budget\":-1");
  const Result<Instance> read = parse_instance("bad.json", json);
  ASSERT_FALSE(read.ok());
  std::vector<std::string> where;
  for (const Error& error : read.errors()) where.push_back(error.where);
  EXPECT_THAT(where, ElementsAre("bad.json: /offers/lot/1", "bad.json: /budget",
                                 "bad.json: /offers/lot/0"));
}

TEST(InstanceJson, MissingFile) {
  const Result<Instance> read = read_instance("no-such-instance.json");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors().front().code, ErrorCode::kNotFound);
}

struct Known {
  std::string name;
  std::size_t classes = 0;
  std::size_t options = 0;
  std::size_t pairs = 0;
};

/// Lines such as "t1-6x6x10,8.4,8.4,0.0,Optimal,6 classes,950 options,94 undominated,2236 pairs".
std::vector<Known> known_instances(const std::filesystem::path& directory) {
  std::vector<Known> all;
  std::ifstream file(directory / "known.csv");
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    if (cells.size() < 9) continue;
    all.push_back({cells[0], std::stoul(cells[5]), std::stoul(cells[6]), std::stoul(cells[8])});
  }
  return all;
}

TEST(InstanceJson, SharedInstancesReadWithKnownSizesAndRoundTrip) {
  const std::filesystem::path directory =
      std::filesystem::path(BERTH_SHARED_DIR) / "data/instances";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "no shared instances beside the tree";
  const std::vector<Known> known = known_instances(directory);
  EXPECT_THAT(known, SizeIs(9));
  for (const Known& expected : known) {
    SCOPED_TRACE(expected.name);
    const Result<Instance> read = read_instance(directory / (expected.name + ".json"));
    ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
    EXPECT_EQ(read->class_count(), expected.classes);
    EXPECT_EQ(read->option_count(), expected.options);
    EXPECT_EQ(read->pair_count(), expected.pairs);
    const Result<Instance> again = parse_instance("again", to_json(*read));
    ASSERT_TRUE(again.ok());
    expect_equal(again->columns(), read->columns());
  }
}

}  // namespace
}  // namespace berth
