// The built-in catalog: it loads, holds what it promises, and every number has a source.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "tests/catalog/sample_catalog.h"

namespace berth {
namespace {

const Catalog& builtin() {
  static const Catalog catalog = [] {
    auto loaded = load_builtin_catalog();
    if (!loaded) {
      ADD_FAILURE() << testing::lines_of(loaded.errors());
      return Catalog();
    }
    return std::move(loaded).value();
  }();
  return catalog;
}

void expect_sourced(const Source& source, const std::string& of) {
  EXPECT_FALSE(source.text.empty()) << of;
  EXPECT_GE(source.date.size(), 4u) << of;
}

TEST(BuiltinCatalog, LoadsWithoutErrors) {
  const auto loaded = load_builtin_catalog();
  ASSERT_TRUE(loaded) << testing::lines_of(loaded.errors());
}

TEST(BuiltinCatalog, HoldsWhatItPromises) {
  EXPECT_GE(builtin().gpus().size(), 30u);
  EXPECT_GE(builtin().models().size(), 34u);
  std::set<std::string> clouds;
  std::map<OfferTerm, int> terms;
  for (const CatalogOffer& offer : builtin().offers()) {
    clouds.insert(offer.cloud);
    ++terms[offer.term];
  }
  for (const char* cloud :
       {"aws", "gcp", "oci", "nebius", "lambda", "hyperstack", "verda", "digitalocean"}) {
    EXPECT_EQ(clouds.count(cloud), 1u) << cloud;
  }
  EXPECT_GE(terms[OfferTerm::kOnDemand], 90);
  EXPECT_GE(terms[OfferTerm::kSpot], 50);
  EXPECT_GE(terms[OfferTerm::kReserved], 5);
}

TEST(BuiltinCatalog, HasEveryKindOfModel) {
  int dense = 0, experts = 0, latent = 0, windowed = 0, multi_head = 0;
  for (const ModelSpec& model : builtin().models()) {
    (model.is_moe() ? experts : dense) += 1;
    latent += model.attention == AttentionKind::kMla ? 1 : 0;
    multi_head += model.attention == AttentionKind::kMha ? 1 : 0;
    windowed += model.window ? 1 : 0;
  }
  EXPECT_GE(dense, 20);
  EXPECT_GE(experts, 12);
  EXPECT_GE(latent, 4);
  EXPECT_GE(windowed, 5);
  EXPECT_GE(multi_head, 1);
}

TEST(BuiltinCatalog, EveryNumberHasASourceAndADate) {
  for (const GpuType& gpu : builtin().gpus()) {
    expect_sourced(gpu.source, gpu.name);
    expect_sourced(gpu.memory_source, gpu.name + " memory");
    expect_sourced(gpu.efficiency.source, gpu.name + " efficiency");
  }
  for (const ModelSpec& model : builtin().models()) {
    expect_sourced(model.shape_source, model.name);
    for (const auto& [task, score] : model.quality) {
      expect_sourced(model.source_of(task), model.name + " " + task);
    }
  }
  for (const CatalogOffer& offer : builtin().offers()) {
    expect_sourced(offer.source, offer.cloud + "/" + offer.instance);
  }
  expect_sourced(builtin().precision_penalty_source(), "precision penalty");
}

TEST(BuiltinCatalog, RecalledAndDerivedNumbersStayMarked) {
  const auto marked = [](const Source& source) {
    const bool second_hand = source.text.find("recalled") != std::string::npos ||
                             source.text.find("derived:") != std::string::npos ||
                             source.text.find("not measured") != std::string::npos;
    EXPECT_FALSE(second_hand && source.verified) << source.text;
  };
  for (const GpuType& gpu : builtin().gpus()) {
    marked(gpu.source);
    marked(gpu.memory_source);
    marked(gpu.efficiency.source);
  }
  for (const ModelSpec& model : builtin().models()) {
    marked(model.shape_source);
    for (const auto& [task, score] : model.quality) marked(model.source_of(task));
  }
}

TEST(BuiltinCatalog, EveryModelHasAGeneralScore) {
  for (const ModelSpec& model : builtin().models()) {
    ASSERT_EQ(model.quality.count("general"), 1u) << model.name;
    EXPECT_GE(model.quality.at("general"), 0.25) << model.name << ": below guessing one of four";
    EXPECT_LT(model.quality.at("general"), 0.95) << model.name;
  }
}

TEST(BuiltinCatalog, DerivedScoresLieBetweenTheMeasuredOnes) {
  double least = 1.0, most = 0.0;
  for (const ModelSpec& model : builtin().models()) {
    if (model.source_of("general").text.find("derived") != std::string::npos) continue;
    least = std::min(least, model.quality.at("general"));
    most = std::max(most, model.quality.at("general"));
  }
  for (const ModelSpec& model : builtin().models()) {
    EXPECT_GE(model.quality.at("general"), least) << model.name;
    EXPECT_LE(model.quality.at("general"), most) << model.name;
  }
}

double log_odds(double p) { return std::log(p / (1.0 - p)); }
double from_log_odds(double x) { return 1.0 / (1.0 + std::exp(-x)); }

bool is_derived(const ModelSpec& model, const std::string& task) {
  return model.source_of(task).text.find("derived") != std::string::npos;
}

/// Least squares of `to` on `from` in log-odds, over the models where `to` is measured.
struct Line {
  double intercept = 0.0, slope = 0.0;
  int models = 0;
  double operator()(double p) const { return from_log_odds(intercept + slope * log_odds(p)); }
};
Line fit(const std::string& from, const std::string& to) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const ModelSpec& model : builtin().models()) {
    if (model.quality.count(from) == 0 || model.quality.count(to) == 0) continue;
    if (is_derived(model, to)) continue;
    const double a = log_odds(model.quality.at(from));
    const double b = log_odds(model.quality.at(to));
    n += 1, x += a, y += b, xx += a * a, xy += a * b;
  }
  const double slope = (n * xy - x * y) / (n * xx - x * x);
  return {(y - slope * x) / n, slope, static_cast<int>(n)};
}

TEST(BuiltinCatalog, DerivedScoresAreWhatTheMeasuredOnesImply) {
  constexpr double kRounding = 0.0015;
  const Line from_knowledge = fit("knowledge", "general");
  const Line from_math = fit("math", "general");
  const Line chat = fit("general", "chat");
  EXPECT_EQ(from_knowledge.models, 15);  // as the sources say
  EXPECT_EQ(from_math.models, 24);
  EXPECT_EQ(chat.models, 15);
  for (const ModelSpec& model : builtin().models()) {
    const std::string& how = model.source_of("general").text;
    if (how.find("derived: MMLU-Pro") != std::string::npos) {
      EXPECT_NEAR(model.quality.at("general"), from_knowledge(model.quality.at("knowledge")),
                  kRounding)
          << model.name;
    } else if (how.find("derived: GSM8K") != std::string::npos) {
      EXPECT_NEAR(model.quality.at("general"), from_math(model.quality.at("math")), kRounding)
          << model.name;
    }
    if (model.quality.count("chat") == 1 && is_derived(model, "chat")) {
      EXPECT_NEAR(model.quality.at("chat"), chat(model.quality.at("general")), kRounding)
          << model.name;
    }
  }
}

TEST(BuiltinCatalog, ResolvesTheLabelsOfClusters) {
  const std::map<std::string, std::string> labels = {{"NVIDIA-H100-80GB-HBM3", "h100-sxm"},
                                                     {"NVIDIA-H200", "h200-sxm"},
                                                     {"NVIDIA-A100-SXM4-80GB", "a100-80gb-sxm"},
                                                     {"NVIDIA-A100-SXM4-40GB", "a100-40gb-sxm"},
                                                     {"NVIDIA-A100-PCIE-80GB", "a100-80gb-pcie"},
                                                     {"NVIDIA-L4", "l4"},
                                                     {"NVIDIA-L40S", "l40s"},
                                                     {"NVIDIA-B200", "b200"},
                                                     {"NVIDIA-GB200", "gb200"},
                                                     {"H100", "h100-sxm"}};
  for (const auto& [label, name] : labels) {
    const auto id = builtin().find_gpu(label);
    ASSERT_TRUE(id) << label;
    EXPECT_EQ(builtin().gpu(*id).name, name);
  }
  EXPECT_FALSE(builtin().find_gpu("A100")) << "40 GB or 80 GB: ambiguous, must be named in full";
}

TEST(BuiltinCatalog, OffersNameCanonicalGpus) {
  for (const CatalogOffer& offer : builtin().offers()) {
    const auto id = builtin().find_gpu(offer.gpu);
    ASSERT_TRUE(id) << offer.gpu;
    EXPECT_EQ(builtin().gpu(*id).name, offer.gpu);
    EXPECT_GT(offer.cost.micros(), 0);
  }
}

TEST(BuiltinCatalog, NativeFormatsAddNoError) {
  const ModelSpec& oss = builtin().model(*builtin().find_model("openai/gpt-oss-120b"));
  EXPECT_EQ(oss.precisions.front(), Precision::kFp4);
  EXPECT_DOUBLE_EQ(builtin().precision_penalty(oss, Precision::kFp4), 0.0);
  const ModelSpec& llama = builtin().model(*builtin().find_model("llama-3.1-8b"));
  EXPECT_GT(builtin().precision_penalty(llama, Precision::kInt4),
            builtin().precision_penalty(llama, Precision::kFp8));
}

TEST(BuiltinCatalog, ActiveParametersFollowFromTheExperts) {
  // Dense part + e/E of the experts; configurations count the input embedding in or out.
  for (const ModelSpec& model : builtin().models()) {
    if (!model.is_moe()) continue;
    const double used =
        model.parameters - model.experts->expert_parameters +
        model.experts->expert_parameters * model.experts->active / model.experts->experts;
    EXPECT_NEAR(used / model.active_parameters, 1.0, 0.20) << model.name;
  }
}

const ModelSpec& model_of(const std::string& name) {
  const auto id = builtin().find_model(name);
  if (!id) ADD_FAILURE() << name;
  return builtin().model(id.value_or(ModelId(0)));
}

TEST(BuiltinCatalog, LatentsFillTheCache) {
  for (const ModelSpec& model : builtin().models()) {
    ASSERT_EQ(model.latent.has_value(), model.attention == AttentionKind::kMla) << model.name;
    if (!model.latent) continue;
    EXPECT_EQ(model.latent->values, 512) << model.name;
    EXPECT_EQ(model.latent->position, 64) << model.name;
    EXPECT_DOUBLE_EQ(model.kv_bytes_per_token, 2.0 * 576 * model.layers) << model.name;
  }
}

TEST(BuiltinCatalog, KnowsWhichLayersHaveExperts) {
  const std::map<std::string, int> some = {{"deepseek-v3", 58},
                                           {"deepseek-r1", 58},
                                           {"kimi-k2", 60},
                                           {"glm-5", 75},
                                           {"llama-4-maverick", 24}};
  for (const ModelSpec& model : builtin().models()) {
    if (!model.is_moe()) continue;
    const auto found = some.find(model.name);
    EXPECT_EQ(model.experts->layers, found == some.end() ? model.layers : found->second)
        << model.name;
  }
}

TEST(BuiltinCatalog, KnowsWhatDepartsFromPlainAttention) {
  std::set<std::string> tied;
  for (const ModelSpec& model : builtin().models()) {
    if (model.tied_embeddings) tied.insert(model.name);
    if (model.name.starts_with("qwen")) {
      EXPECT_EQ(model.qk_norm, model.name.starts_with("qwen3")) << model.name;
    }
  }
  EXPECT_EQ(tied, (std::set<std::string>{"llama-3.2-1b", "llama-3.2-3b", "gemma-3-27b",
                                         "bloom-176b", "bloom-7b1", "opt-6.7b"}));
  EXPECT_TRUE(model_of("gemma-3-27b").qk_norm && model_of("minimax-m2.5").qk_norm);
  EXPECT_TRUE(model_of("llama-4-scout").qk_norm);
  EXPECT_FALSE(model_of("llama-4-maverick").qk_norm);
  EXPECT_DOUBLE_EQ(model_of("qwen3.5-397b-a17b").linear_layer_share, 0.75);
  EXPECT_DOUBLE_EQ(model_of("qwen3.5-397b-a17b").kv_bytes_per_token, 30720.0);
  EXPECT_EQ(model_of("glm-5").sparse_attention_tokens, 2048);
}

TEST(BuiltinCatalog, EveryGpuPredictsEveryDegreeItOffers) {
  for (const GpuType& gpu : builtin().gpus()) {
    EXPECT_DOUBLE_EQ(gpu.peak(Precision::kInt4), gpu.peak(Precision::kBf16)) << gpu.name;
    if (gpu.fast_domain == 1) continue;
    ASSERT_FALSE(gpu.efficiency.all_reduce.empty()) << gpu.name;
    EXPECT_GE(gpu.efficiency.all_reduce.back().gpus, std::min(gpu.fast_domain, 8)) << gpu.name;
  }
}

}  // namespace
}  // namespace berth
