// What the user says of runs against what their rows state.

#include "berth/measure/run_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/measure/read_measured.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

MeasuredRow row(const std::string& model, const std::string& gpu) {
  MeasuredRow row;
  row.file = "m.csv";
  row.line = 7;
  row.model = model;
  row.gpu = gpu;
  return row;
}

RunFacts facts() {
  RunFacts facts;
  facts.model = "llama-3.1-8b";
  facts.gpu = "H100";
  facts.dtype = "fp8";
  facts.engine = "vllm-0.12.0";
  facts.tensor_parallel = 2.0;
  facts.pipeline_parallel = 1.0;
  return facts;
}

std::string said_of(std::vector<MeasuredRow> rows, const RunFacts& facts) {
  std::string all;
  for (const Error& error : fill(rows, facts, testing::builtin_catalog()))
    all += to_string(error) + "\n";
  return all;
}

TEST(RunFacts, FillsWhatIsEmptyUnknownOrGuessed) {
  std::vector<MeasuredRow> rows = {row("", ""), row("/models/mine", "gpu-of-node-3")};
  rows[1].dtype = "bf16?";
  rows[1].engine = "vLLM";
  ASSERT_TRUE(fill(rows, facts(), testing::builtin_catalog()).empty());
  for (const MeasuredRow& filled : rows) {
    EXPECT_EQ(filled.model, "llama-3.1-8b");
    EXPECT_EQ(filled.gpu, "H100");
    EXPECT_EQ(filled.dtype, "fp8");
    EXPECT_EQ(filled.engine, "vllm-0.12.0");
    EXPECT_EQ(filled.tensor_parallel, 2.0);
    EXPECT_EQ(filled.pipeline_parallel, 1.0);
  }
}

TEST(RunFacts, LeavesWhatSaysTheSameInOtherWords) {
  std::vector<MeasuredRow> rows = {row("meta-llama/Llama-3.1-8B-Instruct", "h100-sxm")};
  rows[0].dtype = "FP8";
  rows[0].engine = "VLLM-0.12.0";
  rows[0].tensor_parallel = 2.0;
  ASSERT_TRUE(fill(rows, facts(), testing::builtin_catalog()).empty());
  EXPECT_EQ(rows[0].model, "meta-llama/Llama-3.1-8B-Instruct");
  EXPECT_EQ(rows[0].gpu, "h100-sxm");
  RunFacts family;
  family.engine = "vllm";
  EXPECT_TRUE(fill(rows, family, testing::builtin_catalog()).empty());
  EXPECT_EQ(rows[0].engine, "VLLM-0.12.0");
}

TEST(RunFacts, NamesBothSidesOfEveryConflictOnce) {
  std::vector<MeasuredRow> rows(3, row("llama-3.1-70b", "h200"));
  for (MeasuredRow& one : rows) {
    one.dtype = "bf16";
    one.engine = "sglang-0.5";
    one.tensor_parallel = 8.0;
    one.pipeline_parallel = 4.0;
  }
  const std::string said = said_of(rows, facts());
  EXPECT_THAT(said, HasSubstr("m.csv:7: states 'llama-3.1-70b' where --model says 'llama-3.1-8b' "
                              "(3 rows of this file)"));
  EXPECT_THAT(said, HasSubstr("states 'h200' where --gpu says 'H100'"));
  EXPECT_THAT(said, HasSubstr("states 'bf16' where --precision says 'fp8'"));
  EXPECT_THAT(said, HasSubstr("states 'sglang-0.5' where --engine says 'vllm-0.12.0'"));
  EXPECT_THAT(said, HasSubstr("states '8' where --tp says '2'"));
  EXPECT_THAT(said, HasSubstr("states '4' where --pp says '1'"));
}

TEST(RunFacts, SaysWhichNamesItDoesNotKnow) {
  RunFacts wrong;
  wrong.model = "lama-3.1-8b";
  wrong.gpu = "h100-smx";
  wrong.dtype = "fp9";
  const std::string said = said_of({row("", "")}, wrong);
  EXPECT_THAT(said,
              HasSubstr("--model: unknown model 'lama-3.1-8b'; did you mean 'llama-3.1-8b'?"));
  EXPECT_THAT(said, HasSubstr("--gpu: unknown GPU 'h100-smx'; did you mean 'h100-sxm'?"));
  EXPECT_THAT(said, HasSubstr("--precision: unknown precision 'fp9'"));
}

TEST(RunFacts, ATableMayLeaveOutWhatIsSaid) {
  const auto rows = parse_measured("m.csv", "metric,value,gpu\ntpot_ms,9,\n", facts());
  ASSERT_TRUE(rows.ok()) << to_string(rows.errors().front());
  EXPECT_EQ(rows->front().model, "");
  EXPECT_EQ(rows->front().file, "m.csv");
  const auto refused = parse_measured("m.csv", "metric,value,gpu,model,dtype\ntpot_ms,9,,m,\n");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(to_string(refused.errors().front()), "m.csv:2: gpu is empty; add --gpu NAME");
}

}  // namespace
}  // namespace berth
