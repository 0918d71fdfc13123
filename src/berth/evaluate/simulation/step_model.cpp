#include "berth/evaluate/simulation/step_model.h"

#include <algorithm>

namespace berth {

StepModel::StepModel(const Deployment& deployment, const EngineLimits& limits) : limits_(limits) {
  Deployment served = deployment;
  served.max_num_seqs = limits.max_num_seqs;
  const PhaseModel physics(served);
  const PassCoefficients& c = physics.coefficients();
  block_ = static_cast<std::uint32_t>(limits.block_tokens);
  floor_ = c.floor;
  window_ = c.window;
  window_share_ = c.window_share;
  if (c.window_share > 0.0) {
    window_tokens_ = static_cast<std::uint32_t>(std::lround(c.window));
    window_tokens_ = (window_tokens_ + block_ - 1) / block_ * block_;
    window_ = window_tokens_;
  }
  block_beyond_ = 1.0 - c.forgotten_share;
  capacity_blocks_ = std::floor(physics.kv_capacity_tokens() / block_);
  share_ = 1.0 / (c.stages * c.ranks);
  admission_s_ = deployment.engine->admission_s;
  fill_tables(physics);
  physics_.push_back(physics);
}

void StepModel::fill_tables(const PhaseModel& physics) {
  const PassCoefficients& c = physics.coefficients();
  const auto size = static_cast<std::size_t>(limits_.max_num_seqs) + 1;
  base_.assign(size, 0.0);
  per_seen_.assign(size, 0.0);
  for (std::size_t n = 1; n < size; ++n) {
    const auto sequences = static_cast<double>(n);
    const double in_stage = std::max(c.ranks, sequences / c.stages);
    base_[n] = physics.decode(sequences, 0.0).sum();
    per_seen_[n] = std::max(c.kv_per_token, c.latent_per_token) * in_stage / sequences;
  }
}

StepModel StepModel::constant(double step_s, double prompt_token_s, double kv_blocks,
                              const EngineLimits& limits) {
  StepModel model;
  model.limits_ = limits;
  model.block_ = static_cast<std::uint32_t>(limits.block_tokens);
  model.base_.assign(static_cast<std::size_t>(limits.max_num_seqs) + 1, step_s);
  model.per_seen_.assign(model.base_.size(), 0.0);
  model.capacity_blocks_ = kv_blocks;
  model.prompt_token_s_ = prompt_token_s;
  return model;
}

double StepModel::prompts(const PromptWork& work, bool alone) const {
  if (physics_.empty()) return prompt_token_s_ * work.tokens;
  // Several ranks and stages read several prompts at once, but one prompt in one of them.
  const double tokens = std::max(work.largest, share_ * work.tokens);
  const double part = tokens / work.tokens;
  const PromptTime time = physics_.front().part_time(
      {tokens, part * work.pairs, part * work.cached, std::max(1.0, part * work.prompts)});
  return alone ? time.alone : time.mixed;
}

}  // namespace berth
