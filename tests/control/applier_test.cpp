#include "berth/control/applier.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/pipeline/pipeline.h"
#include "tests/control/simulated_cluster.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using berth::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

/// A program in kubectl's place that writes down how it is called, and answers `get` with a file.
class ApplierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<PlanOutcome> outcome = make_plan(fleet_, {});
    ASSERT_TRUE(outcome);
    plan_ = std::move(outcome->plan);
    write("kubectl",
          "#!/bin/sh\necho \"$@\" >> " + file("calls").string() + "\n[ -e " +
              file("broken").string() +
              " ] && { echo 'connection refused' >&2; exit 1; }\n[ \"$1\" = get ] && cat " +
              file("objects.json").string() + "\nexit 0\n");
    fs::permissions(file("kubectl"), fs::perms::owner_all);
  }
  [[nodiscard]] fs::path file(const std::string& name) const { return directory_.path() / name; }
  void write(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file(file(name), content));
  }
  [[nodiscard]] std::string calls() const {
    const Result<std::string> text = read_file(file("calls"));
    return text ? *text : "";
  }
  [[nodiscard]] std::unique_ptr<Applier> kubectl() const {
    return make_kubectl_applier(fleet_, default_settings(), {}, file("manifests"),
                                file("kubectl").string());
  }

  TemporaryDirectory directory_;
  Fleet fleet_ = small_fleet();
  Plan plan_;
};

TEST_F(ApplierTest, NoneWritesNothing) {
  const auto none = make_dry_applier(fleet_, default_settings(), {});
  EXPECT_TRUE(none->check(plan_));
  EXPECT_TRUE(none->apply(plan_));
  EXPECT_FALSE(fs::exists(file("manifests")));
}

TEST_F(ApplierTest, TheDirectoryFollowsTheStateAndKeepsWhatIsNotBerths) {
  const auto dir = make_directory_applier(fleet_, default_settings(), {}, file("manifests"));
  ASSERT_TRUE(dir->apply(plan_));
  write("manifests/mine.yaml", "kind: ConfigMap\n");
  const Result<std::string> index = read_file(file("manifests/kustomization.yaml"));
  ASSERT_TRUE(index);
  const auto written = fs::last_write_time(file("manifests/kustomization.yaml"));
  ASSERT_TRUE(dir->apply(plan_));
  EXPECT_EQ(fs::last_write_time(file("manifests/kustomization.yaml")), written);
  Plan nothing;
  ASSERT_TRUE(dir->apply(nothing));
  EXPECT_TRUE(fs::exists(file("manifests/mine.yaml")));
  for (const auto& entry : fs::recursive_directory_iterator(file("manifests"))) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("deployment")));
  }
}

TEST_F(ApplierTest, KubectlAppliesAndDeletesWhatWent) {
  const auto applier = kubectl();
  ASSERT_TRUE(applier->apply(plan_));
  EXPECT_THAT(calls(), HasSubstr("apply --server-side --force-conflicts --field-manager=berth -k"));
  EXPECT_THAT(calls(), Not(HasSubstr("delete")));
  ASSERT_TRUE(applier->apply(Plan{}));
  EXPECT_THAT(calls(), HasSubstr("delete --ignore-not-found --wait=false -f"));
  EXPECT_FALSE(fs::exists(file("manifests/.berth-gone")));
}

TEST_F(ApplierTest, WhatCouldNotBeDeletedIsDeletedLater) {
  const auto applier = kubectl();
  ASSERT_TRUE(applier->apply(plan_));
  write("broken", "");
  const Status refused = applier->apply(Plan{});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.errors().front().message, HasSubstr("connection refused"));
  EXPECT_TRUE(fs::exists(file("manifests/.berth-gone")));
  fs::remove(file("broken"));
  ASSERT_TRUE(kubectl()->apply(Plan{}));
  EXPECT_THAT(calls(), HasSubstr("delete --ignore-not-found"));
  EXPECT_FALSE(fs::exists(file("manifests/.berth-gone")));
}

TEST_F(ApplierTest, WhatCameBackIsNotDeleted) {
  const auto applier = kubectl();
  ASSERT_TRUE(applier->apply(plan_));
  write("broken", "");
  ASSERT_FALSE(applier->apply(Plan{}));
  fs::remove(file("broken"));
  fs::remove(file("calls"));
  ASSERT_TRUE(applier->apply(plan_));
  EXPECT_THAT(calls(), Not(HasSubstr("delete")));
}

TEST_F(ApplierTest, ReadyIsWhatTheStateAsksForAndTheClusterHas) {
  Plan state = plan_;
  state.deployments.resize(1);
  state.deployments[0].name = "chat";
  state.deployments[0].replicas = 3;
  state.routes.clear();
  const auto ready = [&](const std::string& objects) {
    write("objects.json", objects);
    const Result<bool> answer = kubectl()->ready(state);
    EXPECT_TRUE(answer);
    return answer && *answer;
  };
  // An autoscaler may not have asked for all of them yet: what the object asks for does not count.
  const auto deployment = [](const std::string& status) {
    return R"({"kind":"List","items":[{"kind":"Service"},{"kind":"Deployment","metadata":{"name":"chat",)"
           R"("generation":2},"spec":{"replicas":1},"status":)" +
           status + "}]}";
  };
  EXPECT_TRUE(
      ready(deployment(R"({"observedGeneration":2,"readyReplicas":3,"updatedReplicas":3})")));
  EXPECT_FALSE(
      ready(deployment(R"({"observedGeneration":2,"readyReplicas":1,"updatedReplicas":1})")));
  EXPECT_FALSE(
      ready(deployment(R"({"observedGeneration":1,"readyReplicas":3,"updatedReplicas":3})")));
  EXPECT_FALSE(ready(deployment("{}")));
  const auto service = [](const std::string& more) {
    return R"({"kind":"LLMInferenceService","metadata":{"name":"chat","generation":2},"status":{)" +
           more + R"("conditions":[{"type":"Ready","status":"True"}]}})";
  };
  EXPECT_TRUE(ready(service("")));
  EXPECT_FALSE(ready(service(R"("observedGeneration":1,)")));
  EXPECT_FALSE(ready(
      R"({"kind":"LLMInferenceService","status":{"conditions":[{"type":"Ready","status":"False"}]}})"));
  write("objects.json", "no JSON at all");
  EXPECT_FALSE(kubectl()->ready(state));
}

TEST_F(ApplierTest, AProgramThatIsNotThereIsTold) {
  const auto applier = make_kubectl_applier(fleet_, default_settings(), {}, file("manifests"),
                                            file("no-such-kubectl").string());
  const Status refused = applier->apply(plan_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors().front().code, ErrorCode::kNotFound);
}

TEST_F(ApplierTest, KedaOwnsTheReplicas) {
  ManifestTarget target;
  target.keda = true;
  const Result<Manifests> manifests = render_state(plan_, fleet_, default_settings(), target);
  ASSERT_TRUE(manifests);
  std::string all;
  for (const auto& [name, content] : manifests->files) all += content;
  EXPECT_THAT(all, HasSubstr("kind: ScaledObject"));
  EXPECT_THAT(manifests->files.at("kustomization.yaml"), HasSubstr("scaled-objects/"));
}

}  // namespace
}  // namespace berth::test
