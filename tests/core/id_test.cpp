#include "berth/core/id.h"

#include <type_traits>
#include <unordered_set>

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(Id, IsExplicitBothWaysAndTyped) {
  static_assert(!std::is_convertible_v<int, ClassId>);
  static_assert(!std::is_convertible_v<ClassId, std::size_t>);
  static_assert(!std::is_convertible_v<ClassId, PoolId>);
  static_assert(!std::is_constructible_v<ClassId, PoolId>);
  EXPECT_EQ(ClassId(3).index(), 3U);
  EXPECT_EQ(ClassId().value(), 0U);
}

TEST(Id, OrdersAndHashesByIndex) {
  EXPECT_LT(OptionId(1), OptionId(2));
  EXPECT_EQ(OptionId(2), OptionId(std::size_t{2}));
  const std::unordered_set<OptionId> set = {OptionId(1), OptionId(1), OptionId(5)};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace berth
