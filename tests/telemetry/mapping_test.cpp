#include "berth/telemetry/mapping.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/core/file.h"
#include "tests/support/temporary_directory.h"

namespace berth {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string told(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) text += to_string(error) + "\n";
  return text;
}

TEST(Mapping, ReadsAFileOfItsOwn) {
  const TelemetryMapping mapping = parse_telemetry("t.yaml", R"(
format: berth.telemetry/1
pack: dynamo
selector: {namespace: prod}
metrics: {arrivals: [gateway_requests_total, old_requests_total], kv_usage: null}
model_label: [served, model]
deployment_label: variant
classes:
  chat: {match: {tenant: [b, a], model: m}}
  long: {match: {model: n}, prompt_min: 4000}
  short: {match: {model: n}, prompt_max: 4000}
)")
                                       .value();
  EXPECT_EQ(mapping.pack.name, "dynamo");
  EXPECT_EQ(mapping.pack.of(MetricRole::kArrivals),
            (std::vector<std::string>{"gateway_requests_total", "old_requests_total"}));
  EXPECT_EQ(mapping.pack.of(MetricRole::kTtft),
            (std::vector<std::string>{"dynamo_frontend_time_to_first_token_seconds"}));
  EXPECT_EQ(mapping.pack.model_labels, (std::vector<std::string>{"served", "model"}));
  EXPECT_EQ(mapping.pack.deployment_labels, (std::vector<std::string>{"variant"}));
  EXPECT_TRUE(mapping.pack.running_includes_waiting);
  EXPECT_EQ(mapping.selector, (std::vector<LabelMatch>{{"namespace", {"prod"}}}));
  ASSERT_EQ(mapping.classes.size(), 3U);
  EXPECT_EQ(mapping.classes[0].match,
            (std::vector<LabelMatch>{{"model", {"m"}}, {"tenant", {"a", "b"}}}));
  EXPECT_EQ(mapping.classes[1].prompt_min, 4000.0);
  EXPECT_EQ(mapping.source, "t.yaml");
}

TEST(Mapping, TheCommandLinesPackWins) {
  const std::string text = "format: berth.telemetry/1\npack: dynamo\n";
  EXPECT_EQ(parse_telemetry("t", text, "llm-d")->pack.name, "llm-d");
  EXPECT_EQ(told(parse_telemetry("t", text, "llmd").errors()),
            "t:1: unknown metric pack 'llmd'; did you mean 'llm-d'?\n");
}

TEST(Mapping, AllErrorsAreToldAtOnceWithTheirPlaces) {
  const auto mapping = parse_telemetry("t.yaml", R"(format: berth.telemetry/1
pack: vlm
selektor: {a: b}
metrics: {arivals: x, ttft: "no metric"}
classes:
  a: {match: {model_name: m}}
  b: {match: {model_name: m}}
  c: {}
  "d e": {match: {"model-name": m}}
  f: {match: m, prompt_min: 10, prompt_max: 5}
  g: {match: {x: [y], q: 5}, limit: 3}
)");
  ASSERT_FALSE(mapping.ok());
  const std::string text = told(mapping.errors());
  EXPECT_THAT(text, HasSubstr("t.yaml:2: /pack: unknown metric pack 'vlm'; did you mean 'vllm'?"));
  EXPECT_THAT(text, AllOf(HasSubstr("t.yaml:3: /selektor"), HasSubstr("'selector'")));
  EXPECT_THAT(text, AllOf(HasSubstr("unknown metric 'arivals'"), HasSubstr("'arrivals'")));
  EXPECT_THAT(text, HasSubstr("'no metric' is not the name of a metric"));
  EXPECT_THAT(text, HasSubstr("t.yaml:7: /classes/b: takes the same requests as 'a'"));
  EXPECT_THAT(text, HasSubstr("t.yaml:8: /classes/c: nothing says which requests"));
  EXPECT_THAT(text, HasSubstr("'d e' cannot be the name of a class"));
  EXPECT_THAT(text, HasSubstr("'model-name' cannot be the name of a label"));
  EXPECT_THAT(text, HasSubstr("prompt_max must be greater than prompt_min"));
  EXPECT_THAT(text, HasSubstr("/classes/f/match: expected labels"));
  EXPECT_THAT(text, HasSubstr("/classes/g/match/q: expected text"));
  EXPECT_THAT(text, HasSubstr("/classes/g/limit"));
}

TEST(Mapping, IsASectionOfAFleet) {
  const testing::TemporaryDirectory directory;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(directory.path() / name) << text;
    return directory.path() / name;
  };
  write("base.yaml",
        "format: berth.fleet/1\ntelemetry: {pack: llm-d, classes: {chat: {match: {a: b}}}}\n");
  const auto including =
      write("fleet.yaml", "format: berth.fleet/1\ninclude: [base.yaml]\nclasses: []\n");
  const auto without = write("plain.yaml", "format: berth.fleet/1\n");
  const auto own =
      write("own.yaml", "format: berth.fleet/1\ninclude: [base.yaml]\ntelemetry: {pack: dynamo}\n");
  const auto bad = write("bad.yaml", "format: berth.fleet/1\ntelemetry:\n  pak: dynamo\n");
  const auto circle = write("circle.yaml", "format: berth.fleet/1\ninclude: [circle.yaml]\n");
  EXPECT_EQ(read_telemetry(including)->pack.name, "llm-d");
  EXPECT_EQ(read_telemetry(including)->classes.size(), 1U);
  EXPECT_EQ(read_telemetry(without)->pack.name, "vllm");
  EXPECT_EQ(read_telemetry(without, "dynamo")->pack.name, "dynamo");
  EXPECT_EQ(read_telemetry(own)->pack.name, "dynamo");
  EXPECT_TRUE(read_telemetry(own)->classes.empty());
  EXPECT_THAT(told(read_telemetry(bad).errors()), HasSubstr("bad.yaml:3: /telemetry/pak"));
  EXPECT_TRUE(read_telemetry(circle).ok());
  EXPECT_EQ(read_telemetry(directory.path() / "none.yaml").errors()[0].code, ErrorCode::kNotFound);
}

TEST(Mapping, OtherFilesAreRefused) {
  EXPECT_THAT(told(parse_telemetry("x", "format: berth.plan/1\n").errors()),
              HasSubstr("berth.telemetry/1"));
  EXPECT_FALSE(parse_telemetry("x", "- a\n").ok());
  EXPECT_FALSE(parse_telemetry("x", "").ok());
}

nlohmann::json fleet_definitions() {
  const auto file = read_file(std::string(BERTH_SOURCE_DIR) + "/data/schema/fleet.schema.json");
  return nlohmann::json::parse(*file).at("$defs");
}

std::vector<std::string> schema_keys(const nlohmann::json& object) {
  EXPECT_EQ(object.at("additionalProperties"), false);
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.at("properties").items()) keys.push_back(key);
  return keys;
}

TEST(Mapping, TheSchemaHasTheReadersKeysAndNames) {
  const auto definitions = fleet_definitions();
  EXPECT_EQ(telemetry_keys().size(), 2U);
  for (const auto& [section, keys] : telemetry_keys()) {
    EXPECT_EQ(schema_keys(definitions.at(section)), keys) << section;
  }
  const auto& properties = definitions.at("telemetry").at("properties");
  EXPECT_EQ(properties.at("pack").at("enum").get<std::vector<std::string>>(), metric_pack_names());
  std::vector<std::string> roles;
  for (const MetricRole role : metric_roles()) roles.emplace_back(to_string(role));
  EXPECT_EQ(properties.at("metrics").at("propertyNames").at("enum").get<std::vector<std::string>>(),
            roles);
}

TEST(TelemetrySchema, HasTheReadersKeysInEverySection) {
  const auto schema = nlohmann::json::parse(telemetry_schema());
  for (auto [section, keys] : telemetry_keys()) {
    const bool whole = section == "telemetry";
    if (whole) keys.insert(std::upper_bound(keys.begin(), keys.end(), "format"), "format");
    EXPECT_EQ(schema_keys(whole ? schema : schema.at("$defs").at(section)), keys) << section;
  }
}

/// One section, two files: they cannot drift.
TEST(TelemetrySchema, SaysWhatTheFleetsSaysOfItsSection) {
  const auto schema = nlohmann::json::parse(telemetry_schema());
  const auto fleet = fleet_definitions();
  auto properties = schema.at("properties");
  EXPECT_EQ(properties.at("format").at("const"), "berth.telemetry/1");
  properties.erase("format");
  EXPECT_EQ(properties, fleet.at("telemetry").at("properties"));
  for (const auto& [name, definition] : schema.at("$defs").items()) {
    EXPECT_EQ(definition, fleet.at(name)) << name;
  }
}

TEST(TelemetrySchema, IsTheFileInTheTree) {
  const auto file = read_file(std::string(BERTH_SOURCE_DIR) + "/data/schema/telemetry.schema.json");
  EXPECT_EQ(*file, telemetry_schema());
}

TEST(Mapping, ClassesThatTheFleetLacksAreTold) {
  const TelemetryMapping mapping =
      parse_telemetry("t", "format: berth.telemetry/1\nclasses: {chta: {match: {a: b}}}\n").value();
  const std::vector<std::string> known = {"chat", "code"};
  const auto errors = unknown_classes(mapping, known);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].suggestion, "did you mean 'chat'?");
}

}  // namespace
}  // namespace berth
