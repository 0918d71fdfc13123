// Mélange's configuration: what becomes of it, and what is said of bad ones.

#include "berth/import/melange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "tests/import/import_errors.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::said_by;

/// One GPU, two sizes; `share` of the second.
std::string config(const std::string& tputs, const std::string& shares = "[[0.5, 0.5]]",
                   const std::string& more = "") {
  return R"({"gpu_info": {"A10G": {"cost": 1.01, "tputs": )" + tputs +
         R"(}}, "workload_distribution": )" + shares + R"(, "total_request_rate": 8)" + more + "}";
}

std::string said_of_melange(const std::string& content) {
  return said_by(import_melange("c.json", content));
}

TEST(ImportMelange, ABucketIsAClassAndAGpuIsAnOption) {
  const std::string path = std::string(BERTH_SOURCE_DIR) + "/data/import/melange-example.json";
  const Result<ImportedProblem> problem = import_melange(path, *read_file(path));
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  const InstanceColumns& c = problem->instance.columns();
  EXPECT_THAT(c.classes.name, ElementsAre("in0/out0", "in0/out1", "in1/out0", "in1/out1"));
  EXPECT_THAT(c.options.name, ElementsAre("A10G", "A100-80GB"));
  EXPECT_THAT(c.offers.cost,
              ElementsAre(CostRate::usd_per_hour(1.01), CostRate::usd_per_hour(3.67)));
  EXPECT_THAT(c.offers.lot, ElementsAre(1, 1));
  EXPECT_THAT(c.options.units, ElementsAre(1, 1));
  ASSERT_EQ(problem->instance.pair_count(), 8U);
  // 30 requests/s, half of them in row 1, column 0, where an A10G serves 5/s and an A100 40/s.
  const auto slow = problem->instance.find_pair(ClassId(2), OptionId(0));
  const auto fast = problem->instance.find_pair(ClassId(2), OptionId(1));
  ASSERT_TRUE(slow && fast);
  EXPECT_DOUBLE_EQ(c.pairs.load[*slow], 3.0);
  EXPECT_DOUBLE_EQ(c.pairs.load[*fast], 0.375);
  EXPECT_THAT(problem->notes, ElementsAre(HasSubstr("slice_factor is not used")));
}

TEST(ImportMelange, ThroughputZeroIsNoPair) {
  const std::string two = R"({"gpu_info": {"A": {"cost": 1, "tputs": [[4, 0]]},
      "B": {"cost": 2, "tputs": [[4, 4]]}},
      "workload_distribution": [[0.5, 0.5]], "total_request_rate": 8})";
  const Result<ImportedProblem> problem = import_melange("c.json", two);
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  EXPECT_EQ(problem->instance.pair_count(), 3U);
  EXPECT_FALSE(problem->instance.find_pair(ClassId(1), OptionId(0)));
  EXPECT_THAT(problem->notes, IsEmpty());
}

TEST(ImportMelange, ABucketWithRequestsThatNobodyServesHasNoPlan) {
  const Result<ImportedProblem> problem = import_melange("c.json", config("[[4, 0]]"));
  ASSERT_FALSE(problem.ok());
  EXPECT_EQ(problem.errors().front().code, ErrorCode::kInfeasible);
  EXPECT_THAT(said_by(problem), HasSubstr("c.json:1: /workload_distribution/0/1: no GPU serves"));
}

TEST(ImportMelange, ABucketWithoutRequestsIsNoClass) {
  const Result<ImportedProblem> problem =
      import_melange("c.json", config("[[4, 0]]", "[[1.0, 0.0]]"));
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  EXPECT_EQ(problem->instance.class_count(), 1U);
  EXPECT_THAT(problem->notes, ElementsAre(HasSubstr("1 of 2 sizes have no requests")));
  EXPECT_THAT(said_of_melange(config("[[4, 4]]", "[[0, 0]]")),
              HasSubstr("no requests to plan for"));
}

TEST(ImportMelange, SharesThatDoNotSumToOneAreTold) {
  const Result<ImportedProblem> problem =
      import_melange("c.json", config("[[4, 4]]", "[[0.75, 0.5]]"));
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  EXPECT_THAT(problem->notes, ElementsAre(HasSubstr("sum to 1.25: planned are 10 requests/s")));
}

TEST(ImportMelange, SaysAllThatIsWrong) {
  const std::string said = said_of_melange(R"({
  "gpu_info": {
    "A10G": {"cost": -1, "tputs": [[5, 1], [10, 5]]},
    "A100": {"cost": "dear", "tputs": [[5, "x"]]},
    "H100": {"tputs": [[5, -2]]},
    "L4": {"cost": 0.8, "tput": [[5, 2]]}
  },
  "workload_distribution": [[0.25, 1.75]],
  "overall_rate": 16,
  "slice_factor": 0
})");
  EXPECT_THAT(said, HasSubstr("c.json:3: /gpu_info/A10G/cost: must be"));
  EXPECT_THAT(said, HasSubstr("c.json:4: /gpu_info/A100/cost: expected a number"));
  EXPECT_THAT(said, HasSubstr("c.json:4: /gpu_info/A100/tputs/0/1: expected a number"));
  EXPECT_THAT(said, HasSubstr("c.json:5: /gpu_info/H100: the key 'cost' is missing"));
  EXPECT_THAT(said, HasSubstr("c.json:5: /gpu_info/H100/tputs/0/1: must be"));
  EXPECT_THAT(said, HasSubstr("c.json:6: /gpu_info/L4: the key 'tputs' is missing"));
  EXPECT_THAT(said, HasSubstr("c.json:8: /workload_distribution/0/1: must be"));
  EXPECT_THAT(said, HasSubstr("the key 'total_request_rate' is missing"));
  EXPECT_THAT(said, HasSubstr("c.json:9: /overall_rate"));
  EXPECT_THAT(said, HasSubstr("c.json:10: /slice_factor"));
}

TEST(ImportMelange, TablesMustHaveOneShape) {
  EXPECT_THAT(said_of_melange(config("[[4, 4], [4, 4]]")),
              HasSubstr("/gpu_info/A10G/tputs: 2 x 2 sizes, but workload_distribution has 1 x 2"));
  EXPECT_THAT(said_of_melange(config("[[4, 4]]", "[[0.5, 0.25], [0.25]]")),
              HasSubstr("/workload_distribution/1: this row has 1 numbers, the first one 2"));
  EXPECT_THAT(said_of_melange(config("[[4, 4]]", "[]")), HasSubstr("this table has no numbers"));
  EXPECT_THAT(said_of_melange(config("[4, 4]")),
              HasSubstr("/gpu_info/A10G/tputs/0: expected a list"));
  EXPECT_THAT(said_of_melange(config("7")), HasSubstr("/gpu_info/A10G/tputs: expected a list"));
}

TEST(ImportMelange, SaysWhatAnotherFileIs) {
  EXPECT_THAT(said_of_melange(R"({"gpu": "a", "cost": 1, "tputs": [[1]], "indexes": [[1], [1]]})"),
              HasSubstr("found an AIBrix profile; use 'berth import aibrix'"));
  EXPECT_THAT(
      said_of_melange(R"({"completed": 1, "total_input_tokens": 1, "request_throughput": 1})"),
      HasSubstr("use 'berth import vllm-bench'"));
  EXPECT_THAT(said_of_melange("{\"meta_v\": 3}"), HasSubstr("a load of AIBrix"));
  EXPECT_THAT(said_of_melange("InstanceType,AcceleratorName,Price\n"),
              HasSubstr("use 'berth import skypilot-prices'"));
  EXPECT_THAT(said_of_melange("model,gpu,metric,value\n"), HasSubstr("'berth validate'"));
  EXPECT_THAT(said_of_melange("format: berth.fleet/1\n"), HasSubstr("Berth's own berth.fleet/1"));
  EXPECT_THAT(said_of_melange("{\"format\": \"berth.instance/1\"}"), HasSubstr("needs no import"));
  EXPECT_THAT(said_of_melange("{\"a\": 1, \"b\": 2}"), HasSubstr("found the keys a, b"));
  EXPECT_THAT(said_of_melange("[]"), HasSubstr("found a list"));
  EXPECT_THAT(said_of_melange(""), HasSubstr("found an empty file"));
  EXPECT_THAT(said_of_melange("hello"), HasSubstr("neither JSON nor a table"));
  EXPECT_THAT(said_of_melange("{\"gpu_info\": "), HasSubstr("c.json:1"));
  EXPECT_THAT(said_of_melange("{\"gpu_info\": {}, "), Not(HasSubstr("expected a Mélange")));
}

TEST(ImportMelange, NumbersThatNoPlanCanHoldAreErrors) {
  EXPECT_THAT(said_of_melange(config("[[1e-320, 4]]")),
              HasSubstr("c.json: the optimisation problem"));
  EXPECT_THAT(said_of_melange(config("[[1e400, 4]]")), Not(IsEmpty()));
}

}  // namespace
}  // namespace berth
