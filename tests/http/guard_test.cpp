#include "berth/http/guard.h"

#include <chrono>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

using berth::testing::TemporaryDirectory;

constexpr const char* kToken = "0123456789abcdef";

class TokenFileTest : public ::testing::Test {
 protected:
  void write(const std::string& text) const { ASSERT_TRUE(write_file(path(), text)); }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "token"; }
  /// The file is looked at once a second.
  static bool soon_admits(TokenFile& file, const std::string& authorization) {
    for (int k = 0; k < 100; ++k) {
      if (file.admits(authorization)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  TemporaryDirectory directory_;
};

TEST_F(TokenFileTest, AdmitsItsTokenAlone) {
  write(std::string(kToken) + "\n");
  const auto file = TokenFile::open(path());
  ASSERT_TRUE(file);
  const std::string token = kToken;
  EXPECT_TRUE((*file)->admits("Bearer " + token));
  EXPECT_TRUE((*file)->admits("bearer " + token));
  EXPECT_TRUE((*file)->admits("BEARER " + token));
  const std::vector<std::string> others = {"",
                                           "Bearer",
                                           "Bearer ",
                                           token,
                                           "Basic " + token,
                                           "Bearer " + token + "0",
                                           "Bearer " + token.substr(1),
                                           "Bearer  " + token,
                                           "Bearer " + token + token,
                                           "Bearer 0123456789abcdeF",
                                           "Bearer " + token + " ",
                                           "Bearer \xff"};
  for (const std::string& other : others) {
    EXPECT_FALSE((*file)->admits(other)) << other;
  }
}

TEST_F(TokenFileTest, ReadsTheFileAgainWhenItChanges) {
  write(kToken);
  const auto file = TokenFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->admits(std::string("Bearer ") + kToken));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // another time of writing
  write("another-token-of-sixteen");
  EXPECT_TRUE(soon_admits(**file, "Bearer another-token-of-sixteen"));
  EXPECT_FALSE((*file)->admits(std::string("Bearer ") + kToken));
}

TEST_F(TokenFileTest, AFileThatTurnsBadLeavesTheTokenAsItWas) {
  write(kToken);
  const auto file = TokenFile::open(path());
  ASSERT_TRUE(file);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  write("short");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_TRUE((*file)->admits(std::string("Bearer ") + kToken));
  EXPECT_FALSE((*file)->admits("Bearer short"));
  std::filesystem::remove(path());
  EXPECT_TRUE((*file)->admits(std::string("Bearer ") + kToken));
  write("yet-another-token-of-more");
  EXPECT_TRUE(soon_admits(**file, "Bearer yet-another-token-of-more"));
}

TEST_F(TokenFileTest, RefusesWeakTokensAtTheStart) {
  const auto code = [this] {
    const auto file = TokenFile::open(path());
    return file ? "none" : std::string(to_string(file.errors()[0].code));
  };
  EXPECT_EQ(code(), "not_found");
  write("");
  EXPECT_EQ(code(), "missing");
  write(" \n ");
  EXPECT_EQ(code(), "missing");
  write("0123456789abcde");
  EXPECT_EQ(code(), "out_of_range");
  write("0123456789 abcdef");
  EXPECT_EQ(code(), "out_of_range");
  write("0123456789\nabcdef0123");
  EXPECT_EQ(code(), "out_of_range");
  write("0123456789abcdef\xC3\xA9");
  EXPECT_EQ(code(), "out_of_range");
  write(std::string(5000, 'a'));
  EXPECT_EQ(code(), "unreadable");
  write("  0123456789abcdef\r\n");
  EXPECT_EQ(code(), "none");
}

bool foreign(const std::string& host, const std::string& origin, bool loopback_only = true) {
  return foreign_request(host, origin, loopback_only).has_value();
}

TEST(ForeignRequestTest, NamesOfThisMachineAreItsOwn) {
  for (const char* host : {"127.0.0.1:8080", "127.0.0.1", "127.1.2.3:1", "localhost",
                           "localhost:8080", "LocalHost:8080", "[::1]:8080", "[::1]"}) {
    EXPECT_FALSE(foreign(host, "")) << host;
  }
  EXPECT_FALSE(foreign("", "")) << "no browser leaves it out";
}

TEST(ForeignRequestTest, OtherNamesAreRefusedWhereNoTokenGuards) {
  for (const char* host :
       {"evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080",
        "[::2]:8080", "[::1", "evil.example", "0.0.0.0:8080", "127.0.0.1:80:80@evil", ":8080"}) {
    EXPECT_TRUE(foreign(host, "")) << host;
    EXPECT_FALSE(foreign(host, "", false)) << host;
  }
}

TEST(ForeignRequestTest, PagesOfOtherSitesAreRefused) {
  EXPECT_FALSE(foreign("localhost:8080", "http://localhost:8080"));
  EXPECT_FALSE(foreign("[::1]:8080", "http://[::1]:8080"));
  for (const char* origin :
       {"http://evil.example", "http://localhost", "http://localhost:8081", "null",
        "http://127.0.0.1:8080", "http://localhost:8080.evil.example", "file://"}) {
    EXPECT_TRUE(foreign("localhost:8080", origin)) << origin;
    EXPECT_TRUE(foreign("localhost:8080", origin, false)) << origin;
  }
}

}  // namespace
}  // namespace berth::test
