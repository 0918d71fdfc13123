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
  const Catalog& catalog = testing::builtin_catalog();
  PredictionRequest request;
  request.deployment = testing::deploy(catalog.model(*catalog.find_model("llama-3.1-70b")),
                                       catalog.gpu(*catalog.find_gpu("h100-sxm")), 4, 1);
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
  EXPECT_THAT(keys(json), ElementsAre("format", "model", "gpu", "tp", "pp", "precision", "engine",
                                      "batch", "max_batch", "prefill", "decode_step", "ttft",
                                      "tpot", "e2e", "throughput", "terms"));
  EXPECT_THAT(keys(json["terms"]), ElementsAre("prefill", "decode"));
  for (const char* phase : {"prefill", "decode"}) {
    EXPECT_THAT(keys(json["terms"][phase]),
                ElementsAre("compute", "memory", "all_reduce", "hand_over", "fixed"));
  }
  EXPECT_EQ(json["format"], "berth.prediction/1");
  EXPECT_EQ(json["precision"], "bf16");
  EXPECT_EQ(json["tp"], 4);
}

TEST(PredictionJson, TermsAddUpToThePhases) {
  const PredictionRequest request = llama_on_h100(16.0);
  const auto json = nlohmann::json::parse(to_json(request, *predict(request)));
  const auto total = [&](const char* phase) {
    const auto& t = json["terms"][phase];
    return std::max(t["compute"].get<double>(), t["memory"].get<double>()) +
           t["all_reduce"].get<double>() + t["hand_over"].get<double>() + t["fixed"].get<double>();
  };
  EXPECT_NEAR(total("prefill"), json["prefill"].get<double>(), 1e-12);
  EXPECT_NEAR(total("decode"), json["decode_step"].get<double>(), 1e-12);
}

TEST(PredictionTable, ShowsEveryTermOfBothPhasesWithItsOrigin) {
  const PredictionRequest request = llama_on_h100(16.0);
  const std::string table = to_table(request, *predict(request));
  for (const char* part : {"Prefill of one prompt",
                           "Decode step",
                           "compute",
                           "matrices",
                           "attention",
                           "memory",
                           "weights",
                           "cache",
                           "the larger",
                           "+ all-reduce",
                           "+ hand-over",
                           "+ fixed",
                           "= total",
                           "TPOT",
                           "TTFT",
                           "E2E",
                           "throughput",
                           "Memory of one GPU",
                           "141 GB / (4 x 3.35 TB/s x",
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
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr("256 running"));
  EXPECT_THAT(to_table(request, *predict(request)), Not(HasSubstr("assumed")));
  const Catalog& catalog = testing::builtin_catalog();
  request.deployment.gpu = &catalog.gpu(*catalog.find_gpu("gaudi3"));
  EXPECT_THAT(to_table(request, *predict(request)), HasSubstr("No measurements of gaudi3"));
}

// docs/model.md, "A worked example": the document's numbers are these.
TEST(PredictionTable, WorkedExampleOfTheDocumentation) {
  const PredictionRequest request = llama_on_h100(16.0);
  const Prediction p = *predict(request);
  EXPECT_NEAR(p.prefill_s, 65.92e-3, 0.01e-3);
  EXPECT_NEAR(p.decode_step_s, 18.33e-3, 0.01e-3);
  EXPECT_NEAR(p.tpot_s, 23.61e-3, 0.01e-3);
  EXPECT_NEAR(p.ttft_s, 185.1e-3, 0.1e-3);
}

}  // namespace
}  // namespace berth
