#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/fleet/fleet.h"

namespace berth {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Include : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ =
        fs::temp_directory_path() / fmt::format("berth-include-{}-{}", ::getpid(), test->name());
  }
  void TearDown() override { fs::remove_all(directory_); }

  void put(const std::string& name, const std::string& content) {
    ASSERT_TRUE(write_file(directory_ / name, "format: berth.fleet/1\n" + content).ok());
  }
  Fleet read(const std::string& name) {
    Result<Fleet> fleet = read_fleet(directory_ / name);
    if (fleet) return *std::move(fleet);
    for (const Error& error : fleet.errors()) ADD_FAILURE() << to_string(error);
    return {};
  }

  fs::path directory_;
};

TEST_F(Include, LaterFileWinsKeyByKey) {
  put("base/site.yaml",
      "models: [llama-3.1-8b]\n"
      "pools:\n  - {name: a, gpu: l4, offers: [{name: o, cost: 1}]}\n  - {name: b, gpu: l40s, "
      "offers: [{name: o, cost: 2}]}\n"
      "classes:\n  - {name: chat, rate: 1, prompt_tokens: 100, output_tokens: 10, slo: {ttft: 1s, "
      "tpot: 50ms}}\n"
      "defaults: {slo: {percentile: 0.9}, unmet: {max: 0.2}}\nbudget: 10\npolicy: {headroom: 0.5, "
      "max_num_seqs: 64}\n");
  put("fleet.yaml",
      "include: [base/site.yaml]\n"
      "pools:\n  - {name: b, gpu: h100-sxm, offers: [{name: o, lot: 8, cost: 30}]}\n"
      "classes:\n  - {name: chat, rate: 5, slo: {tpot: 20ms}}\n"
      "defaults: {unmet: {max: 0}}\npolicy: {headroom: 0.2}\n");
  const Fleet fleet = read("fleet.yaml");
  EXPECT_EQ(fleet.name, "fleet");
  ASSERT_EQ(fleet.models.size(), 1U);
  ASSERT_EQ(fleet.pools.size(), 2U);
  EXPECT_EQ(fleet.catalog.gpu(fleet.pools[0].gpu).name, "l4");
  EXPECT_EQ(fleet.catalog.gpu(fleet.pools[1].gpu).name, "h100-sxm");
  EXPECT_EQ(fleet.pools[1].offers[0].lot, 8);
  ASSERT_EQ(fleet.classes.size(), 1U);
  EXPECT_EQ(fleet.classes[0].traffic.rate, 5.0);
  EXPECT_EQ(fleet.classes[0].traffic.prompt_tokens.mean(), 100.0);
  EXPECT_EQ(fleet.classes[0].slo.ttft, Seconds(1.0));
  EXPECT_EQ(fleet.classes[0].slo.tpot, Seconds(0.02));
  EXPECT_EQ(fleet.classes[0].slo.percentile, 0.9);
  EXPECT_EQ(fleet.classes[0].max_unmet, 0.0);
  EXPECT_EQ(fleet.budget, CostRate::usd_per_hour(10));
  EXPECT_EQ(fleet.policy.headroom, 0.2);
  EXPECT_EQ(fleet.policy.max_num_seqs, 64);
}

TEST_F(Include, PathsAreRelativeToTheFileThatNamesThem) {
  put("site/shared/pools.yaml", "pools: [{name: a, gpu: l4, offers: [{name: o, cost: 1}]}]\n");
  put("site/site.yaml", "include: [shared/pools.yaml]\nworkload: demand.csv\n");
  ASSERT_TRUE(write_file(directory_ / "site/demand.csv",
                         "start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std\n"
                         "0,chat,1,100,0,10,0\n600,chat,3,100,0,10,0\n")
                  .ok());
  put("fleet.yaml", "include: [site/site.yaml]\n");
  EXPECT_EQ(read("fleet.yaml").classes.at(0).traffic.rate, 2.0);  // the mean of the series
  put("late.yaml", "include: [site/site.yaml]\nat: 10m\n");
  EXPECT_EQ(read("late.yaml").classes.at(0).traffic.rate, 3.0);
}

TEST_F(Include, FileNamedTwiceIsReadOnce) {
  put("common.yaml",
      "classes: [{name: chat, rate: 1, prompt_tokens: 100, output_tokens: 10}]\nbudget: 5\n");
  put("a.yaml", "include: [common.yaml]\nbudget: 7\n");
  put("b.yaml", "include: [common.yaml]\n");
  put("fleet.yaml", "include: [a.yaml, b.yaml]\n");
  EXPECT_EQ(read("fleet.yaml").budget, CostRate::usd_per_hour(7));
}

TEST_F(Include, CircleIsToldAsAChain) {
  put("a.yaml", "include: [b.yaml]\n");
  put("b.yaml", "include: [sub/c.yaml]\n");
  put("sub/c.yaml", "include: [../b.yaml]\n");
  const Result<Fleet> fleet = read_fleet(directory_ / "a.yaml");
  ASSERT_FALSE(fleet.ok());
  const Error& error = fleet.errors()[0];
  EXPECT_EQ(error.code, ErrorCode::kInconsistent);
  EXPECT_THAT(error.where, HasSubstr("c.yaml:2: /include/0"));
  const std::string b = (directory_ / "b.yaml").string();
  const std::string c = (directory_ / "sub/c.yaml").string();
  EXPECT_THAT(error.message, HasSubstr(fmt::format("{} -> {} -> {}", b, c, b)));
}

TEST_F(Include, ErrorsNameTheFileTheyStandIn) {
  put("bad.yaml",
      "budget: -1\nclasses: [{name: chat, rate: x, prompt_tokens: 1, output_tokens: 1}]\n");
  put("fleet.yaml", "include: [bad.yaml]\npolicy: {headroom: -1}\n");
  const Result<Fleet> fleet = read_fleet(directory_ / "fleet.yaml");
  ASSERT_FALSE(fleet.ok());
  ASSERT_EQ(fleet.errors().size(), 3U);
  EXPECT_THAT(fleet.errors()[0].where, HasSubstr("bad.yaml:3: /classes/0/rate"));
  EXPECT_THAT(fleet.errors()[1].where, HasSubstr("bad.yaml:2: /budget"));
  EXPECT_THAT(fleet.errors()[2].where, HasSubstr("fleet.yaml:3: /policy/headroom"));
}

}  // namespace
}  // namespace berth
