#pragma once
// What a measured row says about its run, once the habits of its source are undone: how the load
// was given, how many GPUs a replica has, how long requests were. docs/validate.md lists the words
// of the note that are understood.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "berth/catalog/model_spec.h"
#include "berth/measure/measured_row.h"

namespace berth {

enum class Load : std::uint8_t {
  kClosedLoop,    ///< clients that send their next request at once
  kBatch,         ///< all requests given at once; time of the whole batch
  kSaturated,     ///< as many requests as fit run all the time
  kLayerProfile,  ///< one layer was timed, times the number of layers
};

struct RunSetting {
  Load load = Load::kClosedLoop;
  Metric metric = Metric::kTpot;  ///< E2E of a batch is its own metric
  int tensor_parallel = 1;        ///< of the attention
  int data_parallel = 1;          ///< copies of the attention
  int pipeline_parallel = 1;
  double batch = 0.0;  ///< 0 = not stated, here and below
  double prompt_tokens = 0.0;
  double output_tokens = 0.0;
  int beams = 1;  ///< of a beam search
  CacheFormat cache = CacheFormat::k16Bit;
  bool medians = false;              ///< TTFT and TPOT are medians, not means
  bool rate_counts_prompts = false;  ///< token rates count input and output
  std::string doubt;                 ///< why the number is doubtful; empty = it is not
  std::string assumption;            ///< what the row does not say and was assumed; may be empty
  std::string unsupported;           ///< why the delay model has no such run; empty = it has

  [[nodiscard]] bool suspect() const { return !doubt.empty(); }
  void assume(std::string_view what);  ///< one more to `assumption`
};

/// `precision` is that of the weights where it is known; without it the row's `dtype` tells.
[[nodiscard]] RunSetting setting_of(const MeasuredRow& row,
                                    std::optional<Precision> precision = std::nullopt);

}  // namespace berth
