#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/output/prediction.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

PredictionRequest llama_on_h100(double batch) {
  PredictionRequest request;
  request.deployment = testing::deploy_builtin("llama-3.1-70b", "h100-sxm", 4);
  request.prompt_tokens = 1000.0;
  request.output_tokens = 200.0;
  request.batch = batch;
  return request;
}

std::vector<std::string> keys(const nlohmann::ordered_json& json) {
  std::vector<std::string> names;
  for (const auto& item : json.items()) names.push_back(item.key());
  return names;
}

TEST(PredictionJson, HasTheContractsKeysInOrder) {
  const PredictionRequest request = llama_on_h100(16.0);
  const auto json = nlohmann::ordered_json::parse(to_json(request, *predict(request)));
  EXPECT_THAT(keys(json),
              ElementsAre("format", "model", "gpu", "tp", "dp", "pp", "precision", "kv_cache",
                          "engine", "max_num_seqs", "prompt_tokens", "output_tokens",
                          "prefix_reuse", "clients", "batch", "max_batch", "prefill", "decode_step",
                          "ttft", "tpot", "e2e", "throughput", "kv_capacity_tokens", "terms"));
  EXPECT_THAT(keys(json["terms"]), ElementsAre("prefill", "decode"));
  for (const char* phase : {"prefill", "decode"}) {
    EXPECT_THAT(keys(json["terms"][phase]),
                ElementsAre("compute", "memory", "matrices", "experts", "attention", "head",
                            "all_reduce", "hand_over", "fixed", "floor"));
  }
  EXPECT_EQ(json["format"], "berth.prediction/1");
  EXPECT_EQ(json["precision"], "bf16");
  EXPECT_EQ(json["tp"], 4);
}

TEST(PredictionJson, TermsAddUpToThePhases) {
  for (const char* engine : {"vllm", "vllm-2023", "sglang"}) {
    for (const char* model : {"llama-3.1-70b", "mixtral-8x7b"}) {
      for (const int stages : {1, 2}) {
        PredictionRequest request = llama_on_h100(16.0);
        request.deployment =
            testing::deploy_builtin(model, "h100-sxm", 4, stages, Precision::kBf16, engine);
        const auto json = nlohmann::json::parse(to_json(request, *predict(request)));
        const auto total = [&](const char* phase) {
          const auto& terms = json["terms"][phase];
          double sum = 0.0;
          for (const char* term :
               {"matrices", "experts", "attention", "head", "all_reduce", "hand_over", "fixed"}) {
            sum += terms[term].get<double>();
          }
          return std::max(sum, terms["floor"].get<double>());
        };
        EXPECT_NEAR(total("prefill"), json["prefill"].get<double>(), 1e-12) << engine << model;
        EXPECT_NEAR(total("decode"), json["decode_step"].get<double>(), 1e-12) << engine << model;
      }
    }
  }
}

TEST(PredictionJson, ComputeAndMemoryAreWhatTheKernelsDo) {
  const PredictionRequest request = llama_on_h100(16.0);
  const Prediction p = *predict(request);
  const auto json = nlohmann::json::parse(to_json(request, p));
  const auto& decode = json["terms"]["decode"];
  EXPECT_DOUBLE_EQ(decode["compute"].get<double>(),
                   p.decode.matrices.work + p.decode.attention.work);
  EXPECT_DOUBLE_EQ(decode["memory"].get<double>(),
                   p.decode.matrices.read + p.decode.attention.read + p.decode.head);
}

TEST(PredictionJson, ARateAddsWhatAReplicaSustains) {
  PredictionRequest request = llama_on_h100(0.0);
  request.rate = 2.0;
  const Prediction p = *predict(request);
  const auto json = nlohmann::ordered_json::parse(to_json(request, p));
  EXPECT_THAT(
      keys(json),
      ElementsAre("format", "model", "gpu", "tp", "dp", "pp", "precision", "kv_cache", "engine",
                  "max_num_seqs", "prompt_tokens", "output_tokens", "prefix_reuse", "rate",
                  "clients", "batch", "max_batch", "prefill", "decode_step", "ttft", "tpot", "e2e",
                  "throughput", "kv_capacity_tokens", "capacity", "utilization", "wait", "terms"));
  EXPECT_EQ(json["rate"], 2.0);
  EXPECT_DOUBLE_EQ(json["throughput"].get<double>(), 2.0);
  EXPECT_DOUBLE_EQ(json["utilization"].get<double>(), 2.0 / json["capacity"].get<double>());
  EXPECT_DOUBLE_EQ(json["wait"].get<double>(), p.wait_s);
  EXPECT_THAT(to_table(request, p), HasSubstr("2 requests/s"));
  EXPECT_THAT(to_table(request, p), HasSubstr("as many as arrive"));
}

TEST(PredictionJson, SaysWhatItIsOfAndWhoWaits) {
  PredictionRequest request = llama_on_h100(300.0);
  request.prompt_tokens = 1000.5;
  request.prefix_reuse = 0.25;
  request.deployment.cache = CacheFormat::k8Bit;
  request.deployment.max_num_seqs = 128;
  const Prediction p = *predict(request);
  const auto json = nlohmann::json::parse(to_json(request, p));
  EXPECT_EQ(json["kv_cache"], "fp8");
  EXPECT_EQ(json["dp"], 1);
  EXPECT_EQ(json["max_num_seqs"], 128);
  EXPECT_EQ(json["prompt_tokens"], 1000.5);
  EXPECT_EQ(json["output_tokens"], 200.0);
  EXPECT_EQ(json["prefix_reuse"], 0.25);
  EXPECT_EQ(json["clients"], 300.0);
  EXPECT_EQ(json["batch"], 128.0);
  EXPECT_DOUBLE_EQ(json["wait"].get<double>(), p.wait_s);
  EXPECT_GT(p.wait_s, 0.0);
}

TEST(PredictionTable, ShowsEveryTermOfBothPhasesWithItsOrigin) {
  const PredictionRequest request = llama_on_h100(16.0);
  const std::string table = to_table(request, *predict(request));
  for (const char* part : {"Prefill of one prompt",
                           "Decode step",
                           "  matrices ",
                           "    computing ",
                           "    reading ",
                           "  attention ",
                           "  head ",
                           "  all-reduce ",
                           "  hand-over ",
                           "  fixed ",
                           "= total",
                           "of it shows",
                           "TPOT",
                           "TTFT",
                           "admission",
                           "streaming",
                           "E2E",
                           "throughput",
                           "Memory of one GPU",
                           "TFLOP / (4 x 989 TFLOP/s x",
                           "GB / (4 x 3.35 TB/s x",
                           "80 layers x",
                           "16 clients / E2E"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 110U) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << "'" << line << "'";
  }
}

TEST(PredictionTable, SaysWhatIsAssumedAndWhoWaits) {
  PredictionRequest request = llama_on_h100(300.0);
  GpuType gpu = *request.deployment.gpu;
  gpu.efficiency.extrapolated = false;
  request.deployment.gpu = &gpu;
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr("256 running"));
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr("for a slot"));
  EXPECT_THAT(to_table(request, *predict(request)), Not(HasSubstr("assumed")));
  gpu.efficiency.extrapolated = true;
  EXPECT_THAT(to_table(request, *predict(request)),
              HasSubstr("No measurements of h100-sxm: its efficiencies are assumed."));
}

TEST(PredictionTable, SaysWhatIsUnusual) {
  PredictionRequest request = llama_on_h100(16.0);
  EXPECT_THAT(to_table(request, *predict(request)), Not(HasSubstr("copied")));
  request.deployment = testing::deploy_builtin("mixtral-8x7b", "h100-sxm", 2);
  request.deployment.data_parallel = 2;
  request.deployment.cache = CacheFormat::k8Bit;
  const std::string table = to_table(request, *predict(request));
  EXPECT_THAT(table, HasSubstr("attention copied 2 times"));
  EXPECT_THAT(table, HasSubstr("8-bit cache"));
  EXPECT_THAT(table, HasSubstr("  experts "));
  EXPECT_THAT(table, HasSubstr("touched"));
  // The efficiencies shown are the catalog's, whatever the copies.
  const double shown = request.deployment.gpu->efficiency.kv_cache *
                       request.deployment.gpu->efficiency.kv_cache_8bit;
  EXPECT_THAT(table, HasSubstr("TB/s x " + std::to_string(shown).substr(0, 4)));
  request.deployment =
      testing::deploy_builtin("llama-3.1-8b", "h100-sxm", 1, 1, Precision::kBf16, "vllm-2023");
  request.batch = 1.0;
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr("each layer is launched on its own"));
}

TEST(PredictionTable, PrintsLengthsAsTheyWereUsed) {
  PredictionRequest request = llama_on_h100(1.0);
  request.output_tokens = 128.5;
  request.prompt_tokens = 123456.0;
  const std::string table = to_table(request, *predict_unchecked(request));
  EXPECT_THAT(table, HasSubstr("123456 prompt tokens, 128.5 output tokens"));
  EXPECT_THAT(table, HasSubstr("TTFT + 127.5 x TPOT"));
  EXPECT_THAT(table, HasSubstr("one request of 123584.5 tokens"));
}

TEST(PredictionTable, NothingIsMinusZero) {
  const PredictionRequest request = llama_on_h100(1.0);
  Prediction p = *predict(request);
  p.prefill_share_s = -1e-12;
  EXPECT_THAT(to_table(request, p), Not(HasSubstr("-0.000")));
}

TEST(PredictionTable, OneHeadIsCopied) {
  PredictionRequest request = llama_on_h100(16.0);
  ModelSpec model = *request.deployment.model;
  model.kv_heads = 1;
  request.deployment.model = &model;
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr("copied: 1 head\n"));
}

TEST(PredictionTable, TheCacheOfModelsWithWindowsHoldsMoreTokens) {
  PredictionRequest request = llama_on_h100(16.0);
  const std::string phrase = "tokens of sequences within the window";
  EXPECT_THAT(to_table(request, *predict(request)), Not(HasSubstr(phrase)));
  ModelSpec model = *request.deployment.model;
  model.window = SlidingWindow{.tokens = 1024, .layer_share = 0.5};
  request.deployment.model = &model;
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr(phrase));
}

// docs/model.md, "A worked example": the document's numbers are these.
TEST(PredictionTable, WorkedExampleOfTheDocumentation) {
  const PredictionRequest request = llama_on_h100(16.0);
  const Prediction p = *predict(request);
  EXPECT_NEAR(p.prefill_s, 75.64e-3, 0.01e-3);
  EXPECT_NEAR(p.decode_step_s, 17.59e-3, 0.01e-3);
  EXPECT_NEAR(p.tpot_s, 22.40e-3, 0.01e-3);
  EXPECT_NEAR(p.ttft_s, 218.3e-3, 0.1e-3);
}

}  // namespace
}  // namespace berth
