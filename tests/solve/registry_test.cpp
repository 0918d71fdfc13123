#include "berth/solve/registry.h"

#include <set>

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(Registry, FindsEveryMethodByItsName) {
  std::set<std::string_view> names;
  for (const Method& method : methods()) {
    EXPECT_EQ(find_method(method.name), &method);
    EXPECT_FALSE(method.summary.empty());
    EXPECT_TRUE(names.insert(method.name).second) << method.name << " is listed twice";
  }
  EXPECT_TRUE(names.contains("gh"));
  EXPECT_TRUE(names.contains("auto"));
}

TEST(Registry, AnUnknownNameIsNull) {
  EXPECT_EQ(find_method("simplex"), nullptr);
  EXPECT_EQ(find_method(""), nullptr);
  EXPECT_EQ(find_method("GH"), nullptr);
}

}  // namespace
}  // namespace berth
