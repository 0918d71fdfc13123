#pragma once
// Waiting for a prompt to be read: one queue a replica and rank, GI/G/1 (docs/model.md, "Waiting").
// Slots may be free and prompts still wait for each other.

#include <array>
#include <cstddef>

namespace berth {

/// Of one class, made once; then a look-up per pair. Waits are in units of the mean time of reading
/// a prompt.
class PromptQueue {
 public:
  PromptQueue() = default;  ///< nobody waits
  /// ca^2, the squared variation of the prompts, the percentile in (0, 1).
  PromptQueue(double arrival_variability, double prompt_variation, double percentile);

  /// Wait at the percentile where prompts are read for the part `load` of the time. Infinity beyond
  /// kMaxUtilization. Both this and the next follow one broken line through the curve: they are
  /// each other's inverse. O(log nodes).
  [[nodiscard]] double wait(double load) const;
  /// Largest load with wait(load) <= wait. In [0, kMaxUtilization]. REQUIRES: wait >= 0.
  [[nodiscard]] double max_load(double wait) const;

 private:
  static constexpr std::size_t kNodes = 33;
  std::array<double, kNodes> loads_{};
  std::array<double, kNodes> waits_{};
};

/// The same for any number of replicas that share the class's arrivals (thinned()): tables for 1,
/// 2, 4, .. and endless replicas, the loads between them linear in 1 / replicas.
class PromptQueues {
 public:
  PromptQueues() = default;  ///< nobody waits
  PromptQueues(double arrival_variability, double prompt_variation, double percentile);

  /// As PromptQueue's. REQUIRES: replicas >= 1. wait() is the inverse of max_load() by halving:
  /// slow, for the few pairs of a plan.
  [[nodiscard]] double wait(double load, double replicas) const;
  [[nodiscard]] double max_load(double wait, double replicas) const;

 private:
  static constexpr std::size_t kTables = 7;  // 1, 2, 4, .. 32 replicas, endless
  std::array<PromptQueue, kTables> tables_{};
};

/// PromptQueues of these, kept from the last calls of this thread: for those who ask for one pair
/// after the other. Valid until its next call.
[[nodiscard]] const PromptQueues& remembered_prompt_queues(double arrival_variability,
                                                           double prompt_variation,
                                                           double percentile);

/// The same for one load, without the table. P(W > t) = a exp(-eta t): eta the root of
/// E[exp(-eta T)] E[exp(eta P)] = 1 with Gamma gaps T and Gamma prompts P (Cramer-Lundberg), a =
/// max(load, 1 - eta (1 + cs^2) / 2), exact for M/M/1 and GI/M/1.
[[nodiscard]] double prompt_wait(double load, double arrival_variability, double prompt_variation,
                                 double percentile);

/// Mean wait in the same units (Kingman): load (ca^2 + cs^2) / (2 (1 - load)). REQUIRES: load < 1.
[[nodiscard]] inline double mean_prompt_wait(double load, double arrival_variability,
                                             double prompt_variation) {
  return 0.5 * load * (arrival_variability + prompt_variation) / (1.0 - load);
}

}  // namespace berth
