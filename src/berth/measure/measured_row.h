#pragma once
// One measured number of one run, as a table of measurements states it (docs/validate.md).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth {

enum class Metric : std::uint8_t {
  kPrefill,
  kDecodeStep,
  kTtft,
  kTpot,
  kE2e,       ///< of a request in a closed loop
  kBatchE2e,  ///< of a whole batch that was given at once
  kTokenRate,
  kRequestRate,
};
inline constexpr std::array kMetrics = {Metric::kPrefill,   Metric::kDecodeStep, Metric::kTtft,
                                        Metric::kTpot,      Metric::kE2e,        Metric::kBatchE2e,
                                        Metric::kTokenRate, Metric::kRequestRate};

/// "prefill", "decode_step", "ttft", "tpot", "e2e", "batch_e2e", "token_rate", "request_rate".
[[nodiscard]] std::string_view to_string(Metric metric);
/// "s", "tokens/s/GPU" or "requests/s".
[[nodiscard]] std::string_view unit_of(Metric metric);

struct MeasuredRow {
  std::string file;        ///< as the user named it
  std::uint64_t line = 0;  ///< of the file
  std::string source;      ///< who measured, as far as stated
  std::string engine;      ///< with its version: "vllm-0.12.0"
  std::string model;
  std::string dtype;
  std::string gpu;
  std::optional<double> tensor_parallel;
  std::optional<double> pipeline_parallel;
  std::optional<double> batch;  ///< sequences of a batch, clients of a closed loop
  std::optional<double> prompt_tokens;
  std::optional<double> output_tokens;
  Metric metric = Metric::kTpot;
  double value = 0.0;  ///< in unit_of(metric)
  std::string note;
  bool derived = false;  ///< computed from other rows of the run
};

}  // namespace berth
