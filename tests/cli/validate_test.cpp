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

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ValidateCommand, PrintsTheErrorsAndWritesRowsPlotsAndAPage) {
  const TemporaryDirectory directory;
  const Outcome outcome = run_berth({"validate", sample(), "-o", "out"}, directory.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("23 rows, 23 compared"));
  EXPECT_THAT(outcome.out, HasSubstr("TPOT"));
  EXPECT_THAT(outcome.out, HasSubstr("h100-sxm"));
  EXPECT_THAT(outcome.out, HasSubstr("sn40l"));
  const fs::path out = directory.path() / "out";
  EXPECT_THAT(read(out / "validation.csv"), HasSubstr("predicted,error"));
  EXPECT_THAT(read(out / "validation-times.svg"), HasSubstr("<svg"));
  EXPECT_THAT(read(out / "validation-rates.svg"), HasSubstr("<svg"));
  EXPECT_THAT(read(out / "validation.html"), HasSubstr("Predicted against measured"));
}

TEST(ValidateCommand, PrintsJsonAndNothingElse) {
  const Outcome outcome = run_berth({"validate", sample(), "--output", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["format"], "berth.validation/1");
  ASSERT_EQ(json["rows"].size(), 23U);
  std::size_t compared = 0;
  for (const Json& row : json["rows"]) {
    compared += row["predicted"].is_null() ? 0U : 1U;
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

}  // namespace
}  // namespace berth::test
