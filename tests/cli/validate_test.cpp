// `berth validate` on the built program.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string sample() { return std::string(BERTH_SOURCE_DIR) + "/data/measured/sample.csv"; }

TEST(ValidateCommand, PrintsTheErrorsAndWritesRowsPlotsAndAPage) {
  const TemporaryDirectory directory;
  const Outcome outcome = run_berth({"validate", sample(), "-o", "out"}, directory.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("23 rows, 23 compared"));
  EXPECT_THAT(outcome.out, HasSubstr("TPOT"));
  EXPECT_THAT(outcome.out, HasSubstr("h100-sxm"));
  EXPECT_THAT(outcome.out, HasSubstr("sn40l"));
  const fs::path out = directory.path() / "out";
  EXPECT_THAT(file_text(out / "validation.csv"), HasSubstr("predicted,error"));
  EXPECT_THAT(file_text(out / "validation-times.svg"), HasSubstr("<svg"));
  EXPECT_THAT(file_text(out / "validation-rates.svg"), HasSubstr("<svg"));
  EXPECT_THAT(file_text(out / "validation.html"), HasSubstr("Predicted against measured"));
}

TEST(ValidateCommand, PrintsJsonAndNothingElse) {
  const Outcome outcome = run_berth({"validate", sample(), "--output", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["format"], "berth.validation/1");
  std::size_t derived = 0;
  for (const Json& row : json["rows"]) derived += row["derived"].get<bool>() ? 1U : 0U;
  ASSERT_EQ(json["rows"].size(), 23U + derived);
  std::size_t compared = 0;
  for (const Json& row : json["rows"]) {
    const bool counts = !row["derived"].get<bool>() && !row["predicted"].is_null();
    compared += counts ? 1U : 0U;
    EXPECT_EQ(row["predicted"].is_null(), !row["reason"].is_null());
  }
  EXPECT_EQ(compared, json["compared"].get<std::size_t>());
}

TEST(ValidateCommand, AModelOfTheUsersOwnCatalogIsKnown) {
  const TemporaryDirectory directory;
  const std::string measured = directory.write(
      "m.csv",
      "model,dtype,gpu,tp,batch_or_concurrency,input_tokens,output_tokens,metric,value\n"
      "acme/secret-8b,bf16,h100-sxm,1,8,1000,100,tpot_ms,9\n");
  const std::string catalog = directory.write(
      "c.yaml",
      "format: berth.catalog/1\nmodels:\n  - {name: llama-3.1-8b, aliases: [acme/secret-8b]}\n");
  const Outcome unknown = run_berth({"validate", measured, "--output", "json"});
  EXPECT_EQ(Json::parse(unknown.out)["compared"], 0);
  EXPECT_EQ(Json::parse(unknown.out)["unresolved"][0]["name"], "acme/secret-8b");
  const Outcome known = run_berth({"validate", measured, "--catalog", catalog, "--output", "json"});
  ASSERT_EQ(known.status, 0) << known.err;
  EXPECT_EQ(Json::parse(known.out)["compared"], 1);
}

std::string measured(const std::string& name) {
  return std::string(BERTH_SOURCE_DIR) + "/data/measured/" + name;
}

TEST(ValidateCommand, ReadsTheFilesOfLoadGeneratorsTogether) {
  const Outcome outcome = run_berth(
      {"validate", measured("vllm-bench.json"), measured("aiperf.json"), measured("guidellm.json"),
       measured("inference-perf.json"), "--gpu", "h100-sxm", "--tp", "1", "--model", "llama-3.1-8b",
       "--engine", "vllm-0.12.0", "--output", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  ASSERT_EQ(json["count"], 23);
  EXPECT_EQ(json["compared"], 23);
  EXPECT_THAT(json["measured"].get<std::string>(), HasSubstr("aiperf.json, "));
  EXPECT_THAT(json["rows"][0]["file"].get<std::string>(), HasSubstr("vllm-bench.json"));
  EXPECT_THAT(json["rows"][22]["file"].get<std::string>(), HasSubstr("inference-perf.json"));
  EXPECT_EQ(json["rows"][22]["engine"], "vllm-0.12.0");
  EXPECT_EQ(json["rows"][22]["gpu"], "h100-sxm");
  EXPECT_EQ(json["rows"][22]["tp"], 1);
}

TEST(ValidateCommand, NamesTheFileOfTheWorstRowsOfSeveral) {
  const Outcome outcome =
      run_berth({"validate", sample(), measured("aiperf.json"), "--worst", "30"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("aiperf.json:1: does not say which GPU served"));
  const TemporaryDirectory directory;
  const std::string copy = directory.write("copy.csv", file_text(sample()));
  const Outcome both = run_berth({"validate", sample(), copy, "--worst", "30"});
  ASSERT_EQ(both.status, 0) << both.err;
  EXPECT_THAT(both.out, HasSubstr("copy.csv:"));
}

TEST(ValidateCommand, SaysAllThatIsWrongWithAllFiles) {
  const TemporaryDirectory directory;
  const std::string bad = directory.write("bad.json", "{\"foo\": 1}");
  const std::string empty = directory.write("empty.json", "");
  const Outcome outcome = run_berth({"validate", bad, empty, directory.path().string(),
                                     "no/such.json", sample(), sample(), "--gpu", "h100-smx"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("found the keys foo"));
  EXPECT_THAT(outcome.err, HasSubstr("empty.json: the file is empty"));
  EXPECT_THAT(outcome.err, HasSubstr("is a directory"));
  EXPECT_THAT(outcome.err, HasSubstr("no such file"));
  EXPECT_THAT(outcome.err, HasSubstr("given twice"));
  EXPECT_THAT(outcome.err, HasSubstr("--gpu: unknown GPU 'h100-smx'; did you mean 'h100-sxm'?"));
}

TEST(ValidateCommand, AFlagAgainstWhatAFileStatesNamesBoth) {
  const Outcome outcome = run_berth({"validate", measured("aiperf.json"), "--gpu", "h100-sxm",
                                     "--tp", "1", "--model", "llama-3.1-70b"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("states 'meta-llama/Llama-3.1-8B-Instruct' where --model "
                                     "says 'llama-3.1-70b'"));
}

}  // namespace
}  // namespace berth::test
