#include "berth/instance/build.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/instance/supply.h"
#include "berth/instance/tpot_targets.h"
#include "tests/instance/random_fleet.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const Catalog& builtin() {
  static const Catalog catalog = load_builtin_catalog().value();
  return catalog;
}

constexpr RandomFleetShape kFewer{.classes = 3, .models = 20, .gpus = 20, .varied = true};
constexpr RandomFleetShape kSmall{.classes = 5, .models = 30, .gpus = 30, .varied = true};

/// Every option of a fleet, filtered or not, in the order of docs/formulation.md.
std::vector<OptionSpec> all_options(const Fleet& fleet) {
  std::vector<OptionSpec> options;
  const auto targets = option_targets(fleet);
  for (std::size_t r = 0; r < fleet.pools.size(); ++r) {
    for (const ModelId model : fleet.models) {
      const auto& own = fleet.catalog.model(model).precisions;
      for (const Precision precision :
           fleet.policy.precisions.empty() ? own : fleet.policy.precisions) {
        for (const int n : fleet.policy.tensor_parallel) {
          for (const int m : fleet.policy.pipeline_parallel) {
            for (const auto& target : targets) {
              options.push_back({model, PoolId(r), precision, n, m, target});
            }
          }
        }
      }
    }
  }
  return options;
}

void expect_close(double actual, double expected) {
  EXPECT_NEAR(actual, expected, 1e-9 * std::max(1e-12, std::abs(expected)));
}

/// The fast build and evaluate_pair must agree on every pair of the fleet.
void expect_same_as_evaluate_pair(const Fleet& fleet) {
  const Result<BuiltInstance> built = build_instance(fleet, {.dominance = false});
  ASSERT_TRUE(built.ok()) << to_string(built.errors().front());
  const auto& columns = built->instance.columns();
  const std::vector<OptionSpec> all = all_options(fleet);
  EXPECT_EQ(built->configurations, static_cast<std::int64_t>(all.size()));
  EXPECT_EQ(built->options_before_dominance,
            static_cast<std::int64_t>(built->instance.option_count()));
  std::vector<ClassRejections> expected(fleet.classes.size());
  std::size_t row = 0;
  for (const OptionSpec& option : all) {
    bool served = false;
    const bool listed = row < built->options.size() &&
                        option_name(fleet, built->options[row]) == option_name(fleet, option);
    for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
      const auto result = evaluate_pair(fleet, option, ClassId(i));
      if (const auto* reason = std::get_if<PairRejection>(&result)) {
        ++expected[i].count[static_cast<std::size_t>(*reason)];
        if (listed) {
          EXPECT_FALSE(built->instance.find_pair(ClassId(i), OptionId(row)).has_value());
        }
        continue;
      }
      served = true;
      ASSERT_TRUE(listed) << option_name(fleet, option);
      const auto pair = built->instance.find_pair(ClassId(i), OptionId(row));
      ASSERT_TRUE(pair.has_value()) << option_name(fleet, option) << " class " << i;
      const PairPhysics& physics = std::get<PairPhysics>(result);
      expect_close(columns.pairs.load[*pair], physics.load);
      expect_close(columns.pairs.delay[*pair], physics.mean_delay_s);
      expect_close(columns.pairs.error[*pair], physics.error);
      const FleetClass& c = fleet.classes[i];
      const double cost =
          c.delay_cost_per_second * c.traffic.rate * kSecondsPerHour * physics.mean_delay_s;
      EXPECT_NEAR(columns.pairs.cost[*pair].usd(), cost, 1e-6);
    }
    EXPECT_EQ(served, listed) << option_name(fleet, option);
    row += served ? 1 : 0;
  }
  EXPECT_EQ(row, built->options.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(built->rejections[i].count, expected[i].count) << "class " << i;
  }
}

/// The fleet on another engine with an 8-bit cache.
Fleet on_engine(Fleet fleet, const char* name) {
  fleet.policy.kv_cache = CacheFormat::k8Bit;
  fleet.policy.engine = name;
  for (FleetPool& pool : fleet.pools) {
    const EngineProfile* engine = fleet.catalog.find_engine(name, fleet.catalog.gpu(pool.gpu));
    if (engine == nullptr) continue;  // an engine of other GPUs: the pool keeps its own
    pool.engine = static_cast<std::size_t>(engine - fleet.catalog.engines().data());
  }
  return fleet;
}

TEST(Build, AgreesWithEvaluatePairOnOtherEngines) {
  std::uint64_t seed = 31;
  for (const char* engine : {"sglang", "sglang-lockstep", "trtllm", "vllm-2024", "vllm-2023"}) {
    SCOPED_TRACE(engine);
    expect_same_as_evaluate_pair(on_engine(random_fleet(builtin(), kFewer, seed++), engine));
    if (HasFatalFailure()) return;
  }
}

TEST(Build, AgreesWithEvaluatePairOnRandomFleets) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    expect_same_as_evaluate_pair(random_fleet(builtin(), kSmall, seed));
    if (HasFatalFailure()) return;
  }
}

TEST(Build, TheNearestMissIsARejectionWithItsValueBeyondItsLimit) {
  const Fleet fleet = random_fleet(builtin(), kSmall, 3);
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_TRUE(built.ok());
  int seen = 0;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const ClassRejections& r = built->rejections[i];
    if (r.nearest_reason == PairRejection::kCount) continue;
    ++seen;
    EXPECT_GT(r.count[static_cast<std::size_t>(r.nearest_reason)], 0);
    OptionSpec option = r.nearest;
    if (!option.tpot_target) option.tpot_target = option_targets(fleet).front();
    const auto again = evaluate_pair(fleet, option, ClassId(i));
    ASSERT_TRUE(std::holds_alternative<PairRejection>(again));
    EXPECT_EQ(std::get<PairRejection>(again), r.nearest_reason);
  }
  EXPECT_GT(seen, 0);
}

TEST(Build, OptionsMatchTheColumns) {
  const Fleet fleet = random_fleet(builtin(), kSmall, 5);
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_TRUE(built.ok());
  const auto& options = built->instance.columns().options;
  ASSERT_EQ(built->options.size(), built->instance.option_count());
  ASSERT_GT(built->options.size(), 0U);
  for (std::size_t d = 0; d < built->options.size(); ++d) {
    const OptionSpec& option = built->options[d];
    EXPECT_EQ(options.name[d], option_name(fleet, option));
    EXPECT_EQ(options.pool[d], option.pool);
    EXPECT_EQ(options.units[d], option.tensor_parallel * option.pipeline_parallel);
    const PoolStock stock = pool_stock(fleet.pools[option.pool.index()]);
    EXPECT_LE(option.tensor_parallel, stock.box_gpus);
    if (stock.gpus != PoolStock::kEndless) {
      EXPECT_LE(std::int64_t{options.units[d]} * options.max_replicas[d], stock.gpus);
      EXPECT_GE(options.max_replicas[d], 1);
    }
  }
}

TEST(Build, DominanceKeepsASubsetWithUnchangedPairs) {
  const Fleet fleet = random_fleet(builtin(), kSmall, 8);
  const Result<BuiltInstance> full = build_instance(fleet, {.dominance = false});
  const Result<BuiltInstance> kept = build_instance(fleet);
  ASSERT_TRUE(full.ok() && kept.ok());
  EXPECT_LT(kept->instance.option_count(), full->instance.option_count());
  const auto& all_names = full->instance.columns().options.name;
  for (std::size_t d = 0; d < kept->options.size(); ++d) {
    const auto same =
        std::find(all_names.begin(), all_names.end(), kept->instance.columns().options.name[d]);
    ASSERT_NE(same, all_names.end());
    const OptionId old(static_cast<std::size_t>(same - all_names.begin()));
    ASSERT_EQ(kept->instance.pairs_of(OptionId(d)).size(), full->instance.pairs_of(old).size());
    for (std::size_t k = 0; k < kept->instance.pairs_of(OptionId(d)).size(); ++k) {
      EXPECT_EQ(kept->instance.columns().pairs.load[kept->instance.pairs_of(OptionId(d))[k]],
                full->instance.columns().pairs.load[full->instance.pairs_of(old)[k]]);
    }
  }
  // No class may lose its last option.
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const ClassId id(i);
    EXPECT_EQ(kept->instance.first_pair(id) == kept->instance.end_pair(id),
              full->instance.first_pair(id) == full->instance.end_pair(id));
  }
}

TEST(Build, OneConfigurationPerModelAndGpuMakesGroups) {
  Fleet fleet = random_fleet(builtin(), kSmall, 5);
  fleet.policy.one_config_per_model_and_gpu = true;
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_TRUE(built.ok());
  const auto& options = built->instance.columns().options;
  std::set<std::string> names(options.group_name.begin(), options.group_name.end());
  EXPECT_EQ(names.size(), options.group_name.size()) << "group names are unique";
  for (std::size_t d = 0; d < options.group.size(); ++d) {
    const OptionSpec& option = built->options[d];
    const GpuId gpu = fleet.pools[option.pool.index()].gpu;
    ASSERT_GE(options.group[d], 0);
    EXPECT_EQ(options.group_name[static_cast<std::size_t>(options.group[d])],
              fleet.catalog.model(option.model).name + "/" + fleet.catalog.gpu(gpu).name);
  }
}

TEST(Build, ClassColumnsComeFromTheFleet) {
  Fleet fleet = random_fleet(builtin(), {.classes = 2, .models = 3, .gpus = 3, .varied = false}, 1);
  fleet.classes[0].traffic.rate = 2.5;
  fleet.classes[0].unmet_cost_per_request = 0.01;
  fleet.classes[0].max_unmet = 0.25;
  fleet.classes[0].quality = {"general", 0.6, QualityFloor::Mode::kAverage};
  fleet.classes[1].quality = {"general", 0.6, QualityFloor::Mode::kStrict};
  fleet.budget = CostRate::usd_per_hour(12);
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_TRUE(built.ok());
  const auto& c = built->instance.columns();
  EXPECT_EQ(c.classes.unmet_cost[0], CostRate::usd_per_hour(90)) << "0.01 USD x 2.5/s x 3600 s";
  EXPECT_EQ(c.classes.max_unmet[0], 0.25);
  EXPECT_DOUBLE_EQ(c.classes.max_error[0], 0.4);
  EXPECT_EQ(c.classes.max_error[1], kNoLimit);
  EXPECT_EQ(c.classes.max_delay[0], kNoLimit);
  EXPECT_EQ(c.budget, CostRate::usd_per_hour(12));
}

TEST(Build, ImpossibleFleetsAreErrorsNotCrashes) {
  const Result<BuiltInstance> empty = build_instance(Fleet{});
  ASSERT_FALSE(empty.ok());
  EXPECT_THAT(empty.errors(), SizeIs(3)) << "no classes, no models, no pools";

  Fleet fleet = random_fleet(builtin(), kSmall, 1);
  fleet.classes[0].traffic.rate = 0.0;
  fleet.classes[1].unmet_cost_per_request = 1e12;
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_FALSE(built.ok());
  ASSERT_THAT(built.errors(), SizeIs(2));
  EXPECT_EQ(built.errors()[0].where, "/classes/0/rate");
  EXPECT_EQ(built.errors()[1].where, "/classes/1/unmet/cost");
}

TEST(Build, PenaltiesThatCannotBeCountedTogetherAreRefused) {
  Fleet fleet = random_fleet(builtin(), kSmall, 1);
  for (FleetClass& each : fleet.classes) {
    each.unmet_cost_per_request = 9e8 / (each.traffic.rate * 3600.0);
  }
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_FALSE(built.ok());
  ASSERT_THAT(built.errors(), SizeIs(1));
  EXPECT_EQ(built.errors()[0].where, "/classes");
}

TEST(Build, RentThatCannotBeCountedNamesAClass) {
  Fleet fleet = random_fleet(builtin(), kSmall, 6);
  for (FleetClass& each : fleet.classes) {
    each.unmet_cost_per_request = 0.0;
    each.delay_cost_per_second = 0.0;
    each.max_unmet = 0.0;
    each.traffic.rate = 1e9;
  }
  for (FleetPool& pool : fleet.pools) {
    for (FleetOffer& offer : pool.offers) {
      offer.max.reset();
      offer.cost = CostRate::usd_per_hour(1000);
    }
  }
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_FALSE(built.ok());
  EXPECT_THAT(built.errors()[0].where, ::testing::MatchesRegex("/classes/[0-9]+"));
  EXPECT_THAT(built.errors()[0].message, ::testing::HasSubstr("costs at least"));
}

TEST(Build, MoreDemandRaisesLoadsInProportion) {
  Fleet fleet = random_fleet(builtin(), kSmall, 6);
  for (FleetClass& c : fleet.classes) c.traffic.arrival_variability = 1.0;
  const Result<BuiltInstance> before = build_instance(fleet, {.dominance = false});
  for (FleetClass& c : fleet.classes) c.traffic.rate *= 2.0;
  const Result<BuiltInstance> after = build_instance(fleet, {.dominance = false});
  ASSERT_TRUE(before.ok() && after.ok());
  ASSERT_EQ(before->instance.pair_count(), after->instance.pair_count());
  for (std::size_t p = 0; p < before->instance.pair_count(); ++p) {
    expect_close(after->instance.columns().pairs.load[p],
                 2.0 * before->instance.columns().pairs.load[p]);
  }
}

/// More replicas share the bursts: their loads rise, but by no more than the demand.
TEST(Build, MoreBurstyDemandRaisesLoadsByNoMore) {
  for (std::uint64_t seed = 1; seed < 3; ++seed) {
    Fleet fleet = random_fleet(builtin(), kSmall, seed);
    for (FleetClass& c : fleet.classes) c.traffic.arrival_variability = 12.0;
    Result<BuiltInstance> before = build_instance(fleet, {.dominance = false});
    ASSERT_TRUE(before.ok());
    for (const double factor : {1.1, 2.0, 7.0}) {
      Fleet busier = fleet;
      for (FleetClass& c : busier.classes) c.traffic.rate *= factor;
      const Result<BuiltInstance> after = build_instance(busier, {.dominance = false});
      ASSERT_TRUE(after.ok());
      std::map<std::string, std::size_t> index;
      for (std::size_t d = 0; d < after->options.size(); ++d) {
        index[after->instance.columns().options.name[d]] = d;
      }
      for (std::size_t p = 0; p < before->instance.pair_count(); ++p) {
        const auto& pairs = before->instance.columns().pairs;
        const auto found =
            index.find(before->instance.columns().options.name[pairs.option[p].index()]);
        ASSERT_NE(found, index.end());
        const auto again = after->instance.find_pair(pairs.query_class[p], OptionId(found->second));
        ASSERT_TRUE(again);
        const double load = after->instance.columns().pairs.load[*again];
        EXPECT_GE(load, pairs.load[p] * (1.0 - 3e-3));
        EXPECT_LE(load, factor * pairs.load[p] * (1.0 + 3e-3));
      }
    }
  }
}

TEST(Coverable, SaysInTheUsersWordsWhyAClassHasNoOption) {
  Fleet fleet =
      random_fleet(builtin(), {.classes = 2, .models = 10, .gpus = 10, .varied = false}, 2);
  fleet.classes[0].traffic.name = "chat";
  fleet.classes[0].slo.ttft = Seconds(1e-3);
  fleet.classes[0].quality = {"general", 0.0, QualityFloor::Mode::kStrict};
  fleet.classes[1].slo = {};
  fleet.classes[1].quality.min = 0.0;
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_TRUE(built.ok());
  const Status status = require_coverable(fleet, *built);
  ASSERT_FALSE(status.ok());
  ASSERT_THAT(status.errors(), SizeIs(1));
  const Error& error = status.errors().front();
  EXPECT_EQ(error.code, ErrorCode::kInfeasible);
  EXPECT_EQ(error.where, "/classes/0");
  EXPECT_THAT(error.message, HasSubstr("class 'chat': no model and GPU can serve it: of "));
  EXPECT_THAT(error.message, HasSubstr("fail TTFT"));
  EXPECT_THAT(error.message, HasSubstr("even before waiting, TTFT SLO 1 ms)"));
  EXPECT_THAT(error.suggestion, HasSubstr("slo.ttft"));
}

TEST(Coverable, AClassThatMayBeWhollyUnmetNeedsNoOption) {
  Fleet fleet = random_fleet(builtin(), {.classes = 1, .models = 3, .gpus = 3, .varied = false}, 2);
  fleet.classes[0].slo.ttft = Seconds(1e-4);
  fleet.classes[0].max_unmet = 1.0;
  const Result<BuiltInstance> built = build_instance(fleet);
  ASSERT_TRUE(built.ok());
  EXPECT_TRUE(require_coverable(fleet, *built).ok());
}

TEST(Coverable, EachReasonHasItsSentence) {
  struct Case {
    void (*change)(Fleet&);
    const char* text;
  };
  const Case cases[] = {
      {[](Fleet& f) {
         f.classes[0].quality = {"general", 1.0, QualityFloor::Mode::kStrict};
       },
       "scores 0."},
      {[](Fleet& f) { f.classes[0].traffic.prompt_tokens = LengthDistribution::constant(5e7); },
       "the longest request has 500"},
      {[](Fleet& f) { f.classes[0].slo.tpot = Seconds(1e-5); }, "takes"},
      {[](Fleet& f) { f.classes[0].slo.e2e = Seconds(2e-3); }, "TPOT"},
      {[](Fleet& f) {
         for (FleetPool& pool : f.pools) pool.offers.clear();
       },
       "need more GPUs, or more in one box, than are offered"},
  };
  for (const Case& c : cases) {
    Fleet fleet =
        random_fleet(builtin(), {.classes = 1, .models = 10, .gpus = 10, .varied = false}, 2);
    fleet.classes[0].slo = {};
    fleet.classes[0].quality.min = 0.0;
    c.change(fleet);
    const Result<BuiltInstance> built = build_instance(fleet);
    ASSERT_TRUE(built.ok());
    const Status status = require_coverable(fleet, *built);
    ASSERT_FALSE(status.ok()) << c.text;
    EXPECT_THAT(status.errors().front().message, HasSubstr(c.text));
  }
}

}  // namespace
}  // namespace berth
