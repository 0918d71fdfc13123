#include "berth/core/file.h"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace berth {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() /
                 fmt::format("berth-file-test-{}-{}", ::getpid(),
                             ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path directory_;
};

TEST_F(FileTest, WritesAndReadsBackWhatWasWritten) {
  const std::string content("a\0b\r\n\xFF", 6);
  const fs::path path = directory_ / "deep" / "er" / "x.bin";
  ASSERT_TRUE(write_file(path, content).ok());
  const auto read = read_file(path);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, content);
  ASSERT_TRUE(write_file(path, "shorter").ok());
  EXPECT_EQ(*read_file(path), "shorter");
  // No temporary file is left behind.
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()), 1);
}

TEST_F(FileTest, MissingFileSuggestsASibling) {
  ASSERT_TRUE(write_file(directory_ / "fleet.yaml", "x").ok());
  const auto read = read_file(directory_ / "flete.yaml");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors()[0].code, ErrorCode::kNotFound);
  EXPECT_EQ(read.errors()[0].where, (directory_ / "flete.yaml").string());
  EXPECT_NE(read.errors()[0].suggestion.find("fleet.yaml"), std::string::npos);
}

TEST_F(FileTest, MissingDirectoryIsNamed) {
  const auto read = read_file(directory_ / "no" / "fleet.yaml");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors()[0].code, ErrorCode::kNotFound);
  EXPECT_NE(read.errors()[0].message.find("does not exist"), std::string::npos);
}

TEST_F(FileTest, DirectoryIsNotAFile) {
  const auto read = read_file(directory_);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors()[0].code, ErrorCode::kUnreadable);
  EXPECT_NE(read.errors()[0].message.find("directory"), std::string::npos);
  const Status written = write_file(directory_, "x");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.errors()[0].code, ErrorCode::kUnwritable);
}

TEST_F(FileTest, TooLargeIsRefused) {
  ASSERT_TRUE(write_file(directory_ / "big", std::string(100, 'x')).ok());
  EXPECT_TRUE(read_file(directory_ / "big", 100).ok());
  const auto read = read_file(directory_ / "big", 99);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors()[0].code, ErrorCode::kUnreadable);
  EXPECT_NE(read.errors()[0].message.find("at most 99"), std::string::npos);
}

TEST_F(FileTest, UnreadableFileSaysWhy) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads every file";
  ASSERT_TRUE(write_file(directory_ / "secret", "x").ok());
  fs::permissions(directory_ / "secret", fs::perms::none);
  const auto read = read_file(directory_ / "secret");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.errors()[0].code, ErrorCode::kUnreadable);
  EXPECT_NE(read.errors()[0].message.find("ermission"), std::string::npos);
}

TEST_F(FileTest, FileInPlaceOfADirectoryCannotBeWrittenThrough) {
  ASSERT_TRUE(write_file(directory_ / "plain", "x").ok());
  const Status written = write_file(directory_ / "plain" / "below", "y");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.errors()[0].code, ErrorCode::kUnwritable);
  EXPECT_EQ(*read_file(directory_ / "plain"), "x");
}

TEST_F(FileTest, LinkIsWrittenThroughAndDeviceStaysADevice) {
  ASSERT_TRUE(write_file(directory_ / "real", "old").ok());
  fs::create_symlink(directory_ / "real", directory_ / "link");
  ASSERT_TRUE(write_file(directory_ / "link", "new").ok());
  EXPECT_TRUE(fs::is_symlink(directory_ / "link"));
  EXPECT_EQ(*read_file(directory_ / "real"), "new");
  ASSERT_TRUE(write_file("/dev/null", "gone").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(FileTest, PipeIsReadToItsEnd) {
  const fs::path pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool written = write_file(pipe, std::string(200'000, 'p')).ok();
    ::_exit(written ? 0 : 1);
  }
  const auto read = read_file(pipe);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->size(), 200'000U);
}

}  // namespace
}  // namespace berth
