// Reading traces (bytes of text a second of one core), fitting and generating them.

#include <cstdlib>
#include <iostream>

#include <benchmark/benchmark.h>

#include "bench/workload/trace_samples.h"
#include "berth/workload/fit.h"
#include "berth/workload/generate.h"
#include "berth/workload/trace.h"
#include "berth/workload/workload_yaml.h"

namespace berth::bench {
namespace {

void stop_on(const Errors& errors) {
  for (const Error& error : errors) std::cerr << to_string(error) << "\n";
  std::exit(70);
}

void read_trace(benchmark::State& state, Sample sample, Packing packing) {
  const auto& path = sample_file(sample, packing);
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  TraceBlock block;
  for (auto _ : state) {
    Result<std::unique_ptr<TraceReader>> reader = open_trace(path);
    if (!reader) stop_on(reader.errors());
    while (true) {
      const Result<bool> more = (*reader)->read_block(block);
      if (!more) stop_on(more.errors());
      if (!*more) break;
      benchmark::DoNotOptimize(block.prompt.data());
    }
    bytes += (*reader)->counts().bytes;
    rows += (*reader)->counts().rows;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
}

BENCHMARK_CAPTURE(read_trace, azure, Sample::kAzure, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, azure_gzip, Sample::kAzure, Packing::kGzip)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, azure_zstd, Sample::kAzure, Packing::kZstd)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, azure_offset, Sample::kAzureOffset, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);
// Every field in quotes: the careful path, which any row can take.
BENCHMARK_CAPTURE(read_trace, azure_quoted, Sample::kAzureQuoted, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, burstgpt, Sample::kBurstGpt, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, generic_csv, Sample::kGeneric, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, mooncake, Sample::kMooncake, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, mooncake_zstd, Sample::kMooncake, Packing::kZstd)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, generic_jsonl, Sample::kJsonLines, Packing::kPlain)
    ->Unit(benchmark::kMillisecond);

/// classes = 0: by file, one pass; else split by length, two passes.
void fit_trace(benchmark::State& state) {
  const std::vector<TraceSource> sources = {{"azure", sample_file(Sample::kAzure)}};
  FitOptions options;
  if (state.range(0) > 0) options.classes = static_cast<int>(state.range(0));
  std::uint64_t rows = 0;
  for (auto _ : state) {
    const Result<Fit> fit = fit_traces(sources, options);
    if (!fit) stop_on(fit.errors());
    rows += fit->sources.front().counts.rows;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
}
BENCHMARK(fit_trace)->ArgName("classes")->Arg(0)->Arg(4)->Arg(12)->Arg(64)->Unit(
    benchmark::kMillisecond);

void generate(benchmark::State& state) {
  const Result<Workload> workload = builtin_workload("azure-2023");
  if (!workload) stop_on(workload.errors());
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const Status status = generate_trace(*workload, {.duration_s = 20000, .seed = 1},
                                         [&](std::string_view text) -> Status {
                                           bytes += text.size();
                                           return Ok{};
                                         });
    if (!status) stop_on(status.errors());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(generate)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace berth::bench
