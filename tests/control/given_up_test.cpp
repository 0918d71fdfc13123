// Stages that nobody takes: they end, and the loop plans from what was really applied.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "tests/control/loop_fixture.h"
#include "tests/control/recording_kubectl.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class GivenUp : public LoopFixture {};

TEST_F(GivenUp, AStageThatIsNeverAppliedEndsAndTheLoopPlansFromWhatRuns) {
  run(0.0, 900.0);
  const Plan running = cluster_.states.back();
  cluster_.failures = 100'000;
  source_.chat = [](double) { return 40.0; };
  run(900.0, 2.0 * 3600.0);
  EXPECT_GE(counted("abandon"), 2.0) << events_;
  EXPECT_GE(counted("plan"), 3.0) << "it plans again after each";
  EXPECT_THAT(events_, HasSubstr("could not be applied for 900 s: manifests: the disk is full"));
  EXPECT_EQ(cluster_.states.back(), running);
  EXPECT_EQ(replicas_of(*status_.get().state), replicas_of(running));
  EXPECT_GT(status_.get().apply_errors, 100.0);
  cluster_.failures = 0;
  run(2.0 * 3600.0, 3.0 * 3600.0);
  EXPECT_FALSE(status_.get().pending);
  EXPECT_GT(rent_of(cluster_.states.back()), rent_of(running)) << events_;
}

TEST_F(GivenUp, AFirstPlanThatIsNeverAppliedIsFollowedByAnotherFirstPlan) {
  cluster_.failures = 100'000;
  options_.max_changes = 1;  // does not bound the first plan
  run(0.0, 3600.0);
  EXPECT_GE(counted("abandon"), 2.0) << events_;
  EXPECT_EQ(counted("fail"), 0.0) << events_;
  EXPECT_FALSE(status_.get().state);
  cluster_.failures = 0;
  run(3600.0, 2.0 * 3600.0);
  ASSERT_FALSE(cluster_.states.empty());
  EXPECT_FALSE(cluster_.states.back().routes.empty()) << events_;
}

TEST_F(GivenUp, AWayBackThatIsRefusedIsNotWaitedForEither) {
  run(0.0, 900.0);
  cluster_.becomes_ready = false;
  source_.chat = [](double) { return 40.0; };
  options_.on_event = [&](const std::string& text) {
    events_ += text + "\n";
    if (text.find("back to what ran before") != std::string::npos) cluster_.failures = 100'000;
  };
  run(900.0, 3.0 * 3600.0);
  EXPECT_THAT(events_, HasSubstr("back to what ran before"));
  EXPECT_THAT(events_, HasSubstr("what was applied last is the plan"));
  cluster_.becomes_ready = true;
  cluster_.failures = 0;
  options_.on_event = [this](const std::string& text) { events_ += text + "\n"; };
  run(3.0 * 3600.0, 4.0 * 3600.0);
  EXPECT_FALSE(status_.get().pending) << events_;
  const auto running = replicas_of(cluster_.states.back());
  for (const PlanRoute& route : cluster_.states.back().routes) {
    EXPECT_TRUE(running.contains(route.deployment));
  }
}

TEST_F(GivenUp, AFileOfSomebodyElseDoesNotBlockPlanningForEver) {
  const fs::path manifests = directory_.path() / "manifests";
  const auto applier = make_directory_applier(fleet_, default_settings(), {}, manifests);
  ASSERT_TRUE(write_file(manifests / "kustomization.yaml", "resources: [mine.yaml]\n"));
  run(*applier, 0.0, 3600.0);
  EXPECT_GE(counted("abandon"), 2.0) << events_;
  EXPECT_THAT(events_, HasSubstr("was not written by Berth"));
  EXPECT_EQ(*read_file(manifests / "kustomization.yaml"), "resources: [mine.yaml]\n");
  fs::remove(manifests / "kustomization.yaml");
  run(*applier, 3600.0, 2.0 * 3600.0);
  EXPECT_THAT(*read_file(manifests / "kustomization.yaml"), HasSubstr("deployments/"));
  EXPECT_FALSE(status_.get().pending);
}

TEST_F(GivenUp, ARefusalByTheClusterIsToldAndWhatItReachedIsTakenBack) {
  RecordingKubectl kubectl;
  const auto applier = make_kubectl_applier(fleet_, default_settings(), {},
                                            kubectl.file("manifests"), kubectl.program());
  run(*applier, 0.0, 900.0);
  const Plan running = *status_.get().state;
  source_.chat = [](double) { return 60.0; };
  kubectl.break_down("deployments.apps is forbidden: User \"berth\" cannot patch");
  run(*applier, 900.0, 900.0 + 1500.0);
  EXPECT_GE(counted("abandon"), 1.0) << events_;
  EXPECT_THAT(events_, HasSubstr("User \"berth\" cannot patch; what was applied last is the plan"));
  EXPECT_EQ(replicas_of(*status_.get().state), replicas_of(running));
  kubectl.mend();
  kubectl.forget_calls();
  run(*applier, 900.0 + 1500.0, 3.0 * 3600.0);
  EXPECT_FALSE(status_.get().pending) << events_;
  EXPECT_GT(rent_of(*status_.get().state), rent_of(running)) << events_;
  EXPECT_FALSE(fs::exists(kubectl.file("manifests/.berth-gone")));
}

}  // namespace
}  // namespace berth::test
