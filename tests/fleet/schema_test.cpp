// The JSON Schema and the reader must name the same keys.

#include "berth/fleet/schema.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/core/file.h"

namespace berth {
namespace {

using Json = nlohmann::json;

std::vector<std::string> schema_keys(const Json& schema, const std::string& section) {
  const Json& object = section == "fleet" ? schema : schema.at("$defs").at(section);
  EXPECT_EQ(object.at("additionalProperties"), false) << section;
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.at("properties").items()) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST(FleetSchema, HasTheReadersKeysInEverySection) {
  const Json schema = Json::parse(fleet_schema());
  const auto read = fleet_keys();
  EXPECT_EQ(read.size(), 12U);
  for (const auto& [section, keys] : read) EXPECT_EQ(schema_keys(schema, section), keys) << section;
}

TEST(FleetSchema, HasNoSectionTheReaderLacks) {
  const Json schema = Json::parse(fleet_schema());
  const auto read = fleet_keys();
  for (const auto& [section, definition] : schema.at("$defs").items()) {
    if (!definition.contains("properties")) continue;
    if (section.starts_with("telemetry")) continue;  // tests/telemetry holds it against its reader
    EXPECT_TRUE(read.contains(section)) << section;
  }
}

/// Every "$ref" leads somewhere.
void check_references(const Json& root, const Json& node) {
  if (node.is_object()) {
    for (const auto& [key, value] : node.items()) {
      if (key == "$ref") {
        const std::string target = value.get<std::string>();
        ASSERT_EQ(target.substr(0, 1), "#");
        EXPECT_TRUE(root.contains(Json::json_pointer(target.substr(1)))) << target;
      } else {
        check_references(root, value);
      }
    }
  } else if (node.is_array()) {
    for (const Json& item : node) check_references(root, item);
  }
}

TEST(FleetSchema, ReferencesLeadSomewhere) {
  const Json schema = Json::parse(fleet_schema());
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  check_references(schema, schema);
}

TEST(FleetSchema, IsTheFileInTheTree) {
  const auto file = read_file(std::string(BERTH_SOURCE_DIR) + "/data/schema/fleet.schema.json");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, fleet_schema());
}

}  // namespace
}  // namespace berth
