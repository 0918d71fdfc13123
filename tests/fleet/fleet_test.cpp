#include "berth/fleet/fleet.h"

#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/core/random.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kHead = "format: berth.fleet/1\n";
constexpr std::string_view kClass =
    "classes: [{name: chat, rate: 1, prompt_tokens: 100, output_tokens: 10}]\n";

Result<Fleet> parse(std::string_view body, const Workload* workload = nullptr) {
  return parse_fleet("t.yaml", std::string(kHead) + std::string(body), BERTH_SOURCE_DIR, workload);
}

Fleet good(std::string_view body, const Workload* workload = nullptr) {
  Result<Fleet> fleet = parse(body, workload);
  if (fleet) return *std::move(fleet);
  for (const Error& error : fleet.errors()) ADD_FAILURE() << to_string(error);
  return {};
}

std::vector<std::string> model_names(const Fleet& fleet) {
  std::vector<std::string> names;
  for (const ModelId id : fleet.models) names.push_back(fleet.catalog.model(id).name);
  return names;
}

QueryClass measured(const std::string& name, double rate) {
  QueryClass query;
  query.name = name;
  query.rate = rate;
  query.prompt_tokens = LengthDistribution::constant(50);
  query.output_tokens = LengthDistribution::constant(5);
  return query;
}

TEST(Fleet, EveryExampleIsRead) {
  std::set<std::string> read;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(BERTH_SOURCE_DIR) + "/data/fleets")) {
    if (entry.path().extension() != ".yaml") continue;
    const Result<Fleet> fleet = read_fleet(entry.path());
    if (!fleet) {
      for (const Error& error : fleet.errors()) ADD_FAILURE() << to_string(error);
      continue;
    }
    EXPECT_FALSE(fleet->models.empty());
    EXPECT_FALSE(fleet->pools.empty());
    EXPECT_FALSE(fleet->classes.empty());
    read.insert(fleet->name);
  }
  for (const char* name : {"demo", "minimal", "on-premise", "multi-model"})
    EXPECT_TRUE(read.contains(name)) << name;
}

TEST(Fleet, DemoIsTheMeasuredAzureWorkload) {
  const Result<Fleet> fleet = read_fleet(std::string(BERTH_SOURCE_DIR) + "/data/fleets/demo.yaml");
  ASSERT_TRUE(fleet.ok());
  ASSERT_EQ(fleet->classes.size(), 2U);
  EXPECT_EQ(fleet->classes[0].traffic.name, "code");
  EXPECT_EQ(fleet->classes[1].traffic.name, "conv");
  EXPECT_GT(fleet->classes[0].traffic.rate, 1.0);
  EXPECT_TRUE(fleet->classes[0].traffic.rule.has_value());
  EXPECT_EQ(fleet->classes[0].quality.task, "code");
  // Each class has several candidates, or the demo would show no choice.
  for (const FleetClass& c : fleet->classes) {
    int candidates = 0;
    for (const ModelId id : fleet->models) {
      const auto& scores = fleet->catalog.model(id).quality;
      const auto score = scores.find(c.quality.task);
      if (score != scores.end() && score->second >= c.quality.min) ++candidates;
    }
    EXPECT_GE(candidates, 4) << c.traffic.name;
  }
}

constexpr std::string_view kEveryKey = R"(
models: [llama-3.1-8b]
pools:
  - {name: h100, gpu: h100-sxm, offers: [{name: reserved, lot: 8, cost: 16.0, max: 4}, {name: on-demand, lot: 8, cost: 55.04}]}
classes:
  - name: chat
    rate: 750/m
    prompt_tokens: {mean: 1155, std: 1109}
    output_tokens: {histogram: [[100, 0.5], [300, 0.5]]}
    arrival_variability: 2
    prefix_reuse: 0.25
    slo: {ttft: 1s, tpot: 50ms, e2e: 20s, percentile: 0.99}
    quality: {task: chat, min: 0.60, mode: average}
    unmet: {max: 0.1, cost: 0.01}
    delay_cost: 0.001
budget: 500
policy:
  headroom: 0.25
  one_config_per_model_and_gpu: true
  tensor_parallel: [4, 2, 2]
  pipeline_parallel: [1]
  precisions: [fp8, fp16]
  engine: sglang
  kv_cache: fp8
  max_num_seqs: 128
  memory_utilization: 0.85
  tpot_targets: 2
)";

TEST(Fleet, EveryKeyOfPoolsAndClassesIsRead) {
  const Fleet fleet = good(kEveryKey);
  ASSERT_EQ(fleet.pools.size(), 1U);
  EXPECT_EQ(fleet.catalog.gpu(fleet.pools[0].gpu).name, "h100-sxm");
  ASSERT_EQ(fleet.pools[0].offers.size(), 2U);
  EXPECT_EQ(fleet.pools[0].offers[0].max, 4);
  EXPECT_EQ(fleet.pools[0].offers[1].max, std::nullopt);
  EXPECT_EQ(fleet.pools[0].offers[1].cost.micros(), 55'040'000);
  ASSERT_EQ(fleet.classes.size(), 1U);
  const FleetClass& chat = fleet.classes[0];
  EXPECT_EQ(chat.traffic.name, "chat");
  EXPECT_DOUBLE_EQ(chat.traffic.rate, 12.5);
  EXPECT_DOUBLE_EQ(chat.traffic.prompt_tokens.mean(), 1155);
  EXPECT_DOUBLE_EQ(chat.traffic.output_tokens.max(), 300);
  EXPECT_EQ(chat.traffic.arrival_variability, 2.0);
  EXPECT_EQ(chat.traffic.prefix_reuse, 0.25);
  EXPECT_EQ(chat.slo.ttft, Seconds(1.0));
  EXPECT_EQ(chat.slo.tpot, Seconds(0.05));
  EXPECT_EQ(chat.slo.e2e, Seconds(20.0));
  EXPECT_EQ(chat.slo.percentile, 0.99);
  EXPECT_EQ(chat.quality.task, "chat");
  EXPECT_EQ(chat.quality.min, 0.6);
  EXPECT_EQ(chat.quality.mode, QualityFloor::Mode::kAverage);
  EXPECT_EQ(chat.max_unmet, 0.1);
  EXPECT_EQ(chat.unmet_cost_per_request, 0.01);
  EXPECT_EQ(chat.delay_cost_per_second, 0.001);
}

TEST(Fleet, EveryKeyOfBudgetAndPolicyIsRead) {
  const Fleet fleet = good(kEveryKey);
  EXPECT_EQ(fleet.budget, CostRate::usd_per_hour(500));
  EXPECT_EQ(fleet.policy.headroom, 0.25);
  EXPECT_TRUE(fleet.policy.one_config_per_model_and_gpu);
  EXPECT_THAT(fleet.policy.tensor_parallel, ElementsAre(2, 4));
  EXPECT_THAT(fleet.policy.pipeline_parallel, ElementsAre(1));
  EXPECT_THAT(fleet.policy.precisions, ElementsAre(Precision::kFp8, Precision::kBf16));
  EXPECT_EQ(fleet.policy.engine, "sglang");
  EXPECT_EQ(fleet.policy.kv_cache, CacheFormat::k8Bit);
  EXPECT_EQ(fleet.policy.max_num_seqs, 128);
  EXPECT_EQ(fleet.policy.memory_utilization, 0.85);
  EXPECT_EQ(fleet.policy.tpot_targets, 2);
}

TEST(Fleet, SaysLittleGetsDefaults) {
  const Fleet fleet = good(kClass);
  EXPECT_EQ(fleet.name, "t");
  EXPECT_EQ(fleet.models.size(), fleet.catalog.models().size());
  EXPECT_FALSE(fleet.pools.empty());
  EXPECT_EQ(fleet.budget, std::nullopt);
  const FleetClass& chat = fleet.classes.at(0);
  EXPECT_EQ(chat.slo, ServiceLevel{});
  EXPECT_EQ(chat.quality.task, "general");
  EXPECT_EQ(chat.quality.min, 0.0);
  EXPECT_EQ(chat.quality.mode, QualityFloor::Mode::kStrict);
  EXPECT_EQ(chat.max_unmet, 0.0);
  EXPECT_EQ(fleet.policy.tensor_parallel, FleetPolicy{}.tensor_parallel);
  EXPECT_EQ(fleet.policy.engine, "vllm");
  EXPECT_EQ(fleet.policy.kv_cache, CacheFormat::k16Bit);
}

TEST(Fleet, DefaultsFillInKeyByKeyAndNullLiftsThem) {
  const Fleet fleet = good(R"(
defaults: {slo: {ttft: 2s, tpot: 80ms, percentile: 0.9}, quality: {task: chat, min: 0.5, mode: average}, unmet: {max: 0.1, cost: 2}}
classes:
  - {name: a, rate: 1, prompt_tokens: 9, output_tokens: 9}
  - {name: b, rate: 1, prompt_tokens: 9, output_tokens: 9, slo: {tpot: null, ttft: 1s}, unmet: {max: 0}}
  - {name: c, rate: 1, prompt_tokens: 9, output_tokens: 9, quality: {task: code}}
  - {name: d, rate: 1, prompt_tokens: 9, output_tokens: 9, quality: {task: chat, mode: strict}}
)");
  const auto& classes = fleet.classes;
  EXPECT_EQ(classes[0].slo.tpot, Seconds(0.08));
  EXPECT_EQ(classes[0].quality.min, 0.5);
  EXPECT_EQ(classes[0].max_unmet, 0.1);
  EXPECT_EQ(classes[1].slo.ttft, Seconds(1.0));
  EXPECT_EQ(classes[1].slo.tpot, std::nullopt);
  EXPECT_EQ(classes[1].slo.percentile, 0.9);
  EXPECT_EQ(classes[1].max_unmet, 0.0);
  EXPECT_EQ(classes[1].unmet_cost_per_request, 2.0);
  EXPECT_EQ(classes[2].quality.min, 0.0);  // a floor for chat says nothing of code
  EXPECT_EQ(classes[2].quality.mode, QualityFloor::Mode::kAverage);
  EXPECT_EQ(classes[3].quality.min, 0.5);
  EXPECT_EQ(classes[3].quality.mode, QualityFloor::Mode::kStrict);
}

TEST(Fleet, ModelsByNameAliasAndPattern) {
  const Fleet fleet = good(
      std::string("models: [phi-4, 'QWEN3-*b', meta-llama/Llama-3.1-8B-Instruct, qwen3-8b]\n") +
      std::string(kClass));
  const std::vector<std::string> names = model_names(fleet);
  EXPECT_EQ(names.front(), "phi-4");
  EXPECT_EQ(names.back(), "llama-3.1-8b");
  EXPECT_EQ(std::count(names.begin(), names.end(), "qwen3-8b"), 1);
  EXPECT_EQ(std::count(names.begin(), names.end(), "qwen3-32b"), 1);
}

TEST(Fleet, ClassesOfAWorkloadAreMergedByName) {
  const Fleet fleet = good(
      "workload: azure-2023\nclasses:\n  - {name: extra, rate: 1, prompt_tokens: 9, output_tokens: "
      "9}\n"
      "  - {name: conv, rate: 100, slo: {ttft: 1s}}\ndefaults: {slo: {tpot: 70ms}}\n");
  ASSERT_EQ(fleet.classes.size(), 3U);
  EXPECT_EQ(fleet.classes[0].traffic.name, "extra");
  EXPECT_EQ(fleet.classes[1].traffic.name, "conv");
  EXPECT_EQ(fleet.classes[1].traffic.rate, 100.0);                  // the file's
  EXPECT_GT(fleet.classes[1].traffic.prompt_tokens.mean(), 500.0);  // the workload's
  EXPECT_EQ(fleet.classes[2].traffic.name, "code");
  for (const FleetClass& c : fleet.classes) EXPECT_EQ(c.slo.tpot, Seconds(0.07));
}

TEST(Fleet, MeasuredWorkloadReplacesWhatTheFileStates) {
  Workload traces;
  traces.classes = {measured("chat", 7), measured("new", 3)};
  // The file's own workload is not even read.
  const Fleet fleet = good(
      "workload: does-not-exist.yaml\nat: 1h\nclasses: [{name: chat, rate: 1, prompt_tokens: 100, "
      "output_tokens: 10, slo: {ttft: 1s}}]\n",
      &traces);
  ASSERT_EQ(fleet.classes.size(), 2U);
  EXPECT_EQ(fleet.classes[0].traffic.rate, 7.0);
  EXPECT_EQ(fleet.classes[0].traffic.prompt_tokens.mean(), 50.0);
  EXPECT_EQ(fleet.classes[0].slo.ttft, Seconds(1.0));
  EXPECT_EQ(fleet.classes[1].traffic.name, "new");
}

TEST(Fleet, ClassMissingInTheTracesIsAnError) {
  Workload traces;
  traces.classes = {measured("AzureTrace_conv", 7)};
  const Result<Fleet> fleet = parse(kClass, &traces);
  ASSERT_FALSE(fleet.ok());
  ASSERT_EQ(fleet.errors().size(), 1U);
  EXPECT_THAT(fleet.errors()[0].message, HasSubstr("class 'chat' has no requests in the traces"));
  EXPECT_THAT(fleet.errors()[0].suggestion, HasSubstr("AzureTrace_conv"));
  EXPECT_THAT(fleet.errors()[0].suggestion, HasSubstr("chat=FILE"));
}

TEST(Fleet, NamesDifferByCase) {
  const Fleet fleet = good(
      "classes:\n  - {name: A, rate: 1, prompt_tokens: 9, output_tokens: 9}\n"
      "  - {name: a, rate: 2, prompt_tokens: 9, output_tokens: 9}\n");
  EXPECT_EQ(fleet.classes.size(), 2U);
}

TEST(Fleet, JsonIsReadToo) {
  const Result<Fleet> fleet = parse_fleet(
      "body.json",
      R"({"format": "berth.fleet/1", "classes": [{"name": "chat", "rate": 1, "prompt_tokens": 9, "output_tokens": 9}]})",
      "");
  ASSERT_TRUE(fleet.ok()) << to_string(fleet.errors()[0]);
  EXPECT_EQ(fleet->name, "body");
}

TEST(Fleet, RegionIsAddedToPoolsAndPoolsWinByName) {
  const Fleet fleet = good(
      "pools: [{name: b200, gpu: b200, offers: [{name: own, lot: 8, cost: 1}]}]\n"
      "region: {cloud: aws, name: us-east-1}\n" +
      std::string(kClass));
  EXPECT_GT(fleet.pools.size(), 3U);
  EXPECT_EQ(fleet.pools[0].offers.size(), 1U);
  EXPECT_EQ(fleet.pools[0].offers[0].name, "own");
  std::set<std::string> names;
  for (const FleetPool& pool : fleet.pools)
    EXPECT_TRUE(names.insert(pool.name).second) << pool.name;
}

TEST(RegionPools, OnDemandOnlyUnlessAsked) {
  const Result<Catalog> catalog = load_builtin_catalog();
  ASSERT_TRUE(catalog.ok());
  const auto pools = region_pools(*catalog, "aws", "us-east-1");
  ASSERT_FALSE(pools.empty());
  std::size_t on_demand = 0;
  std::set<std::string> pool_names;
  for (const FleetPool& pool : pools) {
    EXPECT_EQ(pool.name.rfind(catalog->gpu(pool.gpu).name, 0), 0U) << pool.name;
    EXPECT_TRUE(pool_names.insert(pool.name).second) << pool.name;
    std::set<std::string> names;
    for (const FleetOffer& offer : pool.offers) {
      EXPECT_THAT(offer.name, HasSubstr("-on-demand"));
      EXPECT_TRUE(names.insert(offer.name).second) << offer.name;
      EXPECT_GT(offer.cost, CostRate());
      EXPECT_EQ(offer.max, std::nullopt);
      EXPECT_EQ(offer.lot, pool.offers.front().lot) << pool.name;  // boxes of one size
      ++on_demand;
    }
  }
  constexpr std::array kAll = {OfferTerm::kOnDemand, OfferTerm::kReserved, OfferTerm::kSpot};
  std::size_t all = 0;
  for (const FleetPool& pool : region_pools(*catalog, "aws", "us-east-1", kAll))
    all += pool.offers.size();
  EXPECT_GT(all, on_demand);
  EXPECT_TRUE(region_pools(*catalog, "aws", "nowhere").empty());
}

TEST(DefaultFleet, PlansEveryMeasuredClassWithDefaultLimits) {
  Workload traces;
  traces.classes = {measured("a", 7), measured("b", 3)};
  const Result<Fleet> fleet = default_fleet(traces);
  ASSERT_TRUE(fleet.ok()) << to_string(fleet.errors()[0]);
  ASSERT_EQ(fleet->classes.size(), 2U);
  EXPECT_EQ(fleet->classes[1].traffic.rate, 3.0);
  EXPECT_EQ(fleet->classes[0].slo.ttft, Seconds(2.0));
  EXPECT_EQ(fleet->classes[0].slo.tpot, Seconds(0.08));
  EXPECT_EQ(fleet->classes[0].slo.percentile, 0.95);
  EXPECT_EQ(fleet->classes[0].quality.task, "general");
  EXPECT_EQ(fleet->classes[0].quality.min, 0.65);
  EXPECT_FALSE(fleet->pools.empty());
  EXPECT_FALSE(default_fleet(Workload{}).ok());
}

TEST(Fleet, DamagedFilesAreRefusedWithMessagesOrRead) {
  const auto file = read_file(std::string(BERTH_SOURCE_DIR) + "/data/fleets/on-premise.yaml");
  ASSERT_TRUE(file.ok());
  const std::string_view alphabet = " \n:-[]{},.0129abe\"'&*#/\t";
  Random random(21);
  int refused = 0;
  for (int round = 0; round < 100; ++round) {
    std::string text = *file;
    for (std::uint64_t e = 0; e < 1 + random.below(4); ++e) {
      text[random.below(text.size())] = alphabet[random.below(alphabet.size())];
    }
    const Result<Fleet> fleet = parse_fleet("t.yaml", text, BERTH_SOURCE_DIR);
    if (fleet) continue;
    ++refused;
    ASSERT_FALSE(fleet.errors().empty());
    for (const Error& error : fleet.errors()) {
      EXPECT_FALSE(error.message.empty()) << text;
      EXPECT_EQ(error.where.rfind("t.yaml", 0), 0U) << to_string(error);
      EXPECT_NE(error.code, ErrorCode::kInternal);
    }
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace berth
