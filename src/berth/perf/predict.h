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
  Deployment deployment;  ///< with its engine
  double prompt_tokens = 0.0;
  double output_tokens = 0.0;
  double prefix_reuse = 0.0;
  double batch = 0.0;           ///< concurrency; 0 = largest allowed by tpot and memory
  std::optional<Seconds> tpot;  ///< target used when batch is 0
  double rate = 0.0;  ///< requests/s that arrive on their own (Poisson); 0 = a closed loop
};

/// What a pass computes, reads and sends, over all GPUs of a stage group: the numerators of its
/// terms. Efficiencies and peaks are the denominators (docs/model.md, "The terms of a pass").
struct PassWork {
  double new_tokens = 0.0;      ///< T
  double rank_tokens = 0.0;     ///< of them, those of one rank of the attention
  double mean_context = 0.0;    ///< c as the layers see it, windows capped
  double matrix_bytes = 0.0;    ///< D b
  double matrix_flop = 0.0;     ///< 2 D T
  double expert_bytes = 0.0;    ///< P_e b, of the experts that T tokens touch
  double expert_flop = 0.0;     ///< 2 P_e (e/E) T
  double touched = 0.0;         ///< share of the experts
  double cache_bytes = 0.0;     ///< T_kv kappa, of a rank
  double attention_flop = 0.0;  ///< 4 L n_h d_h T c, or over the latent; of a rank
  double head_bytes = 0.0;      ///< 2 V H
  double message_bytes = 0.0;   ///< T H b_a of a rank: one all-reduce, one hand-over
};

struct Prediction {
  double batch = 0.0;      ///< concurrency actually running; at a rate, its mean, not whole
  double max_batch = 0.0;  ///< by memory and the engine's limit
  PassTerms prefill;
  PassTerms decode;
  double prefill_s = 0.0;
  double decode_step_s = 0.0;
  double ttft_s = 0.0;
  double tpot_s = 0.0;
  double e2e_s = 0.0;
  double throughput = 0.0;  ///< requests/s a replica

  double clients = 0.0;  ///< concurrency asked for; those beyond `batch` wait for a slot
  // Parts of TTFT: admission, prefill_s, prefill_ahead, streaming and wait.
  double admission_s = 0.0;
  double prefill_ahead_s = 0.0;  ///< others' prompts that are read before
  double streaming_s = 0.0;      ///< the step that runs, the way out
  double wait_s = 0.0;           ///< for a slot
  double prefill_share_s = 0.0;  ///< tpot_s - decode_step_s: others' prompts between tokens
  double capacity = 0.0;         ///< requests/s a replica can sustain
  double utilization = 0.0;      ///< rate / capacity, at a rate

  PassWork prefill_work;
  PassWork decode_work;
  MemoryUse memory;                 ///< of one GPU
  double kv_capacity_tokens = 0.0;  ///< tokens of cache that a replica holds
};

/// A closed loop of `batch` clients, or requests that arrive at `rate`. Errors: kInconsistent with
/// the ShapeRejection in words; kOutOfRange (context longer than the model's); kInfeasible (no
/// batch meets the target; a rate beyond the replica's capacity).
[[nodiscard]] Result<Prediction> predict(const PredictionRequest& request);
/// The same for a request that is known to be well-formed and a deployment that passes
/// check_layout. Errors: kInfeasible.
[[nodiscard]] Result<Prediction> predict_unchecked(const PredictionRequest& request);

}  // namespace berth
