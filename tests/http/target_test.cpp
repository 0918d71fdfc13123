#include "berth/http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::string> segments(std::string_view target) {
  const auto parsed = parse_target(target);
  return parsed ? parsed->segments : std::vector<std::string>{"(refused)"};
}

TEST(TargetTest, PathsAreSplitAndDecoded) {
  EXPECT_THAT(segments("/"), IsEmpty());
  EXPECT_THAT(segments("/v1/plans/3"), ElementsAre("v1", "plans", "3"));
  EXPECT_THAT(segments("/a%20b/%C3%A9"), ElementsAre("a b", "\xC3\xA9"));
  EXPECT_THAT(segments("/a/"), ElementsAre("a", ""));
  EXPECT_THAT(segments("//a"), ElementsAre("", "a"));
  EXPECT_THAT(segments("/a;b=1,c:@!$&'()*+"), ElementsAre("a;b=1,c:@!$&'()*+"));
}

TEST(TargetTest, AnEncodedSlashStaysInItsSegment) {
  EXPECT_THAT(segments("/a%2Fb/c"), ElementsAre("a/b", "c"));
  EXPECT_THAT(segments("/a%3Fb%23"), ElementsAre("a?b#"));
}

TEST(TargetTest, PercentIsDecodedOnce) { EXPECT_THAT(segments("/%2541"), ElementsAre("%41")); }

TEST(TargetTest, PlusIsASpaceInQueriesAlone) {
  const auto parsed = parse_target("/a+b?c+d=e+f%2B");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->segments, ElementsAre("a+b"));
  EXPECT_THAT(parsed->query, ElementsAre(Pair("c d", "e f+")));
}

TEST(TargetTest, QueriesKeepOrderDoublesAndEmptyValues) {
  const auto parsed = parse_target("/?b=1&a&b=2&&c=&=d&e=f=g");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->query, ElementsAre(Pair("b", "1"), Pair("a", ""), Pair("b", "2"),
                                         Pair("c", ""), Pair("", "d"), Pair("e", "f=g")));
}

TEST(TargetTest, AFragmentIsNotHeard) {
  const auto parsed = parse_target("/a?b=1#c?d=2");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->query, ElementsAre(Pair("b", "1")));
}

TEST(TargetTest, AnAddressInFullIsItsPath) {
  EXPECT_THAT(segments("http://localhost:8080/v1/plans?x=1"), ElementsAre("v1", "plans"));
  EXPECT_THAT(segments("https://host/"), IsEmpty());
  EXPECT_THAT(segments("http://host"), IsEmpty());
  EXPECT_THAT(segments("HTTP://host/a"), ElementsAre("a"));
  const auto queried = parse_target("http://host:80?x=/healthz");
  ASSERT_TRUE(queried);
  EXPECT_EQ(queried->authority, "host:80");
  EXPECT_THAT(queried->segments, IsEmpty());
  EXPECT_THAT(queried->query, ElementsAre(Pair("x", "/healthz")));
  EXPECT_THAT(segments("http://host/../a"), ElementsAre("(refused)"));
}

TEST(TargetTest, WhatIsNoPathIsRefused) {
  for (const char* target : {"", "*", "a/b", "?a=1", "ftp://host/a", "host:443", "\\a", "#"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

TEST(TargetTest, DotSegmentsAreRefusedHoweverWritten) {
  for (const char* target : {"/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e%2E/etc/passwd",
                             "/.%2e", "/%2e", "/a/%2E%2e/b?c=1"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
  EXPECT_THAT(segments("/..."), ElementsAre("..."));
  EXPECT_THAT(segments("/.a/b.."), ElementsAre(".a", "b.."));
}

TEST(TargetTest, BrokenEscapesAreRefused) {
  for (const char* target : {"/%", "/%4", "/%g1", "/%1g", "/%-1", "/a?%", "/a?b=%4", "/a?b=%zz"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

TEST(TargetTest, ZeroBytesAndOtherThanUtf8AreRefused) {
  for (const char* target : {"/%00", "/a%00b", "/?a=%00", "/?%00", "/%ff", "/%C0%AF", "/%ED%A0%80",
                             "/?a=%E2%82", "/\xff"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
  EXPECT_FALSE(parse_target(std::string_view("/a\0b", 4)));
}

TEST(TargetTest, AnyBytesAreReadOrRefused) {
  constexpr std::string_view kBytes = "/%?&=+#.ae012\xC3\xA9\xff";
  Random random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string target = "/";
    const auto length = random.below(12);
    for (std::uint64_t k = 0; k < length; ++k) target += kBytes[random.below(kBytes.size())];
    const auto parsed = parse_target(target);
    if (!parsed) continue;
    for (const std::string& segment : parsed->segments) {
      EXPECT_NE(segment, "..") << target;
      EXPECT_EQ(segment.find('\0'), std::string::npos) << target;
    }
  }
}

}  // namespace
}  // namespace berth::test
