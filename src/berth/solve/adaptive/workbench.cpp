#include "berth/solve/adaptive/workbench.h"

#include <algorithm>
#include <cmath>

namespace berth::adaptive {
namespace {

// Demand that nothing carries costs this much more than it should: enough that every good option
// pays for itself, in proportion, so that the guidance between options stays true.
constexpr double kPenalty = 2.0;
constexpr double kUnmetPenalty = 1.5;  // above the price of leaving it unmet
constexpr double kMostPush = 100.0;
// Where routes cost something the factor is larger: full replicas carry all demand only if no class
// would sooner stay behind than push another to a costly place.
constexpr double kRoutedPenalty = 10.0;
constexpr int kMostSteps = 400;      // of one refill
constexpr double kLeastGain = 1e-9;  // USD/h
// Superfluous replicas of an option go one by one up to here, then in growing steps: there may be
// a million.
constexpr int kOneByOne = 4;
constexpr std::int32_t kMostAtOnce = std::int32_t{1} << 29;
// A replica can only go if idle capacity is worth at least this part of it.
constexpr double kIdleNeeded = 0.7;

/// By option: what a replica less costs at most in demand that may stay unmet, USD/h.
std::vector<double> dearest_unmet(const Market& market) {
  std::vector<double> result(market.option_count(), 0.0);
  for (const Entry& entry : market.entries) {
    const std::size_t i = entry.query_class;
    if (market.max_unmet[i] <= 0.0) continue;
    result[entry.option] = std::max(result[entry.option], market.unmet_cost[i] / entry.load);
  }
  return result;
}

std::vector<double> penalties(const Market& market, std::span<const double> worth, double push) {
  std::vector<double> result(market.class_count());
  double dearest = 0.0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = push * kPenalty * std::max(worth[i], 1e-3);
    if (market.routing_costs) result[i] *= kRoutedPenalty;
    if (market.max_unmet[i] <= 0.0) continue;
    result[i] = std::max(result[i], kUnmetPenalty * market.unmet_cost[i]);
    dearest = std::max(dearest, market.unmet_cost[i]);
  }
  if (dearest <= 0.0) return result;
  // Demand that must be served has to push out demand that may stay unmet, whatever that costs.
  const std::vector<double> unmet = dearest_unmet(market);
  std::vector<double> pushed(result.size(), 0.0);
  for (const Entry& entry : market.entries) {
    double& most = pushed[entry.query_class];
    most = std::max(most, kUnmetPenalty * entry.load * unmet[entry.option]);
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = std::max(result[i], std::min(pushed[i], kMostPush * (result[i] + dearest)));
  }
  return result;
}

}  // namespace

Workbench::Workbench(const Market& market, std::span<const double> worth, Random random,
                     double push)
    : market_(market),
      penalty_(penalties(market, worth, push)),
      state_(market, penalty_),
      random_(random),
      appraiser_(market) {}

bool Workbench::take(std::size_t d, std::int32_t replicas) {
  replicas = std::min(replicas, state_.replicas(d));
  return replicas > 0 && state_.price(d, -replicas) != State::kNever && state_.change(d, -replicas);
}

bool Workbench::add(std::size_t d, std::int32_t replicas) {
  return state_.price(d, replicas) != State::kNever && state_.change(d, replicas);
}

std::optional<std::size_t> Workbench::any_open() {
  const std::vector<std::uint32_t> open = state_.open();
  if (open.empty()) return std::nullopt;
  return open[random_.below(open.size())];
}

std::optional<std::size_t> Workbench::open_near(std::size_t d) {
  scratch_.assign(market_.class_count(), 0.0);
  for (const Entry& entry : market_.entries_of(d)) scratch_[entry.query_class] = 1.0;
  std::optional<std::size_t> best;
  double most = -1.0;
  for (const std::uint32_t other : state_.open()) {
    double shared = 0.05;
    for (const Entry& entry : market_.entries_of(other)) shared += scratch_[entry.query_class];
    const double draw = shared * random_.uniform();
    if (draw > most) {
      most = draw;
      best = other;
    }
  }
  return best;
}

std::optional<std::size_t> Workbench::carrier_of(std::size_t i) {
  std::optional<std::size_t> best;
  double most = -1.0;
  state_.routing().for_each_share([&](std::uint32_t e, double share) {
    const Entry& entry = market_.entries[e];
    if (entry.query_class != i || state_.replicas(entry.option) == 0) return;
    const double draw = share * random_.uniform();
    if (draw > most) {
      most = draw;
      best = entry.option;
    }
  });
  return best;
}

std::int32_t Workbench::batch(std::size_t d, double core) const {
  const double room = market_.max_replicas[d] - state_.replicas(d);
  return static_cast<std::int32_t>(std::max(1.0, std::min(room, std::floor(core + 1e-9))));
}

std::optional<std::size_t> Workbench::promising(double noise) {
  // The rent of an option falls on its users by their load, idle capacity included.
  ClassPrices& prices = prices_;
  const std::size_t classes = market_.class_count();
  prices.demand.assign(classes, 0.0);
  prices.delay.assign(classes, 0.0);
  prices.error.assign(classes, 0.0);
  scratch_.assign(market_.option_count(), 0.0);
  state_.routing().for_each_share([&](std::uint32_t e, double share) {
    scratch_[market_.entries[e].option] += share * market_.entries[e].load;
  });
  state_.routing().for_each_share([&](std::uint32_t e, double share) {
    const Entry& entry = market_.entries[e];
    const std::size_t d = entry.option;
    const double fixed =
        state_.replicas(d) > 0 ? 1e-6 * static_cast<double>(market_.fixed[d]) : 0.0;
    const double rent = state_.replicas(d) * market_.unit_price[d] + fixed;
    prices.demand[entry.query_class] += share * (entry.cost + entry.load * rent / scratch_[d]);
  });
  std::optional<std::size_t> best;
  double most = -std::numeric_limits<double>::infinity();
  appraiser_.look(prices);
  for (const std::uint32_t d : appraiser_.seen()) {
    const Outline& outline = appraiser_.outline(d);
    if (barred(d) || outline.total <= kLeastGain) continue;
    const std::int32_t more = batch(d, appraiser_.core(d, prices));
    const std::int64_t exact = state_.price(d, more);
    if (exact == State::kNever) continue;
    const double rent = std::max(kLeastGain, guide_price(d, more, exact));
    const double score =
        outline.at_most(more, market_.unit_price[d]) / rent * (1.0 + noise * random_.uniform());
    if (score <= most) continue;
    most = score;
    best = d;
  }
  return best;
}

std::optional<std::size_t> Workbench::best_of_pool(std::size_t pool, double noise) {
  read_prices(state_.routing(), market_.class_count(), prices_);
  appraiser_.look(prices_);
  std::optional<std::size_t> best;
  double most = 0.0;
  for (const std::uint32_t d : appraiser_.seen()) {
    if (market_.pool[d] != pool || state_.price(d, 1) == State::kNever) continue;
    const double score =
        appraiser_.value(d, 1.0, prices_) / market_.units[d] * (1.0 + noise * random_.uniform());
    if (score <= most) continue;
    most = score;
    best = d;
  }
  return best;
}

double Workbench::guide_price(std::size_t d, std::int32_t more, std::int64_t exact) const {
  const double rent = 1e-6 * static_cast<double>(exact);
  if (!market_.boxes) return rent;
  const double opening = state_.replicas(d) + market_.base_replicas[d] == 0
                             ? 1e-6 * static_cast<double>(market_.fixed[d])
                             : 0.0;
  return exactness_ * rent + (1.0 - exactness_) * (more * market_.unit_price[d] + opening);
}

/// Tries to carry the rest of the demand with replicas of one option, the cheapest first, as long
/// as the cost stays below `cutoff`.
bool Workbench::finish(double cutoff) {
  const double missing = state_.routing().uncarried_cost() * (1.0 - 1e-9);
  const double room = cutoff - (state_.cost() - missing);
  finishers_.clear();
  appraiser_.look(prices_);
  for (const std::uint32_t d : appraiser_.seen()) {
    const Outline& outline = appraiser_.outline(d);
    if (barred(d) || market_.unit_price[d] > room || outline.total < missing) continue;
    for (std::int32_t more = 1; more <= 3; ++more) {
      if (outline.at_most(more, market_.unit_price[d]) < missing) continue;
      const std::int64_t exact = state_.price(d, more);
      if (exact == State::kNever || 1e-6 * static_cast<double>(exact) >= room) break;
      if (appraiser_.value(d, more, prices_) < missing) continue;
      finishers_.push_back({exact, d, more});
      break;
    }
  }
  constexpr std::size_t kTries = 6;
  const std::size_t tries = std::min(kTries, finishers_.size());
  std::partial_sort(finishers_.begin(), finishers_.begin() + static_cast<std::ptrdiff_t>(tries),
                    finishers_.end(), [](const Finisher& a, const Finisher& b) {
                      return std::pair(a.price, a.option) < std::pair(b.price, b.option);
                    });
  if (tries > 0) state_.save(before_);
  for (std::size_t k = 0; k < tries; ++k) {
    if (state_.change(finishers_[k].option, finishers_[k].replicas) && state_.complete() &&
        state_.cost() < cutoff) {
      return true;
    }
    state_.restore(before_);
  }
  return false;
}

bool Workbench::refill(double noise, double cutoff) {
  exactness_ = market_.boxes ? random_.uniform() : 1.0;
  taste_.resize(market_.class_count());
  for (double& taste : taste_) taste = 1.0 + 3.0 * noise * random_.uniform() * random_.uniform();
  for (int step = 0; step < kMostSteps; ++step) {
    const bool complete = state_.complete();
    if (complete && !market_.routing_costs) return true;
    if (!complete && state_.committed() > cutoff) return false;
    read_prices(state_.routing(), market_.class_count(), prices_);
    if (!complete) {
      if (std::isfinite(cutoff) && finish(cutoff)) return true;
      for (std::size_t i = 0; i < taste_.size(); ++i) prices_.demand[i] *= taste_[i];
    }
    std::optional<std::size_t> best;
    std::int32_t replicas = 0;
    double most = complete ? kLeastGain : 0.0;
    appraiser_.look(prices_);
    for (const std::uint32_t d : appraiser_.seen()) {
      const Outline& outline = appraiser_.outline(d);
      if (barred(d) || outline.total <= kLeastGain) continue;
      const double luck = 1.0 + noise * random_.uniform();
      std::int32_t more = 1;
      std::int64_t exact = state_.price(d, more);
      if (exact == State::kNever) continue;
      // Demand must find a place: most per dollar. Beyond that only what pays: most in all.
      const auto score = [&](double value) {
        const double rent = 1e-6 * static_cast<double>(exact);
        if (complete) return (value - rent) * luck;
        return value / std::max(kLeastGain, guide_price(d, more, exact)) * luck;
      };
      const double unit_price = market_.unit_price[d];
      // More replicas never earn more per dollar than one.
      if (!complete && score(outline.at_most(1.0, unit_price)) <= most) continue;
      if (const std::int32_t batched = batch(d, appraiser_.core(d, prices_)); batched > 1) {
        const std::int64_t price = state_.price(d, batched);
        if (price != State::kNever) {
          more = batched;
          exact = price;
        }
      }
      if (score(outline.at_most(more, unit_price)) <= most) continue;
      const double exact_score = score(appraiser_.value(d, more, prices_));
      if (exact_score <= most) continue;
      most = exact_score;
      best = d;
      replicas = more;
    }
    if (!best) return complete;
    const double before = state_.cost();
    if (!state_.change(*best, replicas)) return false;
    // The worth of a whole replica at marginal prices is a hope only.
    if (complete && state_.cost() >= before - kLeastGain) {
      return state_.change(*best, -replicas);
    }
  }
  return state_.complete();
}

double Workbench::guide() const {
  if (smoothing_ <= 0.0) return state_.cost();
  double used = 0.0;
  for (std::size_t r = 0; r < market_.pools->size(); ++r) {
    if (state_.gpus(r) > 0) {
      used += static_cast<double>(state_.gpus(r)) * (*market_.pools)[r].cheapest_per_gpu();
    }
  }
  return state_.cost() + smoothing_ * 1e-6 * used;
}

double Workbench::idle_worth() const {
  double idle = 0.0;
  for (const std::uint32_t d : state_.routing().slots()) {
    idle += (state_.replicas(d) + market_.base_capacity[d]) * market_.unit_price[d];
  }
  state_.routing().for_each_share([&](std::uint32_t e, double share) {
    const Entry& entry = market_.entries[e];
    idle -= share * entry.load * market_.unit_price[entry.option];
  });
  return idle;
}

bool Workbench::take_if_cheaper(std::size_t d, std::int32_t count, double& idle) {
  const double worth = count * market_.unit_price[d];
  if (!market_.routing_costs && idle < kIdleNeeded * worth) return false;
  const std::int64_t price = state_.price(d, -count);
  if (price == State::kNever || (price >= 0 && !market_.boxes)) return false;
  const double smooth = smoothing_ * worth;  // for GPUs that become free in boxes that stay
  const double saving = smooth - 1e-6 * static_cast<double>(price);
  if (count * state_.routing().capacity_price(d) > saving + kLeastGain) return false;
  const bool complete = state_.complete();
  state_.save(before_);
  const double before = state_.cost();
  const bool fits = state_.change(d, -count, state_.routing().cost() + saving);
  const double gain = before - state_.cost();
  if (fits && gain > -kLeastGain && gain + smooth > kLeastGain &&
      (state_.complete() || !complete)) {
    idle -= worth;
    return true;
  }
  state_.restore(before_);
  return false;
}

void Workbench::prune() {
  order_ = state_.open();
  for (std::size_t k = order_.size(); k > 1; --k) {
    std::swap(order_[k - 1], order_[random_.below(k)]);
  }
  double idle = idle_worth();
  for (const std::uint32_t d : order_) {
    std::int32_t count = 1;
    int taken = 0;
    bool growing = true;
    while (state_.replicas(d) > 0) {
      count = std::min(count, state_.replicas(d));
      if (take_if_cheaper(d, count, idle)) {
        if (growing && ++taken > kOneByOne && count < kMostAtOnce) count *= 2;
        continue;
      }
      if (count == 1) break;
      growing = false;
      count /= 2;
    }
  }
}

}  // namespace berth::adaptive
