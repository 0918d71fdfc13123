#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/instance/build.h"
#include "berth/instance/options.h"
#include "berth/instance/supply.h"
#include "berth/instance/tpot_spread.h"
#include "berth/instance/waiting.h"
#include "berth/perf/phase_model.h"
#include "berth/perf/queueing.h"
#include "tests/instance/random_fleet.h"

namespace berth {
namespace {

const Catalog& builtin() {
  static const Catalog catalog = load_builtin_catalog().value();
  return catalog;
}

/// One class on Llama 3.1 8B and one pool of H100 boxes.
Fleet small_fleet() {
  Fleet fleet;
  fleet.catalog = builtin();
  fleet.models = {builtin().find_model("llama-3.1-8b").value()};
  FleetPool pool;
  pool.name = "h100";
  pool.gpu = builtin().find_gpu("h100-sxm").value();
  pool.offers.push_back({"on-demand", 8, CostRate::usd_per_hour(55.04), std::nullopt});
  fleet.pools.push_back(pool);
  FleetClass chat;
  chat.traffic.name = "chat";
  chat.traffic.rate = 12.5;
  chat.traffic.prompt_tokens = LengthDistribution::from_moments(1155, 1109);
  chat.traffic.output_tokens = LengthDistribution::from_moments(211, 163);
  chat.slo.ttft = Seconds(1.0);
  chat.slo.tpot = Seconds(0.05);
  fleet.classes.push_back(chat);
  return fleet;
}

OptionSpec option_of(const Fleet& fleet, int n, int m, std::optional<Seconds> target) {
  return {fleet.models.front(), PoolId(0), Precision::kBf16, n, m, target};
}

constexpr Seconds kTarget{0.05};

PairPhysics served(const Fleet& fleet, int n = 1, int m = 1) {
  const auto result = evaluate_pair(fleet, option_of(fleet, n, m, kTarget), ClassId(0));
  EXPECT_TRUE(std::holds_alternative<PairPhysics>(result));
  return std::holds_alternative<PairPhysics>(result) ? std::get<PairPhysics>(result)
                                                     : PairPhysics{};
}

/// At another share of the highest utilisation.
PairPhysics evaluated(const Fleet& fleet, double fill) {
  const auto result = evaluate_pair(fleet, option_of(fleet, 1, 1, kTarget), ClassId(0), fill);
  EXPECT_TRUE(std::holds_alternative<PairPhysics>(result));
  return std::holds_alternative<PairPhysics>(result) ? std::get<PairPhysics>(result)
                                                     : PairPhysics{};
}

PairRejection rejected(const Fleet& fleet, int n = 1, int m = 1) {
  const auto result = evaluate_pair(fleet, option_of(fleet, n, m, kTarget), ClassId(0));
  EXPECT_TRUE(std::holds_alternative<PairRejection>(result));
  return std::holds_alternative<PairRejection>(result) ? std::get<PairRejection>(result)
                                                       : PairRejection::kCount;
}

TEST(EvaluatePair, NumbersFitTogether) {
  const Fleet fleet = small_fleet();
  const PairPhysics p = served(fleet);
  EXPECT_EQ(p.concurrency, std::floor(p.concurrency));
  EXPECT_LE(p.concurrency, 256.0);
  EXPECT_GE(p.concurrency, 8.0) << "an H100 runs more than a few 8B requests at 50 ms a token";
  EXPECT_LE(p.tpot_s, 0.05);
  // Service: the own prompt, each of the others' once, 210 steps beside them.
  const PhaseModel model(deployment_of(fleet, option_of(fleet, 1, 1, kTarget)));
  const PromptTime prompt = model.prompt_time(1155.0);
  const double long_run = 1.0 + fleet.classes[0].traffic.output_tokens.squared_variation();
  const double step = model.decode_seconds(p.concurrency, 1155.0 + 0.5 * 211.0 * long_run);
  const double service = prompt.alone + (p.concurrency - 1.0) * prompt.mixed + 210.0 * step;
  EXPECT_NEAR(p.throughput, p.concurrency / service, 1e-9 * p.throughput);
  EXPECT_NEAR(p.load, 12.5 * 1.1 / (p.utilization_max * p.throughput), 1e-9 * p.load);
  EXPECT_LE(p.ttft_s, 1.0);
  EXPECT_GT(p.e2e_s, p.mean_delay_s) << "the percentile exceeds the mean";
  EXPECT_GT(p.mean_delay_s, 211.0 * p.tpot_s);
}

TEST(EvaluatePair, AdmissionReadingAndStreamingComeBeforeTheFirstToken) {
  const Fleet fleet = small_fleet();
  const PhaseModel model(deployment_of(fleet, option_of(fleet, 1, 1, kTarget)));
  const EngineProfile& engine = fleet.catalog.engines()[fleet.pools[0].engine];
  const QueryClass& traffic = fleet.classes[0].traffic;
  const double step = model.decode_seconds(1.0, running_kind(fleet.classes[0]).context);
  const double least = engine.admission_s +
                       model.prefill_seconds(traffic.prompt_tokens.quantile(0.95)) +
                       0.5 * engine.stream_steps * step;
  EXPECT_NEAR(evaluated(fleet, 0.0).ttft_s, least, 1e-9 * least) << "an empty replica: no wait";
  EXPECT_GT(served(fleet).ttft_s, least) << "the wait and the others' steps come on top";
}

TEST(EvaluatePair, PromptsWaitForEachOtherWhileSlotsAreFree) {
  Fleet fleet = small_fleet();
  fleet.classes[0].traffic.output_tokens = LengthDistribution::constant(4.0);
  fleet.classes[0].slo.tpot = Seconds(1.0);
  fleet.classes[0].slo.ttft = Seconds(0.4);
  const auto evaluate = [&] {
    const auto result = evaluate_pair(fleet, option_of(fleet, 1, 1, Seconds(1.0)), ClassId(0));
    return std::get<PairPhysics>(result);
  };
  const PairPhysics even = evaluate();
  EXPECT_LT(even.utilization_max, 0.9) << "hundreds of slots, but one prompt is read at a time";
  fleet.classes[0].traffic.arrival_variability = 6.0;
  EXPECT_LT(evaluate().utilization_max, 0.8 * even.utilization_max);
}

TEST(EvaluatePair, TpotIsThatOfThePercentile) {
  Fleet fleet = small_fleet();
  const PairPhysics p95 = served(fleet);
  fleet.classes[0].slo.percentile = 0.5;
  const PairPhysics p50 = served(fleet);
  EXPECT_GT(p50.concurrency, p95.concurrency) << "half of the requests may see more than the mean";
  fleet.classes[0].slo.percentile = 0.99;
  EXPECT_LT(served(fleet).concurrency, p95.concurrency);
  fleet.classes[0].slo.percentile = 0.95;
  EXPECT_LE(evaluated(fleet, 0.3).tpot_s, p95.tpot_s) << "fewer run where less is asked";
  EXPECT_LE(p95.tpot_s, kTarget.value);
}

TEST(EvaluatePair, EnginesAndCachesDiffer) {
  Fleet fleet = small_fleet();
  const PairPhysics now = served(fleet);
  fleet.policy.kv_cache = CacheFormat::k8Bit;
  EXPECT_LT(served(fleet).load, now.load) << "more sequences fit, and their cache is read faster";
  fleet.policy.kv_cache = CacheFormat::k16Bit;
  const auto set_engine = [&](const char* name) {
    const EngineProfile* engine =
        fleet.catalog.find_engine(name, fleet.catalog.gpu(fleet.pools[0].gpu));
    ASSERT_NE(engine, nullptr);
    fleet.pools[0].engine = static_cast<std::size_t>(engine - fleet.catalog.engines().data());
  };
  set_engine("vllm-2024");
  EXPECT_GT(served(fleet).load, now.load) << "an engine of old";
  set_engine("vllm");
  EXPECT_EQ(served(fleet).load, now.load);
}

TEST(EvaluatePair, EverySloHoldsWhereverAPairIsServed) {
  int checked = 0;
  for (std::uint64_t seed = 20; seed < 24; ++seed) {
    const Fleet fleet =
        random_fleet(builtin(), {.classes = 5, .models = 12, .gpus = 20, .varied = true}, seed);
    const Result<BuiltInstance> built = build_instance(fleet);
    ASSERT_TRUE(built.ok());
    const auto& pairs = built->instance.columns().pairs;
    for (std::size_t k = 0; k < pairs.option.size(); ++k) {
      const OptionSpec& option = built->options[pairs.option[k].index()];
      const FleetClass& c = fleet.classes[pairs.query_class[k].index()];
      const auto result = evaluate_pair(fleet, option, pairs.query_class[k]);
      ASSERT_TRUE(std::holds_alternative<PairPhysics>(result));
      const PairPhysics& p = std::get<PairPhysics>(result);
      constexpr double kRounding = 1.0 + 1e-9;
      if (c.slo.ttft) {
        EXPECT_LE(p.ttft_s, c.slo.ttft->value * kRounding);
      }
      if (c.slo.tpot) {
        EXPECT_LE(p.tpot_s, c.slo.tpot->value * kRounding);
      }
      if (c.slo.e2e) {
        EXPECT_LE(p.e2e_s, c.slo.e2e->value * kRounding);
      }
      if (option.tpot_target) {
        EXPECT_LE(p.tpot_s, option.tpot_target->value * kRounding);
      }
      EXPECT_LE(p.concurrency, fleet.policy.max_num_seqs);
      EXPECT_LE(p.utilization_max, kMaxUtilization);
      ++checked;
    }
  }
  EXPECT_GT(checked, 500);
}

TEST(EvaluatePair, StricterSlosNeverLowerTheLoad) {
  Fleet fleet = small_fleet();
  double last = 0.0;
  for (const double ttft : {4.0, 2.0, 1.0, 0.8, 0.7}) {
    fleet.classes[0].slo.ttft = Seconds(ttft);
    const double load = served(fleet).load;
    EXPECT_GE(load, last) << ttft;
    last = load;
  }
  const double unlimited = served(small_fleet()).load;
  fleet.classes[0].slo.ttft = Seconds(1.0);
  fleet.classes[0].slo.percentile = 0.99;
  EXPECT_GE(served(fleet).load, unlimited);
}

TEST(EvaluatePair, EachReasonOfTheFilter) {
  Fleet f = small_fleet();
  EXPECT_EQ(rejected(f, 64), PairRejection::kShape) << "64 does not divide the heads";
  f.pools[0].offers[0].lot = 1;
  EXPECT_EQ(rejected(f, 2), PairRejection::kAvailability) << "TP 2 over boxes of one GPU";
  EXPECT_GT(served(f, 1, 2).load, 0.0) << "pipeline stages may lie in different boxes";
  f.pools[0].offers[0].max = 1;
  EXPECT_EQ(rejected(f, 1, 2), PairRejection::kAvailability) << "two GPUs of one";
  f = small_fleet();
  f.classes[0].slo.tpot = Seconds(0.02);
  EXPECT_EQ(rejected(f), PairRejection::kTargetTooSlow);
  f = small_fleet();
  f.classes[0].traffic.prompt_tokens = LengthDistribution::constant(200000);
  EXPECT_EQ(rejected(f), PairRejection::kContext);
  f = small_fleet();
  f.classes[0].quality = {"general", 0.999, QualityFloor::Mode::kStrict};
  EXPECT_EQ(rejected(f), PairRejection::kQuality);
  f.classes[0].quality.mode = QualityFloor::Mode::kAverage;
  EXPECT_GT(served(f).error, 0.0) << "an average floor filters nothing";
  f.classes[0].quality.task = "juggling";
  EXPECT_EQ(rejected(f), PairRejection::kQuality) << "no score";
  f.classes[0].quality.min = 0.0;
  EXPECT_EQ(served(f).error, 1.0) << "no score, but no floor either";
  f = small_fleet();
  f.policy.memory_utilization = 0.22;
  f.classes[0].traffic.prompt_tokens = LengthDistribution::constant(100000);
  EXPECT_EQ(rejected(f), PairRejection::kMemory);
  f = small_fleet();
  f.classes[0].slo.ttft = Seconds(0.01);
  EXPECT_EQ(rejected(f), PairRejection::kTtft);
  f = small_fleet();
  f.classes[0].slo.e2e = Seconds(1.0);
  f.classes[0].slo.tpot.reset();
  EXPECT_EQ(rejected(f), PairRejection::kTargetTooSlow) << "1 s for hundreds of tokens";
  f = small_fleet();
  const OptionSpec hasty = option_of(f, 1, 1, Seconds(1e-3));
  const auto result = evaluate_pair(f, hasty, ClassId(0));
  EXPECT_EQ(std::get<PairRejection>(result), PairRejection::kTpot);
}

TEST(EvaluatePair, StagesInSmallBoxesHandOverBetweenNodes) {
  Fleet fleet = small_fleet();
  const double inside = served(fleet, 1, 2).tpot_s;
  const double batch = served(fleet, 1, 2).concurrency;
  fleet.pools[0].offers[0].lot = 1;
  const PairPhysics across = served(fleet, 1, 2);
  EXPECT_TRUE(across.concurrency < batch || across.tpot_s > inside);
}

TEST(PoolStock, CountsGpusAndTheSmallestBox) {
  FleetPool pool;
  EXPECT_EQ(pool_stock(pool).gpus, 0);
  EXPECT_FALSE(pool_stock(pool).holds(1, 1));
  pool.offers = {{"a", 8, {}, 2}, {"b", 4, {}, 1}, {"none left", 1, {}, 0}};
  EXPECT_EQ(pool_stock(pool).gpus, 20);
  EXPECT_EQ(pool_stock(pool).box_gpus, 4);
  EXPECT_TRUE(pool_stock(pool).holds(4, 5));
  EXPECT_FALSE(pool_stock(pool).holds(4, 6)) << "24 GPUs of 20";
  EXPECT_FALSE(pool_stock(pool).holds(8, 1)) << "a box of 4 may come";
  EXPECT_EQ(pool_stock(pool).max_replicas(8), 2);
  pool.offers.push_back({"endless", 8, {}, std::nullopt});
  EXPECT_EQ(pool_stock(pool).gpus, PoolStock::kEndless);
  EXPECT_EQ(pool_stock(pool).max_replicas(8), kUnlimited);
  pool.offers = {{"huge", 2000000000, {}, 2000000000}, {"huge too", 2000000000, {}, 2000000000}};
  EXPECT_GT(pool_stock(pool).gpus, 0) << "no overflow";
  EXPECT_EQ(pool_stock(pool).max_replicas(1), kUnlimited);
}

TEST(OptionName, SaysEverything) {
  const Fleet fleet = small_fleet();
  EXPECT_EQ(option_name(fleet, option_of(fleet, 2, 1, Seconds(0.05))),
            "llama-3.1-8b:bf16@h100 tp2 pp1 tpot50ms");
  EXPECT_EQ(option_name(fleet, option_of(fleet, 1, 4, std::nullopt)),
            "llama-3.1-8b:bf16@h100 tp1 pp4");
}

TEST(MeanWait, StaysCloseToErlangC) {
  for (int slots = 1; slots <= 512; slots += slots < 16 ? 1 : 31) {
    for (double rho = 0.05; rho < kMaxUtilization; rho += 0.01) {
      const double exact = erlang_c(slots, rho) / (slots * (1.0 - rho));
      const double above = mean_wait(slots, rho, 1.0, 1.0, 1.0) - exact;
      EXPECT_LE(above, 0.034) << slots << " slots at " << rho;
      EXPECT_GE(above, -0.005) << slots << " slots at " << rho;
    }
  }
  EXPECT_DOUBLE_EQ(mean_wait(1.0, 0.5, 2.0, 1.0, 1.0), 2.0) << "M/M/1: rho S / (1 - rho)";
}

}  // namespace
}  // namespace berth
