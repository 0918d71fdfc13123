// What other programs ask: targets, metrics, health, the API's own document; and who may ask.

#include <cctype>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "tests/service/served.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MachinesTest : public ServedTest {
 protected:
  void ask_for_token() {
    options().token_file = directory() / "token";
    ASSERT_TRUE(write_file(options().token_file, kToken));
  }
  static constexpr const char* kToken = "0123456789abcdef0123";
};

TEST_F(MachinesTest, TargetsAreThoseOfTheActivePlan) {
  EXPECT_EQ(get("/v1/targets/default/any").status, 404);
  make_plan();
  EXPECT_THAT(get("/v1/targets/default/any").body, HasSubstr("no plan is active"));
  ASSERT_EQ(post("/v1/plans/1/activate").status, 200);
  const Json row = get("/v1/plans/1").json()["plan"]["deployments"][0];
  const std::string name = row["name"];
  std::string escaped;
  for (const char c : name) escaped += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  const Answer target = get("/v1/targets/default/" + escaped);
  EXPECT_EQ(target.status, 200) << target.body;
  EXPECT_EQ(target.json(), Json({{"desired", row["replicas"]}}));
  EXPECT_EQ(get("/v1/targets/other/" + escaped).status, 404);
  EXPECT_EQ(get("/v1/targets/default/other").status, 404);
}

TEST_F(MachinesTest, WhatIsRefusedIsCountedToo) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(ask("PUT", "/v1/plans").status, 405);
  EXPECT_EQ(get("/v1/plans?a=%f").status, 400);
  EXPECT_EQ(ask("GET", "/v1/plans", "", "", "Host", "evil.example").status, 403);
  EXPECT_EQ(post("/v1/plans", std::string(options().max_body + 1, '#')).status, 413);
  EXPECT_THAT(get("/metrics").body, HasSubstr("berth_http_answers_total{status=\"4xx\"} 5\n"));
}

TEST_F(MachinesTest, MetricsAreOpenMetrics) {
  const Answer before = get("/metrics");
  EXPECT_THAT(before.type, HasSubstr("application/openmetrics-text"));
  EXPECT_THAT(before.body, Not(HasSubstr("berth_desired_replicas")));
  make_plan();
  post("/v1/plans", kTooMuch);
  ASSERT_EQ(post("/v1/plans/1/activate").status, 200);
  const Answer after = get("/metrics");
  std::set<std::string> families;
  for (const std::string& line : split(after.body, '\n')) {
    if (line.empty()) continue;
    if (line.starts_with("# TYPE ")) {
      const std::string family = split(line, ' ')[2];
      EXPECT_TRUE(families.insert(family).second) << "twice: " << family;
    }
    if (line.starts_with('#')) continue;
    const std::size_t space = line.rfind(' ');
    EXPECT_TRUE(parse_number(line.substr(space + 1))) << line;
    EXPECT_TRUE(line.starts_with("berth_")) << line;
  }
  EXPECT_TRUE(after.body.ends_with("# EOF\n"));
  for (const char* text : {"berth_plans 1\n", "berth_jobs_total{state=\"done\"} 1\n",
                           "berth_jobs_total{state=\"failed\"} 1\n", "berth_jobs_running 0\n",
                           "berth_desired_replicas{variant=\"", "berth_plan_cost_usd_per_hour ",
                           "berth_predicted_ttft_seconds{class=\"chat\"} ",
                           "berth_http_answers_total{status=\"4xx\"} 1\n"}) {
    EXPECT_THAT(after.body, HasSubstr(text));
  }
}

TEST_F(MachinesTest, HealthReadinessAndThePage) {
  EXPECT_EQ(get("/healthz").body, "ok\n");
  EXPECT_EQ(get("/readyz").body, "ok\n");
  const Answer page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.type, HasSubstr("text/html"));
  EXPECT_EQ(get("/assets/none.js").status, 404);
  EXPECT_EQ(get("/assets/..%2Findex.html").status, 404);
  EXPECT_EQ(get("/assets/").status, 404);
}

TEST_F(MachinesTest, ATokenIsAskedForButAtOpenRows) {
  ask_for_token();
  for (const char* path : {"/", "/healthz", "/readyz", "/openapi.json"}) {
    EXPECT_EQ(get(path).status, 200) << path;
  }
  for (const char* path : {"/v1/plans", "/v1/jobs", "/metrics", "/v1/examples", "/v1/nothing"}) {
    EXPECT_EQ(get(path).status, 401) << path;
    EXPECT_EQ(ask("GET", path, "", "", "Authorization", "Bearer wrong-0123456789abc").status, 401);
  }
  EXPECT_EQ(post("/v1/plans", kSmallFleet).status, 401);
  const std::string bearer = std::string("Bearer ") + kToken;
  EXPECT_EQ(ask("GET", "/v1/plans", "", "", "Authorization", bearer).status, 200);
  EXPECT_EQ(ask("GET", "/v1/nothing", "", "", "Authorization", bearer).status, 404);
  EXPECT_THAT(get("/openapi.json").body, HasSubstr("\"bearer\""));
}

TEST_F(MachinesTest, BeyondLoopbackATokenIsRequired) {
  ServeOptions open = options();
  open.listen = {"0.0.0.0", 0};
  open.db = directory() / "other.db";
  const auto refused = Service::open(open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, ErrorCode::kUsage);
  EXPECT_FALSE(std::filesystem::exists(open.db));
  open.token_file = directory() / "none";
  const auto missing = Service::open(open);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.errors()[0].code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_file(open.token_file, kToken));
  EXPECT_TRUE(Service::open(open));
}

TEST_F(MachinesTest, OtherSitesMayNotAsk) {
  EXPECT_EQ(ask("GET", "/v1/plans", "", "", "Host", "evil.example").status, 403);
  EXPECT_EQ(
      ask("POST", "/v1/plans", kSmallFleet, "text/plain", "Origin", "http://evil.example").status,
      403);
  EXPECT_EQ(
      ask("GET", "/v1/plans", "", "", "Origin", fmt::format("http://127.0.0.1:{}", port())).status,
      200);
}

/// Every $ref of a document leads somewhere.
void expect_references(const Json& json, const Json& root) {
  if (json.is_array()) {
    for (const Json& item : json) expect_references(item, root);
  }
  if (!json.is_object()) return;
  for (const auto& [name, value] : json.items()) {
    if (name == "$ref" && value.is_string()) {
      const std::string pointer = value.get<std::string>().substr(1);
      EXPECT_TRUE(root.contains(Json::json_pointer(pointer))) << pointer;
    }
    expect_references(value, root);
  }
}

TEST_F(MachinesTest, TheDocumentIsThatOfTheRoutes) {
  const Json document = get("/openapi.json").json();
  EXPECT_EQ(document, Json::parse(service_openapi("1.2.3", false)));
  expect_references(document, document);
  std::set<std::string> ids;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
      EXPECT_NE(operation["summary"], "") << path;
      std::set<std::string> names;
      std::string filled = path;
      for (const Json& parameter : operation["parameters"]) {
        EXPECT_TRUE(names.insert(parameter["name"]).second) << path;
        EXPECT_NE(parameter["description"], "") << path << parameter["name"];
        const std::string place = "{" + parameter["name"].get<std::string>() + "}";
        const std::size_t at = filled.find(place);
        EXPECT_EQ(at != std::string::npos, parameter["in"] == "path") << path;
        if (at != std::string::npos) filled.replace(at, place.size(), "1");
      }
      EXPECT_EQ(filled.find('{'), std::string::npos) << filled;
      // Each row of the document is served: whatever it says, it is not that there is no such row.
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      const Answer answer = ask(upper, filled, upper == "POST" ? "?" : "");
      EXPECT_NE(answer.status, 405) << upper << filled;
      EXPECT_THAT(answer.body, Not(HasSubstr("nothing is served"))) << upper << filled;
      EXPECT_TRUE(operation["responses"].contains(std::to_string(answer.status)))
          << upper << filled << answer.status;
    }
  }
  EXPECT_GE(ids.size(), 30U);
}

TEST_F(MachinesTest, TheDocumentationNamesEveryRow) {
  const auto page = read_file(BERTH_SOURCE_DIR "/docs/serve.md");
  ASSERT_TRUE(page);
  const Json document = get("/openapi.json").json();
  for (const auto& [path, operations] : document["paths"].items()) {
    if (path.starts_with("/assets")) continue;
    EXPECT_THAT(*page, HasSubstr(path)) << "docs/serve.md";
  }
}

}  // namespace
}  // namespace berth::test
