#include "berth/core/file_lock.h"

#include <filesystem>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace berth {
namespace {

class FileLocks : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / fmt::format("berth-file-lock-test-{}", ::getpid());
};

TEST_F(FileLocks, AreHeldByOneAndReleasedWhenTheyEnd) {
  const std::filesystem::path path = directory_ / "new" / "file.lock";
  {
    Result<FileLock> first = FileLock::take(path);
    ASSERT_TRUE(first);
    const FileLock moved = *std::move(first);
    const Result<FileLock> second = FileLock::take(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.errors().front().code, ErrorCode::kInconsistent);
    EXPECT_EQ(second.errors().front().where, path.string());
  }
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(FileLock::take(path));
}

TEST_F(FileLocks, WhereNoFileCanBeAreTold) {
  const std::filesystem::path file = directory_ / "file";
  ASSERT_TRUE(FileLock::take(file));
  const Result<FileLock> inside = FileLock::take(file / "file.lock");
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.errors().front().code, ErrorCode::kUnwritable);
}

}  // namespace
}  // namespace berth
