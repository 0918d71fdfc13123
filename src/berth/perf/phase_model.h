#pragma once
// The two-phase delay model of one deployment (docs/model.md, FORMULATION section 1), reduced once
// to coefficients so that evaluating a class against it is a handful of multiplications.
// Units: s, bytes, tokens, requests/s.

#include <algorithm>

#include "berth/perf/deployment.h"
#include "berth/perf/iteration.h"

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

/// A pass as lines in its tokens T, its sequences B and its contexts. All in seconds (per token
/// where named so), all non-negative.
struct PassCoefficients {
  double compute_fixed = 0.0;       ///< 2 A T_half / (n F eta_F): what few tokens lose
  double compute_per_token = 0.0;   ///< 2 A / (n F eta_F); experts at their own efficiency
  double attention_per_pair = 0.0;  ///< 4 L n_h d_h / (n F eta_A), per (new token, context token)
  double weights = 0.0;             ///< reading the dense part once
  double experts = 0.0;             ///< reading every expert once; 0 for dense models
  double expert_decay = 0.0;        ///< -log(1 - e/E)
  double kv_per_token = 0.0;        ///< kappa / (min(n, n_kv) Beta eta_K), per cached token
  double small_latency = 0.0;       ///< 2 L all-reduces, small messages
  double small_per_token = 0.0;
  double large_latency = 0.0;  ///< the same, large messages; the smaller sum counts
  double large_per_token = 0.0;
  double hand_over_latency = 0.0;  ///< (m-1) hand-overs
  double hand_over_per_token = 0.0;
  double fixed = 0.0;               ///< t_0 + t_L L
  double fixed_per_sequence = 0.0;  ///< t_S
  double window = 0.0;              ///< tokens a windowed layer looks back; 0 = no such layers
  double window_share = 0.0;        ///< share of the layers that are windowed
  double stages = 1.0;              ///< m

  /// Mean over the layers of the context they look at.
  [[nodiscard]] double seen(double context) const {
    return context - window_share * std::max(0.0, context - window);
  }
};

class PhaseModel {
 public:
  /// REQUIRES: check_shape(deployment) passes.
  explicit PhaseModel(const Deployment& deployment);

  /// T new tokens of B sequences, mean context c, reading `cached` tokens of key-value cache (as
  /// many as the layers really read: the caller caps windows with coefficients().seen).
  [[nodiscard]] PassTerms pass(double new_tokens, double sequences, double mean_context,
                               double cached_tokens) const;

  /// Prefill of one prompt of h tokens, of which share r comes from the prefix cache.
  [[nodiscard]] PassTerms prefill(double prompt_tokens, double prefix_reuse = 0.0) const;
  /// One decode step of B sequences at mean context c; each of m micro-batches holds B/m, at least
  /// one sequence.
  [[nodiscard]] PassTerms decode(double batch, double mean_context) const;

  [[nodiscard]] double prefill_seconds(double prompt_tokens, double prefix_reuse = 0.0) const;
  [[nodiscard]] double decode_seconds(double batch, double mean_context) const;

  /// T_it as a function of B for requests of `prompt` and `output` tokens: hoist it out of loops
  /// over B or over TPOT targets.
  [[nodiscard]] Iteration iteration(double prompt, double output, double prefix_reuse = 0.0) const {
    return iteration_with(prefill_seconds(prompt, prefix_reuse), prompt, output);
  }
  /// The same with T_pre already at hand.
  [[nodiscard]] Iteration iteration_with(double prefill_s, double prompt, double output) const;

  /// T_it(B): iteration time of a replica saturated at concurrency B by requests of `prompt` and
  /// `output` tokens (chunked prefill shares the iteration). = TPOT(B).
  [[nodiscard]] double iteration_seconds(double batch, double prompt, double output,
                                         double prefix_reuse = 0.0) const;

  /// Largest B (real, >= 0) with iteration_seconds(B) <= tpot. Closed form for dense models,
  /// Newton steps for mixtures of experts. 0 if even B = 1 is too slow. Infinity when unlimited.
  [[nodiscard]] double max_batch_for_tpot(double tpot, double prompt, double output,
                                          double prefix_reuse = 0.0) const;

  /// B_mem: sequences of prompt + output tokens whose cache fits.
  [[nodiscard]] double max_batch_for_memory(double prompt, double output) const;
  /// Key-value cache capacity of the replica, tokens (of sequences no longer than a window).
  [[nodiscard]] double kv_capacity_tokens() const { return kv_capacity_tokens_; }

  [[nodiscard]] const Deployment& deployment() const { return deployment_; }
  [[nodiscard]] const PassCoefficients& coefficients() const { return c_; }

 private:
  Deployment deployment_;
  PassCoefficients c_;
  double kv_capacity_tokens_ = 0.0;
};

}  // namespace berth
