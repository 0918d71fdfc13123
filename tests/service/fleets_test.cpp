// Fleets before they are planned; files of this machine stay where they are.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/served.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FleetsTest : public ServedTest {
 protected:
  Json check(const std::string& fleet) {
    const Answer answer = post("/v1/fleets/check", fleet);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
};

TEST_F(FleetsTest, AGoodFleetIsUnderstood) {
  const Json checked = check(kSmallFleet);
  EXPECT_EQ(checked["valid"], true);
  EXPECT_EQ(checked["errors"].size(), 0U);
  EXPECT_EQ(checked["fleet"]["classes"][0]["name"], "chat");
  EXPECT_EQ(checked["fleet"]["classes"][0]["rate"], 5.0);
  EXPECT_EQ(checked["fleet"]["classes"][0]["prompt_tokens"], 1000.0);
  EXPECT_EQ(checked["fleet"]["classes"][0]["slo"]["ttft"], 2.0);
  EXPECT_EQ(checked["fleet"]["models"], Json::array({"llama-3.1-8b", "qwen3-8b"}));
  EXPECT_EQ(checked["fleet"]["pools"][0]["offers"][0]["cost"], 1.861);
  EXPECT_EQ(checked["fleet"]["budget"], nullptr);
}

TEST_F(FleetsTest, ErrorsHaveLineAndPointer) {
  const Json checked = check("format: berth.fleet/1\nclasses:\n  - {name: a, rate: -1}\n");
  EXPECT_EQ(checked["valid"], false);
  EXPECT_EQ(checked["fleet"], nullptr);
  bool found = false;
  for (const Json& error : checked["errors"]) {
    found = found || (error["line"] == 3 && error["pointer"] == "/classes/0/rate" &&
                      error["code"] == "out_of_range");
  }
  EXPECT_TRUE(found) << checked.dump();
}

TEST_F(FleetsTest, AnythingIsCheckedAndNothingBreaks) {
  for (const std::string& text :
       {std::string(), std::string("3"), std::string("[]"), std::string("null"), std::string("{"),
        std::string("\xff\xfe"), std::string("\0", 1), std::string("a: *b"), std::string("- - -"),
        std::string("format: berth.fleet/2"), std::string("catalog: builtin"),
        std::string("workload: []"), std::string("include: {}"), std::string("--- a\n--- b\n"),
        std::string(200'000, '['), std::string("%YAML 9.9\n---\n"), std::string("!!binary x")}) {
    const Json checked = check(text);
    EXPECT_EQ(checked["valid"], false) << text;
    EXPECT_GE(checked["errors"].size(), 1U) << text;
  }
}

TEST_F(FleetsTest, FleetsThatNameFilesAreRefused) {
  const std::string secret = (directory() / "secret.yaml").string();
  std::ofstream(secret) << "models: top-secret\n";
  const std::vector<std::string> lines = {"include: " + secret,
                                          "include: [" + secret + "]",
                                          "catalog: [builtin, " + secret + "]",
                                          "catalog: [{a: 1}]",
                                          "catalog: " + secret,
                                          "workload: " + secret,
                                          "workload: ../../etc/passwd",
                                          "workload: {trace: " + secret + "}",
                                          "workload: {file: " + secret + "}",
                                          "workload: [" + secret + "]",
                                          "\"include\": " + secret};
  for (const std::string& line : lines) {
    const Answer answer = post("/v1/plans", kSmallFleet + line + "\n");
    EXPECT_EQ(answer.status, 400) << line << answer.body;
    EXPECT_THAT(answer.body, Not(HasSubstr("top-secret"))) << line;
    EXPECT_EQ(check(kSmallFleet + line + "\n")["valid"], false) << line;
    EXPECT_EQ(post("/v1/explanations", kSmallFleet + line + "\n").status, 400) << line;
  }
  const Answer named = post("/v1/plans", kSmallFleet + "workload: " + secret + "\n");
  EXPECT_THAT(named.problems(), HasSubstr("unsupported line 7: /workload"));
}

TEST_F(FleetsTest, AFileIsNotToldFromNone) {
  const std::string there = (directory() / "there.yaml").string();
  std::ofstream(there) << "x";
  const auto told = [&](const std::string& path) {
    std::string body = post("/v1/plans", kSmallFleet + "catalog: [" + path + "]\n").body;
    for (std::size_t at = body.find(path); at != std::string::npos; at = body.find(path)) {
      body.erase(at, path.size());
    }
    return body;
  };
  EXPECT_EQ(told(there), told((directory() / "other.yaml").string()));
}

TEST_F(FleetsTest, ExamplesAreValid) {
  const Json examples = get("/v1/examples").json();
  EXPECT_GE(examples["examples"].size(), 4U);
  for (const Json& example : examples["examples"]) {
    EXPECT_EQ(check(example["text"])["valid"], true) << example["name"];
    EXPECT_NE(example["title"], "");
  }
}

TEST_F(FleetsTest, TheSchemaAndTheCatalogAreServedWithTags) {
  for (const char* path :
       {"/v1/schemas/fleet", "/v1/examples", "/v1/catalog/models", "/v1/catalog/gpus",
        "/v1/catalog/offers", "/v1/catalog/engines", "/v1/catalog/workloads"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_TRUE(answer.json().is_object()) << path;
    EXPECT_EQ(ask("GET", path, "", "", "If-None-Match", answer.etag).status, 304) << path;
  }
  EXPECT_EQ(get("/v1/catalog/models/qwen3-8b").status, 200);
  EXPECT_EQ(get("/v1/catalog/gpus/l40s").status, 200);
  EXPECT_EQ(get("/v1/catalog/offers/aws").status, 200);
  EXPECT_EQ(get("/v1/catalog/models/none").status, 404);
  EXPECT_EQ(get("/v1/catalog/models/..%2F..%2Fetc").status, 404);
  EXPECT_EQ(get("/v1/catalog/cars").status, 400);
  EXPECT_EQ(get("/v1/catalog/engines/vllm").status, 400);
}

TEST_F(FleetsTest, AnInfeasibleFleetIsExplained) {
  const Answer answer = post("/v1/explanations", kTooMuch);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["format"], "berth.explanation/1");
  const Answer job = post("/v1/explanations?async", kTooMuch);
  ASSERT_EQ(job.status, 202);
  const Json done = wait_for_job(job.json()["id"], "done");
  EXPECT_EQ(done["result"]["explanation"]["format"], "berth.explanation/1");
  EXPECT_EQ(get("/v1/jobs").json()["jobs"][0]["result"], nullptr) << "too large for a list";
}

}  // namespace
}  // namespace berth::test
