#include "berth/solve/branch/pricing.h"

#include <algorithm>
#include <cmath>

#include "berth/core/infinity.h"
#include "berth/core/tolerance.h"

namespace berth::branch {
namespace {

double at(std::span<const double> prices, std::int32_t row) {
  return row == bound::kNone ? 0.0 : prices[static_cast<std::size_t>(row)];
}

double worth_of(const Pair& pair, std::span<const double> prices) {
  return prices[pair.query_class] - pair.cost - at(prices, pair.delay_row) * pair.delay -
         at(prices, pair.error_row) * pair.error;
}

}  // namespace

void clip(const Problem& problem, const Node& node, std::vector<double>& prices) {
  for (double& price : prices) price = std::max(0.0, price);
  const std::int32_t budget = problem.structure().space().budget;
  const double factor = 1.0 + at(prices, budget);
  for (const Single& single : problem.singles()) {
    // As many boxes as anybody could want: only a restriction makes one worth more than it costs.
    if (!single.endless || node.most[single.count] < problem.most()[single.count]) continue;
    double& price = prices[single.entries.front().dimension];
    price = std::min(price, factor * single.cost / single.entries.front().amount);
  }
}

void Pricing::begin(const Node& node) {
  blocks_.clear();
  for (std::size_t b = 0; b < problem_->block_count(); ++b) {
    for (const std::uint32_t d : problem_->options_of_block(b)) {
      if (node.most[d] < 1) continue;
      blocks_.push_back(static_cast<std::uint32_t>(b));
      break;
    }
  }
  density_.assign(problem_->option_count(), -1.0F);
}

void Pricing::price_replicas(const Node& node, std::span<const double> prices) {
  const std::int32_t budget = problem_->structure().space().budget;
  const double factor = 1.0 + at(prices, budget);
  replica_cost_.resize(problem_->option_count());
  magnitude_.resize(problem_->option_count());
  for (std::size_t d = 0; d < replica_cost_.size(); ++d) {
    const OptionTerms& option = problem_->option(d);
    replica_cost_[d] = option.pool_row == bound::kNone ? factor * option.rent
                                                       : option.units * at(prices, option.pool_row);
    magnitude_[d] = replica_cost_[d];
  }
  for (std::size_t r = 0; r < node.rows.size(); ++r) {
    const double price = prices[problem_->dimensions() + r];
    tally_.add(node.rows[r].sign() * price * node.rows[r].limit);
    if (price == 0.0) continue;
    for (const Sum::Term& term : problem_->sums()[node.rows[r].sum].terms) {
      const double earned = price * term.factor;
      replica_cost_[term.count] -= node.rows[r].sign() * earned;
      magnitude_[term.count] += earned;
    }
  }
}

/// y replicas hold at most y (theta - cost) + sum max(0, worth - load theta) for any density theta;
/// for one of at most the cost the first term is greatest at y = 1.
bool Pricing::may_earn(std::size_t option, std::span<const double> prices) {
  const double cost = replica_cost_[option];
  if (cost <= 0.0) return true;
  const double density =
      density_[option] < 0.0F ? cost : std::min(cost, static_cast<double>(density_[option]));
  double sum = 0.0;
  for (const Pair& pair : problem_->pairs(option)) {
    sum += std::max(0.0, worth_of(pair, prices) - pair.load * density);
  }
  return density * (1.0 + tolerance::kLoad) - cost + sum - problem_->option(option).fixed_cost >
         -1e-9 * cost;
}

void Pricing::collect(std::size_t option, std::span<const double> prices) {
  items_.clear();
  const std::span<const Pair> pairs = problem_->pairs(option);
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const double worth = worth_of(pairs[k], prices);
    if (worth <= 0.0) continue;
    items_.push_back({worth / pairs[k].load, worth, pairs[k].load, static_cast<std::uint32_t>(k)});
  }
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
    return a.density != b.density ? a.density > b.density : a.pair < b.pair;
  });
}

double Pricing::profit(std::size_t option, double replicas) const {
  double room = replicas + tolerance::kLoad;
  double worth = 0.0;
  for (const Item& item : items_) {
    if (item.load > room) {
      worth += item.worth * (room / item.load);
      break;
    }
    room -= item.load;
    worth += item.worth;
  }
  return worth - replica_cost_[option] * replicas - problem_->option(option).fixed_cost;
}

/// At least one replica. Profit is concave in their number, and one more pays as long as the class
/// that fills it is denser than it costs.
Pricing::Count Pricing::best_count(const Node& node, std::size_t option) const {
  const double least = std::max(1, node.least[option]);
  const double most = node.most[option];
  double wanted = -tolerance::kLoad;
  for (const Item& item : items_) {
    if (item.density <= replica_cost_[option]) break;
    wanted += item.load;
  }
  if (replica_cost_[option] < 0.0) wanted = most;
  const double fewer = std::clamp(std::floor(wanted), least, most);
  const double more = std::clamp(std::ceil(wanted), least, most);
  Count best{fewer, profit(option, fewer)};
  if (more > fewer) {
    const double other = profit(option, more);
    if (other > best.profit) best = {more, other};
  }
  return best;
}

std::shared_ptr<const Use> Pricing::use_of(std::size_t option, double replicas) const {
  const OptionTerms& terms = problem_->option(option);
  const std::span<const Pair> pairs = problem_->pairs(option);
  Use use;
  use.option = static_cast<std::uint32_t>(option);
  use.replicas = static_cast<std::int32_t>(replicas);
  use.cost = terms.rent * replicas + terms.fixed_cost;
  const auto add = [&](std::int32_t row, double amount) {
    if (row == bound::kNone || amount == 0.0) return;
    use.entries.push_back({static_cast<std::uint32_t>(row), amount});
  };
  double room = replicas + tolerance::kLoad;
  for (const Item& item : items_) {
    const Pair& pair = pairs[item.pair];
    const double share = std::min(1.0, room / item.load);
    if (share <= 0.0) break;
    add(static_cast<std::int32_t>(pair.query_class), share);
    add(pair.delay_row, -pair.delay * share);
    add(pair.error_row, -pair.error * share);
    use.cost += pair.cost * share;
    room -= share * item.load;
    if (share < 1.0) break;
  }
  add(terms.pool_row, -terms.units * replicas);
  add(problem_->structure().space().budget, -terms.rent * replicas);
  return std::make_shared<const Use>(std::move(use));
}

void Pricing::add_singles(const Node& node, std::span<const double> prices) {
  for (std::size_t k = 0; k < problem_->dimensions(); ++k) {
    tally_.add(problem_->supply(k) * prices[k]);
  }
  for (const Single& single : problem_->singles()) {
    double gain = -single.cost;
    for (const Entry& entry : single.entries) gain += entry.amount * prices[entry.dimension];
    if (single.boxes) {
      tally_.add(-gain * (gain > 0.0 ? node.most[single.count] : node.least[single.count]));
    } else {
      tally_.add(-single.most * std::max(0.0, gain));
    }
  }
}

double Pricing::tolerance_worth(std::span<const double> prices) const {
  // As Structure::tolerance_worth.
  const bound::Space& space = problem_->structure().space();
  const auto& classes = problem_->instance().columns().classes;
  double worth = 0.0;
  for (std::size_t i = 0; i < space.classes; ++i) {
    worth += 4.0 * tolerance::kShare * prices[i];
    if (space.delay[i] != bound::kNone) {
      worth += 1.05 * tolerance::kAverage * std::max(1.0, classes.max_delay[i]) *
               at(prices, space.delay[i]);
    }
    if (space.error[i] != bound::kNone) {
      worth += 1.05 * tolerance::kAverage * std::max(1.0, classes.max_error[i]) *
               at(prices, space.error[i]);
    }
  }
  return worth;
}

void Pricing::evaluate(const Node& node, std::span<const double> prices, bool with_uses,
                       Answer& answer) {
  ++passes_;
  tally_ = {};
  answer.uses.clear();
  price_replicas(node, prices);
  add_singles(node, prices);
  double magnitude = 0.0;
  for (const std::uint32_t block : blocks_) {
    const auto options = problem_->options_of_block(block);
    const bool forced = std::any_of(options.begin(), options.end(),
                                    [&](std::uint32_t d) { return node.least[d] > 0; });
    double best = forced ? -kInfinity : 0.0;
    std::shared_ptr<const Use> use;
    for (const std::uint32_t d : options) {
      if (node.most[d] < 1 || (forced && node.least[d] == 0)) continue;
      if (!forced && !may_earn(d, prices)) continue;
      collect(d, prices);
      const Count count = best_count(node, d);
      magnitude += std::abs(count.profit) +
                   2.0 * (magnitude_[d] * count.replicas + problem_->option(d).fixed_cost);
      if (!items_.empty()) density_[d] = static_cast<float>(items_.back().density);
      double room = count.replicas;
      for (const Item& item : items_) {
        density_[d] = static_cast<float>(item.density);
        room -= item.load;
        if (room <= 0.0) break;
      }
      if (count.profit <= best) continue;
      best = count.profit;
      if (with_uses) use = use_of(d, count.replicas);
    }
    tally_.add(-best);
    if (use) answer.uses.push_back(std::move(use));
  }
  const auto terms =
      static_cast<double>(problem_->most_pairs() + problem_->block_count() + prices.size() + 64);
  answer.value = tally_.sum;
  answer.proven =
      tally_.sum - 0x1p-52 * terms * (tally_.magnitude + magnitude) - tolerance_worth(prices);
}

/// Boxes of an offer other than the best number lose their gain.
void Pricing::narrow_boxes(Node& node, double spare) const {
  for (const Single& single : problem_->singles()) {
    if (!single.boxes) continue;
    double gain = -single.cost;
    for (const Entry& entry : single.entries) gain += entry.amount * node.prices[entry.dimension];
    if (std::abs(gain) < 1e-9 * single.cost) continue;
    const double range = std::floor(spare / std::abs(gain) * (1.0 + 1e-9) + 1e-9);
    std::int32_t& least = node.least[single.count];
    std::int32_t& most = node.most[single.count];
    if (range >= static_cast<double>(most) - least) continue;
    if (gain > 0.0) {
      least = most - static_cast<std::int32_t>(range);
    } else {
      most = least + static_cast<std::int32_t>(range);
    }
  }
}

/// `enough`: what the option has to earn for a plan to be cheap enough.
void Pricing::narrow_option(Node& node, std::size_t option, const Count& top, double enough,
                            bool alone) const {
  std::int32_t& least = node.least[option];
  std::int32_t& most = node.most[option];
  if (top.profit <= enough) {
    if (least == 0) most = 0;
    return;
  }
  // Away from its best count an option earns ever less: bisection.
  const auto best = static_cast<std::int32_t>(top.replicas);
  std::int32_t fits = best;
  while (fits < most) {
    const std::int32_t next = most - (most - fits) / 2;
    if (profit(option, next) > enough) {
      fits = next;
    } else {
      most = next - 1;
    }
  }
  if (least == 0 && alone && enough >= 0.0) least = 1;
  if (least == 0) return;
  fits = best;
  while (least < fits) {
    const std::int32_t next = least + (fits - least) / 2;
    if (profit(option, next) > enough) {
      fits = next;
    } else {
      least = next + 1;
    }
  }
}

void Pricing::narrow(Node& node, double target) {
  Answer answer;
  begin(node);
  evaluate(node, node.prices, false, answer);
  // The profits below round as the evaluation did: its allowance once more.
  const double spare = target - (answer.proven - (answer.value - answer.proven));
  if (spare <= 0.0) return;
  for (const std::uint32_t block : blocks_) {
    const auto options = problem_->options_of_block(block);
    const bool forced = std::any_of(options.begin(), options.end(),
                                    [&](std::uint32_t d) { return node.least[d] > 0; });
    double best = forced ? -kInfinity : 0.0;
    std::vector<Count> tops(options.size());
    for (std::size_t k = 0; k < options.size(); ++k) {
      if (node.most[options[k]] < 1) continue;
      collect(options[k], node.prices);
      tops[k] = best_count(node, options[k]);
      if (!forced || node.least[options[k]] > 0) best = std::max(best, tops[k].profit);
    }
    for (std::size_t k = 0; k < options.size(); ++k) {
      if (node.most[options[k]] < 1) continue;
      if (options.size() > 1) collect(options[k], node.prices);
      narrow_option(node, options[k], tops[k], best - spare, options.size() == 1);
    }
  }
  narrow_boxes(node, spare);
}

}  // namespace berth::branch
