// Architectures and engines: what an entry takes over from others, which GPU gets which.

#include <set>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "tests/catalog/sample_catalog.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using testing::lines_of;
using testing::load;
using testing::sample_catalog;

/// GPUs of the sample's architectures; c1 draws 600 W behind 1200 TFLOP/s, c3 a quarter of it.
constexpr const char* kChips = R"(format: berth.catalog/1
source: {text: our lab, date: 2026}
gpus:
  - {name: c1, vendor: acme, architecture: chip, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     power: 600, gpus_per_node: 8, fast_domain: 1, link: wire, link_bandwidth: 450GB}
  - {name: c2, vendor: acme, architecture: Chip-2, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     gpus_per_node: 8, fast_domain: 1, link: wire, link_bandwidth: 450GB}
  - {name: c3, vendor: other, architecture: chip, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     power: 150, gpus_per_node: 8, fast_domain: 1, link: wire, link_bandwidth: 450GB}
efficiencies:
  - {gpu: c1, hand_over_in_node: {latency: 8us, bandwidth: 361GB}, hand_over_between_nodes: {latency: 19us, bandwidth: 36GB}}
  - {gpu: c2, hand_over_in_node: {latency: 8us, bandwidth: 361GB}, hand_over_between_nodes: {latency: 19us, bandwidth: 36GB}}
  - {gpu: c3, hand_over_in_node: {latency: 8us, bandwidth: 361GB}, hand_over_between_nodes: {latency: 19us, bandwidth: 36GB}}
)";

Catalog loaded(const std::string& more = {}) {
  std::vector<std::string> texts = {sample_catalog(), kChips};
  if (!more.empty()) texts.push_back("format: berth.catalog/1\n" + more);
  auto catalog = load(texts);
  if (!catalog) {
    ADD_FAILURE() << lines_of(catalog.errors());
    return {};
  }
  return std::move(catalog).value();
}

const GpuType& gpu(const Catalog& catalog, const char* name) {
  return catalog.gpu(*catalog.find_gpu(name));
}

TEST(Architectures, GiveTheirGpusWhatTheyHaveAndWhatTheyAreLike) {
  const Catalog catalog = loaded();
  const GpuEfficiency& chip = gpu(catalog, "c1").efficiency;
  EXPECT_DOUBLE_EQ(chip.compute, 0.6);
  EXPECT_DOUBLE_EQ(chip.kv_cache, 0.65);
  EXPECT_DOUBLE_EQ(chip.weights_8bit, 1.0) << "stated by none: the default";
  EXPECT_EQ(chip.source.text, "a data sheet");
  EXPECT_EQ(chip.link_source.text, "our lab") << "links have a source of their own";
  const GpuEfficiency& second = gpu(catalog, "c2").efficiency;
  EXPECT_DOUBLE_EQ(second.compute, 0.6);
  EXPECT_DOUBLE_EQ(second.kv_cache, 0.55);
}

TEST(Architectures, AreExtrapolatedToGpusWithoutRuns) {
  const Catalog catalog = loaded();
  EXPECT_FALSE(gpu(catalog, "c1").efficiency.extrapolated);
  EXPECT_TRUE(gpu(catalog, "c2").efficiency.extrapolated) << "of chip-2 nothing was measured";
  EXPECT_TRUE(gpu(catalog, "c3").efficiency.extrapolated);
}

TEST(Architectures, CardsWithLessPowerComputeSlower) {
  const Catalog catalog = loaded();
  // 600 W / 1200 TFLOP/s is what the fit holds at; a quarter of the power gives half the speed.
  EXPECT_DOUBLE_EQ(gpu(catalog, "c1").efficiency.compute, 0.6);
  EXPECT_DOUBLE_EQ(gpu(catalog, "c3").efficiency.compute, 0.3);
  EXPECT_DOUBLE_EQ(gpu(catalog, "c3").efficiency.weights, 0.77) << "memory does not care";
  EXPECT_DOUBLE_EQ(gpu(catalog, "c2").efficiency.compute, 0.6) << "chip-2 states no such power";
  const Catalog cool = loaded("gpus: [{name: c3, power: 6000}]\n");
  EXPECT_DOUBLE_EQ(gpu(cool, "c3").efficiency.compute, 0.6) << "more power is no more speed";
}

TEST(Architectures, AChangeReachesItsGpusAndThoseThatAreLikeIt) {
  const Catalog catalog = loaded("architectures: [{name: CHIP, kv_cache: 0.5, weights: 0.7}]\n");
  EXPECT_DOUBLE_EQ(gpu(catalog, "c1").efficiency.kv_cache, 0.5);
  EXPECT_DOUBLE_EQ(gpu(catalog, "c1").efficiency.compute, 0.6) << "keys it does not name stay";
  EXPECT_DOUBLE_EQ(gpu(catalog, "c2").efficiency.weights, 0.7);
  EXPECT_DOUBLE_EQ(gpu(catalog, "c2").efficiency.kv_cache, 0.55) << "it has its own";
  EXPECT_DOUBLE_EQ(gpu(catalog, "h1").efficiency.kv_cache, 0.75) << "of another architecture";
  EXPECT_EQ(catalog.coefficients().architectures.size(), 2u) << "the same entry, changed";
  EXPECT_FALSE(gpu(catalog, "c1").efficiency.source.verified) << "nobody verified the change";
}

TEST(Architectures, AGpusOwnNumbersWin) {
  const Catalog catalog = loaded(
      "architectures: [{name: chip, kv_cache: 0.5}]\n"
      "gpus: [{name: c1, efficiency: {kv_cache: 0.8}}, {name: c3, efficiency: {like: h1}}]\n");
  EXPECT_DOUBLE_EQ(gpu(catalog, "c1").efficiency.kv_cache, 0.8);
  EXPECT_DOUBLE_EQ(gpu(catalog, "c1").efficiency.weights, 0.77);
  EXPECT_FALSE(gpu(catalog, "c1").efficiency.extrapolated);
  EXPECT_DOUBLE_EQ(gpu(catalog, "c3").efficiency.weights, 0.8) << "h1's, not the architecture's";
  EXPECT_TRUE(gpu(catalog, "c3").efficiency.extrapolated);
}

TEST(Architectures, KeepWhatTheFitSaysOfThem) {
  const CoefficientEntry entry = loaded().coefficients().architectures.front();
  EXPECT_DOUBLE_EQ(entry.spread.at("compute"), 0.1);
  EXPECT_DOUBLE_EQ(entry.confidence.at("weights"), 0.02);
  EXPECT_THAT(entry.measured, ElementsAre("c1"));
  EXPECT_DOUBLE_EQ(entry.rows, 120.0);
  EXPECT_DOUBLE_EQ(entry.watts_per_tflops, 0.5);
  EXPECT_EQ(entry.values.size(), 4u) << "what it has of its own, and no more";
}

TEST(Engines, TakeOverWhatTheyAreLikeAndStateTheRest) {
  const Catalog catalog = loaded();
  const EngineProfile& any = *catalog.find_engine("runner", gpu(catalog, "c3"));
  const EngineProfile& acme = *catalog.find_engine("runner", gpu(catalog, "c1"));
  EXPECT_NEAR(any.layer_s, 46e-6, 1e-15);
  EXPECT_EQ(any.on, "");
  EXPECT_NEAR(acme.layer_s, 30e-6, 1e-15);
  EXPECT_EQ(acme.on, "acme");
  EXPECT_NEAR(acme.step_s, 460e-6, 1e-15);
  EXPECT_DOUBLE_EQ(acme.mixing, 0.5);
  EXPECT_DOUBLE_EQ(acme.compute, 1.0) << "stated by none: the default";
}

TEST(Engines, AChangeReachesThoseThatAreLikeIt) {
  const Catalog catalog = loaded("engines: [{name: runner, step: 1ms, layer: 40us}]\n");
  EXPECT_EQ(catalog.engines().size(), 2u);
  EXPECT_NEAR(catalog.engines()[1].step_s, 1e-3, 1e-15);
  EXPECT_NEAR(catalog.engines()[1].layer_s, 30e-6, 1e-15) << "it has its own";
  const Catalog own = loaded("engines: [{name: runner, on: acme, step: 2ms}]\n");
  EXPECT_NEAR(own.engines()[0].step_s, 460e-6, 1e-15);
  EXPECT_NEAR(own.engines()[1].step_s, 2e-3, 1e-15);
}

TEST(Engines, ANewOneMayBeLikeAnother) {
  const Catalog catalog = loaded(
      "source: {text: ours, date: 2026}\n"
      "engines: [{name: runner-9, like: runner@acme, step: 0s}, {name: walker, on: hop, like: "
      "runner}]\n");
  ASSERT_EQ(catalog.engines().size(), 4u);
  EXPECT_NEAR(catalog.engines()[2].layer_s, 30e-6, 1e-15);
  EXPECT_EQ(catalog.engines()[2].step_s, 0.0);
  EXPECT_EQ(catalog.engines()[2].source.text, "ours");
  EXPECT_THAT(catalog.engine_names(), ElementsAre("runner", "runner-9", "walker"));
  EXPECT_NE(catalog.find_engine("walker", gpu(catalog, "h1")), nullptr);
  EXPECT_EQ(catalog.find_engine("walker", gpu(catalog, "c1")), nullptr) << "for others only";
}

TEST(Engines, AnEngineOfOtherGpusIsNotSuggestedUnderItsOwnName) {
  const Catalog catalog = loaded(
      "source: {text: ours, date: 2026}\n"
      "engines: [{name: walker, on: hop, like: runner}, {name: walker, on: ACME, like: runner}]\n");
  EXPECT_THAT(catalog.engine_targets("Walker-2.0"), ElementsAre("hop", "ACME"));
  EXPECT_EQ(catalog.engine_suggestion("walker"), "it has them for: hop, ACME");
  EXPECT_THAT(catalog.engine_targets("walkre"), ElementsAre());
  EXPECT_EQ(catalog.engine_suggestion("walkre"), "did you mean 'walker'?");
}

TEST(Engines, OneThatIsLikeNoneStatesItsTimes) {
  const Catalog catalog = loaded(
      "source: {text: ours, date: 2026}\n"
      "engines: [{name: walker, step: 0s, layer: 10us, mixing: 0.5}]\n");
  EXPECT_NE(catalog.find_engine("walker", gpu(catalog, "h1")), nullptr);
}

TEST(Engines, AreFoundByNameAliasAndRelease) {
  const Catalog catalog = loaded(
      "source: {text: ours, date: 2026}\n"
      "engines: [{name: runner-2, like: runner}, {name: runner-2, on: chip, like: runner}]\n");
  const auto found = [&](const char* name, const char* on) {
    const EngineProfile* engine = catalog.find_engine(name, gpu(catalog, on));
    return engine == nullptr ? "none" : engine->name + "@" + engine->on;
  };
  EXPECT_EQ(found("Runner", "c3"), "runner@");
  EXPECT_EQ(found(" SPRINTER ", "c3"), "runner@") << "an alias";
  EXPECT_EQ(found("sprinter", "c1"), "runner@") << "an alias of the one entry alone";
  EXPECT_EQ(found("runner-0.9.1", "c1"), "runner@acme");
  EXPECT_EQ(found("runner(nightly)", "c3"), "runner@");
  EXPECT_EQ(found("runner-2", "h1"), "runner-2@") << "the longer name wins over the nearer GPU";
  EXPECT_EQ(found("runner-2.1", "c1"), "runner-2@chip") << "the architecture over any";
  EXPECT_EQ(found("runner-20", "c1"), "runner@acme") << "20 is not 2";
  EXPECT_EQ(found("runners", "c1"), "none");
  EXPECT_EQ(found("run", "c1"), "none");
  EXPECT_EQ(found("", "c1"), "none");
}

TEST(BuiltinCoefficients, EveryGpuHasAnArchitectureAndEveryEngineASource) {
  const auto catalog = load_builtin_catalog();
  ASSERT_TRUE(catalog) << lines_of(catalog.errors());
  const Coefficients& c = catalog->coefficients();
  for (const GpuType& type : catalog->gpus()) {
    EXPECT_NE(find_entry(c.architectures, type.architecture), nullptr) << type.name;
    EXPECT_NE(catalog->find_engine("vllm", type), nullptr) << type.name;
    EXPECT_GT(type.efficiency.compute, 0.0) << type.name;
  }
  std::set<std::tuple<std::string, std::string>> names;
  for (const EngineProfile& engine : catalog->engines()) {
    EXPECT_FALSE(engine.source.text.empty()) << engine.name;
    EXPECT_TRUE(names.insert({engine.name, engine.on}).second) << engine.name;
    EXPECT_GT(engine.layer_s, 0.0) << engine.name;
  }
}

TEST(BuiltinCoefficients, EngineProfilesOfKnownReleases) {
  const auto catalog = load_builtin_catalog();
  ASSERT_TRUE(catalog);
  const auto found = [&](const char* name, const char* on) {
    const EngineProfile* engine = catalog->find_engine(name, catalog->gpu(*catalog->find_gpu(on)));
    return engine == nullptr ? "none" : engine->name + "@" + engine->on;
  };
  EXPECT_EQ(found("vllm-0.12.0", "h100-sxm"), "vllm@");
  EXPECT_EQ(found("vllm-2024-08", "h100-sxm"), "vllm-2024@");
  EXPECT_EQ(found("vllm-2024-08", "mi300x"), "vllm-2024@cdna3");
  EXPECT_EQ(found("tensorrt-llm", "b200"), "trtllm@nvidia");
  EXPECT_EQ(found("trtllm", "mi300x"), "none") << "runs on NVIDIA's alone";
  EXPECT_EQ(found("trtllm-2024", "mi300x"), "none");
  EXPECT_EQ(found("sglang-0.5.1", "h200-sxm"), "sglang-lockstep@");
  EXPECT_EQ(found("sglang-0.5.10", "h200-sxm"), "sglang@");
  EXPECT_EQ(found("sglang-0.5.9", "mi300x"), "sglang@amd");
  EXPECT_EQ(found("atom", "h100-sxm"), "none") << "runs on AMD's alone";
}

TEST(BuiltinCoefficients, FieldsAreWithinTheirOwnLimits) {
  const auto catalog = load_builtin_catalog();
  ASSERT_TRUE(catalog);
  for (const EngineProfile& engine : catalog->engines()) {
    for (const auto& field : engine_fields()) {
      EXPECT_GE(engine.*field.member, field.min) << engine.name << " " << field.key;
      EXPECT_LE(engine.*field.member, field.max) << engine.name << " " << field.key;
    }
  }
  for (const GpuType& type : catalog->gpus()) {
    for (const auto& field : efficiency_fields()) {
      EXPECT_GE(type.efficiency.*field.member, field.min) << type.name << " " << field.key;
      EXPECT_LE(type.efficiency.*field.member, field.max) << type.name << " " << field.key;
    }
  }
}

}  // namespace
}  // namespace berth
