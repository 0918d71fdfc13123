// Files that change or extend what earlier files say.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "tests/catalog/sample_catalog.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using testing::lines_of;
using testing::load;
using testing::sample_catalog;
using ::testing::UnorderedElementsAre;
using testing::with;

Catalog loaded(const std::vector<std::string>& texts) {
  auto catalog = load(texts);
  if (!catalog) {
    ADD_FAILURE() << lines_of(catalog.errors());
    return {};
  }
  return std::move(catalog).value();
}

TEST(CatalogFile, TheSampleIsComplete) {
  const Catalog catalog = loaded({sample_catalog()});
  ASSERT_EQ(catalog.gpus().size(), 1u);
  const GpuType& gpu = catalog.gpus().front();
  EXPECT_DOUBLE_EQ(gpu.memory_bytes, 80.0 * 1024 * 1024 * 1024);
  EXPECT_DOUBLE_EQ(gpu.bandwidth_bytes_per_s, 3e12);
  EXPECT_DOUBLE_EQ(gpu.peak(Precision::kFp8), 2e15);
  EXPECT_DOUBLE_EQ(gpu.peak(Precision::kInt4), 1e15) << "int4 weights are computed in 16 bit";
  EXPECT_DOUBLE_EQ(gpu.peak(Precision::kFp4), 0.0);
  EXPECT_DOUBLE_EQ(gpu.efficiency.compute, 0.7);
  EXPECT_DOUBLE_EQ(gpu.efficiency.compute_8bit, 1.0) << "not given: as 16 bit";
  EXPECT_DOUBLE_EQ(gpu.efficiency.exposed_16bit, 0.0);
  EXPECT_FALSE(gpu.efficiency.extrapolated) << "it has numbers of its own";
  ASSERT_EQ(gpu.efficiency.all_reduce.size(), 2u);
  EXPECT_DOUBLE_EQ(gpu.efficiency.all_reduce[1].large.bandwidth_bytes_per_s, 250e9);

  ASSERT_EQ(catalog.models().size(), 2u);
  const ModelSpec& dense = catalog.models()[0];
  EXPECT_DOUBLE_EQ(dense.active_parameters, 8e9);
  EXPECT_DOUBLE_EQ(dense.kv_bytes_per_token, 131072.0);
  const ModelSpec& experts = catalog.models()[1];
  ASSERT_TRUE(experts.experts && experts.window);
  EXPECT_EQ(experts.experts->active, 2);
  EXPECT_EQ(experts.window->tokens, 1024);
  EXPECT_EQ(experts.experts->layers, 30);
  ASSERT_TRUE(experts.latent);
  EXPECT_EQ(experts.latent->values, 512);
  EXPECT_EQ(experts.latent->position, 64);

  ASSERT_EQ(catalog.offers().size(), 2u) << "one row a term";
  EXPECT_EQ(catalog.offers()[0].gpu, "h1") << "aliases become the canonical name";
  EXPECT_EQ(catalog.offers()[0].cost, CostRate::usd_per_hour(20.5));
  EXPECT_EQ(catalog.offers()[1].term, OfferTerm::kSpot);
}

TEST(CatalogOverride, KeepsTheKeysItDoesNotName) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
gpus:
  - {name: H-One, bandwidth: 2500GB, aliases: [h1-slow]}
)"});
  ASSERT_EQ(catalog.gpus().size(), 1u);
  const GpuType& gpu = catalog.gpus().front();
  EXPECT_EQ(gpu.name, "h1") << "named by alias, it is still the same GPU";
  EXPECT_DOUBLE_EQ(gpu.bandwidth_bytes_per_s, 2.5e12);
  EXPECT_DOUBLE_EQ(gpu.memory_bytes, 80.0 * 1024 * 1024 * 1024);
  EXPECT_DOUBLE_EQ(gpu.efficiency.compute, 0.7);
  EXPECT_THAT(gpu.aliases, UnorderedElementsAre("H-One", "h1-slow"));
  EXPECT_TRUE(catalog.find_gpu("H1-SLOW"));
}

TEST(CatalogOverride, WithoutASourceIsMarkedUnverified) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
gpus: [{name: h1, bandwidth: 2500GB}]
)"});
  EXPECT_FALSE(catalog.gpus().front().source.verified);
  EXPECT_THAT(catalog.gpus().front().source.text, HasSubstr("changed in b.yaml"));
  EXPECT_TRUE(catalog.gpus().front().memory_source.verified) << "the memory was not touched";
}

TEST(CatalogOverride, AddingAnAliasLeavesTheSourceAlone) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
gpus: [{name: h1, aliases: [other]}]
)"});
  EXPECT_TRUE(catalog.gpus().front().source.verified);
}

TEST(CatalogOverride, TheFilesOwnSourceCoversItsEntries) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
source: {text: our contract, date: 2026-03, verified: true}
gpus: [{name: h1, memory: 79GiB}]
offers:
  - {cloud: acme, region: moon, instance: big, reserved: 12}
  - {cloud: own, region: cellar, instance: box, gpu: h1, lot: 4, on_demand: 0}
)"});
  EXPECT_EQ(catalog.gpus().front().source.text, "our contract");
  ASSERT_EQ(catalog.offers().size(), 4u);
  EXPECT_EQ(catalog.offers()[2].term, OfferTerm::kReserved);
  EXPECT_EQ(catalog.offers()[2].lot, 8) << "what is in the box is known already";
  EXPECT_EQ(catalog.offers()[2].source.date, "2026-03");
  EXPECT_EQ(catalog.offers()[3].cost.micros(), 0) << "owned hardware may cost nothing";
}

TEST(CatalogOverride, APriceReplacesTheSameTermOnly) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
offers: [{cloud: acme, region: moon, instance: big, on_demand: 19}]
)"});
  ASSERT_EQ(catalog.offers().size(), 2u);
  EXPECT_EQ(catalog.offers()[0].cost, CostRate::usd_per_hour(19));
  EXPECT_EQ(catalog.offers()[1].cost, CostRate::usd_per_hour(7));
  EXPECT_FALSE(catalog.offers()[0].source.verified);
  EXPECT_TRUE(catalog.offers()[1].source.verified);
}

TEST(CatalogOverride, AModelsShapeChangesItsDerivedNumbers) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
models: [{name: m1, layers: 16, parameters: 5e9, quality: {math: 0.5}}]
)"});
  const ModelSpec& model = catalog.models().front();
  EXPECT_DOUBLE_EQ(model.kv_bytes_per_token, 65536.0);
  EXPECT_DOUBLE_EQ(model.active_parameters, 5e9);
  EXPECT_DOUBLE_EQ(model.quality.at("math"), 0.5);
  EXPECT_DOUBLE_EQ(model.quality.at("chat"), 0.8) << "other tasks keep their score";
}

TEST(CatalogFile, ReadsWhatDepartsFromPlainAttention) {
  const Catalog plain = loaded({sample_catalog()});
  EXPECT_FALSE(plain.models()[0].tied_embeddings || plain.models()[0].qk_norm);
  EXPECT_DOUBLE_EQ(plain.models()[0].linear_layer_share, 0.0);
  EXPECT_EQ(plain.models()[0].sparse_attention_tokens, 0);
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
models:
  - {name: m1, tied_embeddings: true, qk_norm: true, linear_layer_share: 0.75, sparse_attention: 2048}
)"});
  const ModelSpec& model = catalog.models().front();
  EXPECT_TRUE(model.tied_embeddings);
  EXPECT_TRUE(model.qk_norm);
  EXPECT_DOUBLE_EQ(model.linear_layer_share, 0.75);
  EXPECT_EQ(model.sparse_attention_tokens, 2048);
  EXPECT_DOUBLE_EQ(model.kv_bytes_per_token, 32768.0) << "8 of the 32 layers keep keys and values";
}

TEST(CatalogFile, TheCacheOfALatentFollowsFromItsWidths) {
  const std::string text = with(sample_catalog(), "    kv_bytes_per_token: 36864\n", "");
  EXPECT_DOUBLE_EQ(loaded({text}).models()[1].kv_bytes_per_token, 2.0 * 32 * (512 + 64));
  const Catalog wider = loaded({text, R"(format: berth.catalog/1
models: [{name: x1, latent: {values: 256, position: 32}, layers: 40}]
)"});
  EXPECT_DOUBLE_EQ(wider.models()[1].kv_bytes_per_token, 2.0 * 40 * (256 + 32));
}

TEST(CatalogFile, AllLayersHaveExpertsUnlessSaid) {
  const std::string some = with(sample_catalog(), "    kv_bytes_per_token: 36864\n", "");
  const std::string all = with(some, ", layers: 30}", "}");
  const std::string deeper = "format: berth.catalog/1\nmodels: [{name: x1, layers: 40}]\n";
  EXPECT_EQ(loaded({all}).models()[1].experts->layers, 32);
  EXPECT_EQ(loaded({all, deeper}).models()[1].experts->layers, 40);
  EXPECT_EQ(loaded({some, deeper}).models()[1].experts->layers, 30);
}

TEST(CatalogOverride, AnEfficiencyMayBeGivenInline) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
gpus: [{name: h1, efficiency: {compute: 0.65, compute_8bit: 0.9, host: 1.5}}]
)"});
  const GpuEfficiency& efficiency = catalog.gpus().front().efficiency;
  EXPECT_DOUBLE_EQ(efficiency.compute, 0.65);
  EXPECT_DOUBLE_EQ(efficiency.compute_8bit, 0.9);
  EXPECT_DOUBLE_EQ(efficiency.host, 1.5);
  EXPECT_DOUBLE_EQ(efficiency.kv_cache, 0.75);
}

TEST(CatalogOverride, ANewGpuMayResembleAnother) {
  const Catalog catalog = loaded({sample_catalog(), R"(format: berth.catalog/1
source: {text: our lab, date: 2026}
gpus:
  - {name: h2, vendor: acme, architecture: hop, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     gpus_per_node: 8, fast_domain: 8, link: wire, link_bandwidth: 450GB,
     efficiency: {like: h1, kv_cache: 0.7}}
  - {name: h3, vendor: acme, architecture: hop, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     gpus_per_node: 8, fast_domain: 8, link: wire, link_bandwidth: 450GB, efficiency: {like: h1}}
)"});
  ASSERT_EQ(catalog.gpus().size(), 3u);
  const GpuEfficiency& efficiency = catalog.gpus()[1].efficiency;
  EXPECT_DOUBLE_EQ(efficiency.compute, 0.7);
  EXPECT_DOUBLE_EQ(efficiency.kv_cache, 0.7);
  EXPECT_TRUE(efficiency.extrapolated);
  EXPECT_THAT(efficiency.source.text, HasSubstr("assumed like h1: a data sheet"));
  const GpuEfficiency& plain = catalog.gpus()[2].efficiency;
  EXPECT_THAT(plain.source.text, HasSubstr("assumed like h1: a data sheet"));
  EXPECT_FALSE(plain.source.verified);
  EXPECT_DOUBLE_EQ(efficiency.hand_over_in_node.bandwidth_bytes_per_s, 361e9) << "links too";
  EXPECT_DOUBLE_EQ(catalog.gpus()[0].efficiency.kv_cache, 0.75) << "the original is untouched";
}

TEST(CatalogOverride, JsonWorksToo) {
  const auto document = parse_json("a.json", R"({"format": "berth.catalog/1",
    "precision_penalty": {"bf16": 0, "fp8": 0.5, "int8": 0, "int4": 0, "fp4": 0,
                          "source": {"text": "t", "date": "2026-01-01"}}})");
  ASSERT_TRUE(document);
  const auto catalog = load_catalog(std::span(&*document, 1));
  ASSERT_TRUE(catalog) << lines_of(catalog.errors());
  EXPECT_DOUBLE_EQ(catalog->precision_penalty(Precision::kFp8), 0.5);
}

class CatalogEntries : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(::testing::TempDir()) /
                 ("berth_catalog_" +
                  std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
  }
  Result<Catalog> load_entries(const std::vector<std::string>& entries) const {
    return load_catalog(entries, directory_.string());
  }

  std::filesystem::path directory_;
};

TEST_F(CatalogEntries, BuiltinThenAFileBesideTheFleet) {
  write("mine.yaml", "format: berth.catalog/1\ngpus: [{name: h100, bandwidth: 3TB}]\n");
  const auto catalog = load_entries({"builtin", "mine.yaml"});
  ASSERT_TRUE(catalog) << lines_of(catalog.errors());
  EXPECT_DOUBLE_EQ(catalog->gpu(*catalog->find_gpu("h100-sxm")).bandwidth_bytes_per_s, 3e12);
  EXPECT_GE(catalog->gpus().size(), 30u);
}

TEST_F(CatalogEntries, TheExampleOfTheDocumentationLoads) {
  std::ifstream page(std::string(BERTH_SOURCE_DIR) + "/docs/catalog.md");
  ASSERT_TRUE(page) << "docs/catalog.md is gone";
  const std::string text{std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
  const std::size_t fence = text.find("```yaml\nformat: berth.catalog/1");
  ASSERT_NE(fence, std::string::npos);
  const std::size_t start = text.find('\n', fence) + 1;
  write("mine.yaml", text.substr(start, text.find("```", start) - start));
  const auto catalog = load_entries({"builtin", "mine.yaml"});
  ASSERT_TRUE(catalog) << lines_of(catalog.errors());
  EXPECT_TRUE(catalog->find_gpu("NVIDIA-H100-96GB"));
  EXPECT_EQ(catalog->model(*catalog->find_model("llama-3.1-8b")).quality.count("support"), 1u);
}

TEST_F(CatalogEntries, AFileAlone) {
  write("alone.yaml", sample_catalog());
  const auto catalog = load_entries({"alone.yaml"});
  ASSERT_TRUE(catalog) << lines_of(catalog.errors());
  EXPECT_EQ(catalog->gpus().size(), 1u);
}

TEST_F(CatalogEntries, AllErrorsOfAllFilesAtOnce) {
  write("broken.yaml", "format: [berth\n");
  write("twice.yaml", "format: berth.catalog/1\n");
  const auto catalog =
      load_entries({"builtin", "absent.yaml", "broken.yaml", "twice.yaml", "twice.yaml"});
  ASSERT_FALSE(catalog);
  ASSERT_GE(catalog.errors().size(), 3u) << lines_of(catalog.errors());
  EXPECT_THAT(lines_of(catalog.errors()), HasSubstr("absent.yaml"));
  EXPECT_THAT(lines_of(catalog.errors()), HasSubstr("broken.yaml"));
  EXPECT_THAT(lines_of(catalog.errors()), HasSubstr("'twice.yaml' twice"));
}

TEST_F(CatalogEntries, NoneIsAnError) {
  const auto catalog = load_entries({});
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.errors().front().code, ErrorCode::kMissing);
}

TEST_F(CatalogEntries, OffersWithoutTheBuiltinGpusSayHowToGetThem) {
  write("prices.yaml", R"(format: berth.catalog/1
source: {text: t, date: 2026}
offers: [{cloud: a, region: b, instance: c, gpu: h100-sxm, lot: 8, on_demand: 20}]
)");
  const auto catalog = load_entries({"prices.yaml"});
  ASSERT_FALSE(catalog);
  EXPECT_THAT(lines_of(catalog.errors()), HasSubstr("builtin"));
}

}  // namespace
}  // namespace berth
