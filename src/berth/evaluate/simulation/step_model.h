#pragma once
// What the passes of one deployment take, from the delay model (docs/model.md), with everything
// that depends on the number of sequences alone in a table. Units: s, tokens.

#include <cmath>
#include <cstdint>
#include <vector>

#include "berth/perf/memory.h"
#include "berth/perf/phase_model.h"

namespace berth {

/// How an engine schedules: vLLM's names and defaults.
struct EngineLimits {
  int max_num_seqs = 256;
  int max_num_batched_tokens = static_cast<int>(kPassTokenBudget);  ///< new tokens of one pass
  int block_tokens = 16;                                            ///< of the cache
  double watermark = 0.01;  ///< part of the cache that new requests leave free
};

/// Prompts, or parts of them, in one pass.
struct PromptWork {
  double tokens = 0.0;
  double largest = 0.0;  ///< tokens of the largest of them
  double pairs = 0.0;
  double cached = 0.0;
  int prompts = 0;
};

class StepModel {
 public:
  /// REQUIRES: what PhaseModel requires; limits.max_num_seqs >= 1.
  StepModel(const Deployment& deployment, const EngineLimits& limits);

  /// Of degenerate engines that tests and closed forms need: `step_s` a decode step whatever runs,
  /// `prompt_s` a prompt token, added.
  static StepModel constant(double step_s, double prompt_token_s, double kv_blocks,
                            const EngineLimits& limits);

  /// A decode step of n >= 1 sequences that look at `seen` tokens together.
  [[nodiscard]] double decode(int n, double seen) const {
    return std::max(floor_, base(n) + per_seen(n) * seen);
  }
  [[nodiscard]] double base(int n) const { return base_[static_cast<std::size_t>(n)]; }
  [[nodiscard]] double per_seen(int n) const { return per_seen_[static_cast<std::size_t>(n)]; }
  [[nodiscard]] double floor() const { return floor_; }
  /// What prompts add to a decode step; or take alone where nothing decodes.
  [[nodiscard]] double prompts(const PromptWork& work, bool alone) const;

  /// Tokens that the layers look at, on average, of a context.
  [[nodiscard]] double seen(double context) const {
    return context - window_share_ * std::max(0.0, context - window_);
  }
  /// How much `seen` grows with a token more.
  [[nodiscard]] double seen_slope(bool beyond_window) const {
    return beyond_window ? 1.0 - window_share_ : 1.0;
  }
  /// Tokens of context, a whole number of blocks, beyond which layers look or hold less.
  [[nodiscard]] std::uint32_t window() const { return window_tokens_; }
  /// Of a block of tokens beyond the window, the part that is held.
  [[nodiscard]] double block_beyond() const { return block_beyond_; }
  /// Blocks that the cache of a context takes.
  [[nodiscard]] double blocks(std::uint32_t tokens) const {
    const auto whole = [&](std::uint32_t t) { return (t + block_ - 1) / block_; };
    const std::uint32_t near = whole(std::min(tokens, window_tokens_));
    return near + block_beyond_ * (whole(tokens) - near);
  }
  [[nodiscard]] double capacity_blocks() const { return capacity_blocks_; }
  [[nodiscard]] const EngineLimits& limits() const { return limits_; }
  [[nodiscard]] double admission_s() const { return admission_s_; }

 private:
  StepModel() = default;
  void fill_tables(const PhaseModel& physics);

  EngineLimits limits_;
  std::vector<double> base_;      ///< by sequences
  std::vector<double> per_seen_;  ///< by sequences
  double floor_ = 0.0;
  double window_ = 0.0;
  double window_share_ = 0.0;
  std::uint32_t window_tokens_ = 0xffffffff;
  std::uint32_t block_ = 16;
  double block_beyond_ = 1.0;
  double capacity_blocks_ = 0.0;
  double share_ = 1.0;  ///< 1 / (stages ranks): of the prompts of a pass, those that one rank reads
  double admission_s_ = 0.0;
  double prompt_token_s_ = 0.0;
  std::vector<PhaseModel> physics_;  ///< one, or none for a constant model
};

}  // namespace berth
