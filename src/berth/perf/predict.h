#pragma once
// What one deployment does with one kind of request at a concurrency: every term and the four
// metrics a closed-loop benchmark reports. `berth predict`, berth.prediction/1.

#include <optional>
#include <string>

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/perf/memory.h"
#include "berth/perf/phase_model.h"

namespace berth {

struct PredictionRequest {
  Deployment deployment;
  double prompt_tokens = 0.0;
  double output_tokens = 0.0;
  double prefix_reuse = 0.0;
  double batch = 0.0;           ///< concurrency; 0 = largest allowed by tpot and memory
  std::optional<Seconds> tpot;  ///< target used when batch is 0
  std::string engine = "vllm";  ///< the coefficients are those of vLLM; others are kUnsupported
};

/// What a pass computes, reads and sends, over all GPUs of the replica: the numerators of its
/// terms. Efficiencies and peaks are the denominators (docs/model.md, "The terms of a pass").
struct PassWork {
  double new_tokens = 0.0;      ///< T
  double mean_context = 0.0;    ///< c as the layers see it, windows capped
  double matrix_flop = 0.0;     ///< 2 A T
  double attention_flop = 0.0;  ///< 4 L n_h d_h T c
  double weight_bytes = 0.0;    ///< W_touched(T)
  double cache_bytes = 0.0;     ///< T_kv kappa
  double message_bytes = 0.0;   ///< T H b_a: one all-reduce, one hand-over
  double matrix_s = 0.0;        ///< the two parts of PassTerms::compute
  double attention_s = 0.0;
  double weights_s = 0.0;  ///< the two parts of PassTerms::memory
  double cache_s = 0.0;
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

  // For the reader of the table.
  double clients = 0.0;  ///< concurrency asked for; those beyond `batch` wait for a slot
  PassWork prefill_work;
  PassWork decode_work;
  MemoryUse memory;  ///< of one GPU
};

/// Share of the other clients' prefills that a new request finds ahead of it in a closed loop, and
/// time outside the model's passes (network, tokenizer, admission). docs/model.md, "Closed loop".
inline constexpr double kPrefillQueueShare = 0.075;
inline constexpr double kAdmissionSeconds = 0.045;

/// Errors: kInconsistent with the ShapeRejection in words; kOutOfRange (context longer than the
/// model's); kInfeasible (no batch meets the target).
[[nodiscard]] Result<Prediction> predict(const PredictionRequest& request);

}  // namespace berth
