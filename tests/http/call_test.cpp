#include "berth/http/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/http/route.h"

namespace berth::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Pairs = std::vector<std::pair<std::string, std::string>>;

HttpRoute plain_route() {
  HttpRoute route;
  route.path = "/things/{id}";
  route.parameters = {{"id", ParameterType::kInteger, "", 1, 100},
                      {"limit", ParameterType::kInteger, "", 1, 500, false, {}, "50"},
                      {"title", ParameterType::kText, "", 0, 20},
                      {"async", ParameterType::kFlag, ""}};
  return route;
}

HttpRoute object_route() {
  HttpRoute route = plain_route();
  route.body = HttpRoute::Body::kObject;
  route.fields = {
      {"demand", ParameterType::kRange, "", 0, 10, false, {}, "[0.8, 1.5]"},
      {"seed", ParameterType::kInteger, "", 0, 1e15, false, {}, "1"},
      {"words", ParameterType::kWords, "", 0, 0, false, {"a", "b"}, "[\"a\"]"},
      {"share", ParameterType::kShare, "", 0, 1},
  };
  return route;
}

Result<Call> read(const HttpRoute& route, const Pairs& path, const Pairs& query,
                  const std::string& body = "") {
  return Call::read(route, path, query, {{}, body});
}

TEST(CallTest, ReadsPathQueryAndFallbacks) {
  const auto call = read(plain_route(), {{"id", "7"}}, {{"async", ""}});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->integer("id"), 7);
  EXPECT_EQ(call->integer("limit"), 50);
  EXPECT_TRUE(call->flag("async"));
  EXPECT_TRUE(call->given("limit"));
  EXPECT_FALSE(call->given("title"));
}

TEST(CallTest, AFlagThatIsNotGivenIsFalse) {
  const auto call = read(plain_route(), {{"id", "7"}}, {});
  ASSERT_TRUE(call);
  EXPECT_FALSE(call->flag("async"));
}

TEST(CallTest, TellsAllErrorsAtOnce) {
  const auto call = read(object_route(), {{"id", "x"}},
                         {{"limt", "1"}, {"limit", "0"}, {"async", "1"}, {"async", "0"}},
                         "{\n\"seed\": -1,\n\"words\": [\"c\"],\n\"sead\": 2}");
  ASSERT_FALSE(call);
  std::vector<std::string> seen;
  for (const Error& e : call.errors())
    seen.push_back(std::string(to_string(e.code)) + " " + e.where);
  EXPECT_THAT(seen, ElementsAre("wrong_type id", "unknown_key limt", "out_of_range limit",
                                "duplicate async", "out_of_range line 2: /seed",
                                "unknown_name line 3: /words/0", "unknown_key line 4: /sead"));
  EXPECT_THAT(call.errors()[1].suggestion, HasSubstr("limit"));
  EXPECT_THAT(call.errors()[6].suggestion, HasSubstr("seed"));
}

TEST(CallTest, ASecondValueIsRefusedAlsoWhereTheFirstIsWrong) {
  const auto call = read(plain_route(), {{"id", "7"}}, {{"limit", "x"}, {"limit", "5"}});
  ASSERT_FALSE(call);
  EXPECT_EQ(call.errors()[0].code, ErrorCode::kWrongType);
}

TEST(CallTest, APathsNameCannotBeSaidAgainInTheQuery) {
  const auto call = read(plain_route(), {{"id", "7"}}, {{"id", "8"}});
  ASSERT_FALSE(call);
  EXPECT_EQ(call.errors()[0].code, ErrorCode::kDuplicate);
}

TEST(CallTest, AnEmptyBodyIsAnEmptyObject) {
  for (const char* body : {"", "  \r\n ", "{}"}) {
    const auto call = read(object_route(), {{"id", "7"}}, {}, body);
    ASSERT_TRUE(call) << body;
    EXPECT_THAT(call->numbers("demand"), ElementsAre(0.8, 1.5));
    EXPECT_THAT(call->words("words"), ElementsAre("a"));
    EXPECT_EQ(call->integer("seed"), 1);
    EXPECT_FALSE(call->given("share"));
  }
}

TEST(CallTest, NullIsAbsent) {
  const auto call = read(object_route(), {{"id", "7"}}, {}, R"({"seed": null, "share": null})");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->integer("seed"), 1);
  EXPECT_FALSE(call->given("share"));
}

TEST(CallTest, OtherBodiesThanObjectsAreRefused) {
  for (const char* body :
       {"[]", "3", "\"a\"", "null", "{", "{\"seed\": 1,}", "{\"seed\": 1}x", "\xff", "seed: 1"}) {
    EXPECT_FALSE(read(object_route(), {{"id", "7"}}, {}, body)) << body;
  }
  const auto doubled = read(object_route(), {{"id", "7"}}, {}, R"({"seed": 1, "seed": 2})");
  ASSERT_FALSE(doubled);
  EXPECT_EQ(doubled.errors()[0].code, ErrorCode::kDuplicate);
}

TEST(CallTest, DeepBodiesAreRefusedAndHarmNothing) {
  const auto call = read(object_route(), {{"id", "7"}}, {}, std::string(1'000'000, '['));
  ASSERT_FALSE(call);
  EXPECT_EQ(call.errors()[0].code, ErrorCode::kSyntax);
  EXPECT_THAT(call.errors(), SizeIs(1));
}

TEST(CallTest, TheBodyOfOtherRoutesIsNotRead) {
  const auto call = read(plain_route(), {{"id", "7"}}, {}, "{");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->request().body, "{");
}

}  // namespace
}  // namespace berth::test
