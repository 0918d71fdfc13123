#include "berth/control/start.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/control/process.h"
#include "berth/core/file.h"
#include "tests/control/simulated_cluster.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(Starts, ADirectoryOfManifestsHasOneLoop) {
  const berth::testing::TemporaryDirectory scratch;
  const fs::path directory = scratch.path() / "manifests";
  {
    const Result<FileLock> first = lock_manifests(directory);
    ASSERT_TRUE(first);
    const Result<FileLock> second = lock_manifests(directory);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.errors().front().code, ErrorCode::kInconsistent);
    EXPECT_EQ(second.errors().front().where, directory.string());
  }
  EXPECT_TRUE(lock_manifests(directory));
}

TEST(Starts, TheLockIsNoManifestAndNobodysInTheWay) {
  const berth::testing::TemporaryDirectory scratch;
  const Result<FileLock> lock = lock_manifests(scratch.path());
  ASSERT_TRUE(lock);
  const Result<WrittenTree> written =
      write_tree({{"kustomization.yaml", "resources: []\n"}}, scratch.path());
  ASSERT_TRUE(written);
  EXPECT_TRUE(fs::exists(scratch.path() / kDirectoryLock));
  EXPECT_THAT(written_files(scratch.path()), ::testing::ElementsAre("kustomization.yaml"));
  ASSERT_TRUE(write_tree({}, scratch.path()));
  EXPECT_TRUE(fs::exists(scratch.path() / kDirectoryLock));
  EXPECT_FALSE(lock_manifests(scratch.path()));
}

TEST(Starts, ADirectoryThatCannotBeWrittenIsToldAndNoneIsMade) {
  const berth::testing::TemporaryDirectory scratch;
  EXPECT_TRUE(check_writable(scratch.path() / "a" / "b"));
  EXPECT_FALSE(fs::exists(scratch.path() / "a"));
  EXPECT_TRUE(check_writable(""));
  ASSERT_TRUE(write_file(scratch.path() / "file", "x"));
  const Status inside = check_writable(scratch.path() / "file" / "manifests");
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.errors().front().code, ErrorCode::kUnwritable);
  EXPECT_THAT(to_string(inside.errors().front()), HasSubstr("file: no files can be made here"));
}

TEST(Starts, AnEngineThatTheSettingsDoNotHaveIsTold) {
  EXPECT_TRUE(check_engine(default_settings(), ""));
  EXPECT_TRUE(check_engine(default_settings(), "sglang"));
  const Status wrong = check_engine(default_settings(), "vlm");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(to_string(wrong.errors().front()), HasSubstr("did you mean 'vllm'?"));
}

TEST(Starts, SettingsThatCannotBecomeObjectsAreToldBeforeTheFirstPlan) {
  const Fleet fleet = small_fleet();
  EXPECT_TRUE(check_target(fleet, default_settings(), {}));
  DeploySettings settings = default_settings();
  settings.engines["vllm"].images.clear();
  const Status wrong = check_target(fleet, settings, {});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(to_string(wrong.errors().front()), HasSubstr("the settings have no image of vllm"));
}

TEST(Starts, AFleetThatNoPlanCarriesSaysNothingAboutTheSettings) {
  Fleet fleet = small_fleet();
  fleet.classes[0].slo.ttft = Seconds{1e-6};
  EXPECT_TRUE(check_target(fleet, default_settings(), {}));
}

TEST(Starts, ProgramsAreFoundAsTheyWouldBeRun) {
  EXPECT_TRUE(find_program("sh"));
  EXPECT_TRUE(find_program("/bin/sh"));
  for (const char* missing : {"no-such-program-anywhere", "/bin/no-such-program", "/etc/passwd"}) {
    const Status found = find_program(missing);
    ASSERT_FALSE(found) << missing;
    EXPECT_EQ(found.errors().front().code, ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace berth::test
