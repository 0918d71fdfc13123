// Every check of the loader: one line of a good file is changed, and the error says what and where.

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "tests/catalog/sample_catalog.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

struct BadFile {
  std::string name;
  std::string from;  ///< of the sample
  std::string to;
  ErrorCode code;
  std::string message;  ///< part of the error's line: place, message or suggestion
};

std::ostream& operator<<(std::ostream& out, const BadFile& bad) { return out << bad.name; }

const std::string kOffer =
    "{cloud: acme, region: moon, instance: big, gpu: H-One, lot: 8, on_demand: 20.5, spot: 7, "
    "source: sheet}";
const std::string kAllReduce4 =
    "{gpus: 4, small: {latency: 5us, bandwidth: 200GB}, large: {latency: 6us, bandwidth: 250GB}}";

std::string offer(const std::string& from, const std::string& to) {
  return testing::with(kOffer, from, to);
}

using E = ErrorCode;

const std::vector<BadFile> kFileCases = {
    {"WrongFormat", "format: berth.catalog/1", "format: berth.fleet/1", E::kUnsupported,
     "berth.catalog/1"},
    {"NoFormat", "format: berth.catalog/1\n", "", E::kMissing, "format"},
    {"UnknownSection", "offers:\n", "offres:\n", E::kUnknownKey, "offers"},
    {"SectionIsNoList", "models:\n  - name: m1", "models:\n    name: m1", E::kSyntax, ""},
};

const std::vector<BadFile> kSourceCases = {
    {"NoSource", "    power: 700\n    source: sheet\n", "    power: 700\n", E::kMissing,
     "needs a source"},
    {"UnknownSource", "power: 700\n    source: sheet", "power: 700\n    source: sheat",
     E::kUnknownName, "did you mean 'sheet'?"},
    {"SourceWithoutDate", "{text: a data sheet, date: 2026-01-31, verified: true}",
     "{text: a data sheet}", E::kMissing, "date"},
    {"SourceWithoutText", "{text: a data sheet, date: 2026-01-31, verified: true}",
     "{date: 2026-01-31}", E::kMissing, "text"},
    {"NoDate", "date: 2026-01-31", "date: yesterday", E::kWrongType, "not a date"},
    {"NoSuchMonth", "date: 2026-01-31", "date: 2026-13-01", E::kWrongType, "not a date"},
    {"OfferWithoutSource", kOffer, offer(", source: sheet", ""), E::kMissing, "needs a source"},
};

const std::vector<BadFile> kGpuCases = {
    {"GpuWithoutName", "  - name: h1\n    aliases", "  - aliases", E::kMissing, "name"},
    {"GpuWithoutMemory", "    memory: 80GiB\n", "", E::kMissing, "'memory'"},
    {"MemoryInBytesForGigabytes", "memory: 80GiB", "memory: 80", E::kOutOfRange, "/gpus/0/memory"},
    {"MemoryInWrongUnit", "memory: 80GiB", "memory: 80ms", E::kWrongUnit, "a.yaml:9"},
    {"NegativeBandwidth", "bandwidth: 3000GB", "bandwidth: -3000GB", E::kOutOfRange,
     "/gpus/0/bandwidth"},
    {"ZeroPeak", "bf16: 1000", "bf16: 0", E::kOutOfRange, "peak_tflops/bf16"},
    {"PeakInFlops", "bf16: 1000", "bf16: 1e15", E::kOutOfRange, "peak_tflops/bf16"},
    {"No16BitPeak", "{bf16: 1000, fp8: 2000}", "{fp8: 2000}", E::kMissing, "no 16-bit peak"},
    {"UnknownPeak", "fp8: 2000", "fp7: 2000", E::kUnknownKey, "fp7"},
    {"ZeroNode", "gpus_per_node: 8", "gpus_per_node: 0", E::kOutOfRange, "gpus_per_node"},
    {"HalfAGpu", "gpus_per_node: 8", "gpus_per_node: 7.5", E::kWrongType, "gpus_per_node"},
    {"OddDomain", "fast_domain: 4", "fast_domain: 3", E::kInconsistent, "multiple"},
    {"OddRack", "fast_domain: 4", "fast_domain: 12", E::kInconsistent, "multiple"},
    {"MisspeltGpuKey", "    link: wire", "    lnik: wire", E::kUnknownKey, "did you mean 'link'"},
    {"GpuTwice", "efficiencies:\n", "  - {name: h1, power: 600}\nefficiencies:\n", E::kDuplicate,
     "twice in this file"},
    {"GpuTwiceByAlias", "efficiencies:\n", "  - {name: h-one, power: 600}\nefficiencies:\n",
     E::kDuplicate, "twice in this file"},
};

const std::vector<BadFile> kEfficiencyCases = {
    {"NoEfficiency", "  - gpu: h1\n", "  - gpu: h9\n", E::kUnknownName, "unknown GPU 'h9'"},
    {"EfficiencyOfNone", "  - gpu: h1\n    source: sheet\n", "  - source: sheet\n", E::kMissing,
     "gpu"},
    {"FractionTooLarge", "compute: 0.7", "compute: 1.3", E::kOutOfRange, "/efficiencies/0/compute"},
    {"FractionInPercent", "kv_cache: 0.75", "kv_cache: 75", E::kOutOfRange, "kv_cache"},
    {"FractionZero", "weights: 0.8", "weights: 0", E::kOutOfRange, "weights"},
    {"TimesAreTheEngines", "    compute: 0.7\n", "    compute: 0.7\n    step: 460us\n",
     E::kUnknownKey, "'step'"},
    {"MisspeltCoefficient", "    compute: 0.7\n", "    compute: 0.7\n    compute_8bits: 0.9\n",
     E::kUnknownKey, "did you mean 'compute_8bit'"},
    {"FactorTooLarge", "    compute: 0.7\n", "    compute: 0.7\n    compute_8bit: 2\n",
     E::kOutOfRange, "/efficiencies/0/compute_8bit"},
    {"NoKvCache", "    kv_cache: 0.75\n", "", E::kMissing, "'kv_cache'"},
    {"AllReduceDescends", kAllReduce4, testing::with(kAllReduce4, "gpus: 4", "gpus: 2"),
     E::kInconsistent, "ascend"},
    {"AllReduceOfOne", kAllReduce4, testing::with(kAllReduce4, "gpus: 4", "gpus: 1"),
     E::kOutOfRange, "gpus"},
    {"AllReduceWithoutLarge", kAllReduce4, "{gpus: 4, small: {latency: 5us, bandwidth: 200GB}}",
     E::kMissing, "large"},
    {"LinkWithoutBandwidth", "{latency: 8us, bandwidth: 361GB}", "{latency: 8us}", E::kMissing,
     "bandwidth"},
    {"UnknownRelative", "    compute: 0.7\n", "    compute: 0.7\n    like: h3\n", E::kUnknownName,
     "unknown GPU 'h3'"},
    {"LikeItself", "    compute: 0.7\n", "    compute: 0.7\n    like: h1\n", E::kInconsistent,
     "no efficiency at this point"},
};

const std::vector<BadFile> kCoefficientCases = {
    {"ArchitectureWithoutName", "  - name: chip\n    source", "  - source", E::kMissing, "name"},
    {"EngineWithoutName", "  - name: runner\n    source", "  - source", E::kMissing, "name"},
    {"ArchitectureWithoutSource", "  - name: chip\n    source: sheet\n", "  - name: chip\n",
     E::kMissing, "needs a source"},
    {"EngineWithoutSource", "  - name: runner\n    source: sheet\n", "  - name: runner\n",
     E::kMissing, "needs a source"},
    {"ShareTooLarge", "weights: 0.77", "weights: 1.7", E::kOutOfRange, "/architectures/0/weights"},
    {"ShareZero", "weights: 0.77", "weights: 0", E::kOutOfRange, "/architectures/0/weights"},
    {"EnginesKeyInAnArchitecture", "weights: 0.77", "layer: 46us", E::kUnknownKey, "'layer'"},
    {"ArchitecturesKeyInAnEngine", "step: 460us", "kv_cache: 0.5", E::kUnknownKey, "'kv_cache'"},
    {"OnInAnArchitecture", "weights: 0.77", "on: acme", E::kUnknownKey, "'on'"},
    {"MisspeltEngineKey", "mixing: 0.5", "mixxing: 0.5", E::kUnknownKey, "did you mean 'mixing'"},
    {"NegativeTime", "step: 460us", "step: -460us", E::kOutOfRange, "/engines/0/step"},
    {"TimeTooLong", "step: 460us", "step: 1s", E::kOutOfRange, "/engines/0/step"},
    {"TimeInBytes", "layer: 46us", "layer: 46GB", E::kWrongUnit, "/engines/0/layer"},
    {"MixingAboveOne", "mixing: 0.5", "mixing: 1.5", E::kOutOfRange, "/engines/0/mixing"},
    {"EngineOfNoGpus", "on: acme", "on: acne", E::kUnknownName, "did you mean 'acme'"},
    {"EngineOfNoGpusAtItsPlace", "on: acme", "on: acne", E::kUnknownName, "/engines/1/on"},
    {"EngineLikeNoneWithoutTimes", "on: acme, like: runner, layer", "on: acme, layer", E::kMissing,
     "engine 'runner@acme' is like no other and has no 'step', 'mixing'"},
    {"EngineLikeNoneWithoutMixing", "    mixing: 0.5\n", "", E::kMissing, "has no 'mixing'"},
    {"EngineAliasIsAnothersName", "{name: runner, on: acme,",
     "{name: walker, aliases: [Runner], on: acme,", E::kDuplicate,
     "alias 'Runner' of engine 'walker' already means 'runner'"},
    {"EngineAliasIsAnothersAlias", "{name: runner, on: acme,",
     "{name: walker, aliases: [sprinter], on: acme,", E::kDuplicate,
     "alias 'sprinter' of engine 'walker' already means 'runner'"},
    {"LikeNobody", "like: runner", "like: walker", E::kUnknownName,
     "no engine 'walker' stands before this one"},
    {"LikeItselfByName", "like: runner", "like: runner@acme", E::kUnknownName,
     "no engine 'runner@acme' stands before this one"},
    {"LikeMisspelt", "like: runner", "like: runer", E::kUnknownName, "did you mean 'runner'"},
    {"LikeOneThatFollows", "  - name: chip\n", "  - name: chip\n    like: chip-2\n",
     E::kUnknownName, "no architecture 'chip-2' stands before this one"},
    {"LikeAnotherKind", "like: chip,", "like: runner,", E::kUnknownName,
     "no architecture 'runner'"},
    {"SpreadOfNoCoefficient", "spread: {compute: 0.1}", "spread: {speed: 0.1}", E::kUnknownKey,
     "'speed' is no coefficient"},
    {"SpreadOfAnEnginesCoefficient", "spread: {compute: 0.1}", "spread: {layer: 0.1}",
     E::kUnknownKey, "'layer' is no coefficient"},
    {"SpreadOfZero", "spread: {compute: 0.1}", "spread: {compute: 0}", E::kOutOfRange,
     "/architectures/0/spread/compute"},
    {"SpreadIsNoMap", "spread: {compute: 0.1}", "spread: 0.1", E::kWrongType, "spread"},
    {"ConfidenceOfNoCoefficient", "confidence: {weights: 0.02}", "confidence: {wait: 0.02}",
     E::kUnknownKey, "'wait' is no coefficient"},
    {"ConfidenceNegative", "confidence: {weights: 0.02}", "confidence: {weights: -0.02}",
     E::kOutOfRange, "/architectures/0/confidence/weights"},
    {"RowsNegative", "rows: 120", "rows: -1", E::kOutOfRange, "rows"},
    {"PowerNegative", "watts_per_tflops: 0.5", "watts_per_tflops: -0.5", E::kOutOfRange,
     "watts_per_tflops"},
};

const std::vector<BadFile> kPenaltyCases = {
    {"PenaltyAboveOne", "int4: 0.012", "int4: 12", E::kOutOfRange, "int4"},
    {"PenaltyUnknown", "int4: 0.012", "int3: 0.012", E::kUnknownKey, "int3"},
    {"PenaltyWithoutSource", "fp4: 0.015, source: sheet", "fp4: 0.015", E::kMissing, "source"},
};

const std::vector<BadFile> kModelCases = {
    {"KvHeadsDoNotDivide", "kv_heads: 8", "kv_heads: 5", E::kInconsistent,
     "does not divide heads 32"},
    {"MultiHeadWithFewer", "attention: gqa", "attention: mha", E::kInconsistent,
     "as many kv_heads"},
    {"LatentWithMany", "kv_heads: 1\n", "kv_heads: 32\n", E::kInconsistent, "one latent"},
    {"UnknownAttention", "attention: gqa", "attention: gka", E::kUnknownName, "did you mean 'gqa'"},
    {"HeadTooWide", "head_dim: 128", "head_dim: 12800", E::kInconsistent,
     "implausible for hidden 4096"},
    {"HeadTooNarrow", "head_dim: 128", "head_dim: 4", E::kInconsistent,
     "implausible for hidden 4096"},
    {"ParametersInBillions", "parameters: 8e9", "parameters: 8", E::kOutOfRange, "parameters"},
    {"TooFewParameters", "parameters: 8e9", "parameters: 8e8", E::kInconsistent,
     "attention projections"},
    {"MoreActiveThanAll", "active_parameters: 13e9", "active_parameters: 48e9", E::kInconsistent,
     "more than parameters"},
    {"DenseWithActive", "parameters: 8e9", "parameters: 8e9\n    active_parameters: 4e9",
     E::kInconsistent, "dense model"},
    {"ExpertsWithoutActive", "    active_parameters: 13e9\n", "", E::kMissing, "active_parameters"},
    {"MoreActiveThanExperts", "count: 8, active: 2", "count: 8, active: 9", E::kInconsistent,
     "9 active experts of only 8"},
    {"MoreExpertThanAll", "active: 2, parameters: 45e9", "active: 2, parameters: 48e9",
     E::kInconsistent, "more than all parameters"},
    {"ExpertsAboveActive", "active: 2, parameters: 45e9", "active: 4, parameters: 45e9",
     E::kInconsistent, "more than active_parameters"},
    {"ExpertsWithoutCount", "{count: 8, active: 2,", "{active: 2,", E::kMissing, "count"},
    {"ExpertsInTooManyLayers", "layers: 30}", "layers: 33}", E::kInconsistent,
     "33 layers with experts of only 32"},
    {"ExpertsInNoLayer", "layers: 30}", "layers: 0}", E::kOutOfRange, "/experts/layers"},
    {"WindowOfEverything", "layer_share: 0.5", "layer_share: 1.5", E::kOutOfRange, "layer_share"},
    {"WindowOfNothing", "tokens: 1024", "tokens: 0", E::kOutOfRange, "tokens"},
    {"TooManyKvBytes", "kv_bytes_per_token: 36864", "kv_bytes_per_token: 9e6", E::kInconsistent,
     "more than all layers"},
    {"TooFewKvBytes", "kv_bytes_per_token: 36864", "kv_bytes_per_token: 36000", E::kInconsistent,
     "less than the latent needs: 2 * 32 layers * 576 = 36864"},
    {"NoLatent", "    latent: {values: 512, position: 64}\n", "", E::kMissing,
     "add 'latent: {values: 512, position: 64}'"},
    {"LatentOfOtherAttention", "attention: gqa",
     "attention: gqa\n    latent: {values: 9, position: 9}", E::kInconsistent,
     "did you mean 'attention: mla'"},
    {"LatentWithoutPosition", "{values: 512, position: 64}", "{values: 512}", E::kMissing,
     "position"},
    {"LatentOfNothing", "values: 512", "values: 0", E::kOutOfRange, "/latent/values"},
    {"TiedIsNoFlag", "attention: gqa", "attention: gqa\n    tied_embeddings: maybe", E::kWrongType,
     "tied_embeddings"},
    {"NormIsNoFlag", "attention: gqa", "attention: gqa\n    qk_norm: 3", E::kWrongType, "qk_norm"},
    {"LinearInPercent", "attention: gqa", "attention: gqa\n    linear_layer_share: 75",
     E::kOutOfRange, "linear_layer_share"},
    {"EveryLayerLinear", "attention: gqa", "attention: gqa\n    linear_layer_share: 1",
     E::kOutOfRange, "less than 1, got 1"},
    {"LocalAndLinear", "attention: mla", "attention: mla\n    linear_layer_share: 0.6",
     E::kInconsistent, "more than all layers"},
    {"SparseBelowZero", "attention: gqa", "attention: gqa\n    sparse_attention: -1",
     E::kOutOfRange, "sparse_attention"},
    {"SparseBeyondTheContext", "attention: gqa", "attention: gqa\n    sparse_attention: 131072",
     E::kInconsistent, "max_context has only 131072"},
    {"UnknownPrecision", "[bf16, fp8]", "[bf16, fp9]", E::kUnknownName, "did you mean 'fp8'"},
    {"PrecisionTwice", "[bf16, fp8]", "[bf16, fp16]", E::kDuplicate, "listed twice"},
    {"NoPrecision", "[bf16, fp8]", "[]", E::kInconsistent, "at least one precision"},
    {"ScoreInPercent", "chat: 0.8", "chat: 80", E::kOutOfRange, "/models/0/quality/chat"},
    {"ScoreNegative", "chat: 0.8", "chat: -0.1", E::kOutOfRange, "chat"},
    {"ScoreIsNoNumber", "chat: 0.8", "chat: good", E::kWrongType, "chat"},
    {"ScoreWithoutSource", "{score: 0.7, source: sheet}", "{score: 0.7}", E::kMissing, "source"},
    {"NoGeneralScore", "general: 0.69, ", "", E::kMissing, "no 'general' score"},
    {"NoContext", "    max_context: 131072\n", "", E::kMissing, "'max_context'"},
    {"ZeroLayers", "parameters: 8e9\n    layers: 32", "parameters: 8e9\n    layers: 0",
     E::kOutOfRange, "layers"},
    {"ModelTwice", "offers:\n", "  - {name: m1, layers: 16}\noffers:\n", E::kDuplicate,
     "twice in this file"},
    {"AliasTaken", "  - name: x1\n", "  - name: x1\n    aliases: [M1]\n", E::kDuplicate,
     "already means 'm1'"},
    {"AliasTakenByAlias", "  - name: x1\n", "  - name: x1\n    aliases: [Acme/m-one]\n",
     E::kDuplicate, "already means 'm1'"},
};

const std::vector<BadFile> kOfferCases = {
    {"UnknownGpu", kOffer, offer("H-One", "H-Oen"), E::kUnknownName, "unknown GPU 'H-Oen'"},
    {"NegativePrice", kOffer, offer("20.5", "-20.5"), E::kOutOfRange, "/offers/0/on_demand"},
    {"ImplausiblePrice", kOffer, offer("20.5", "2.5e6"), E::kOutOfRange, "on_demand"},
    {"PriceIsNoNumber", kOffer, offer("20.5", "free"), E::kWrongType, "on_demand"},
    {"PriceIsNaN", kOffer, offer("20.5", ".nan"), E::kOutOfRange, "on_demand"},
    {"NoPrice", kOffer, offer(", on_demand: 20.5, spot: 7", ""), E::kMissing, "needs a price"},
    {"ZeroLot", kOffer, offer("lot: 8", "lot: 0"), E::kOutOfRange, "lot"},
    {"FractionOfAGpu", kOffer, offer("lot: 8", "lot: 0.5"), E::kOutOfRange, "lot"},
    {"LotAboveTheServer", kOffer, offer("lot: 8", "lot: 16"), E::kInconsistent, "at most 8"},
    {"NoLot", kOffer, offer(" lot: 8,", ""), E::kMissing, "'lot'"},
    {"NoRegion", kOffer, offer(" region: moon,", ""), E::kMissing, "'region'"},
    {"UnknownTerm", kOffer, offer("spot: 7", "sport: 7"), E::kUnknownKey, "spot"},
    {"SamePriceTwice", kOffer, kOffer + "\n  - " + offer("20.5", "21"), E::kDuplicate,
     "two on-demand prices"},
};

std::vector<BadFile> bad_files() {
  std::vector<BadFile> all;
  for (const auto* cases : {&kFileCases, &kSourceCases, &kGpuCases, &kEfficiencyCases,
                            &kCoefficientCases, &kPenaltyCases, &kModelCases, &kOfferCases}) {
    all.insert(all.end(), cases->begin(), cases->end());
  }
  return all;
}

class CatalogBadFile : public ::testing::TestWithParam<BadFile> {};

TEST_P(CatalogBadFile, IsRejectedWithAReasonAndAPlace) {
  const BadFile& bad = GetParam();
  const auto loaded = testing::load({testing::with(testing::sample_catalog(), bad.from, bad.to)});
  ASSERT_FALSE(loaded) << "accepted";
  bool found = false;
  for (const Error& error : loaded.errors()) {
    EXPECT_THAT(error.where, HasSubstr("a.yaml")) << to_string(error);
    found = found ||
            (error.code == bad.code && to_string(error).find(bad.message) != std::string::npos);
  }
  EXPECT_TRUE(found) << "expected " << to_string(bad.code) << " with \"" << bad.message
                     << "\", got:\n"
                     << testing::lines_of(loaded.errors());
}

INSTANTIATE_TEST_SUITE_P(EveryCheck, CatalogBadFile, ::testing::ValuesIn(bad_files()),
                         [](const auto& each) { return each.param.name; });

TEST(CatalogErrors, AGpuWithoutEfficiencyNamesItsNearestRelative) {
  const auto loaded = testing::load({testing::sample_catalog(), R"(format: berth.catalog/1
source: {text: t, date: 2026}
gpus:
  - {name: h2, vendor: acme, architecture: hop, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     gpus_per_node: 8, fast_domain: 8, link: wire, link_bandwidth: 450GB}
)"});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.errors().size(), 1u) << testing::lines_of(loaded.errors());
  EXPECT_EQ(loaded.errors()[0].where, "b.yaml:4: /gpus/0");
  EXPECT_THAT(loaded.errors()[0].suggestion, HasSubstr("like: h1"));
}

TEST(CatalogErrors, TensorParallelismNeedsAnAllReduce) {
  auto text = testing::sample_catalog();
  const std::size_t from = text.find("    all_reduce:");
  text.erase(from, text.find("    hand_over_in_node") - from);
  const auto loaded = testing::load({text});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(testing::lines_of(loaded.errors()), HasSubstr("no 'all_reduce'"));
}

TEST(CatalogErrors, PipeliningNeedsHandOversEvenOfAKnownArchitecture) {
  const auto loaded = testing::load({testing::sample_catalog(), R"(format: berth.catalog/1
source: {text: t, date: 2026}
gpus:
  - {name: c1, vendor: acme, architecture: chip, memory: 96GiB, bandwidth: 4TB, peak_tflops: {bf16: 1200},
     gpus_per_node: 8, fast_domain: 1, link: wire, link_bandwidth: 450GB}
)"});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.errors().size(), 1u) << testing::lines_of(loaded.errors());
  EXPECT_EQ(loaded.errors()[0].where, "b.yaml:4: /gpus/0");
  EXPECT_THAT(loaded.errors()[0].message, HasSubstr("'hand_over_in_node'"));
}

TEST(CatalogErrors, AreAllReportedAtOnceWithTheirLines) {
  auto text = testing::with(testing::sample_catalog(), "kv_heads: 8", "kv_heads: 5");
  text = testing::with(text, "memory: 80GiB", "memory: 80ms");
  text = testing::with(text, "lot: 8", "lot: 16");
  const auto loaded = testing::load({text});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.errors().size(), 3u) << testing::lines_of(loaded.errors());
  const std::string lines = testing::lines_of(loaded.errors());
  EXPECT_THAT(lines, HasSubstr("a.yaml:9: /gpus/0/memory"));
  EXPECT_THAT(lines, HasSubstr("/models/0/kv_heads"));
  EXPECT_THAT(lines, HasSubstr("/offers/0/lot"));
}

TEST(CatalogErrors, ALaterFilesMistakeIsPlacedThere) {
  const auto loaded =
      testing::load({testing::sample_catalog(),
                     "format: berth.catalog/1\nmodels:\n  - name: m1\n    kv_heads: 5\n"});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.errors().front().where, "b.yaml:4: /models/0/kv_heads");
}

TEST(CatalogErrors, AnEmptyFileIsAnError) {
  EXPECT_FALSE(testing::load({""}));
  EXPECT_FALSE(testing::load({"- just\n- a list\n"}));
  EXPECT_FALSE(testing::load({"format: berth.catalog/1\ngpus: 7\n"}));
  EXPECT_FALSE(testing::load(
      {"format: berth.catalog/1\ngpus: [7]\nmodels: [x]\noffers: [null]\nefficiencies: [1]\n"}));
  EXPECT_FALSE(testing::load({"format: berth.catalog/1\narchitectures: [1]\n"}));
  EXPECT_FALSE(testing::load({"format: berth.catalog/1\nengines: [runner]\n"}));
}

}  // namespace
}  // namespace berth
