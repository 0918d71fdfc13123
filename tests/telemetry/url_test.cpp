#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/telemetry/http_client.h"

namespace berth {
namespace {

TEST(HttpUrl, HasItsParts) {
  const HttpUrl url = parse_http_url("https://ann:a%3Ab@[fe80::1]:8443/prom/?x=1&y=2").value();
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.host, "fe80::1");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.path, "/prom");
  EXPECT_EQ(url.query, "x=1&y=2");
  EXPECT_EQ(url.user, "ann");
  EXPECT_EQ(url.password, "a:b");
  EXPECT_EQ(url.shown, "https://[fe80::1]:8443/prom");
}

TEST(HttpUrl, DefaultsToThePortOfTheScheme) {
  EXPECT_EQ(parse_http_url("http://host")->port, 80);
  EXPECT_EQ(parse_http_url("HTTPS://host/")->port, 443);
  EXPECT_EQ(parse_http_url("http://host/")->path, "");
}

TEST(HttpUrl, RefusesWhatIsNone) {
  for (const char* text : {"", "host", "host:9090", "ftp://host", "http://", "http://:80",
                           "http://host:0", "http://host:65536", "http://host:9o", "http://[::1",
                           "http://host/#a", "http://ho st", "http://host\n"}) {
    const auto url = parse_http_url(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.errors()[0].code, ErrorCode::kUsage) << text;
  }
}

TEST(HttpUrl, ShowsNoPasswordInErrors) {
  for (const char* text :
       {"http://ann:secret@host:99999", "htp://ann:secret@host", "http://ann:secret@host/#x"}) {
    EXPECT_THAT(to_string(parse_http_url(text).errors()[0]),
                ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST(HttpUrl, EscapesWhatIsReserved) {
  EXPECT_EQ(percent_encoded("a b&c=d/\"é~"), "a%20b%26c%3Dd%2F%22%C3%A9~");
}

}  // namespace
}  // namespace berth
