#include "tests/support/brute_force.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/support/dense_simplex.h"

namespace berth::testing {
namespace {

class BruteForce {
 public:
  BruteForce(const Instance& instance, int most_replicas)
      : instance_(instance),
        columns_(instance.columns()),
        most_(most_replicas),
        replicas_(instance.option_count(), 0),
        rises_(ways_to_rise()) {}

  std::optional<CostRate> run() {
    choose(0);
    return best_;
  }

 private:
  void choose(std::size_t d) {
    if (d == replicas_.size()) {
      evaluate();
      return;
    }
    const int most = std::min<int>(most_, columns_.options.max_replicas[d]);
    for (int y = 0; y <= most; ++y) {
      replicas_[d] = y;
      choose(d + 1);
    }
    replicas_[d] = 0;
  }

  bool groups_hold() const {
    std::vector<int> active(instance_.group_count(), 0);
    for (std::size_t d = 0; d < replicas_.size(); ++d) {
      const std::int32_t group = columns_.options.group[d];
      if (group == kNoGroup || replicas_[d] == 0) continue;
      if (++active[static_cast<std::size_t>(group)] > 1) return false;
    }
    return true;
  }

  /// Cheapest boxes for `gpus` more GPUs from the offers [at, end) of a pool.
  std::optional<CostRate> rent(std::span<const OfferId> offers, std::int64_t gpus) const {
    if (gpus <= 0) return CostRate();
    if (offers.empty()) return std::nullopt;
    const std::size_t o = offers.front().index();
    const std::int64_t lot = columns_.offers.lot[o];
    const std::int64_t most =
        std::min<std::int64_t>(columns_.offers.max[o], (gpus + lot - 1) / lot);
    std::optional<CostRate> best;
    for (std::int64_t count = 0; count <= most; ++count) {
      const auto rest = rent(offers.subspan(1), gpus - count * lot);
      if (!rest) continue;
      CostRate total = *rest + columns_.offers.cost[o] * count;
      const auto& now = columns_.switching;
      if (!now.empty() && count > now.boxes[o]) {
        total += now.rent_cost[o] * (count - now.boxes[o]);
      }
      if (!best || total < *best) best = total;
    }
    return best;
  }

  std::optional<CostRate> rental() const {
    CostRate total;
    for (std::size_t r = 0; r < instance_.pool_count(); ++r) {
      std::int64_t gpus = 0;
      for (const OptionId d : instance_.options_of(PoolId(r))) {
        gpus += std::int64_t{replicas_[d.index()]} * columns_.options.units[d.index()];
      }
      const auto rent_of_pool = rent(instance_.offers_of(PoolId(r)), gpus);
      if (!rent_of_pool) return std::nullopt;
      total += *rent_of_pool;
    }
    return total;
  }

  /// Cheapest shares and refusals on the replicas chosen, USD/h. Variables: pairs, then classes.
  std::optional<double> serve() const {
    const std::size_t pairs = instance_.pair_count();
    DenseProgram program;
    for (const CostRate cost : columns_.pairs.cost) program.cost.push_back(cost.usd());
    for (const CostRate cost : columns_.classes.unmet_cost) program.cost.push_back(cost.usd());
    const std::vector<double> none(program.cost.size(), 0.0);
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      std::vector<double> demand = none;
      std::vector<double> delay = none;
      std::vector<double> error = none;
      for (std::size_t p = instance_.first_pair(ClassId(i)); p < instance_.end_pair(ClassId(i));
           ++p) {
        demand[p] = 1.0;
        delay[p] = columns_.pairs.delay[p] * worse(columns_.uncertainty.delay, i);
        error[p] = columns_.pairs.error[p] * worse(columns_.uncertainty.error, i);
      }
      std::vector<double> refusal = none;
      refusal[pairs + i] = demand[pairs + i] = 1.0;
      program.equal(demand, 1.0);
      program.at_most(refusal, columns_.classes.max_unmet[i]);
      average(program, delay, pairs + i, columns_.classes.max_delay[i]);
      average(program, error, pairs + i, columns_.classes.max_error[i]);
    }
    for (std::size_t d = 0; d < replicas_.size(); ++d) {
      std::vector<double> load = none;
      for (const std::uint32_t p : instance_.pairs_of(OptionId(d))) {
        load[p] = columns_.pairs.load[p];
      }
      for (const std::vector<double>& rise : rises_) {
        std::vector<double> risen = load;
        for (const std::uint32_t p : instance_.pairs_of(OptionId(d))) {
          risen[p] *= 1.0 + rise[columns_.pairs.query_class[p].index()];
        }
        program.at_most(std::move(risen), replicas_[d]);
      }
    }
    return least_cost(program);
  }

  /// Every way in which classes may rise, by class: each set of at most the budget of them, and one
  /// more in part. One way without any rise where nothing is uncertain.
  [[nodiscard]] std::vector<std::vector<double>> ways_to_rise() const {
    const std::size_t count = instance_.class_count();
    const auto& uncertainty = columns_.uncertainty;
    std::vector<std::vector<double>> ways = {std::vector<double>(count, 0.0)};
    if (!uncertainty.matters()) return ways;
    const int whole = static_cast<int>(uncertainty.budget);
    for (std::uint32_t set = 0; set < (1U << count); ++set) {
      if (std::popcount(set) > whole) continue;
      for (std::size_t part = 0; part < count; ++part) {
        std::vector<double> way(count, 0.0);
        for (std::size_t i = 0; i < count; ++i) {
          if ((set >> i & 1U) != 0) way[i] = uncertainty.load[i];
        }
        if ((set >> part & 1U) == 0)
          way[part] = (uncertainty.budget - whole) * uncertainty.load[part];
        ways.push_back(std::move(way));
      }
    }
    return ways;
  }

  [[nodiscard]] double worse(const std::vector<double>& by_class, std::size_t i) const {
    if (!columns_.uncertainty.matters()) return 1.0;
    return 1.0 + std::min(1.0, columns_.uncertainty.budget) * by_class[i];
  }

  static void average(DenseProgram& program, std::vector<double> row, std::size_t unmet,
                      double limit) {
    if (limit == kNoLimit) return;
    row[unmet] = limit;
    program.at_most(std::move(row), limit);
  }

  /// What leaving the replicas that run costs; nullopt: more changes than allowed.
  std::optional<CostRate> switching() const {
    const auto& now = columns_.switching;
    CostRate total;
    std::int64_t changes = 0;
    for (std::size_t d = 0; !now.empty() && d < replicas_.size(); ++d) {
      const std::int64_t more = std::int64_t{replicas_[d]} - now.replicas[d];
      changes += std::abs(more);
      total += more > 0 ? now.start_cost[d] * more : now.stop_cost[d] * -more;
    }
    if (changes > now.max_changes) return std::nullopt;
    return total;
  }

  void evaluate() {
    if (!groups_hold()) return;
    const auto changed = switching();
    if (!changed) return;
    const auto rented = rental();
    if (!rented || *rented > columns_.budget) return;
    CostRate total = *rented + *changed;
    for (std::size_t d = 0; d < replicas_.size(); ++d) {
      if (replicas_[d] > 0) total += columns_.options.fixed_cost[d];
    }
    if (best_ && total >= *best_) return;  // shares cost nothing less
    const std::optional<double> served = serve();
    if (!served) return;
    total += CostRate::usd_per_hour(*served);
    if (!best_ || total < *best_) best_ = total;
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  int most_;
  std::vector<int> replicas_;
  std::vector<std::vector<double>> rises_;
  std::optional<CostRate> best_;
};

}  // namespace

std::optional<CostRate> brute_force(const Instance& instance, int most_replicas) {
  return BruteForce(instance, most_replicas).run();
}

}  // namespace berth::testing
