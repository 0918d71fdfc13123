#pragma once
// What every move works with: a state, the prices that guide it, and the two repairs that complete
// a move: refill carries the demand that a move has left without a place, prune releases what it
// has made superfluous.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "berth/core/random.h"
#include "berth/solve/adaptive/appraisal.h"
#include "berth/solve/adaptive/state.h"

namespace berth::adaptive {

class Workbench {
 public:
  /// `worth` by class: about what serving it costs in a good plan, USD/h (multipliers of the
  /// bound). `push` multiplies what demand that nothing carries is charged. REQUIRES: `market`
  /// outlives it.
  Workbench(const Market& market, std::span<const double> worth, Random random, double push = 1.0);

  [[nodiscard]] const Market& market() const { return market_; }
  [[nodiscard]] State& state() { return state_; }
  /// By class: what demand that nothing carries is charged, USD/h.
  [[nodiscard]] std::span<const double> penalty() const { return penalty_; }
  [[nodiscard]] Random& random() { return random_; }

  // For moves. Each says false if there was nothing to do or the arithmetic failed.
  bool take(std::size_t d, std::int32_t replicas);
  bool add(std::size_t d, std::int32_t replicas);
  /// A random option with replicas.
  [[nodiscard]] std::optional<std::size_t> any_open();
  /// A random open option, likelier the more classes it could serve that d serves too.
  [[nodiscard]] std::optional<std::size_t> open_near(std::size_t d);
  /// One of the open options that carry class i, likelier the larger its share.
  [[nodiscard]] std::optional<std::size_t> carrier_of(std::size_t i);
  /// The closed or open option whose next replica would save most if its classes left where they
  /// are now, each taking along its part of the rent (idle capacity counted); noisy.
  [[nodiscard]] std::optional<std::size_t> promising(double noise);
  /// How many replicas of d to begin with: what its core classes fill.
  [[nodiscard]] std::int32_t batch(std::size_t d, double core) const;
  /// USD/h: the cost and, by `smoothing`, the GPUs in use as if bought in fractions. What is
  /// steered by where boxes make plans of very different worth cost the same.
  [[nodiscard]] double guide() const;
  void set_smoothing(double smoothing) { smoothing_ = market_.boxes ? smoothing : 0.0; }
  /// Options that refill must not use until the next call; REQUIRES: outlives the refill.
  void bar(std::optional<std::size_t> option) { barred_ = option; }
  /// Likewise all options of a pool.
  void bar_pool(std::optional<std::size_t> pool) { barred_pool_ = pool; }
  /// An option of the pool, by what its next replica would carry for each GPU, times a random luck.
  [[nodiscard]] std::optional<std::size_t> best_of_pool(std::size_t pool, double noise);

  /// Opens replicas, each time those that carry most per dollar, until all demand is carried and
  /// nothing more pays; false if nothing can or the rent has passed `cutoff`.
  bool refill(double noise, double cutoff);
  /// Takes replicas away, one by one or more at a time where there are many, while that lowers the
  /// cost.
  void prune();

 private:
  [[nodiscard]] bool barred(std::size_t d) const {
    return barred_ == d || barred_pool_ == market_.pool[d];
  }
  [[nodiscard]] double guide_price(std::size_t d, std::int32_t more, std::int64_t exact) const;
  struct Finisher {
    std::int64_t price = 0;
    std::size_t option = 0;
    std::int32_t replicas = 0;
  };
  bool finish(double cutoff);
  [[nodiscard]] double idle_worth() const;
  bool take_if_cheaper(std::size_t d, std::int32_t count, double& idle);

  const Market& market_;
  std::vector<double> penalty_;
  State state_;
  Random random_;
  Appraiser appraiser_;
  ClassPrices prices_;
  State::Snapshot before_;
  std::optional<std::size_t> barred_;
  std::optional<std::size_t> barred_pool_;
  double smoothing_ = 0.0;
  double exactness_ = 1.0;  // 1: boxes at their price, 0: GPUs in fractions; between: a mix
  std::vector<std::uint32_t> order_;
  std::vector<double> scratch_;
  std::vector<double> taste_;
  std::vector<Finisher> finishers_;
};

}  // namespace berth::adaptive
