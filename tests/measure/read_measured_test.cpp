// The reader of measurements: columns by name, every error with its line.

#include "berth/measure/read_measured.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHeader =
    "source_repo,source_path,engine,model,params_b,dtype,gpu,tp,pp,batch_or_concurrency,"
    "input_tokens,output_tokens,metric,value,note\n";

TEST(ReadMeasured, TakesColumnsByNameAndTimesInSeconds) {
  const auto rows = parse_measured("m.csv",
                                   "value,metric,gpu,dtype,model,tp,note,batch_or_concurrency\r\n"
                                   "12.5,tpot_ms,H100,fp8,m,4.0,\"a, \"\"b\"\"\",\r\n"
                                   "\r\n"
                                   "700,throughput_tok_s_per_gpu,H100,,m,,,16\r\n");
  ASSERT_TRUE(rows.ok()) << to_string(rows.errors().front());
  ASSERT_EQ(rows->size(), 2U);
  const MeasuredRow& first = rows->front();
  EXPECT_EQ(first.line, 2U);
  EXPECT_EQ(first.metric, Metric::kTpot);
  EXPECT_DOUBLE_EQ(first.value, 0.0125);
  EXPECT_EQ(first.tensor_parallel, 4.0);
  EXPECT_EQ(first.batch, std::nullopt);
  EXPECT_EQ(first.note, "a, \"b\"");
  EXPECT_EQ(first.engine, "");
  const MeasuredRow& second = rows->back();
  EXPECT_EQ(second.line, 4U);
  EXPECT_EQ(second.metric, Metric::kTokenRate);
  EXPECT_DOUBLE_EQ(second.value, 700.0);
  EXPECT_EQ(second.tensor_parallel, std::nullopt);
  EXPECT_EQ(second.batch, 16.0);
}

TEST(ReadMeasured, AQuotedFieldMayHoldLineEnds) {
  const auto rows = parse_measured("m.csv",
                                   "\xef\xbb\xbfmodel,dtype,gpu,metric,value,note\n"
                                   "m,bf16,g,ttft_ms,1,\"two\nlines\"\n"
                                   "m,bf16,g,ttft_ms,2,one\n");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->front().note, "two\nlines");
  EXPECT_EQ(rows->back().line, 4U);
}

TEST(ReadMeasured, SaysAllThatIsWrongWithTheRows) {
  const std::string bad = std::string(kHeader) +
                          "s,p,vllm,m,8,bf16,H100,1,1,4,100,10,tpot_ms,fast,\n"
                          "s,p,vllm,m,8,bf16,H100,1,1,0,100,10,tpot_ms,5,\n"
                          "s,p,vllm,m,8,bf16,H100,1,1,4,100,10,tpt_ms,5,\n"
                          "s,p,vllm,,8,bf16,H100,1.5,1,4,100,10,tpot_ms,5,\n"
                          "s,p,vllm,m,8,bf16\n"
                          "s,p,vllm,m,8,bf16,H100,1,1,4,100,10,tpot_ms,-5,\n"
                          "s,p,vllm,m,8,bf16,H100,1,1,4,nan,10,tpot_ms,5,\n"
                          "s,p,\"vllm\"x,m,8,bf16,H100,1,1,4,100,10,tpot_ms,5,\n";
  const auto rows = parse_measured("m.csv", bad);
  ASSERT_FALSE(rows.ok());
  std::string said;
  for (const Error& error : rows.errors()) said += to_string(error) + "\n";
  EXPECT_THAT(said, HasSubstr("m.csv:2: value: expected a number, found 'fast'"));
  EXPECT_THAT(said, HasSubstr("m.csv:3: batch_or_concurrency: expected 1 to"));
  EXPECT_THAT(said, HasSubstr("m.csv:4: unknown metric 'tpt_ms'"));
  EXPECT_THAT(said, HasSubstr("did you mean 'tpot_ms'?"));
  EXPECT_THAT(said, HasSubstr("m.csv:5: model is empty"));
  EXPECT_THAT(said, HasSubstr("m.csv:5: tp: expected a whole number, found '1.5'"));
  EXPECT_THAT(said, HasSubstr("m.csv:6: expected 15 fields as in the header, found 6"));
  EXPECT_THAT(said, HasSubstr("m.csv:7: value: expected a number above 0"));
  EXPECT_THAT(said, HasSubstr("m.csv:8: input_tokens: expected a number, found 'nan'"));
  EXPECT_THAT(said, HasSubstr("m.csv:9: a quote is not closed, or text follows it"));
}

TEST(ReadMeasured, SaysWhichColumnsAreMissingOrDouble) {
  const auto rows = parse_measured("m.csv", "model,gpus,metric,metric,value\nm,g,tpot_ms,,1\n");
  ASSERT_FALSE(rows.ok());
  std::string said;
  for (const Error& error : rows.errors()) said += to_string(error) + "\n";
  EXPECT_THAT(said, HasSubstr("m.csv:1: no column 'gpu'; did you mean 'gpus'?"));
  EXPECT_THAT(said, HasSubstr("m.csv:1: no column 'dtype'"));
  EXPECT_THAT(said, HasSubstr("m.csv:1: the column 'metric' stands twice"));
}

TEST(ReadMeasured, RefusesWhatIsNoTable) {
  EXPECT_EQ(parse_measured("m.csv", "").errors().front().code, ErrorCode::kMissing);
  EXPECT_EQ(parse_measured("m.csv", kHeader).errors().front().code, ErrorCode::kMissing);
  const Error bytes = parse_measured("m.csv", std::string(kHeader) + "\xff").errors().front();
  EXPECT_EQ(bytes.code, ErrorCode::kSyntax);
  EXPECT_EQ(bytes.where, "m.csv:2");
  const Errors prose = parse_measured("m.md", "# A title\n\nSome, prose\n").errors();
  ASSERT_EQ(prose.size(), 1U);
  EXPECT_THAT(to_string(prose.front()),
              HasSubstr("expected a header with the columns model, dtype, gpu, metric, value, "
                        "found '# A title'"));
  EXPECT_EQ(read_measured("no/such/file.csv").errors().front().code, ErrorCode::kNotFound);
}

TEST(ReadMeasured, CountsTheBadRowsThatItDoesNotList) {
  std::string many = "model,dtype,gpu,metric,value\n";
  for (int k = 0; k < 100; ++k) many += "m,bf16,g,tpot_ms,x\n";
  const auto rows = parse_measured("m.csv", many);
  ASSERT_FALSE(rows.ok());
  EXPECT_LT(rows.errors().size(), 30U);
  EXPECT_THAT(rows.errors().back().message, HasSubstr("100 rows are bad"));
}

}  // namespace
}  // namespace berth
