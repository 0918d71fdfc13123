// The result files of load generators: what becomes of each run, and what is said of bad ones. The
// samples are written by hand in each generator's format; their numbers are made up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/measure/read_measured.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const RunFacts kH100{.model = {},
                     .gpu = "h100-sxm",
                     .dtype = {},
                     .engine = {},
                     .tensor_parallel = 1.0,
                     .pipeline_parallel = {}};
const RunFacts kLlama{.model = "llama-3.1-8b",
                      .gpu = "h100-sxm",
                      .dtype = {},
                      .engine = {},
                      .tensor_parallel = 1.0,
                      .pipeline_parallel = {}};

std::vector<MeasuredRow> sample(const std::string& file, const RunFacts& said = kH100) {
  const auto rows = read_measured(std::string(BERTH_SOURCE_DIR) + "/data/measured/" + file, said);
  EXPECT_TRUE(rows.ok()) << file << ": " << (rows ? "" : to_string(rows.errors().front()));
  return rows ? *rows : std::vector<MeasuredRow>();
}

std::string said_of(std::string_view content, const RunFacts& said = kLlama) {
  const auto rows = parse_measured("b.json", content, said);
  std::string all;
  if (rows) return all;
  for (const Error& error : rows.errors()) all += to_string(error) + "\n";
  return all;
}

std::vector<MeasuredRow> rows_of(std::string_view content, const RunFacts& said = kLlama) {
  const auto rows = parse_measured("b.json", content, said);
  EXPECT_TRUE(rows.ok()) << said_of(content, said);
  return rows ? *rows : std::vector<MeasuredRow>();
}

/// A run of vllm bench serve with `more` keys, with a comma before them.
std::string vllm_run(const std::string& more) {
  return R"({"completed": 100, "total_input_tokens": 100000, "total_output_tokens": 20000,)"
         R"( "request_throughput": 5.0)" +
         more + "}";
}

const MeasuredRow* find(const std::vector<MeasuredRow>& rows, Metric metric) {
  for (const MeasuredRow& row : rows) {
    if (row.metric == metric) return &row;
  }
  return nullptr;
}

TEST(ImportVllmBench, AClosedLoopAndARateOnALineEach) {
  const std::vector<MeasuredRow> rows = sample("vllm-bench.json");
  ASSERT_EQ(rows.size(), 7U);
  const MeasuredRow& ttft = rows[0];
  EXPECT_EQ(ttft.line, 1U);
  EXPECT_THAT(ttft.file, HasSubstr("vllm-bench.json"));
  EXPECT_EQ(ttft.source, "vllm bench serve");
  EXPECT_EQ(ttft.model, "meta-llama/Llama-3.1-8B-Instruct");
  EXPECT_EQ(ttft.engine, "");  // the backend is a protocol
  EXPECT_EQ(ttft.gpu, "");     // filled in later
  EXPECT_EQ(ttft.metric, Metric::kTtft);
  EXPECT_DOUBLE_EQ(ttft.value, 0.142);
  EXPECT_EQ(ttft.batch, 32.0);
  EXPECT_EQ(ttft.prompt_tokens, 1000.0);
  EXPECT_EQ(ttft.output_tokens, 200.0);
  EXPECT_EQ(ttft.note, "");
  EXPECT_EQ(rows[1].metric, Metric::kTpot);
  EXPECT_DOUBLE_EQ(rows[1].value, 0.0116);
  EXPECT_EQ(rows[2].metric, Metric::kRequestRate);
  EXPECT_DOUBLE_EQ(rows[2].value, 12.9);
  const MeasuredRow& e2e = rows[5];
  EXPECT_EQ(e2e.line, 2U);
  EXPECT_EQ(e2e.metric, Metric::kE2e);
  EXPECT_DOUBLE_EQ(e2e.value, 1.832);
  ASSERT_TRUE(e2e.batch);
  EXPECT_NEAR(*e2e.batch, 5.82 * 1.832, 1e-9);
  EXPECT_THAT(e2e.note, HasSubstr("2 requests failed"));
  EXPECT_THAT(e2e.note, HasSubstr("Little's law: request rate x mean E2E"));
}

TEST(ImportVllmBench, MakesTheE2eTimeOfItsPartsWhereOnlyTheConcurrencyNeedsIt) {
  const auto rows =
      rows_of(vllm_run(R"(, "request_rate": 5, "mean_ttft_ms": 100, "mean_tpot_ms": 10)"));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(find(rows, Metric::kE2e), nullptr);
  ASSERT_TRUE(rows[0].batch);
  EXPECT_NEAR(*rows[0].batch, 5.0 * (0.1 + 199 * 0.01), 1e-9);
  EXPECT_THAT(rows[0].note, HasSubstr("TTFT + (output tokens - 1) TPOT"));
}

TEST(ImportVllmBench, AllRequestsAtOnceAreABatch) {
  const auto rows = rows_of(vllm_run(
      R"(, "num_prompts": 100, "request_rate": "inf", "duration": 20, "mean_ttft_ms": 900, "mean_e2el_ms": 9000)"));
  const MeasuredRow* e2e = find(rows, Metric::kE2e);
  ASSERT_NE(e2e, nullptr);
  EXPECT_THAT(e2e->note, HasSubstr("offline batch"));
  EXPECT_THAT(e2e->note, Not(HasSubstr("SUSPECT")));
  EXPECT_DOUBLE_EQ(e2e->value, 20.0);
  EXPECT_EQ(e2e->batch, 100.0);
  EXPECT_THAT(find(rows, Metric::kTtft)->note, HasSubstr("SUSPECT: no closed loop"));
}

TEST(ImportVllmBench, TakesFactsFromItsMetadata) {
  const auto rows = rows_of(
      vllm_run(
          R"(, "model_id": "m", "gpu": "a100-sxm-80gb", "tp": "2", "pp": 2, "precision": "fp8",)"
          R"( "engine": "sglang-0.5.1", "max_concurrency": 8, "mean_itl_ms": 7)"),
      {});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].model, "m");
  EXPECT_EQ(rows[0].gpu, "a100-sxm-80gb");
  EXPECT_EQ(rows[0].tensor_parallel, 2.0);
  EXPECT_EQ(rows[0].pipeline_parallel, 2.0);
  EXPECT_EQ(rows[0].dtype, "fp8");
  EXPECT_EQ(rows[0].engine, "sglang-0.5.1");
  EXPECT_EQ(rows[0].metric, Metric::kTpot);
  EXPECT_DOUBLE_EQ(rows[0].value, 0.007);
}

TEST(ImportVllmBench, ReadsSglangsFileAndPythonsInfinity) {
  const auto rows = rows_of(vllm_run(
      R"(, "request_rate": Infinity, "max_concurrency": 16, "mean_e2e_latency_ms": 2000, "accept_length": 2.5)"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].source, "SGLang bench_serving");
  EXPECT_DOUBLE_EQ(rows[0].value, 2.0);
  EXPECT_EQ(rows[0].batch, 16.0);
  EXPECT_THAT(rows[0].note, HasSubstr("10 of the clients were busy"));
  EXPECT_THAT(rows[0].note, HasSubstr("SUSPECT: speculative decoding"));
}

TEST(ImportVllmBench, TakesAMedianWhereThereIsNoMeanAndSaysSo) {
  const auto rows = rows_of(
      "[" + vllm_run(R"(, "max_concurrency": 8, "mean_ttft_ms": null, "median_ttft_ms": 50)") +
      "]");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_DOUBLE_EQ(rows[0].value, 0.05);
  EXPECT_THAT(rows[0].note, HasSubstr("no mean; median"));
}

TEST(ImportVllmBench, SaysAllThatIsWrong) {
  EXPECT_THAT(said_of(vllm_run(R"(, "mean_ttft_ms": NaN)")),
              HasSubstr("b.json:1: /mean_ttft_ms: expected a number, got the text 'NaN'"));
  EXPECT_THAT(said_of(vllm_run(R"(, "mean_ttft_ms": -4)")), HasSubstr("/mean_ttft_ms: must be"));
  EXPECT_THAT(said_of(vllm_run(R"(, "tp": "two")")), HasSubstr("/tp: expected a whole number"));
  EXPECT_THAT(said_of(R"({"completed": 0, "total_input_tokens": 0, "total_output_tokens": 0,
      "num_prompts": 8, "request_throughput": 0})"),
              HasSubstr("no request of this run was completed; 8 failed"));
  EXPECT_THAT(said_of(R"({"completed": 1, "total_input_tokens": 10, "request_throughput": 0})"),
              HasSubstr("the key 'total_output_tokens' is missing"));
  const std::string both =
      said_of(vllm_run(R"(, "mean_tpot_ms": "9")") + "\n" + vllm_run(R"(, "mean_tpot_ms": -1)"));
  EXPECT_THAT(both, HasSubstr("b.json:1: /mean_tpot_ms"));
  EXPECT_THAT(both, HasSubstr("b.json:2: /mean_tpot_ms"));
}

TEST(ImportAiperf, ReadsMetricsByTheirUnits) {
  const std::vector<MeasuredRow> rows = sample("aiperf.json");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].source, "AIPerf 0.5.0");
  EXPECT_EQ(rows[0].model, "meta-llama/Llama-3.1-8B-Instruct");
  EXPECT_EQ(rows[0].batch, 32.0);
  EXPECT_EQ(rows[0].prompt_tokens, 1000.0);
  EXPECT_EQ(rows[0].output_tokens, 200.0);
  EXPECT_DOUBLE_EQ(rows[0].value, 0.139);
  EXPECT_DOUBLE_EQ(rows[1].value, 0.0117);
  EXPECT_DOUBLE_EQ(rows[2].value, 2.47);
  EXPECT_EQ(rows[3].metric, Metric::kRequestRate);
}

std::string aiperf_run(const std::string& more) {
  return R"({"request_latency": {"unit": "sec", "avg": 2.0},
    "input_sequence_length": {"unit": "tokens", "avg": 500},
    "output_sequence_length": {"unit": "tokens", "avg": 100})" +
         more + "}";
}

TEST(ImportAiperf, ReadsPhasesModelsGpusAndFailures) {
  const auto rows = rows_of(
      aiperf_run(
          R"(, "schema_version": "1.5", "was_cancelled": true, "error_summary": [{"count": 2}, {"count": 1}],
    "input_config": {"models": {"items": [{"name": "org/m"}]},
      "phases": [{"name": "warmup", "concurrency": 2}, {"name": "profiling", "concurrency": 24}]},
    "telemetry_data": {"endpoints": {"a:9400": {"gpus": {"gpu_0": {"gpu_name": "NVIDIA H200"},
      "gpu_1": {"gpu_name": "NVIDIA H200"}}}}})"),
      {.model = {},
       .gpu = {},
       .dtype = {},
       .engine = {},
       .tensor_parallel = 2.0,
       .pipeline_parallel = {}});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].source, "AIPerf");
  EXPECT_EQ(rows[0].model, "org/m");
  EXPECT_EQ(rows[0].gpu, "NVIDIA-H200");
  EXPECT_EQ(rows[0].batch, 24.0);
  EXPECT_DOUBLE_EQ(rows[0].value, 2.0);
  EXPECT_THAT(rows[0].note, HasSubstr("3 requests failed"));
  EXPECT_THAT(rows[0].note, HasSubstr("SUSPECT: the run was cancelled"));
}

TEST(ImportAiperf, ReadsGenaiPerfWithoutStreaming) {
  const auto rows = rows_of(aiperf_run(
      R"(, "time_to_first_token": {"unit": "ms", "avg": 2000.0}, "request_throughput": {"unit": "requests/sec", "avg": 3},
    "input_config": {"model": ["ensemble"], "concurrency": 6, "request_rate": null})"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].source, "GenAI-Perf");
  EXPECT_EQ(rows[0].model, "ensemble");
  EXPECT_EQ(rows[0].batch, 6.0);
  EXPECT_EQ(rows[0].metric, Metric::kE2e);
  EXPECT_THAT(rows[0].note, HasSubstr("not streamed"));
  const auto rate = rows_of(aiperf_run(
      R"(, "request_throughput": {"unit": "requests/sec", "avg": 3},
    "input_config": {"loadgen": {"concurrency": 100, "request_rate": 3}})"));
  ASSERT_EQ(rate.size(), 2U);
  EXPECT_EQ(rate[0].batch, 6.0);  // the limit was never reached
}

TEST(ImportAiperf, SaysAllThatIsWrong) {
  EXPECT_THAT(said_of(R"({"request_latency": {"unit": "fortnights", "avg": 2}})"),
              HasSubstr("unknown unit 'fortnights'"));
  EXPECT_THAT(said_of(R"({"request_latency": {"unit": "ms", "avg": 2}})"),
              HasSubstr("'output_sequence_length' has no mean"));
  EXPECT_THAT(said_of(R"({"request_latency": {"unit": "ms"}, "request_count": {"avg": 0}})"),
              HasSubstr("no request of this run was completed"));
  EXPECT_THAT(said_of(aiperf_run(R"(, "input_config": {"model": ["a", "b"]})")),
              HasSubstr("a run of 2 models at once"));
}

TEST(ImportGuidellm, TakesTheTimeBetweenTokensForTpot) {
  const std::vector<MeasuredRow> rows = sample("guidellm.json");
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(rows[0].source, "GuideLLM 0.4.0");
  EXPECT_EQ(rows[0].model, "meta-llama/Llama-3.1-8B-Instruct");
  EXPECT_EQ(rows[0].batch, 8.0);
  EXPECT_EQ(rows[1].metric, Metric::kTpot);
  EXPECT_DOUBLE_EQ(rows[1].value, 0.0084);
  EXPECT_DOUBLE_EQ(rows[2].value, 1.72);
  EXPECT_EQ(rows[4].batch, 32.0);
  EXPECT_GT(rows[4].line, rows[0].line);
}

TEST(ImportGuidellm, OtherStrategiesHaveTheConcurrencyThatWasMeasured) {
  const auto rows =
      rows_of(R"({"benchmarks": [{"args": {"strategy": {"type_": "poisson", "rate": 2}},
    "worker": {"backend_model": "w"},
    "metrics": {"request_totals": {"successful": 9, "errored": 1},
      "request_concurrency": {"successful": {"mean": 3.5}},
      "time_to_first_token_ms": {"successful": {"mean": 0}},
      "request_latency": {"successful": {"median": 1.5}},
      "prompt_token_count": {"successful": {"mean": 10}},
      "output_token_count": {"successful": {"mean": 20}}}}]})");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].model, "w");
  EXPECT_EQ(rows[0].batch, 3.5);
  EXPECT_EQ(rows[0].metric, Metric::kE2e);
  EXPECT_THAT(rows[0].note, HasSubstr("no mean; median; "));
  EXPECT_THAT(rows[0].note, HasSubstr("1 requests failed"));
  EXPECT_THAT(rows[0].note, HasSubstr("mean concurrency as measured"));
}

TEST(ImportGuidellm, SaysAllThatIsWrong) {
  EXPECT_THAT(said_of(R"({"benchmarks": []})"), HasSubstr("no run in this file"));
  const std::string said = said_of(R"({"benchmarks": [{}, 7, {"metrics": {"request_totals":
    {"successful": 0, "errored": 4}}}, {"metrics": {"request_latency": {"successful": {"mean": 1}}}}]})");
  EXPECT_THAT(said, HasSubstr("/benchmarks/0: the key 'metrics' is missing"));
  EXPECT_THAT(said, HasSubstr("/benchmarks/1: expected a map, got the number 7"));
  EXPECT_THAT(said, HasSubstr("/benchmarks/2: no request of this run was completed; 4 failed"));
  EXPECT_THAT(said, HasSubstr("'output_token_count' has no mean of successful requests"));
}

TEST(ImportInferencePerf, AStageAtARate) {
  const std::vector<MeasuredRow> rows = sample("inference-perf.json", kLlama);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].source, "inference-perf");
  EXPECT_EQ(rows[0].model, "");
  EXPECT_DOUBLE_EQ(rows[0].value, 0.062);
  EXPECT_DOUBLE_EQ(rows[1].value, 0.0089);
  EXPECT_DOUBLE_EQ(rows[2].value, 1.84);
  ASSERT_TRUE(rows[0].batch);
  EXPECT_NEAR(*rows[0].batch, 5.83 * 1.84, 1e-9);
  EXPECT_THAT(rows[0].note, HasSubstr("Little's law"));
}

TEST(ImportInferencePerf, ASummaryOfStagesAndAPrefixCacheAreDoubtful) {
  const auto rows = rows_of(R"({"load_summary": {"count": 9},
    "successes": {"count": 9, "latency": {"request_latency": {"mean": 2.0}, "time_to_first_token": null},
      "throughput": {"requests_per_sec": 4}, "prompt_tokens": {"total": 900, "cached": 450, "mean": 100},
      "output_len": {"mean": 11}, "output_tokens": {"total": 90, "mean": 10}},
    "failures": {"count": 3}})");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].output_tokens, 10.0);  // the server's count
  EXPECT_EQ(rows[0].batch, 8.0);
  EXPECT_THAT(rows[0].note, HasSubstr("SUSPECT: 50 % of the prompt tokens"));
  EXPECT_THAT(rows[0].note, HasSubstr("SUSPECT: all stages together"));
  EXPECT_THAT(rows[0].note, HasSubstr("3 requests failed"));
}

TEST(ImportInferencePerf, SaysAllThatIsWrong) {
  EXPECT_THAT(said_of(R"({"load_summary": {}, "successes": {"count": 5, "rate": 1}})"),
              HasSubstr("give stage_N_lifecycle_metrics.json"));
  EXPECT_THAT(said_of(R"({"load_summary": {}, "successes": null})"), HasSubstr("'successes'"));
  EXPECT_THAT(
      said_of(R"({"load_summary": {}, "successes": {"count": 0}, "failures": {"count": 2}})"),
      HasSubstr("no request of this run was completed; 2 failed"));
  EXPECT_THAT(
      said_of(
          R"({"load_summary": {}, "successes": {"count": 1, "latency": {"request_latency": {"mean": 1}}}})"),
      HasSubstr("neither 'prompt_tokens' nor 'prompt_len' has a mean"));
}

TEST(Import, SaysWhatWasFoundAndWhatIsKnown) {
  const std::string said = said_of(R"({"foo": 1, "bar": 2})");
  EXPECT_THAT(
      said,
      HasSubstr("b.json:1: expected the result of a load generator, found the keys foo, bar"));
  EXPECT_THAT(said, HasSubstr("vllm bench serve (completed"));
  EXPECT_THAT(said, HasSubstr("GuideLLM (benchmarks)"));
  EXPECT_THAT(said, HasSubstr("and CSV"));
  EXPECT_THAT(said_of("[1]"), HasSubstr("found a number"));
  EXPECT_THAT(said_of("{}"), HasSubstr("found a map without keys"));
  EXPECT_THAT(said_of("[]"), HasSubstr("no run in this file"));
  // Lines of requests: said once, not for each.
  const std::string lines = said_of("{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n");
  EXPECT_EQ(lines.find("expected"), lines.rfind("expected"));
}

TEST(Import, SaysWhereItIsNoJson) {
  EXPECT_THAT(said_of("{\"completed\": 1,\n \"x\": }"), HasSubstr("b.json:2: not valid JSON"));
  EXPECT_THAT(said_of("{\"completed\": 1"), HasSubstr("not valid JSON"));
  EXPECT_THAT(said_of("{\"a\": \"\\"), HasSubstr("not valid JSON"));
  EXPECT_THAT(said_of("{} trailing"), HasSubstr("not valid JSON"));
  EXPECT_THAT(said_of("{\"a\": \"\xff\"}"), HasSubstr("UTF-8"));
  EXPECT_EQ(read_measured(BERTH_SOURCE_DIR "/data", kLlama).errors().front().code,
            ErrorCode::kUnreadable);
}

TEST(Import, AsksForEachFactThatIsMissingOnce) {
  const std::string run =
      vllm_run(R"(, "max_concurrency": 4, "mean_ttft_ms": 9, "mean_tpot_ms": 8)");
  const std::string said = said_of(run + "\n" + run, {});
  EXPECT_THAT(said, HasSubstr("b.json:1: does not say which GPU served; add --gpu NAME"));
  EXPECT_THAT(said, HasSubstr("does not say which model was served; add --model NAME"));
  EXPECT_THAT(said, HasSubstr("does not say the tensor-parallel degree; add --tp N"));
  EXPECT_EQ(said.find("--gpu"), said.rfind("--gpu"));
}

TEST(Import, PassesOverListsOfRequests) {
  std::string itls = "[0.01";
  for (int k = 0; k < 1'100'000; ++k) itls += ",1";
  const auto rows =
      rows_of(vllm_run(R"(, "max_concurrency": 4, "mean_ttft_ms": 9, "itls": [)" + itls + "]]"));
  EXPECT_EQ(rows.size(), 2U);
}

}  // namespace
}  // namespace berth
