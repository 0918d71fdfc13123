#pragma once
// A plan while it is searched: replicas, their rent to the micro-dollar, and the best routing on
// them. Every change is priced exactly; a state can be put back.

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "berth/solve/adaptive/market.h"
#include "berth/solve/adaptive/routing.h"

namespace berth::adaptive {

class State {
 public:
  /// Nothing beyond the market's base. REQUIRES: both outlive it. `penalty` by class: what demand
  /// that nothing carries is charged, USD/h.
  State(const Market& market, std::span<const double> penalty);

  [[nodiscard]] const Market& market() const { return market_; }
  [[nodiscard]] const Routing& routing() const { return routing_; }
  /// Replicas beside the base.
  [[nodiscard]] std::int32_t replicas(std::size_t d) const { return replicas_[d]; }
  /// Options with replicas beside the base, in the order they opened.
  [[nodiscard]] std::vector<std::uint32_t> open() const;
  [[nodiscard]] std::int64_t gpus(std::size_t r) const { return gpus_[r]; }
  /// USD/h: rent, fixed costs, switching, best routing, penalties.
  [[nodiscard]] double cost() const { return committed() + routing_.cost(); }
  /// USD/h: rent, fixed costs, switching.
  [[nodiscard]] double committed() const { return 1e-6 * static_cast<double>(rental_ + fixed_); }
  /// Whether all demand is carried.
  [[nodiscard]] bool complete() const { return routing_.uncarried() <= kNothing; }

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  /// Micro-dollars per hour that `more` replicas of d would add (fewer: a saving, negative);
  /// kNever if a limit forbids it.
  [[nodiscard]] std::int64_t price(std::size_t d, std::int32_t more);

  /// Adds replicas (or takes some away) and finds the best routing again. False if the cost of the
  /// routing would be above `cutoff` or the arithmetic failed: the state must be put back then.
  /// REQUIRES: price(d, more) != kNever.
  bool change(std::size_t d, std::int32_t more,
              double cutoff = std::numeric_limits<double>::infinity());

  struct Snapshot {
    Routing::Basis routing;
    std::vector<std::uint32_t> open;
    std::vector<std::int32_t> replicas;  // of `open`
    std::vector<std::int64_t> gpus, rent;
    std::vector<std::int32_t> active;
    std::int64_t rental = 0, fixed = 0;
    [[nodiscard]] double cost() const {
      return 1e-6 * static_cast<double>(rental + fixed) + routing.cost;
    }
  };
  void save(Snapshot& snapshot) const;
  void restore(const Snapshot& snapshot);
  /// Forgets options that came and went; renews the arithmetic. False: put back an older state.
  bool refresh() { return sound_ = sound_ && routing_.refresh(); }
  /// False after a change or a refresh that failed, until the state is put back.
  [[nodiscard]] bool sound() const { return sound_; }

  static constexpr double kNothing = 1e-9;  ///< classes: less is noise

 private:
  [[nodiscard]] std::int64_t recount() const;

  const Market& market_;
  Routing routing_;
  std::vector<PoolRental> pools_;
  std::vector<std::int32_t> replicas_;
  std::vector<std::uint32_t> touched_;  // options that may have replicas
  std::vector<std::int64_t> gpus_;      // by pool, with the base
  std::vector<std::int64_t> rent_;      // by pool, micro-dollars per hour
  std::vector<std::int32_t> active_;    // by group: option or -1; -2 = taken from outside
  std::int64_t rental_ = 0;
  std::int64_t fixed_ = 0;
  bool sound_ = true;
};

}  // namespace berth::adaptive
