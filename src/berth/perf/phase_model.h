#pragma once
// The two-phase delay model of one deployment (docs/model.md, FORMULATION section 1), reduced once
// to coefficients so that evaluating a class against it is a handful of multiplications.
// Units: s, bytes, tokens, requests/s.

#include "berth/perf/deployment.h"

namespace berth {

/// One pass through the model, each term in seconds.
/// total = max(compute, memory) + all_reduce + hand_over + fixed.
struct PassTerms {
  double compute = 0.0;
  double memory = 0.0;
  double all_reduce = 0.0;
  double hand_over = 0.0;
  double fixed = 0.0;

  [[nodiscard]] double total() const {
    return (compute > memory ? compute : memory) + all_reduce + hand_over + fixed;
  }
};

class PhaseModel {
 public:
  /// REQUIRES: check_shape(deployment) passes.
  explicit PhaseModel(const Deployment& deployment);

  /// T new tokens of B sequences, mean context c, reading `cached` tokens of key-value cache.
  [[nodiscard]] PassTerms pass(double new_tokens, double sequences, double mean_context,
                               double cached_tokens) const;

  /// Prefill of one prompt of h tokens, of which share r comes from the prefix cache.
  [[nodiscard]] PassTerms prefill(double prompt_tokens, double prefix_reuse = 0.0) const;
  /// One decode step of B sequences at mean context c; each of m micro-batches holds B/m.
  [[nodiscard]] PassTerms decode(double batch, double mean_context) const;

  [[nodiscard]] double prefill_seconds(double prompt_tokens, double prefix_reuse = 0.0) const;
  [[nodiscard]] double decode_seconds(double batch, double mean_context) const;

  /// T_it(B): iteration time of a replica saturated at concurrency B by requests of `prompt` and
  /// `output` tokens (chunked prefill shares the iteration). = TPOT(B).
  [[nodiscard]] double iteration_seconds(double batch, double prompt, double output,
                                         double prefix_reuse = 0.0) const;

  /// Largest B (real, >= 0) with iteration_seconds(B) <= tpot. Closed form for dense models,
  /// secant steps for mixtures of experts. 0 if even B = 1 is too slow. Infinity when unlimited.
  [[nodiscard]] double max_batch_for_tpot(double tpot, double prompt, double output,
                                          double prefix_reuse = 0.0) const;

  /// B_mem: sequences of prompt + output tokens whose cache fits.
  [[nodiscard]] double max_batch_for_memory(double prompt, double output) const;
  /// Key-value cache capacity of the replica, tokens.
  [[nodiscard]] double kv_capacity_tokens() const { return kv_capacity_tokens_; }

  [[nodiscard]] const Deployment& deployment() const { return deployment_; }

 private:
  Deployment deployment_;
  double kv_capacity_tokens_ = 0.0;
  // ... coefficients (implementer's)
};

}  // namespace berth
