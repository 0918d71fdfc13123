#pragma once
// The two-phase delay model of one deployment (docs/model.md, FORMULATION section 1), reduced once
// to coefficients so that evaluating a class against it is a handful of multiplications.
// Units: s, bytes, tokens, requests/s.

#include <algorithm>
#include <cassert>
#include <cmath>

#include "berth/perf/deployment.h"
#include "berth/perf/iteration.h"

namespace berth {

/// A kernel's reading and its arithmetic, which overlap: the larger counts, and the part `exposed`
/// of the smaller. Seconds.
struct KernelTime {
  double read = 0.0;
  double work = 0.0;
  double exposed = 0.0;

  [[nodiscard]] double total() const {
    return std::max(read + exposed * work, work + exposed * read);  // exposed <= 1: no branch
  }
};

/// One pass through the model. Matrices, experts and attention are kernels that follow each other,
/// so their times add up. Seconds.
struct PassTerms {
  KernelTime matrices;   ///< of the dense part
  KernelTime experts;    ///< of a mixture
  KernelTime attention;  ///< reading the cache, computing with it
  double head = 0.0;     ///< reading the output head
  double all_reduce = 0.0;
  double hand_over = 0.0;
  double fixed = 0.0;  ///< of the engine's host
  double floor = 0.0;  ///< the pass takes no less (engines that launch kernel by kernel)

  [[nodiscard]] double sum() const {
    return matrices.total() + experts.total() + attention.total() + head + all_reduce + hand_over +
           fixed;
  }
  [[nodiscard]] double total() const { return std::max(sum(), floor); }
};

/// A pass as lines in its tokens T, its sequences B and its contexts. All in seconds (per token
/// where named so), all non-negative. Tokens are those of the replica: where the attention is
/// copied over ranks, what each rank does for its own is divided already.
struct PassCoefficients {
  double weights = 0.0;             ///< reading the dense part once: D b / (n Beta eta_W)
  double matrix_per_token = 0.0;    ///< 2 D / (n F eta_F)
  double matrix_half = 0.0;         ///< the same for T_half tokens: what few tokens lose
  double matrix_exposed = 0.0;      ///< s
  double head = 0.0;                ///< 2 V H / (G Beta eta_W)
  double experts = 0.0;             ///< reading every expert once; 0 for dense models
  double expert_decay = 0.0;        ///< -log(1 - e/E), spread over sequences that choose alike
  double untouched = 1.0;           ///< share of the experts no token touches = this exp(-decay T)
  double expert_per_token = 0.0;    ///< 2 P_e (e/E) / (G F' eta_F'), in decode
  double expert_prefill = 1.0;      ///< the factor on it in prefill
  double expert_exposed = 0.0;      ///< s_E
  double kv_per_token = 0.0;        ///< kappa / (min(n, n_kv) Beta eta_K), per cached token
  double latent_per_token = 0.0;    ///< arithmetic of decode on a latent, per cached token
  double attention_per_pair = 0.0;  ///< 4 L n_h d_h / (n F eta_A), per (new token, context token)
  double small_latency = 0.0;       ///< 2 L all-reduces, small messages
  double small_per_token = 0.0;
  double large_latency = 0.0;  ///< the same, large messages; the smaller sum counts
  double large_per_token = 0.0;
  double hand_over_latency = 0.0;  ///< (m-1) hand-overs
  double hand_over_per_token = 0.0;
  double fixed = 0.0;               ///< t_0 + t_L L + what kinds of layers add
  double fixed_prefill = 0.0;       ///< t_P L, more in prefill
  double fixed_per_sequence = 0.0;  ///< t_S
  double floor = 0.0;               ///< a pass takes no less
  double window = 0.0;              ///< tokens a windowed layer looks back; 0 = no such layers
  double window_share = 0.0;        ///< share of the layers that are windowed
  double forgotten_share = 0.0;     ///< share of the layers that keep no more than the window
  double mixing = 0.0;              ///< part of reading and fixed times that mixed passes pay once
  double ranks = 1.0;               ///< copies of the attention
  double stages = 1.0;              ///< m

  /// Mean over the layers of the context they look at.
  [[nodiscard]] double seen(double context) const {
    return context - window_share * std::max(0.0, context - window);
  }
  /// Mean over the layers of the tokens they keep of a sequence.
  [[nodiscard]] double held(double tokens) const {
    return tokens - forgotten_share * std::max(0.0, tokens - window);
  }
  /// 2 L all-reduces of T tokens' states.
  [[nodiscard]] double all_reduce_seconds(double tokens) const {
    return std::min(small_latency + small_per_token * tokens,
                    large_latency + large_per_token * tokens);
  }
  /// Share of the experts that T tokens touch.
  [[nodiscard]] double touched(double tokens) const {
    return 1.0 - untouched * std::exp(-expert_decay * tokens);
  }
};

/// What reading a prompt costs.
struct PromptTime {
  double alone = 0.0;  ///< T_pre, a pass of its own
  double mixed = 0.0;  ///< T_inc, added to passes that run anyway; of one prompt a rank
};

/// Prompts, or parts of them, that one pass reads.
struct PromptPart {
  double tokens = 0.0;     ///< new ones
  double pairs = 0.0;      ///< new tokens times what each of them looks at
  double cached = 0.0;     ///< tokens looked at that earlier passes have read
  double sequences = 0.0;  ///< prompts
};

/// Requests of one kind, as many of them run together.
struct RequestKind {
  double output = 0.0;   ///< f, mean
  double context = 0.0;  ///< mean over the sequences that run at a moment: long outputs run longer
  /// TPOT at a percentile, over its mean, in units of T_inc sqrt(B - 1): how much the prompts read
  /// between the tokens of one request vary. 0 = the mean is asked for.
  double tpot_spread = 0.0;
};

class PhaseModel {
 public:
  /// REQUIRES: check_shape(deployment) passes; deployment.engine is set.
  explicit PhaseModel(const Deployment& deployment);

  /// Prefill of one prompt of h tokens, of which share r comes from the prefix cache.
  [[nodiscard]] PassTerms prefill(double prompt_tokens, double prefix_reuse = 0.0) const;
  /// One decode step of B sequences at mean context c; each of m micro-batches holds B/m, at least
  /// one sequence a rank.
  [[nodiscard]] PassTerms decode(double batch, double mean_context) const;

  [[nodiscard]] double prefill_seconds(double prompt_tokens, double prefix_reuse = 0.0) const;
  [[nodiscard]] double decode_seconds(double batch, double mean_context) const;

  /// A prompt on its own, and among others' decoding: a mixed pass reads the weights and pays the
  /// fixed times once, but saves no arithmetic.
  [[nodiscard]] PromptTime prompt_time(double prompt_tokens, double prefix_reuse = 0.0) const;

  /// The same for parts of several prompts at once: a pass of their own, and what they add to a
  /// pass that decodes anyway. Of the part that one rank reads in one stage.
  [[nodiscard]] PromptTime part_time(const PromptPart& part) const;

  /// T_it as a function of B for requests of `prompt` and `output` tokens: hoist it out of loops
  /// over B or over TPOT targets.
  [[nodiscard]] Iteration iteration(double prompt, double output, double prefix_reuse = 0.0) const {
    return iteration_with(prompt_time(prompt, prefix_reuse).mixed,
                          {output, prompt + 0.5 * output, 0.0});
  }
  /// The same with T_inc already at hand.
  [[nodiscard]] Iteration iteration_with(double mixed_s, const RequestKind& kind) const;

  /// T_it(B): iteration time of a replica saturated at concurrency B by requests of `prompt` and
  /// `output` tokens (chunked prefill shares the iteration). = TPOT(B).
  [[nodiscard]] double iteration_seconds(double batch, double prompt, double output,
                                         double prefix_reuse = 0.0) const;

  /// Largest B (real, >= 0) with iteration_seconds(B) <= tpot. Closed form for dense models,
  /// Newton steps for mixtures of experts. 0 if even B = 1 is too slow. Infinity when unlimited.
  [[nodiscard]] double max_batch_for_tpot(double tpot, double prompt, double output,
                                          double prefix_reuse = 0.0) const;

  /// First token of a request that runs with B - 1 others, without admission and waiting: its own
  /// prefill, the share of theirs that comes before, the step that runs. `decode_s` is T_dec(B).
  [[nodiscard]] double first_token_seconds(const PromptTime& prompt, double decode_s, double batch,
                                           double output) const {
    // f - 1 of f gaps lie between tokens: what is not read there is read before the first.
    const double ahead = engine_ahead_ + (1.0 - engine_ahead_) / output;
    return prompt.alone + ahead * others(batch) * prompt.mixed + stream_steps_ * decode_s;
  }
  /// How long a request holds its slot among B: each prompt of the others is read once meanwhile.
  [[nodiscard]] double service_seconds(const PromptTime& prompt, double decode_s, double batch,
                                       double output) const {
    return prompt.alone + others(batch) * prompt.mixed + (output - 1.0) * decode_s;
  }

  /// Part of the time that a rank reads prompts, of a replica that is sent `rate` requests/s.
  [[nodiscard]] double reading_load(const PromptTime& prompt, double rate) const {
    return rate * prompt.mixed * share_of_others_;
  }
  /// From the end of a prompt's reading to the first token: the step that runs, the way out.
  [[nodiscard]] double streaming_seconds(double decode_s) const { return stream_steps_ * decode_s; }

  /// B_mem: sequences of prompt + output tokens whose cache fits.
  [[nodiscard]] double max_batch_for_memory(double prompt, double output) const;
  /// Key-value cache capacity of the replica, tokens (of sequences no longer than a window).
  [[nodiscard]] double kv_capacity_tokens() const { return kv_capacity_tokens_; }

  [[nodiscard]] const Deployment& deployment() const { return deployment_; }
  [[nodiscard]] const PassCoefficients& coefficients() const { return c_; }

 private:
  [[nodiscard]] PassTerms prefill_pass(const PromptPart& part) const;
  [[nodiscard]] KernelTime prefill_experts(double tokens) const;
  [[nodiscard]] double mixed_seconds(const PassTerms& pass) const;
  [[nodiscard]] PromptTime alone_and_mixed(PassTerms pass, double tokens) const;
  /// Prompts of other sequences that share a stage and rank with this one.
  [[nodiscard]] double others(double batch) const {
    return std::max(0.0, batch - 1.0) * share_of_others_;
  }

  Deployment deployment_;
  PassCoefficients c_;
  double engine_ahead_ = 0.0;
  double stream_steps_ = 0.0;     ///< mean
  double share_of_others_ = 1.0;  ///< 1 / (stages ranks)
  double kv_capacity_tokens_ = 0.0;
};

// What is computed for every pair is inline: a call costs as much as the arithmetic.

/// At least the last token is computed, even when the whole prompt is cached.
inline double new_tokens(double prompt_tokens, double prefix_reuse) {
  const double cached = std::max(0.0, std::min(prompt_tokens * prefix_reuse, prompt_tokens - 1.0));
  return std::max(1.0, prompt_tokens - cached);
}

inline PassTerms PhaseModel::prefill(double prompt_tokens, double prefix_reuse) const {
  const double tokens = new_tokens(prompt_tokens, prefix_reuse);
  const double cached = std::max(0.0, prompt_tokens - tokens);
  // New token k of the prompt looks at everything before it, cached or not.
  return prefill_pass(
      {tokens, tokens * c_.seen(0.5 * (cached + prompt_tokens)), c_.seen(cached), 1.0});
}

inline PassTerms PhaseModel::prefill_pass(const PromptPart& part) const {
  // One rank of the attention reads the prompt, so `ranks` divides nothing here.
  const double tokens = part.tokens;
  PassTerms terms;
  terms.matrices = {c_.weights, c_.matrix_half + c_.matrix_per_token * tokens, c_.matrix_exposed};
  terms.head = c_.head;
  if (c_.experts > 0.0) {
    terms.experts = prefill_experts(tokens);
  }
  terms.attention = {c_.ranks * c_.kv_per_token * part.cached, c_.attention_per_pair * part.pairs,
                     0.0};
  terms.all_reduce = c_.all_reduce_seconds(c_.ranks * tokens);
  terms.hand_over = c_.hand_over_latency + c_.hand_over_per_token * c_.ranks * tokens;
  terms.fixed = c_.fixed + c_.fixed_prefill + c_.ranks * c_.fixed_per_sequence * part.sequences;
  terms.floor = c_.floor;
  return terms;
}

inline double PhaseModel::prefill_seconds(double prompt_tokens, double prefix_reuse) const {
  return prefill(prompt_tokens, prefix_reuse).total();
}

inline KernelTime PhaseModel::prefill_experts(double tokens) const {
  return {c_.experts * c_.touched(tokens), c_.expert_per_token * c_.expert_prefill * tokens,
          c_.expert_exposed};
}

/// What a pass adds to others that run anyway: they pay part of its reading, of what few tokens
/// lose and of the host's work; no arithmetic is saved.
inline double PhaseModel::mixed_seconds(const PassTerms& pass) const {
  const double own = 1.0 - c_.mixing;
  const auto added = [&](const KernelTime& kernel, double half) {
    return KernelTime{own * kernel.read, kernel.work - c_.mixing * half, kernel.exposed}.total();
  };
  return added(pass.matrices, c_.matrix_half) + added(pass.experts, 0.0) + pass.attention.total() +
         pass.all_reduce + pass.hand_over + own * (pass.head + pass.fixed);
}

inline PromptTime PhaseModel::alone_and_mixed(PassTerms pass, double tokens) const {
  const double own = pass.total();
  if (c_.ranks > 1.0 && c_.experts > 0.0) {
    // Each rank reads a prompt of its own, and all of these go through the same experts.
    pass.experts = prefill_experts(c_.ranks * tokens);
  }
  return {own, std::min(pass.total(), mixed_seconds(pass))};
}

inline PromptTime PhaseModel::prompt_time(double prompt_tokens, double prefix_reuse) const {
  return alone_and_mixed(prefill(prompt_tokens, prefix_reuse),
                         new_tokens(prompt_tokens, prefix_reuse));
}

inline PromptTime PhaseModel::part_time(const PromptPart& part) const {
  return alone_and_mixed(prefill_pass(part), part.tokens);
}

inline Iteration PhaseModel::iteration_with(double mixed_s, const RequestKind& kind) const {
  assert(kind.output > 0.0);
  const double seen = c_.seen(kind.context);
  const double s = c_.matrix_exposed;
  const double per_token = c_.matrix_per_token / c_.ranks;
  const double rest = c_.head + c_.hand_over_latency + c_.fixed;
  const double rest_slope = std::max(c_.kv_per_token, c_.latent_per_token) * seen +
                            c_.hand_over_per_token + c_.fixed_per_sequence;
  Iteration it;
  it.read_base = c_.weights + s * c_.matrix_half;
  it.read_slope = s * per_token;
  it.work_base = c_.matrix_half + s * c_.weights;
  it.work_slope = per_token;
  it.expert_s = c_.experts;
  it.expert_decay = c_.expert_decay;
  it.untouched = c_.untouched;
  it.expert_slope = c_.expert_per_token;
  it.expert_exposed = c_.expert_exposed;
  it.small_base = c_.small_latency + rest;
  it.small_slope = c_.small_per_token + rest_slope;
  it.large_base = c_.large_latency + rest;
  it.large_slope = c_.large_per_token + rest_slope;
  it.floor_s = c_.floor;
  it.prefill_slope = (1.0 - engine_ahead_) * mixed_s * share_of_others_ / kind.output;
  it.spread = kind.tpot_spread * mixed_s * std::sqrt(share_of_others_);
  it.stages = c_.stages;
  it.least = c_.ranks;
  return it;
}

}  // namespace berth
