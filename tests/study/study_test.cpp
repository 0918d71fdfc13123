#include "berth/study/study.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/document/node.h"
#include "berth/plan/price.h"
#include "berth/solve/registry.h"
#include "berth/study/study_csv.h"
#include "berth/study/study_json.h"

namespace berth {
namespace {

const std::vector<std::string> kMethods = {"milp", "lpr", "dvr", "hf", "gh"};

StudyRequest small_request(const std::string& sizes = "3x3x3,4x4x4-boxes", int seeds = 2) {
  StudyRequest request;
  request.problems = with_seeds(*parse_sizes(sizes), seeds);
  request.variants = *method_variants(kMethods);
  request.limits.threads = 1;
  return request;
}

Study run(const StudyRequest& request) {
  Result<Study> study = run_study(request, {});
  EXPECT_TRUE(study.ok()) << to_string(study.errors().front());
  return *std::move(study);
}

std::vector<std::vector<std::string>> csv_rows(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : split(csv, '\n')) {
    if (!line.empty()) rows.push_back(split(line, ','));
  }
  return rows;
}

/// Rows without what differs from run to run, and without what is known only of the whole.
std::vector<std::string> comparable(const Study& study) {
  std::vector<std::string> rows;
  for (std::vector<std::string> row : csv_rows(to_csv(study))) {
    for (const std::size_t column : {16U, 17U, 18U, 19U, 20U})  // gaps, seconds
      row.at(column).clear();
    std::string line;
    for (const std::string& field : row) line += field + ",";
    rows.push_back(line);
  }
  return rows;
}

TEST(Study, HasARowForEveryProblemAndMethod) {
  const Study study = run(small_request());
  ASSERT_EQ(study.rows.size(), 4U * kMethods.size());
  for (std::size_t k = 0; k < study.rows.size(); ++k) {
    EXPECT_EQ(study.rows[k].method, kMethods[k % kMethods.size()]);
  }
  EXPECT_FALSE(study.stopped);
}

TEST(Study, RowsSayWhatTheMethodsSay) {
  const StudyRequest request = small_request();
  const Study study = run(request);
  std::size_t next = 0;
  for (const StudyProblem& problem : request.problems) {
    const auto built = build_problem(problem);
    ASSERT_TRUE(built.ok());
    for (const std::string& name : kMethods) {
      const StudyRow& row = study.rows[next++];
      EXPECT_EQ(row.instance, problem.name());
      EXPECT_EQ(row.options, built->instance.option_count());
      EXPECT_EQ(row.pairs, built->instance.pair_count());
      const SolveResult result =
          find_method(name)->solve(built->instance, problem.seed, request.limits);
      EXPECT_EQ(row.status, to_string(result.termination.reason)) << row.instance << " " << name;
      ASSERT_EQ(row.cost.has_value(), result.solution.has_value());
      if (row.cost) {
        EXPECT_EQ(*row.cost, price(built->instance, *result.solution).total());
      }
      EXPECT_EQ(row.lower_bound, result.lower_bound);
      EXPECT_GT(row.solve_seconds, 0.0);
    }
  }
}

TEST(Study, GapsFollowFromTheCostsAndBoundsOfAllMethods) {
  const Study study = run(small_request());
  for (const StudyRow& row : study.rows) {
    double best = 1e300;
    double bound = 0.0;
    for (const StudyRow& other : study.rows) {
      if (other.instance != row.instance) continue;
      if (other.cost) best = std::min(best, other.cost->usd());
      if (other.lower_bound) bound = std::max(bound, *other.lower_bound);
    }
    if (!row.cost) continue;
    EXPECT_NEAR(*row.gap_to_best, row.cost->usd() / best - 1.0, 1e-12);
    EXPECT_NEAR(*row.gap_proven, (row.cost->usd() - bound) / row.cost->usd(), 1e-12);
    EXPECT_GE(*row.gap_to_best, 0.0);
  }
}

TEST(Study, SaysWhenARunFirstCameWithinOnePercentOfTheBest) {
  std::vector<StudyRow> rows(2);
  rows[0].instance = rows[1].instance = "one";
  rows[0].cost = CostRate::usd_per_hour(100.0);
  rows[0].incumbents = {{0.1, 150.0}, {0.2, 100.9}, {0.3, 100.0}};
  rows[1].cost = CostRate::usd_per_hour(102.0);
  rows[1].incumbents = {{0.1, 130.0}, {0.4, 102.0}};
  fill_gaps(rows);
  EXPECT_EQ(rows[0].seconds_to_1pct, 0.2);
  EXPECT_FALSE(rows[1].seconds_to_1pct.has_value());

  for (const StudyRow& row : run(small_request()).rows) {
    ASSERT_EQ(row.seconds_to_1pct.has_value(), row.gap_to_best && *row.gap_to_best <= 0.01);
    EXPECT_GT(row.seconds_to_1pct.value_or(1.0), 0.0);
  }
}

/// GH that says on the way that it has plans of these multiples of its cost.
Variant announcer(const std::vector<double>& costs) {
  return {"gh", "gh", "", [=](const Instance& instance, std::uint64_t seed, const Limits& limits) {
            VariantRun run{find_method("gh")->solve(instance, seed, limits), std::nullopt};
            for (const double times : costs) {
              Progress progress;
              progress.incumbent = times * run.result.cost.total().usd();
              limits.on_progress(progress);
            }
            return run;
          }};
}

TEST(Study, WhatARunOnlyAnnouncedIsNotItsPlan) {
  StudyRequest request = small_request("6x6x10", 1);
  const std::vector<std::vector<double>> runs = {
      {}, {2.0, 1.5, 1.0}, {2.0, 1.0 + 1e-9}, {1.0 - 1e-9}, {1.2, 0.9}, {0.5}, {1.0, 0.9}};
  for (const std::vector<double>& costs : runs) {
    request.variants = {announcer(costs)};
    const StudyRow row = run(request).rows.at(0);
    ASSERT_TRUE(row.cost && row.seconds_to_1pct);
    ASSERT_FALSE(row.incumbents.empty());
    EXPECT_EQ(row.incumbents.back().cost, row.cost->usd());
    for (std::size_t k = 1; k < row.incumbents.size(); ++k) {
      EXPECT_LT(row.incumbents[k].cost, row.incumbents[k - 1].cost);
      EXPECT_GE(row.incumbents[k].seconds, row.incumbents[k - 1].seconds);
    }
    EXPECT_LE(row.incumbents.back().seconds, row.solve_seconds);
    EXPECT_LE(*row.seconds_to_1pct, row.solve_seconds);
  }
}

// A short run is repeated: its time is the median, and the first run may have taken longer.
TEST(Study, NoRunIsNearTheBestAfterItsEnd) {
  StudyRequest request = small_request("3x3x3,4x4x4-boxes,6x6x10", 3);
  const std::vector<std::string> names = {"gh", "agh@10ms", "milp", "auto"};
  request.variants = *method_variants(names);
  for (const StudyRow& row : run(request).rows) {
    EXPECT_LE(row.seconds_to_1pct.value_or(0.0), row.solve_seconds) << row.instance << row.method;
  }
}

TEST(Study, AMethodMayHaveATimeLimitOfItsOwn) {
  const std::vector<std::string> names = {"gh", "agh@20ms"};
  const auto variants = method_variants(names);
  ASSERT_TRUE(variants.ok());
  EXPECT_EQ((*variants)[1].name, "agh@20ms");
  EXPECT_EQ((*variants)[1].family, "agh");
  StudyRequest request = small_request("10x6x6", 1);
  request.variants = *variants;
  request.limits.time = Seconds{1000.0};
  const Study study = run(request);
  EXPECT_EQ(study.rows[1].status, "limit");
  EXPECT_EQ(study.rows[1].limit, "time");

  for (const char* bad : {"agh@", "agh@fast", "agh@0s", "agh@-1s"}) {
    const auto refused = method_variants(std::vector<std::string>{bad});
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_NE(refused.errors().front().message.find("time limit after '@'"), std::string::npos);
  }
}

TEST(Study, IsTheSameAgainButForTheSeconds) {
  EXPECT_EQ(comparable(run(small_request())), comparable(run(small_request())));
}

TEST(Study, ShardsTogetherAreTheWhole) {
  std::vector<std::string> whole = comparable(run(small_request()));
  std::sort(whole.begin() + 1, whole.end());
  for (const std::size_t count : {2U, 7U, 40U}) {
    StudyRequest request = small_request();
    request.shard.count = count;
    std::vector<std::string> joined;
    for (request.shard.index = 0; request.shard.index < count; ++request.shard.index) {
      const std::vector<std::string> part = comparable(run(request));
      joined.insert(joined.end(), part.begin() + (joined.empty() ? 0 : 1), part.end());
    }
    std::sort(joined.begin() + 1, joined.end());
    EXPECT_EQ(joined, whole) << count;
  }
}

TEST(Study, GapsOfJoinedShardsAreThoseOfTheWhole) {
  const Study whole = run(small_request());
  StudyRequest request = small_request();
  request.shard.count = 3;
  std::vector<StudyRow> joined;
  for (request.shard.index = 0; request.shard.index < 3; ++request.shard.index) {
    const Study part = run(request);
    for (const StudyRow& row : part.rows) {
      EXPECT_FALSE(row.gap_to_best.has_value());
      joined.push_back(row);
    }
  }
  fill_gaps(joined);
  for (const StudyRow& row : whole.rows) {
    const auto same = std::find_if(joined.begin(), joined.end(), [&](const StudyRow& other) {
      return other.instance == row.instance && other.method == row.method;
    });
    ASSERT_NE(same, joined.end()) << row.instance << " " << row.method;
    EXPECT_EQ(same->cost, row.cost);
    EXPECT_EQ(same->status, row.status);
    EXPECT_EQ(same->lower_bound, row.lower_bound);
    EXPECT_EQ(same->gap_to_best, row.gap_to_best);
    EXPECT_EQ(same->gap_proven, row.gap_proven);
  }
}

TEST(StudyShards, DealEveryTaskToExactlyOneAndEvenly) {
  for (const std::size_t count : {1U, 2U, 5U, 6U, 12U, 31U}) {
    std::vector<std::size_t> size(count, 0);
    for (std::size_t task = 0; task < 60; ++task) {
      int owners = 0;
      for (std::size_t index = 0; index < count; ++index) {
        if (!StudyShard{index, count}.holds(task)) continue;
        ++owners;
        ++size[index];
      }
      EXPECT_EQ(owners, 1) << task << " of " << count;
    }
    const auto [least, most] = std::minmax_element(size.begin(), size.end());
    EXPECT_LE(*most - *least, 1U) << count;
  }
}

// As many shards as methods: none may get the slowest method of every problem.
TEST(StudyShards, MixTheMethods) {
  const StudyShard first{0, 6};
  std::set<std::size_t> methods;
  for (std::size_t task = 0; task < 36; ++task) {
    if (first.holds(task)) methods.insert(task % 6);
  }
  EXPECT_EQ(methods.size(), 6U);
}

TEST(Study, CsvHasTheDocumentedColumns) {
  const std::vector<std::vector<std::string>> rows =
      csv_rows(to_csv(run(small_request("3x3x3", 1))));
  ASSERT_EQ(rows.size(), 1U + kMethods.size());
  const std::vector<std::string> header = {
      "study",   "set",     "instance",  "seed",        "classes",     "models",
      "pools",   "options", "pairs",     "family",      "method",      "status",
      "limit",   "detail",  "cost",      "lower_bound", "gap_to_best", "gap_proven",
      "build_s", "solve_s", "to_1pct_s", "root_bound",  "nodes"};
  EXPECT_EQ(rows.front(), header);
  for (const auto& row : rows) EXPECT_GE(row.size(), header.size());
  EXPECT_EQ(rows[1][0], "gap");
  EXPECT_EQ(rows[1][1], "3x3x3");
  EXPECT_EQ(rows[1][2], "3x3x3-s1");
  EXPECT_EQ(rows[1][11], "optimal");
}

TEST(Study, CsvQuotesWhatHoldsCommasAndQuotes) {
  Study study;
  StudyRow row;
  row.set = "a,b";
  row.detail = "no \"plan\",\nat all";
  study.rows.push_back(row);
  const std::string csv = to_csv(study);
  EXPECT_NE(csv.find(",\"a,b\","), std::string::npos) << csv;
  EXPECT_NE(csv.find("\"no \"\"plan\"\",\nat all\""), std::string::npos) << csv;
}

TEST(Study, JsonHoldsTheSameRows) {
  Study study = run(small_request("3x3x3", 1));
  study.command = "berth study gap";
  study.time_limit_s = 10.0;
  const Result<Document> document = parse_json("study", to_json(study));
  ASSERT_TRUE(document.ok()) << to_string(document.errors().front());
  EXPECT_EQ(document->root.find("format")->text, "berth.study/1");
  EXPECT_EQ(document->root.find("study")->text, "gap");
  const Node& rows = *document->root.find("rows");
  ASSERT_EQ(rows.items.size(), study.rows.size());
  for (std::size_t k = 0; k < rows.items.size(); ++k) {
    EXPECT_EQ(rows.items[k].find("method")->text, study.rows[k].method);
    EXPECT_NEAR(rows.items[k].find("cost")->number, study.rows[k].cost->usd(), 1e-9);
  }
  EXPECT_EQ(document->root.find("summary")->items.size(), kMethods.size());
}

TEST(Study, AStopEndsItWithTheRowsDoneSoFar) {
  StopFlag stop;
  StudyRequest request = small_request();
  request.limits.stop = &stop;
  const Result<Study> study = run_study(request, [&](const StudyStep& step) {
    EXPECT_EQ(step.total, 4U * kMethods.size());
    if (step.done == 4) stop.request_stop();
  });
  ASSERT_TRUE(study.ok());
  EXPECT_TRUE(study->stopped);
  EXPECT_GE(study->rows.size(), 4U);
  EXPECT_LT(study->rows.size(), 4U * kMethods.size());
  for (const StudyRow& row : study->rows) EXPECT_NE(row.limit, "stop");
}

/// A method that claims what is not so.
Variant liar(const std::string& name, double bound_over_cost, bool breaks_capacity) {
  return {name, name, "", [=](const Instance& instance, std::uint64_t seed, const Limits& limits) {
            VariantRun run{find_method("gh")->solve(instance, seed, limits), std::nullopt};
            if (breaks_capacity) {
              std::fill(run.result.solution->replicas.begin(), run.result.solution->replicas.end(),
                        0);
            }
            if (bound_over_cost > 0.0) {
              run.result.lower_bound = run.result.cost.total().usd() * bound_over_cost;
            }
            return run;
          }};
}

TEST(Study, APlanThatFailsTheCheckIsAnErrorAndCountsForNothing) {
  StudyRequest request = small_request("3x3x3", 1);
  request.variants = {liar("liar", 0.0, true)};
  const Study study = run(request);
  ASSERT_EQ(study.rows.size(), 1U);
  EXPECT_EQ(study.rows[0].status, "error");
  EXPECT_FALSE(study.rows[0].cost.has_value());
  EXPECT_NE(study.rows[0].detail.find("fails the check"), std::string::npos);
}

StudyProblem first_where_gh_is_not_optimal(StudyRequest request) {
  request.variants = *method_variants(std::vector<std::string>{"milp", "gh"});
  const std::vector<StudyRow> rows = run(request).rows;
  std::size_t k = 1;
  while (k + 2 < rows.size() && *rows[k].gap_to_best <= 0.001) k += 2;
  return request.problems[k / 2];
}

TEST(Study, ABoundAboveItsOwnOrAnothersPlanIsAnError) {
  StudyRequest request = small_request("8x8x8", 12);
  request.problems = {first_where_gh_is_not_optimal(request)};
  request.variants = {liar("own", 2.0, false)};  // "other" below lies above the optimum alone
  EXPECT_EQ(run(request).rows[0].status, "error");
  request.variants = *method_variants(std::vector<std::string>{"milp", "gh"});
  request.variants.push_back(liar("other", 1.0, false));
  const Study study = run(request);
  EXPECT_EQ(study.rows[0].status, "optimal");
  EXPECT_EQ(study.rows[2].status, "error");
}

TEST(Study, EveryBadFileIsNamedBeforeAnythingRuns) {
  StudyRequest request = small_request("3x3x3", 1);
  const auto files = file_problems({"nowhere-1.json", "nowhere-2.yaml"});
  request.problems.insert(request.problems.end(), files->begin(), files->end());
  bool ran = false;
  const Result<Study> study = run_study(request, [&](const StudyStep&) { ran = true; });
  ASSERT_FALSE(study.ok());
  EXPECT_EQ(study.errors().size(), 2U);
  EXPECT_FALSE(ran);
}

TEST(Variants, UnknownMethodsAreAllNamed) {
  const std::vector<std::string> names = {"gh", "ghh", "lqr"};
  const auto variants = method_variants(names);
  ASSERT_FALSE(variants.ok());
  EXPECT_EQ(variants.errors().size(), 2U);
  EXPECT_NE(variants.errors()[0].suggestion.find("gh"), std::string::npos);
  const std::vector<std::string> families = {"hf"};
  EXPECT_FALSE(ablation_variants(families).ok());
}

TEST(Variants, TheFirstOfAFamilyIsTheWholeMethod) {
  std::set<std::string> names;
  for (const Variant& variant : ablations()) {
    EXPECT_TRUE(names.insert(variant.name).second) << variant.name;
    EXPECT_FALSE(variant.what.empty()) << variant.name;
  }
  for (const std::string& family : ablation_families()) {
    const std::vector<std::string> one = {family};
    const auto variants = ablation_variants(one);
    ASSERT_TRUE(variants.ok());
    EXPECT_EQ(variants->front().name, family);
    EXPECT_GE(variants->size(), 2U);
  }
}

}  // namespace
}  // namespace berth
