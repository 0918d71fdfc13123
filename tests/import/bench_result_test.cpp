// Results of load generators as a table of measured runs that reads back.

#include "berth/import/bench_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/measure/read_measured.h"
#include "berth/measure/write_measured.h"
#include "tests/import/import_errors.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using testing::said_by;

const RunFacts kSaid{.model = "llama-3.1-8b",
                     .gpu = "h100-sxm",
                     .dtype = "bf16",
                     .engine = "vllm-0.12.0",
                     .tensor_parallel = 1.0,
                     .pipeline_parallel = {}};

const BenchFormat& format(std::string_view word) {
  for (const BenchFormat& one : bench_formats()) {
    if (one.word == word) return one;
  }
  ADD_FAILURE() << "no format " << word;
  return bench_formats().front();
}

Result<std::vector<MeasuredRow>> sample_rows(const std::string& word, const std::string& file) {
  const std::string path = std::string(BERTH_SOURCE_DIR) + "/data/measured/" + file;
  return import_benchmark(format(word), file, *read_file(path), kSaid);
}

TEST(ImportBenchmark, TheTableReadsBackAsTheSameRows) {
  for (const std::string word : {"vllm-bench", "aiperf", "guidellm", "inference-perf"}) {
    Result<std::vector<MeasuredRow>> rows = sample_rows(word, word + ".json");
    ASSERT_TRUE(rows.ok()) << said_by(rows);
    ASSERT_TRUE(fill(*rows, kSaid, *load_builtin_catalog()).empty());
    const auto back = parse_measured("rows.csv", to_csv(std::span(*rows)));
    ASSERT_TRUE(back.ok()) << said_by(back);
    ASSERT_EQ(back->size(), rows->size());
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const MeasuredRow& one = (*rows)[i];
      const MeasuredRow& two = (*back)[i];
      EXPECT_EQ(two.metric, one.metric);
      EXPECT_NEAR(two.value, one.value, 1e-9 * one.value);
      EXPECT_EQ(two.model, one.model);
      EXPECT_EQ(two.gpu, one.gpu);
      EXPECT_EQ(two.dtype, one.dtype);
      EXPECT_EQ(two.engine, one.engine);
      EXPECT_EQ(two.source, one.source);
      EXPECT_EQ(two.note, one.note);
      EXPECT_EQ(two.tensor_parallel, one.tensor_parallel);
      EXPECT_NEAR(two.batch.value_or(0.0), one.batch.value_or(0.0), 1e-6);
      EXPECT_NEAR(two.prompt_tokens.value_or(0.0), one.prompt_tokens.value_or(0.0), 1e-6);
      EXPECT_NEAR(two.output_tokens.value_or(0.0), one.output_tokens.value_or(0.0), 1e-6);
    }
  }
}

TEST(ImportBenchmark, AnotherGeneratorsFileIsRefusedByName) {
  EXPECT_THAT(said_by(sample_rows("vllm-bench", "aiperf.json")),
              HasSubstr("aiperf.json: expected a result of vllm bench serve, found a result of "
                        "AIPerf or GenAI-Perf; use 'berth import aiperf'"));
  EXPECT_THAT(said_by(sample_rows("guidellm", "vllm-bench.json")),
              HasSubstr("use 'berth import vllm-bench'"));
  EXPECT_THAT(said_by(sample_rows("aiperf", "sample.csv")), HasSubstr("it needs no import"));
  EXPECT_THAT(said_by(import_benchmark(format("aiperf"), "b.json", "{\"a\": 1", kSaid)),
              HasSubstr("b.json:1"));
  EXPECT_THAT(said_by(import_benchmark(format("aiperf"), "b.json", "", kSaid)),
              HasSubstr("found an empty file"));
}

TEST(ImportBenchmark, WhatTheTableCannotHoldIsEmpty) {
  MeasuredRow row;
  row.model = "m, n";
  row.gpu = "h100-sxm";
  row.metric = Metric::kRequestRate;
  row.value = 2.5;
  row.batch = 0.5;
  row.note = "said \"so\"";
  EXPECT_EQ(to_csv(std::span(&row, 1)),
            "source_repo,engine,model,dtype,gpu,tp,pp,batch_or_concurrency,input_tokens,"
            "output_tokens,metric,value,note\n"
            ",,\"m, n\",,h100-sxm,,,,,,throughput_req_s,2.5,\"said \"\"so\"\"\"\n");
}

}  // namespace
}  // namespace berth
