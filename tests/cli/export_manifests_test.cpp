// berth export kubernetes|kserve|keda|prometheus, run as a user runs it.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kPlan = std::string(BERTH_SOURCE_DIR) + "/tests/manifest/plans/small.json";

TEST(ExportManifests, ObjectsGoToStandardOutput) {
  const Outcome all = run_berth({"export", "kubernetes", kPlan});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("kind: LeaderWorkerSet"));
  EXPECT_THAT(all.out, HasSubstr("\n---\n"));
  EXPECT_THAT(all.out, Not(HasSubstr("kind: Kustomization")));
  EXPECT_THAT(all.err, HasSubstr("note: "));
  EXPECT_EQ(run_berth({"export", "kubernetes", kPlan}).out, all.out);
  EXPECT_EQ(run_berth({"export", "kubernetes", kPlan, "--quiet"}).err, "");
  const Outcome rules = run_berth({"export", "prometheus", kPlan});
  EXPECT_THAT(rules.out, StartsWith("groups:\n"));
}

TEST(ExportManifests, FilesGoToADirectory) {
  const TemporaryDirectory directory;
  const std::string out = (directory.path() / "out").string();
  const Outcome first = run_berth({"export", "keda", kPlan, "-o", out});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.out, "");
  EXPECT_THAT(first.err, HasSubstr("wrote 4 files to " + out + " (0 unchanged, 0 removed)"));
  const Outcome second = run_berth({"export", "keda", kPlan, "-o", out});
  EXPECT_THAT(second.err, HasSubstr("wrote 0 files to " + out + " (4 unchanged, 0 removed)"));
  EXPECT_TRUE(std::filesystem::exists(out + "/kustomization.yaml"));
  directory.write("out/mine.yaml", "a: 1\n");
  directory.write("other/kustomization.yaml", "a: 1\n");
  EXPECT_EQ(run_berth({"export", "keda", kPlan, "-o", out}).status, 0);
  const Outcome refused =
      run_berth({"export", "keda", kPlan, "-o", (directory.path() / "other").string()});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("was not written by Berth"));
}

TEST(ExportManifests, DefaultsArePrintedAndReadBack) {
  const TemporaryDirectory directory;
  const Outcome printed = run_berth({"export", "kubernetes", "--print-settings"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.out, HasSubstr("format: berth.deploy/1"));
  const std::string file = directory.write("settings.yaml", printed.out);
  EXPECT_EQ(run_berth({"export", "kubernetes", kPlan, "--settings", file}).out,
            run_berth({"export", "kubernetes", kPlan}).out);
  const Outcome schema = run_berth({"schema", "deploy"});
  EXPECT_EQ(schema.status, 0);
  EXPECT_THAT(schema.out, HasSubstr("\"berth.deploy/1\""));
}

TEST(ExportManifests, MistakesOfAllFilesAreToldAtOnce) {
  const TemporaryDirectory directory;
  const std::string plan = directory.write("plan.json", "{\"format\": \"berth.plan/1\"}");
  const std::string settings =
      directory.write("settings.yaml", "format: berth.deploy/1\nnamespce: x\n");
  const Outcome outcome = run_berth({"export", "kserve", plan, "--settings", settings, "--against",
                                     (directory.path() / "none.yaml").string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("plan.json"));
  EXPECT_THAT(outcome.err, HasSubstr("settings.yaml:2: /namespce"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'namespace'?"));
  EXPECT_THAT(outcome.err, HasSubstr("none.yaml"));
  EXPECT_EQ(run_berth({"export", "kubernetes"}).status, 1);
  EXPECT_EQ(run_berth({"export", "kubernetes", kPlan, "--engine", "vlm"}).status, 1);
}

TEST(ExportManifests, GpusWithoutALabelAreNamed) {
  const TemporaryDirectory directory;
  const std::string catalog = directory.write(
      "catalog.yaml", "format: berth.catalog/1\ngpus: [{name: l40s, vendor: sambanova}]\n");
  const std::string fleet = directory.write(
      "fleet.yaml",
      "format: berth.fleet/1\ncatalog: [builtin, ./catalog.yaml]\nmodels: [llama-3.1-8b]\n"
      "pools: [{name: l40s, gpu: l40s, offers: [{name: a, lot: 1, cost: 1}]}]\n"
      "classes: [{name: chat, rate: 1, prompt_tokens: 100, output_tokens: 100}]\n");
  const Outcome outcome = run_berth({"export", "kubernetes", kPlan, "--against", fleet});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              HasSubstr("small.json: /deployments/1/gpu: the settings have no vendor "
                        "'sambanova', who makes the l40s; add to the settings vendors: "
                        "{sambanova: {resource: example.com/gpu}}"));
}

}  // namespace
}  // namespace berth::test
