// `berth generate` and `berth export mps|lp` on the built program.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

std::vector<std::string> sized(const std::string& kind, const std::string& models,
                               std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"generate", kind,     "--classes", "4",      "--models",
                                    models,     "--gpus", "5",         "--seed", "3"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(GenerateCommand, WritesAFleetThatIsPlannedAndTheInstanceOfTheSameFleet) {
  const TemporaryDirectory directory;
  const std::string fleet = (directory.path() / "fleet.yaml").string();
  ASSERT_EQ(run_berth(sized("fleet", "4", {"-o", fleet})).status, 0);
  const Outcome planned = run_berth({"plan", fleet, "--method", "gh", "--output", "json"});
  EXPECT_EQ(planned.status, 0) << planned.err;

  const Outcome direct = run_berth(sized("instance", "4"));
  ASSERT_EQ(direct.status, 0) << direct.err;
  EXPECT_EQ(direct.out, run_berth({"export", "instance", fleet, "--keep-dominated"}).out);
  const Outcome reduced = run_berth(sized("instance", "4", {"--undominated"}));
  EXPECT_EQ(reduced.out, run_berth({"export", "instance", fleet}).out);
  EXPECT_LT(Json::parse(reduced.out)["options"]["name"].size(),
            Json::parse(direct.out)["options"]["name"].size());
}

TEST(GenerateCommand, ModelsThatAreNotBuiltInNeedAFileBesideTheFleet) {
  const Outcome refused = run_berth(sized("fleet", "60"));
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("-o"));
  EXPECT_EQ(refused.out, "");

  const TemporaryDirectory directory;
  const std::string fleet = (directory.path() / "many.yaml").string();
  ASSERT_EQ(run_berth(sized("fleet", "60", {"-o", fleet})).status, 0);
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "many-models.yaml"));
  EXPECT_EQ(run_berth({"plan", fleet, "--method", "gh"}).status, 0);
}

TEST(GenerateCommand, ThePresetHasItsOwnSizes) {
  const Outcome preset = run_berth({"generate", "fleet", "--preset", "paper"});
  EXPECT_EQ(preset.status, 0);
  EXPECT_THAT(preset.out, HasSubstr("mathematics"));
  const Outcome both =
      run_berth({"generate", "fleet", "--preset", "paper", "--models", "3", "--boxes"});
  EXPECT_EQ(both.status, 1);
  EXPECT_THAT(both.err, HasSubstr("--models"));
  EXPECT_THAT(both.err, HasSubstr("--boxes"));
  EXPECT_EQ(run_berth({"generate", "fleet", "--preset", "papr"}).status, 1);
  EXPECT_EQ(run_berth({"generate", "fleet", "--classes", "0"}).status, 1);
  EXPECT_EQ(run_berth({"generate"}).status, 1);
}

TEST(ExportCommand, ModelsOfAFleetAndOfItsInstanceAreTheSame) {
  const TemporaryDirectory directory;
  const std::string fleet = (directory.path() / "fleet.yaml").string();
  const std::string instance = (directory.path() / "instance.json").string();
  ASSERT_EQ(run_berth(sized("fleet", "4", {"-o", fleet})).status, 0);
  ASSERT_EQ(run_berth(sized("instance", "4", {"-o", instance})).status, 0);
  for (const char* format : {"mps", "lp"}) {
    const Outcome of_fleet = run_berth({"export", format, fleet});
    ASSERT_EQ(of_fleet.status, 0) << of_fleet.err;
    const std::string file = (directory.path() / format).string();
    ASSERT_EQ(run_berth({"export", format, instance, "-o", file}).status, 0);
    EXPECT_EQ(file_text(file), of_fleet.out) << format;
    const Outcome whole = run_berth({"export", format, instance, "--keep-dominated"});
    EXPECT_GT(whole.out.size(), of_fleet.out.size());
  }
  EXPECT_THAT(run_berth({"export", "mps", fleet}).out, StartsWith("NAME berth"));
  EXPECT_THAT(run_berth({"export", "lp", fleet}).out, StartsWith("Minimize\n cost:"));
}

TEST(ExportCommand, RefusesWhatIsNoProblem) {
  const TemporaryDirectory directory;
  const Outcome missing = run_berth({"export", "mps", (directory.path() / "no.json").string()});
  EXPECT_EQ(missing.status, 1);
  const std::string plan = directory.write("plan.json", R"({"format": "berth.plan/1"})");
  const Outcome wrong = run_berth({"export", "lp", plan});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("berth.plan/1"));
  EXPECT_THAT(wrong.err, Not(HasSubstr("internal")));
  EXPECT_EQ(run_berth({"export", "mps"}).status, 1);

  const std::string instance = (directory.path() / "instance.json").string();
  ASSERT_EQ(run_berth(sized("instance", "4", {"-o", instance})).status, 0);
  const Outcome demand = run_berth({"export", "mps", instance, "--headroom", "0.5"});
  EXPECT_EQ(demand.status, 1);
  EXPECT_THAT(demand.err, HasSubstr("--headroom"));
}

}  // namespace
}  // namespace berth::test
