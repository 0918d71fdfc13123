#pragma once
// A plan under construction: replicas, shares, what is left of every demand, and the exact cost.
// Every change can be undone bit for bit, so that a trial costs only what it touches.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "berth/core/tolerance.h"
#include "berth/plan/solution.h"
#include "berth/solve/greedy/table.h"

namespace berth::greedy {

/// Loads are packed to this many replicas less than the tolerance of the checker.
inline constexpr double kPackedLoad = tolerance::kLoad * 0.1;

/// More replicas than any option may have (32 bits), yet safe to add and multiply in 64.
inline constexpr double kBeyondReplicas = 4294967296.0;

/// Whole replicas that hold `load`; kBeyondReplicas for loads beyond it.
[[nodiscard]] inline std::int64_t replicas_for(double load) {
  return static_cast<std::int64_t>(std::ceil(std::min(load, kBeyondReplicas) - kPackedLoad));
}

class Placement {
 public:
  /// Nothing rented, all demand unmet. REQUIRES: `table` outlives the placement.
  explicit Placement(GreedyTable& table);

  [[nodiscard]] double remaining(std::size_t i) const { return remaining_[i]; }
  [[nodiscard]] double share(std::size_t e) const { return share_[e]; }
  [[nodiscard]] double load(std::size_t d) const { return load_[d]; }
  [[nodiscard]] std::int32_t replicas(std::size_t d) const { return replicas_[d]; }
  [[nodiscard]] double slack(std::size_t d) const { return replicas_[d] - load_[d]; }
  [[nodiscard]] std::int64_t gpus(std::size_t r) const { return gpus_[r]; }
  [[nodiscard]] std::int64_t rental() const { return rental_; }
  [[nodiscard]] std::span<const std::uint32_t> active() const { return active_; }
  /// Micro-dollars per hour: rental, fixed, pair and unmet costs; equals price(solution()).
  [[nodiscard]] std::int64_t cost() const { return cost_; }
  /// Micro-dollars per hour of what option d uses if GPUs come in fractions of boxes.
  [[nodiscard]] double fractional_rent(std::size_t d) const;
  /// The other active option of d's group, or -1.
  [[nodiscard]] std::int32_t rival(std::size_t d) const;

  /// Rental change if pool r used `extra` more (or fewer) GPUs; kNeverFits if it cannot, or if the
  /// budget does not allow it.
  [[nodiscard]] std::int64_t rental_change(std::size_t r, std::int64_t extra) const;
  static constexpr std::int64_t kNeverFits = INT64_MAX;

  /// Largest further share of the entry that the average limits of its class allow now.
  [[nodiscard]] double average_room(const Entry& entry) const;
  /// Whether the average limits still hold if `share` of the class moves between two of its
  /// entries.
  [[nodiscard]] bool average_holds(const Entry& from, const Entry& to, double share) const;

  /// Whether class i keeps its average limits as it is served now. Not so after a share of below
  /// the average has been taken away.
  [[nodiscard]] bool averages_hold(std::size_t i) const {
    return delay_credit_[i] >= -kCreditNoise && error_credit_[i] >= -kCreditNoise;
  }

  /// REQUIRES: fits (rental_change, max_replicas, group).
  void set_replicas(std::size_t d, std::int32_t replicas);
  /// REQUIRES: 0 <= share, and the class has that much left.
  void set_share(std::size_t e, std::size_t d, double share);
  /// Releases the replicas that d's load does not need.
  void trim(std::size_t d);

  [[nodiscard]] std::size_t mark() const { return journal_.size(); }
  void rollback(std::size_t mark);

  /// What each class costs here, micro-dollars per hour: its part, by load, of the rent (GPUs in
  /// fractions) and fixed cost of what it uses, its pair costs, and `worth` of what it lacks.
  [[nodiscard]] std::vector<double> paid(std::span<const double> worth) const;

  [[nodiscard]] Solution solution() const;
  /// The cost summed from scratch (debug builds compare it after every step). O(options + entries).
  [[nodiscard]] std::int64_t recount() const;

 private:
  /// Half of what check() allows.
  static constexpr double kCreditNoise = 0.5 * tolerance::kAverage;

  /// The values a change overwrote.
  struct Change {
    std::uint32_t option = 0;
    std::uint32_t entry = 0;
    std::int32_t replicas = -1;  ///< >= 0: a set_replicas; else a set_share
    double share = 0.0;
    double load = 0.0;
    double remaining = 0.0;
    double delay_credit = 0.0;
    double error_credit = 0.0;
  };

  void apply_share(std::size_t e, std::size_t d, double share, double remaining);
  void apply_replicas(std::size_t d, std::int32_t replicas);

  GreedyTable& table_;
  std::vector<double> remaining_;     // by class, 0..1
  std::vector<double> delay_credit_;  // by class: -sum of delay_excess * share, >= 0
  std::vector<double> error_credit_;
  std::vector<double> share_;         // by entry
  std::vector<double> load_;          // by option
  std::vector<std::uint32_t> users_;  // by option: entries with a share
  std::vector<std::int32_t> replicas_;
  std::vector<std::uint32_t> active_;  // options with replicas
  std::vector<std::uint32_t> active_at_;
  std::vector<std::int32_t> group_active_;  // by group: option or -1
  std::vector<std::int64_t> gpus_;          // by pool
  std::vector<std::int64_t> rent_;          // by pool, micro-dollars per hour
  std::int64_t rental_ = 0;
  std::int64_t cost_ = 0;
  std::vector<Change> journal_;
};

}  // namespace berth::greedy
