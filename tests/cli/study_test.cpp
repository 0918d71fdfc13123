// `berth study` on the built program.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class QuickStudy : public ::testing::TestWithParam<const char*> {};

TEST_P(QuickStudy, WritesRowsPlotsAndAPage) {
  const TemporaryDirectory directory;
  const Outcome outcome =
      run_berth({"study", GetParam(), "--quick", "-o", "out"}, directory.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const fs::path out = directory.path() / "out";
  const std::string name = GetParam();
  EXPECT_GT(lines(file_text(out / (name + ".csv"))), 5U);
  EXPECT_THAT(file_text(out / (name + ".html")), HasSubstr("berth study " + name + " --sizes"));
  bool plot = false;
  for (const auto& entry : fs::directory_iterator(out)) {
    plot |= entry.path().extension() == ".svg";
  }
  EXPECT_TRUE(plot);
  EXPECT_THAT(outcome.out, HasSubstr("gh"));
  EXPECT_THAT(outcome.err, HasSubstr("wrote the page to"));
}

INSTANTIATE_TEST_SUITE_P(All, QuickStudy, ::testing::Values("scale", "gap", "ablation"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(StudyCommand, PrintsJsonAndNothingElse) {
  const Outcome outcome =
      run_berth({"study", "gap", "--sizes", "3x3x3", "--seeds", "2", "--methods", "gh,hf",
                 "--time-limit", "1s", "--output", "json", "-q"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json study = Json::parse(outcome.out);
  EXPECT_EQ(study["format"], "berth.study/1");
  EXPECT_EQ(study["rows"].size(), 4U);
  EXPECT_EQ(study["command"],
            "berth study gap --sizes 3x3x3 --methods gh,hf --seeds 2 --time-limit 1s");
  EXPECT_EQ(outcome.err, "");
}

TEST(StudyCommand, StudiesTheFilesItIsGiven) {
  const TemporaryDirectory directory;
  ASSERT_EQ(run_berth({"generate", "instance", "--classes", "3", "--models", "3", "--gpus", "3",
                       "-o", "mine.json"},
                      directory.path())
                .status,
            0);
  const std::string fleet = std::string(BERTH_SOURCE_DIR) + "/data/fleets/minimal.yaml";
  const Outcome outcome = run_berth(
      {"study", "gap", "mine.json", fleet, "--methods", "gh,milp", "--output", "json", "-q"},
      directory.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  std::set<std::string> instances;
  const Json study = Json::parse(outcome.out);
  for (const Json& row : study["rows"]) instances.insert(row["instance"]);
  EXPECT_EQ(instances, (std::set<std::string>{"mine", "minimal"}));
}

TEST(StudyCommand, ShardsWriteTheirOwnFilesAndTogetherAllRows) {
  const TemporaryDirectory directory;
  const std::vector<std::string> base = {"study",     "gap", "--sizes", "3x3x3", "--methods",
                                         "gh,hf,dvr", "-q",  "-o",      "out",   "--shard"};
  const auto with = [&base](const std::string& shard) {
    std::vector<std::string> words = base;
    words.push_back(shard);
    return words;
  };
  ASSERT_EQ(run_berth(with("0/2"), directory.path()).status, 0);
  ASSERT_EQ(run_berth(with("2"), directory.path(), {"JOB_COMPLETION_INDEX=1"}).status, 0);
  const fs::path out = directory.path() / "out";
  const std::string first = file_text(out / "gap-0-of-2.csv");
  const std::string second = file_text(out / "gap-1-of-2.csv");
  EXPECT_EQ(lines(first) + lines(second), 2U + 9U);  // two headers; three seeds, three methods
  EXPECT_EQ(first.substr(0, first.find('\n')), second.substr(0, second.find('\n')));
  EXPECT_FALSE(fs::exists(out / "gap.html"));
  const Outcome slurm = run_berth(with("2"), directory.path(), {"SLURM_ARRAY_TASK_ID=0"});
  EXPECT_EQ(slurm.status, 0) << slurm.err;
}

struct BadStudy {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<const char*> said;
};
void PrintTo(const BadStudy& row, std::ostream* os) { *os << row.name; }

class BadStudyUsage : public ::testing::TestWithParam<BadStudy> {};

TEST_P(BadStudyUsage, IsExplained) {
  std::vector<std::string> arguments = {"study"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const TemporaryDirectory directory;
  const Outcome outcome = run_berth(arguments, directory.path());
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  for (const char* words : GetParam().said) EXPECT_THAT(outcome.err, HasSubstr(words));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadStudyUsage,
    ::testing::Values(
        BadStudy{"no_kind", {}, {"subcommand is required"}},
        BadStudy{"unknown_kind", {"gaps"}, {"'gaps'", "did you mean 'gap'?"}},
        BadStudy{"unknown_preset", {"gap", "--preset", "papier"}, {"--preset", "paper"}},
        BadStudy{"unknown_methods",
                 {"gap", "--methods", "gh,milq,hg"},
                 {"unknown method 'milq'", "did you mean 'milp'?", "'hg'"}},
        BadStudy{
            "method_without_parts", {"ablation", "--methods", "hf"}, {"'hf'", "--methods", "gh"}},
        BadStudy{"bad_size", {"scale", "--sizes", "6x6"}, {"--sizes", "'6x6'", "6x6x10"}},
        BadStudy{"empty_sizes", {"ablation", "--sizes", ""}, {"--sizes", "empty", "6x6x10"}},
        BadStudy{"empty_methods", {"gap", "--methods", " "}, {"--methods", "empty"}},
        BadStudy{"preset_and_sizes",
                 {"gap", "--preset", "paper", "--sizes", "6x6x10"},
                 {"--sizes", "--preset"}},
        BadStudy{"preset_and_file", {"gap", "x.json", "--preset", "paper"}, {"--preset", "file"}},
        BadStudy{"sizes_and_file", {"gap", "x.json", "--sizes", "6x6x10"}, {"--sizes", "file"}},
        BadStudy{"no_seeds", {"gap", "--seeds", "0"}, {"--seeds"}},
        BadStudy{"no_time", {"gap", "--time-limit", "0s"}, {"--time-limit", "greater than 0"}},
        BadStudy{"shard_of_nothing", {"gap", "--shard", "0/0"}, {"--shard", "'0/0'"}},
        BadStudy{"shard_beyond", {"gap", "--shard", "3/3"}, {"--shard", "from 0 to n - 1"}},
        BadStudy{"shard_words", {"gap", "--shard", "first/two"}, {"--shard"}},
        BadStudy{"shard_without_index", {"gap", "--shard", "4"}, {"JOB_COMPLETION_INDEX", "0/4"}},
        BadStudy{"missing_files", {"gap", "no.json", "nor.yaml"}, {"no.json", "nor.yaml"}},
        BadStudy{"two_files_of_a_name", {"gap", "a/x.json", "b/x.json"}, {"two problems"}},
        BadStudy{"all_at_once",
                 {"gap", "--methods", "no", "--sizes", "1", "--shard", "9/2"},
                 {"'no'", "--sizes", "--shard"}}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace berth::test
