#include "berth/core/error.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "berth/core/result.h"

namespace berth {
namespace {

constexpr int kCodeCount = static_cast<int>(ErrorCode::kInternal) + 1;

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i < kCodeCount; ++i) names.emplace(to_string(static_cast<ErrorCode>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kCodeCount));
  EXPECT_TRUE(names.contains("unknown_key"));
}

TEST(Error, ExitStatusFollowsTheTable) {
  for (int i = 0; i < kCodeCount; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const int expected = code == ErrorCode::kInfeasible     ? 3
                         : code == ErrorCode::kLimitReached ? 4
                         : code == ErrorCode::kInternal     ? 70
                                                            : 1;
    EXPECT_EQ(exit_status(code), expected) << to_string(code);
  }
}

TEST(Error, GravestErrorDecidesTheExitStatus) {
  const Error limit{ErrorCode::kLimitReached, "", "", ""};
  const Error infeasible{ErrorCode::kInfeasible, "", "", ""};
  const Error input{ErrorCode::kMissing, "", "", ""};
  const Error internal{ErrorCode::kInternal, "", "", ""};
  EXPECT_EQ(exit_status(Errors{limit, infeasible}), 3);
  EXPECT_EQ(exit_status(Errors{infeasible, input, limit}), 1);
  EXPECT_EQ(exit_status(Errors{input, internal, infeasible}), 70);
  EXPECT_EQ(exit_status(Errors{limit}), 4);
}

TEST(Error, OneLineLeavesOutWhatIsEmpty) {
  EXPECT_EQ(to_string(Error{ErrorCode::kMissing, "is missing", "", ""}), "is missing");
  EXPECT_EQ(to_string(Error{ErrorCode::kMissing, "is missing", "a.yaml:3", ""}),
            "a.yaml:3: is missing");
  EXPECT_EQ(to_string(Error{ErrorCode::kMissing, "is missing", "a.yaml:3", "add it"}),
            "a.yaml:3: is missing; add it");
}

TEST(Result, HoldsAValueOrAllErrors) {
  const Result<int> good = 7;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  const Result<int> bad =
      Errors{{ErrorCode::kMissing, "a", "", ""}, {ErrorCode::kSyntax, "b", "", ""}};
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.errors().size(), 2U);
  const Result<int> one = Error{ErrorCode::kUsage, "c", "", ""};
  ASSERT_FALSE(one.ok());
  EXPECT_EQ(one.errors().front().message, "c");
}

TEST(Result, MovesItsValueOut) {
  Result<std::string> text = std::string(100, 'x');
  const std::string moved = *std::move(text);
  EXPECT_EQ(moved.size(), 100U);
}

}  // namespace
}  // namespace berth
