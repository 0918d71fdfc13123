#pragma once
// The result files of load generators that are understood: one file of code a format. Their keys
// are those of docs/validate.md.

#include <span>
#include <string_view>
#include <vector>

#include "berth/document/reader.h"
#include "berth/measure/import/bench_run.h"
#include "berth/measure/measured_row.h"

namespace berth {

struct BenchFormat {
  std::string_view name;
  std::string_view word;   ///< "vllm-bench": what the command line calls it
  std::string_view marks;  ///< the keys that it is known by, for people
  bool (*recognises)(const Node& root);
  void (*read)(const ValueReader& root, std::vector<MeasuredRow>& rows);
};

[[nodiscard]] std::span<const BenchFormat> bench_formats();

/// `vllm bench serve --save-result` (benchmark_serving.py), and SGLang's bench_serving.
[[nodiscard]] BenchFormat vllm_bench_format();
/// NVIDIA AIPerf, and GenAI-Perf before it.
[[nodiscard]] BenchFormat aiperf_format();
[[nodiscard]] BenchFormat guidellm_format();
[[nodiscard]] BenchFormat inference_perf_format();

}  // namespace berth
