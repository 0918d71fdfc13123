#include "berth/http/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace berth::test {
namespace {

using Json = nlohmann::json;
using ::testing::UnorderedElementsAre;

std::vector<HttpRoute> rows() {
  std::vector<HttpRoute> routes(3);
  routes[0] = {"GET",
               "/things/{id}",
               "get_thing",
               "things",
               "A thing",
               {{"id", ParameterType::kInteger, "which", 1, 1e15},
                {"limit", ParameterType::kInteger, "", 1, 500, false, {}, "50"},
                {"flag", ParameterType::kFlag, "f"}},
               HttpRoute::Body::kNone,
               {},
               {{200, "it", "Thing"}, {200, "it", "", "text/csv"}, {404, "none", "Problem"}}};
  routes[1] = {"POST",
               "/things/{id}",
               "post_thing",
               "things",
               "Makes one",
               {{"id", ParameterType::kInteger, "which", 1, 1e15}},
               HttpRoute::Body::kObject,
               {{"above", ParameterType::kNumber, "", 0, 10, true},
                {"text", ParameterType::kText, "", 1, 20},
                {"choice", ParameterType::kChoice, "", 0, 0, false, {"a", "b"}, "\"a\""},
                {"duration", ParameterType::kDuration, "", 1, 60, false, {}, "30"},
                {"share", ParameterType::kShare, "", 0, 0.99},
                {"range", ParameterType::kRange, "", 0, 10, false, {}, "[1, 2]"},
                {"numbers", ParameterType::kNumbers, "", 0, 10, false, {}, "[]"},
                {"words", ParameterType::kWords, "", 0, 0, false, {"x"}, "[]"}},
               {{201, "made", "Thing"}}};
  routes[1].heavy = true;
  routes[2] = {"POST", "/fleet", "post_fleet", "things", "", {}, HttpRoute::Body::kFleet};
  routes[2].answers = {{204, "nothing", "", ""}};
  routes[2].open = true;
  return routes;
}

Json document(bool token = false) {
  return Json::parse(openapi_document(
      rows(), {"Things", "1.2", "About", R"({"Thing": {}, "Problem": {}, "Fleet": {}})", token}));
}

TEST(OpenapiTest, HasWhatEveryDocumentMust) {
  const Json json = document();
  EXPECT_EQ(json["openapi"], "3.1.0");
  EXPECT_EQ(json["info"]["title"], "Things");
  EXPECT_EQ(json["info"]["version"], "1.2");
  EXPECT_EQ(json["paths"].size(), 2U);
  EXPECT_EQ(json["paths"]["/things/{id}"].size(), 2U);
  EXPECT_EQ(json["paths"]["/things/{id}"]["get"]["operationId"], "get_thing");
  EXPECT_EQ(json["paths"]["/things/{id}"]["get"]["tags"], Json::array({"things"}));
}

TEST(OpenapiTest, ParametersStandWhereTheyAreSaid) {
  const Json list = document()["paths"]["/things/{id}"]["get"]["parameters"];
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["in"], "path");
  EXPECT_EQ(list[0]["required"], true);
  EXPECT_EQ(list[0]["schema"]["minimum"], 1);
  EXPECT_EQ(list[0]["schema"]["maximum"], 1'000'000'000'000'000);
  EXPECT_EQ(list[1]["in"], "query");
  EXPECT_EQ(list[1]["required"], false);
  EXPECT_EQ(list[1]["schema"]["default"], 50);
}

TEST(OpenapiTest, BodiesAreDescribedFieldByField) {
  const Json operation = document()["paths"]["/things/{id}"]["post"];
  EXPECT_EQ(operation["requestBody"]["required"], false);
  const Json schema = operation["requestBody"]["content"]["application/json"]["schema"];
  EXPECT_EQ(schema["additionalProperties"], false);
  const Json& fields = schema["properties"];
  EXPECT_EQ(fields["above"]["exclusiveMinimum"], 0);
  EXPECT_EQ(fields["above"]["maximum"], 10);
  EXPECT_EQ(fields["text"]["minLength"], 1);
  EXPECT_EQ(fields["text"]["maxLength"], 20);
  EXPECT_EQ(fields["choice"]["enum"], Json::array({"a", "b", nullptr}));
  EXPECT_EQ(fields["duration"]["anyOf"][0]["maximum"], 60);
  EXPECT_EQ(fields["duration"]["anyOf"][1]["type"], "string");
  EXPECT_EQ(fields["range"]["minItems"], 2);
  EXPECT_EQ(fields["range"]["default"], Json::array({1, 2}));
  EXPECT_EQ(fields["numbers"]["items"]["maximum"], 10);
  EXPECT_EQ(fields["words"]["items"]["enum"], Json::array({"x"}));
}

TEST(OpenapiTest, AFleetIsYamlOrJson) {
  const Json body = document()["paths"]["/fleet"]["post"]["requestBody"];
  EXPECT_EQ(body["required"], true);
  std::vector<std::string> types;
  for (const auto& [type, content] : body["content"].items()) types.push_back(type);
  EXPECT_THAT(types, UnorderedElementsAre("application/json", "application/yaml"));
}

TEST(OpenapiTest, AnswersOfOneStatusComeInSeveralTypes) {
  const Json responses = document()["paths"]["/things/{id}"]["get"]["responses"];
  EXPECT_EQ(responses["200"]["content"].size(), 2U);
  EXPECT_EQ(responses["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/Thing");
  EXPECT_FALSE(responses.contains("401"));
  EXPECT_FALSE(responses.contains("429"));
  EXPECT_TRUE(document()["paths"]["/things/{id}"]["post"]["responses"].contains("429"));
  EXPECT_FALSE(document()["paths"]["/fleet"]["post"]["responses"]["204"].contains("content"));
}

TEST(OpenapiTest, ATokenIsAskedForButAtOpenRows) {
  EXPECT_FALSE(document().contains("security"));
  const Json json = document(true);
  EXPECT_EQ(json["components"]["securitySchemes"]["token"]["scheme"], "bearer");
  EXPECT_EQ(json["security"], Json::array({{{"token", Json::array()}}}));
  EXPECT_EQ(json["paths"]["/fleet"]["post"]["security"], Json::array());
  EXPECT_TRUE(json["paths"]["/things/{id}"]["get"]["responses"].contains("401"));
  EXPECT_FALSE(json["paths"]["/fleet"]["post"]["responses"].contains("401"));
}

}  // namespace
}  // namespace berth::test
