#include "berth/control/applier.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/pipeline/pipeline.h"
#include "tests/control/recording_kubectl.h"
#include "tests/control/simulated_cluster.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class ApplierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<PlanOutcome> outcome = make_plan(fleet_, {});
    ASSERT_TRUE(outcome);
    plan_ = std::move(outcome->plan);
  }
  [[nodiscard]] fs::path file(const std::string& name) const { return program_.file(name); }
  void write(const std::string& name, const std::string& content) const {
    program_.write(name, content);
  }
  [[nodiscard]] std::string calls() const { return program_.calls(); }
  [[nodiscard]] std::unique_ptr<Applier> kubectl() const {
    return make_kubectl_applier(fleet_, default_settings(), {}, file("manifests"),
                                program_.program());
  }

  RecordingKubectl program_;
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
  program_.break_down("connection refused");
  const Status refused = applier->apply(Plan{});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.errors().front().message, HasSubstr("connection refused"));
  EXPECT_TRUE(fs::exists(file("manifests/.berth-gone")));
  program_.mend();
  ASSERT_TRUE(kubectl()->apply(Plan{}));
  EXPECT_THAT(calls(), HasSubstr("delete --ignore-not-found"));
  EXPECT_FALSE(fs::exists(file("manifests/.berth-gone")));
}

TEST_F(ApplierTest, WhatCameBackIsNotDeleted) {
  const auto applier = kubectl();
  ASSERT_TRUE(applier->apply(plan_));
  program_.break_down("connection refused");
  ASSERT_FALSE(applier->apply(Plan{}));
  program_.mend();
  program_.forget_calls();
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
