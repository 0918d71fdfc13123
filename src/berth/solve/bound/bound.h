#pragma once
// The Lagrangian bound: what no plan undercuts. Prices on demand, GPUs, budget and average limits
// split the problem into one knapsack an option (or one choice a pool, where GPUs come in boxes);
// the best prices give the bound, say what each limit is worth, guide construction, and tell which
// options cannot be in a better plan. FORMULATION section 7; docs/bound.md derives every term.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "berth/core/limits.h"
#include "berth/instance/instance.h"
#include "berth/instance/reduced_instance.h"

namespace berth::bound {

/// Prices of what the options compete for (multipliers of the relaxed rows). All finite, >= 0.
struct Prices {
  std::vector<double> demand;  ///< pi_i, by class: USD/h for its whole demand
  std::vector<double> pool;    ///< mu_r, by pool: USD/h a GPU
  double budget = 0.0;         ///< beta: per USD/h of rent
  std::vector<double> delay;   ///< by class: USD/h per s of average delay (0 without a limit)
  std::vector<double> error;   ///< by class: USD/h per 1.0 of average error
  std::vector<double> group;   ///< by group: USD/h an active option
};

/// The relaxation's own plan, in fractions: guidance, not a plan.
struct FractionalPlan {
  std::vector<double> active;    ///< by option: weight of being open, 0..1
  std::vector<double> replicas;  ///< by option
};

struct BoundOptions {
  const Prices* start = nullptr;  ///< not owned; null: cheapest_prices()
  /// USD/h of the best plan known, infinity if none; asked once a pass, so another thread may lower
  /// it meanwhile. Empty: none known. The search stops at Limits::gap below it.
  std::function<double()> best_cost = {};
  /// Called from the bounding thread whenever the proven bound rose; may be empty.
  std::function<void(double bound, const Prices& prices)> on_improved = {};
};

struct Bound {
  double value = 0.0;       ///< USD/h, proven: no plan costs less
  bool infeasible = false;  ///< proven: there is no plan at all
  Prices prices;            ///< that prove it
  FractionalPlan plan;
  std::vector<Prices> trail;  ///< some good prices met on the way: they fix other options
  std::int64_t passes = 0;    ///< over all pairs
  double seconds = 0.0;
  /// What ended it: "gap", "time", "iterations", "stop", "converged" (no prices prove more),
  /// "infeasible".
  std::string limit;
};

/// What an option is worth at given prices.
struct OptionProfit {
  double profit = 0.0;        ///< USD/h: earned less paid, at its best count; may be below 0
  std::int32_t replicas = 0;  ///< that count, at least 1; 0: it cannot run at all
};

/// What a plan cheaper than some cost may still use.
struct Fixing {
  std::vector<std::uint8_t> keep;           ///< by option
  std::vector<std::int32_t> most_replicas;  ///< by option: replicas at most; 0 if not kept
  std::size_t options = 0;                  ///< kept
  std::size_t pairs = 0;                    ///< of kept options
};

/// The relaxation of one instance, which must outlive it. const members may be called from several
/// threads. REQUIRES of prices passed in: the vectors' lengths fit the instance.
class Lagrangian {
 public:
  /// O(pairs).
  explicit Lagrangian(const Instance& instance);
  Lagrangian(const Lagrangian&) = delete;
  Lagrangian& operator=(const Lagrangian&) = delete;
  ~Lagrangian();

  /// Raises the bound until (cost - bound) / cost <= limits.gap, limits.iterations passes, the time
  /// or a stop, or until the relaxation can prove no more. The same for the same passes at any
  /// thread count. A pass is O(pairs).
  [[nodiscard]] Bound improve(const BoundOptions& options, const Limits& limits) const;

  /// What `prices` prove, at least 0. O(pairs).
  [[nodiscard]] double prove(const Prices& prices) const;

  /// Prices at which each class pays its cheapest option as if replicas came in fractions: they
  /// prove the weak relaxation's bound. O(pairs).
  [[nodiscard]] Prices cheapest_prices() const;

  /// By option. O(pairs).
  [[nodiscard]] std::vector<OptionProfit> profits(const Prices& prices) const;

  /// What a plan that costs less than `cost` (USD/h) may use, as `prices` prove it: an option is
  /// dropped if the bound with it active reaches `cost`; counts likewise. O(pairs), and for a pool
  /// of boxes its options once more each.
  [[nodiscard]] Fixing fix(const Prices& prices, double cost) const;
  /// The same by all prices that `bound` brought.
  [[nodiscard]] Fixing fix(const Bound& bound, double cost) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Keeps what both keep, of the same instance.
[[nodiscard]] Fixing both(const Instance& instance, const Fixing& a, const Fixing& b);

/// The instance without what `fixing` drops. Counts become max_replicas.
[[nodiscard]] ReducedInstance reduce(const Instance& instance, const Fixing& fixing);

}  // namespace berth::bound
