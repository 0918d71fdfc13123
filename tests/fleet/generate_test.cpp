#include "berth/fleet/generate.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/fleet/write_fleet.h"

namespace berth {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

GeneratedFleet good(Result<GeneratedFleet> generated) {
  if (generated) return *std::move(generated);
  for (const Error& error : generated.errors()) ADD_FAILURE() << to_string(error);
  return {};
}

GeneratedFleet generated(int classes, int models, int gpus, std::uint64_t seed,
                         bool boxes = false) {
  return good(generate_fleet({classes, models, gpus, seed, boxes}));
}

std::vector<std::string> model_names(const Fleet& fleet) {
  std::vector<std::string> names;
  for (const ModelId id : fleet.models) names.push_back(fleet.catalog.model(id).name);
  return names;
}

void expect_same(const LengthDistribution& a, const LengthDistribution& b) {
  EXPECT_EQ(a.mean(), b.mean());
  EXPECT_EQ(a.standard_deviation(), b.standard_deviation());
  ASSERT_EQ(a.bins().size(), b.bins().size());
  for (std::size_t i = 0; i < a.bins().size(); ++i) {
    EXPECT_EQ(a.bins()[i].upper, b.bins()[i].upper);
    EXPECT_DOUBLE_EQ(a.bins()[i].share, b.bins()[i].share);
  }
}

void expect_same(const FleetClass& a, const FleetClass& b) {
  EXPECT_EQ(a.traffic.name, b.traffic.name);
  EXPECT_EQ(a.traffic.rate, b.traffic.rate);
  EXPECT_EQ(a.traffic.arrival_variability, b.traffic.arrival_variability);
  EXPECT_EQ(a.traffic.prefix_reuse, b.traffic.prefix_reuse);
  expect_same(a.traffic.prompt_tokens, b.traffic.prompt_tokens);
  expect_same(a.traffic.output_tokens, b.traffic.output_tokens);
  EXPECT_EQ(a.slo, b.slo);
  EXPECT_EQ(a.quality.task, b.quality.task);
  EXPECT_EQ(a.quality.min, b.quality.min);
  EXPECT_EQ(a.quality.mode, b.quality.mode);
  EXPECT_EQ(a.max_unmet, b.max_unmet);
  EXPECT_EQ(a.unmet_cost_per_request, b.unmet_cost_per_request);
  EXPECT_EQ(a.delay_cost_per_second, b.delay_cost_per_second);
}

void expect_same(const FleetPolicy& a, const FleetPolicy& b) {
  EXPECT_EQ(a.headroom, b.headroom);
  EXPECT_EQ(a.one_config_per_model_and_gpu, b.one_config_per_model_and_gpu);
  EXPECT_EQ(a.tensor_parallel, b.tensor_parallel);
  EXPECT_EQ(a.pipeline_parallel, b.pipeline_parallel);
  EXPECT_EQ(a.precisions, b.precisions);
  EXPECT_EQ(a.engine, b.engine);
  EXPECT_EQ(a.kv_cache, b.kv_cache);
  EXPECT_EQ(a.max_num_seqs, b.max_num_seqs);
  EXPECT_EQ(a.memory_utilization, b.memory_utilization);
  EXPECT_EQ(a.tpot_targets, b.tpot_targets);
}

void expect_same(const FleetPool& a, const FleetPool& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.gpu, b.gpu);
  ASSERT_EQ(a.offers.size(), b.offers.size());
  for (std::size_t o = 0; o < a.offers.size(); ++o) {
    EXPECT_EQ(a.offers[o].name, b.offers[o].name);
    EXPECT_EQ(a.offers[o].lot, b.offers[o].lot);
    EXPECT_EQ(a.offers[o].cost, b.offers[o].cost);
    EXPECT_EQ(a.offers[o].max, b.offers[o].max);
  }
}

/// Everything but the name and the catalog.
void expect_same(const Fleet& a, const Fleet& b) {
  EXPECT_EQ(model_names(a), model_names(b));
  ASSERT_EQ(a.pools.size(), b.pools.size());
  for (std::size_t r = 0; r < a.pools.size(); ++r) expect_same(a.pools[r], b.pools[r]);
  ASSERT_EQ(a.classes.size(), b.classes.size());
  for (std::size_t i = 0; i < a.classes.size(); ++i) expect_same(a.classes[i], b.classes[i]);
  EXPECT_EQ(a.budget, b.budget);
  expect_same(a.policy, b.policy);
}

void expect_same(const ModelSpec& a, const ModelSpec& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.family, b.family);
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.active_parameters, b.active_parameters);
  EXPECT_EQ(a.layers, b.layers);
  EXPECT_EQ(a.hidden, b.hidden);
  EXPECT_EQ(a.heads, b.heads);
  EXPECT_EQ(a.kv_heads, b.kv_heads);
  EXPECT_EQ(a.head_dim, b.head_dim);
  EXPECT_EQ(a.vocabulary, b.vocabulary);
  EXPECT_EQ(a.max_context, b.max_context);
  EXPECT_EQ(a.attention, b.attention);
  EXPECT_EQ(a.kv_bytes_per_token, b.kv_bytes_per_token);
  EXPECT_EQ(a.precisions, b.precisions);
  EXPECT_EQ(a.quality, b.quality);
  ASSERT_EQ(a.experts.has_value(), b.experts.has_value());
  if (a.experts) {
    EXPECT_EQ(a.experts->experts, b.experts->experts);
    EXPECT_EQ(a.experts->active, b.experts->active);
    EXPECT_EQ(a.experts->expert_parameters, b.experts->expert_parameters);
    EXPECT_EQ(a.experts->layers, b.experts->layers);
  }
  ASSERT_EQ(a.window.has_value(), b.window.has_value());
  if (a.window) {
    EXPECT_EQ(a.window->tokens, b.window->tokens);
    EXPECT_EQ(a.window->layer_share, b.window->layer_share);
  }
  ASSERT_EQ(a.latent.has_value(), b.latent.has_value());
  if (a.latent) {
    EXPECT_EQ(a.latent->values, b.latent->values);
    EXPECT_EQ(a.latent->position, b.latent->position);
  }
  EXPECT_EQ(a.tied_embeddings, b.tied_embeddings);
  EXPECT_EQ(a.qk_norm, b.qk_norm);
  EXPECT_EQ(a.linear_layer_share, b.linear_layer_share);
  EXPECT_EQ(a.sparse_attention_tokens, b.sparse_attention_tokens);
}

/// Writes fleet and variants, reads them back.
Fleet written_and_read(const GeneratedFleet& generated) {
  const std::filesystem::path directory =
      std::filesystem::path(::testing::TempDir()) /
      ("berth-generate-" +
       std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
  std::vector<std::string> catalogs = {"builtin"};
  if (!generated.variants.empty()) {
    catalogs.emplace_back("models.yaml");
    EXPECT_TRUE(write_file(directory / "models.yaml",
                           models_to_yaml(generated.fleet.catalog, generated.variants))
                    .ok());
  }
  Result<Fleet> fleet =
      parse_fleet("generated.yaml", to_yaml(generated.fleet, catalogs), directory.string());
  std::filesystem::remove_all(directory);
  if (fleet) return *std::move(fleet);
  for (const Error& error : fleet.errors()) ADD_FAILURE() << to_string(error);
  return {};
}

TEST(ModelsToYaml, EveryBuiltinModelReadsBackAsItWas) {
  const Result<Catalog> builtin = load_builtin_catalog();
  ASSERT_TRUE(builtin.ok());
  std::vector<ModelId> all;
  for (std::size_t j = 0; j < builtin->models().size(); ++j) all.emplace_back(j);
  const Result<Document> document = parse_yaml("models.yaml", models_to_yaml(*builtin, all));
  ASSERT_TRUE(document.ok());
  const Result<Catalog> again = load_catalog(std::span(&*document, 1));
  ASSERT_TRUE(again.ok()) << to_string(again.errors().front());
  ASSERT_THAT(again->models(), SizeIs(all.size()));
  for (const ModelId id : all) expect_same(builtin->model(id), again->model(id));
}

TEST(Generate, HasTheSizesAskedForAndNoNameTwice) {
  for (const bool boxes : {false, true}) {
    const Fleet fleet = generated(20, 20, 20, 3, boxes).fleet;
    EXPECT_THAT(fleet.classes, SizeIs(20));
    EXPECT_THAT(fleet.models, SizeIs(20));
    EXPECT_THAT(fleet.pools, SizeIs(20));
    EXPECT_FALSE(fleet.budget.has_value());
    std::set<ModelId> models(fleet.models.begin(), fleet.models.end());
    EXPECT_THAT(models, SizeIs(20));
    std::set<std::string> pools;
    for (const FleetPool& pool : fleet.pools) pools.insert(pool.name);
    EXPECT_THAT(pools, SizeIs(20));
  }
}

TEST(Generate, OffersAreSingleGpusOrBoxesWithAReservedOneBesideThem) {
  for (const FleetPool& pool : generated(3, 6, 12, 5).fleet.pools) {
    ASSERT_THAT(pool.offers, SizeIs(1)) << pool.name;
    EXPECT_EQ(pool.offers[0].lot, 1);
    EXPECT_FALSE(pool.offers[0].max.has_value());
    EXPECT_GT(pool.offers[0].cost.usd(), 0.1) << pool.name;
    EXPECT_LT(pool.offers[0].cost.usd(), 30.0) << pool.name;
  }
  for (const FleetPool& pool : generated(3, 6, 12, 5, true).fleet.pools) {
    ASSERT_THAT(pool.offers, SizeIs(2)) << pool.name;
    EXPECT_TRUE(pool.offers[0].max.has_value());
    EXPECT_FALSE(pool.offers[1].max.has_value());
    EXPECT_EQ(pool.offers[0].lot, pool.offers[1].lot);
    EXPECT_LT(pool.offers[0].cost, pool.offers[1].cost);
  }
}

TEST(Generate, SameSeedSameFleetOtherSeedOther) {
  const std::vector<std::string> catalogs = {"builtin"};
  const auto text = [&](std::uint64_t seed) {
    return to_yaml(generated(6, 6, 10, seed, true).fleet, catalogs);
  };
  EXPECT_EQ(text(7), text(7));
  EXPECT_NE(text(7), text(8));
}

TEST(Generate, MoreClassesLeaveModelsPoolsAndTheFirstClassesAsTheyWere) {
  const Fleet few = generated(3, 6, 10, 2).fleet;
  Fleet many = generated(9, 6, 10, 2).fleet;
  many.classes.resize(3);
  expect_same(few, many);
}

TEST(Generate, AFleetFileReadsBackAsTheSameFleet) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const GeneratedFleet made = generated(12, 8, 14, seed, seed % 2 == 0);
    EXPECT_TRUE(made.variants.empty());
    expect_same(made.fleet, written_and_read(made));
  }
}

TEST(Generate, BeyondTheCatalogThereAreVariantsAndZones) {
  const GeneratedFleet made = generated(4, 90, 70, 4);
  ASSERT_FALSE(made.variants.empty());
  const Fleet read = written_and_read(made);
  expect_same(made.fleet, read);
  const ModelSpec& variant = made.fleet.catalog.model(made.variants.front());
  EXPECT_THAT(variant.name, HasSubstr("-ft1"));
  for (std::size_t j = 0; j < made.fleet.models.size(); ++j) {
    expect_same(made.fleet.catalog.model(made.fleet.models[j]), read.catalog.model(read.models[j]));
  }
  const auto base = made.fleet.catalog.find_model(variant.name.substr(0, variant.name.size() - 4));
  ASSERT_TRUE(base.has_value());
  EXPECT_EQ(made.fleet.catalog.model(*base).parameters, variant.parameters);
  EXPECT_NE(made.fleet.catalog.model(*base).quality, variant.quality);
  EXPECT_THAT(made.fleet.pools.back().name, HasSubstr("/zone-"));
}

TEST(Generate, FloorsAreMetBySomeChosenModel) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Fleet fleet = generated(10, 1 + static_cast<int>(seed % 7), 3, seed).fleet;
    for (const FleetClass& query : fleet.classes) {
      EXPECT_EQ(query.quality.mode, QualityFloor::Mode::kStrict);
      EXPECT_TRUE(std::any_of(fleet.models.begin(), fleet.models.end(),
                              [&](ModelId id) {
                                const auto& quality = fleet.catalog.model(id).quality;
                                const auto score = quality.find(query.quality.task);
                                return score != quality.end() && score->second >= query.quality.min;
                              }))
          << "seed " << seed << ", " << query.traffic.name;
    }
  }
}

TEST(Generate, RefusesSizesOutOfRangeAllAtOnce) {
  const Result<GeneratedFleet> none = generate_fleet({0, -1, kMostGeneratedGpus + 1, 1, false});
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.errors(), SizeIs(3));
  EXPECT_THAT(none.errors(), Each(::testing::Field(&Error::code, ErrorCode::kOutOfRange)));
}

TEST(PaperFleet, KeepsThePapersRangesForEverySeedAndReadsBack) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const GeneratedFleet made = good(paper_fleet(seed));
    const Fleet& fleet = made.fleet;
    EXPECT_THAT(fleet.classes, SizeIs(6));
    EXPECT_THAT(fleet.models, SizeIs(6));
    EXPECT_TRUE(fleet.policy.one_config_per_model_and_gpu);
    ASSERT_TRUE(fleet.budget.has_value());
    EXPECT_NEAR(fleet.budget->usd() * 24, 100.0, 0.1);
    for (const FleetClass& query : fleet.classes) {
      EXPECT_GE(query.traffic.rate * 3600, 995.0);
      EXPECT_LE(query.traffic.rate * 3600, 25'005.0);
      ASSERT_TRUE(query.slo.e2e.has_value());
      EXPECT_GE(query.slo.e2e->value, 1.5);
      EXPECT_LE(query.slo.e2e->value, 25.0);
      EXPECT_EQ(query.max_unmet, 1.0);
      EXPECT_GT(query.unmet_cost_per_request, 0.0);
    }
    for (const FleetPool& pool : fleet.pools) {
      ASSERT_THAT(pool.offers, SizeIs(1));
      const double per_gpu = pool.offers[0].cost.usd() / pool.offers[0].lot;
      EXPECT_GE(per_gpu, 0.35 - 1e-9);
      EXPECT_LE(per_gpu, 2.50 + 1e-9);
    }
    expect_same(fleet, written_and_read(made));
  }
}

}  // namespace
}  // namespace berth
