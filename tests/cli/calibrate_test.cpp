// `berth calibrate` on the built program.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string source_file(const std::string& name) {
  return std::string(BERTH_SOURCE_DIR) + "/data/" + name;
}

TEST(CalibrateCommand, WritesCoefficientsThatOtherCommandsUse) {
  const TemporaryDirectory directory;
  // Twice as slow as the built-in coefficients say, on one GPU.
  std::string rows =
      "model,dtype,gpu,engine,tp,batch_or_concurrency,input_tokens,output_tokens,metric,value\n";
  const std::vector<std::string> predict = {
      "predict",         "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--prompt", "500",
      "--output-tokens", "200",     "--batch",      "16",    "--output", "json"};
  const double before = Json::parse(run_berth(predict).out)["tpot"].get<double>();
  for (int k = 0; k < 30; ++k) {
    rows += "llama-3.1-8b,bf16,h100-sxm,vllm-0.12.0,1,16,500,200,tpot_ms," +
            std::to_string(2e3 * before) + "\n";
  }
  const std::string measured = directory.write("m.csv", rows);
  const Outcome outcome = run_berth(
      {"calibrate", measured, "-o", "mine.yaml", "--no-cross-validation", "--output", "json"},
      directory.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["format"], "berth.calibration/1");
  EXPECT_EQ(json["rows"], 30);
  EXPECT_GT(json["coefficients"].size(), 50U);
  std::vector<std::string> again = predict;
  again.insert(again.end(), {"--catalog", "mine.yaml"});
  const Outcome slower = run_berth(again, directory.path());
  ASSERT_EQ(slower.status, 0) << slower.err;
  const double after = Json::parse(slower.out)["tpot"].get<double>();
  EXPECT_GT(after, 1.5 * before);
  EXPECT_LT(after, 2.1 * before);
}

TEST(CalibrateCommand, PrintsErrorsAndWhatMoved) {
  const Outcome outcome =
      run_berth({"calibrate", source_file("measured/sample.csv"), "--no-cross-validation"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  for (const char* part : {"Calibration", "measured numbers", "in sample", "TPOT", "COEFFICIENT"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(CalibrateCommand, HoldsModelsAndGpusOut) {
  const Outcome outcome =
      run_berth({"calibrate", source_file("measured/sample.csv"), "--output", "json"}, {}, {}, 120);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_GT(json["folds"], 4);
  EXPECT_TRUE(json["errors"][0].contains("model_out"));
  EXPECT_TRUE(json["errors"][0].contains("GPU_out"));
}

TEST(CalibrateCommand, BadInputIsTold) {
  const TemporaryDirectory directory;
  const std::string unknown = directory.write(
      "m.csv", "model,dtype,gpu,metric,value\nnobody/knows,bf16,h100-sxm,tpot_ms,9\n");
  const Outcome nothing = run_berth({"calibrate", unknown});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.err, HasSubstr("no measured row says anything about a coefficient"));
  const std::string bad_prior = directory.write(
      "p.yaml",
      "format: berth.catalog/1\nsource: {text: x, date: 2026-11-29}\n"
      "architectures:\n  - {name: hopper, compute: 7, spread: {compute: 0.1, nonsense: 1}}\n"
      "engines:\n  - {name: vllm, like: nobody}\n");
  const Outcome prior =
      run_berth({"calibrate", source_file("measured/sample.csv"), "--prior", bad_prior});
  EXPECT_EQ(prior.status, 1);
  for (const char* part : {"compute", "'nonsense' is no coefficient", "no engine 'nobody'"}) {
    EXPECT_THAT(prior.err, HasSubstr(part));
  }
}

}  // namespace
}  // namespace berth::test
