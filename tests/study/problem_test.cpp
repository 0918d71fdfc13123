#include "berth/study/problem.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/instance/instance_json.h"
#include "berth/study/defaults.h"
#include "tests/support/random_instance.h"
#include "tests/support/temporary_directory.h"

namespace berth {
namespace {

TEST(ParseSizes, ReadsSizesWithAndWithoutBoxes) {
  const auto problems = parse_sizes("6x6x10, 20x15x5-boxes");
  ASSERT_TRUE(problems.ok());
  ASSERT_EQ(problems->size(), 2U);
  EXPECT_EQ((*problems)[0].name(), "6x6x10-s1");
  EXPECT_FALSE((*problems)[0].boxes);
  EXPECT_EQ((*problems)[1].classes, 20);
  EXPECT_EQ((*problems)[1].models, 15);
  EXPECT_EQ((*problems)[1].gpus, 5);
  EXPECT_TRUE((*problems)[1].boxes);
}

TEST(ParseSizes, ReportsEveryBadSize) {
  const auto problems = parse_sizes("6x6,0x1x1,axbxc,6x6x10,1x1x99999,6x6x10-crates,");
  ASSERT_FALSE(problems.ok());
  EXPECT_EQ(problems.errors().size(), 6U);
  for (const Error& error : problems.errors()) {
    EXPECT_EQ(error.code, ErrorCode::kUsage);
    EXPECT_EQ(error.where, "--sizes");
  }
}

TEST(StudyProblems, TheSameRecipeGivesTheSameInstance) {
  const StudyProblem problem = parse_sizes("4x4x4")->front();
  const auto first = build_problem(problem);
  const auto second = build_problem(problem);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(to_json(first->instance), to_json(second->instance));
  EXPECT_EQ(first->classes, 4U);
  EXPECT_EQ(first->models, 4U);
  EXPECT_EQ(first->pools, 4U);
}

TEST(StudyProblems, DominatedOptionsStayOnlyWhenAsked) {
  const StudyProblem problem = parse_sizes("4x4x4-boxes")->front();
  EXPECT_LT(build_problem(problem)->instance.option_count(),
            build_problem(problem, true)->instance.option_count());
}

TEST(StudyProblems, ThePaperHasTwoBudgets) {
  const auto whole = build_problem(paper_problem());
  const auto critical = build_problem(paper_problem(kCriticalBudget));
  ASSERT_TRUE(whole.ok() && critical.ok());
  EXPECT_EQ(whole->classes, 6U);
  EXPECT_EQ(whole->models, 6U);
  EXPECT_NEAR(24.0 * whole->instance.columns().budget.usd(), 100.0, 0.1);
  EXPECT_NEAR(24.0 * critical->instance.columns().budget.usd(), 72.0, 1e-9);
  EXPECT_EQ(paper_problem(kCriticalBudget).set, "paper-72usd");
}

TEST(StudyProblems, ReadsInstancesAndFleetsAndNothingElse) {
  const testing::TemporaryDirectory directory;
  const auto path = [&](const char* name) { return (directory.path() / name).string(); };
  const Instance instance = testing::random_instance(testing::random_shape(1, false), 1);
  ASSERT_TRUE(write_file(path("one.json"), to_json(instance)).ok());
  ASSERT_TRUE(write_file(path("plan.json"), R"({"format":"berth.plan/1"})").ok());
  const auto problems =
      file_problems({path("one.json"), path("plan.json"),
                     std::string(BERTH_SOURCE_DIR) + "/data/fleets/minimal.yaml", path("no.json")});
  ASSERT_TRUE(problems.ok());
  EXPECT_EQ(problems->front().name(), "one");
  const auto read = build_problem((*problems)[0]);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(to_json(read->instance), to_json(instance));
  EXPECT_FALSE(read->models.has_value());
  EXPECT_EQ(build_problem((*problems)[1]).errors().front().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(build_problem((*problems)[2])->models.has_value());
  EXPECT_EQ(build_problem((*problems)[3]).errors().front().code, ErrorCode::kNotFound);
}

TEST(StudyProblems, TwoFilesOfOneNameAreToldApart) {
  const auto problems = file_problems({"a/x.json", "b/x.yaml"});
  ASSERT_FALSE(problems.ok());
  EXPECT_EQ(problems.errors().front().code, ErrorCode::kDuplicate);
}

TEST(StudyProblems, SeedsMultiplyThem) {
  const auto problems = with_seeds(*parse_sizes("4x4x4,5x5x5"), 3);
  ASSERT_EQ(problems.size(), 6U);
  EXPECT_EQ(problems[2].name(), "4x4x4-s3");
  EXPECT_EQ(problems[3].name(), "5x5x5-s1");
}

TEST(StudyDefaults, EveryStudyHasProblemsMethodsAndATimeLimit) {
  for (const StudyKind kind : {StudyKind::kScale, StudyKind::kGap, StudyKind::kAblation}) {
    for (const StudyPreset preset : {StudyPreset::kOurs, StudyPreset::kPaper}) {
      const StudyDefaults whole = study_defaults(kind, preset, false);
      const StudyDefaults quick = study_defaults(kind, preset, true);
      EXPECT_FALSE(whole.problems.empty());
      EXPECT_FALSE(whole.methods.empty());
      EXPECT_LT(quick.time_limit.value, whole.time_limit.value);
      EXPECT_LE(quick.problems.size() * static_cast<std::size_t>(quick.seeds),
                whole.problems.size() * static_cast<std::size_t>(whole.seeds));
    }
  }
}

}  // namespace
}  // namespace berth
