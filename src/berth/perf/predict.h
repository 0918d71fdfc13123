#pragma once
// What one deployment does with one kind of request at a concurrency: every term and the four
// metrics a closed-loop benchmark reports. `berth predict`, berth.prediction/1.

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/perf/phase_model.h"

namespace berth {

struct PredictionRequest {
  Deployment deployment;
  double prompt_tokens = 0.0;
  double output_tokens = 0.0;
  double prefix_reuse = 0.0;
  double batch = 0.0;              ///< concurrency; 0 = largest allowed by tpot and memory
  std::optional<Seconds> tpot;     ///< target used when batch is 0
  std::string engine = "vllm";
};

struct Prediction {
  double batch = 0.0;      ///< concurrency actually running (capped by max_batch)
  double max_batch = 0.0;  ///< by memory and the engine's limit
  PassTerms prefill;
  PassTerms decode;
  double prefill_s = 0.0;
  double decode_step_s = 0.0;
  double ttft_s = 0.0;
  double tpot_s = 0.0;
  double e2e_s = 0.0;
  double throughput = 0.0;  ///< requests/s a replica
};

/// Errors: kInconsistent with the ShapeRejection in words; kOutOfRange (context longer than the
/// model's); kInfeasible (no batch meets the target).
[[nodiscard]] Result<Prediction> predict(const PredictionRequest& request);

}  // namespace berth
