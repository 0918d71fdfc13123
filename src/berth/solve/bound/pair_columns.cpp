#include "berth/solve/bound/pair_columns.h"

#include <algorithm>
#include <limits>

#include "berth/solve/bound/screen.h"

namespace berth::bound {
namespace {

/// Larger numbers would overflow in the pass; a load this large is never worth it.
constexpr double kLargest = 1e30;

float to_float(double value) { return static_cast<float>(std::clamp(value, -kLargest, kLargest)); }

std::size_t padded(std::size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

}  // namespace

PairColumns::PairColumns(const Instance& instance) : instance_(&instance) {
  std::size_t size = 0;
  std::size_t exact = 0;
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    first_.push_back(size);
    first_exact_.push_back(exact);
    count_.push_back(instance.pairs_of(OptionId(d)).size());
    exact += count_.back();
    size += padded(count_.back());
  }
  load_.assign(size, 0.0F);
  exact_load_.reserve(exact);
  place_pairs();
  place_extras();
}

void PairColumns::place_pairs() {
  const Instance& instance = *instance_;
  const auto& pairs = instance.columns().pairs;
  // The padding reads the price after the last class's.
  const std::size_t classes = instance.class_count();
  const bool narrow = classes <= std::numeric_limits<std::uint16_t>::max();
  if (narrow) {
    narrow_class_.assign(load_.size(), static_cast<std::uint16_t>(classes));
  } else {
    wide_class_.assign(load_.size(), static_cast<std::uint32_t>(classes));
  }
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    std::size_t at = first_[d];
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      const std::uint32_t i = pairs.query_class[p].value();
      load_[at] = to_float(pairs.load[p]);
      if (narrow) {
        narrow_class_[at] = static_cast<std::uint16_t>(i);
      } else {
        wide_class_[at] = i;
      }
      exact_load_.push_back(pairs.load[p]);
      ++at;
    }
  }
}

void PairColumns::place_extras() {
  const Instance& instance = *instance_;
  const auto& columns = instance.columns();
  const auto limited = [](double limit) { return limit != kNoLimit; };
  const auto& delays = columns.classes.max_delay;
  const auto& errors = columns.classes.max_error;
  const bool with_cost = std::any_of(columns.pairs.cost.begin(), columns.pairs.cost.end(),
                                     [](CostRate cost) { return cost != CostRate{}; });
  if (with_cost) cost_.assign(load_.size(), 0.0F);
  if (std::any_of(delays.begin(), delays.end(), limited)) delay_.assign(load_.size(), 0.0F);
  if (std::any_of(errors.begin(), errors.end(), limited)) error_.assign(load_.size(), 0.0F);
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    std::size_t at = first_[d];
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      if (!cost_.empty()) cost_[at] = to_float(columns.pairs.cost[p].usd());
      const std::size_t i = columns.pairs.query_class[p].index();
      if (!delay_.empty()) delay_[at] = to_float(columns.pairs.delay[p] - delays[i]);
      if (!error_.empty()) error_[at] = to_float(columns.pairs.error[p] - errors[i]);
      ++at;
    }
  }
}

double PairColumns::extra(const Prices& prices, std::size_t pair) const {
  const auto& columns = instance_->columns();
  const auto& pairs = columns.pairs;
  const std::size_t i = pairs.query_class[pair].index();
  double lost = pairs.cost[pair].usd();
  if (prices.delay[i] > 0.0) {
    lost += prices.delay[i] * (pairs.delay[pair] - columns.classes.max_delay[i]);
  }
  if (prices.error[i] > 0.0) {
    lost += prices.error[i] * (pairs.error[pair] - columns.classes.max_error[i]);
  }
  return lost;
}

void PairColumns::set_prices(const Prices& prices, PassPrices& pass) const {
  pass.demand.clear();
  pass.most = 0.0F;
  const auto& classes = instance_->columns().classes;
  for (std::size_t i = 0; i < prices.demand.size(); ++i) {
    pass.demand.push_back(to_float(prices.demand[i]));
    double most = prices.demand[i];  // that a pair of the class can be worth
    if (prices.delay[i] > 0.0) most += prices.delay[i] * classes.max_delay[i];
    if (prices.error[i] > 0.0) most += prices.error[i] * classes.max_error[i];
    pass.most = std::max(pass.most, to_float(most));
  }
  pass.demand.push_back(-std::numeric_limits<float>::max());  // the padding earns nothing
  if (delay_.empty() && error_.empty()) {
    pass.extra = cost_.empty() ? nullptr : cost_.data();
    return;
  }
  std::vector<float> delay_price(prices.delay.size() + 1, 0.0F);
  std::vector<float> error_price(prices.error.size() + 1, 0.0F);
  std::transform(prices.delay.begin(), prices.delay.end(), delay_price.begin(), to_float);
  std::transform(prices.error.begin(), prices.error.end(), error_price.begin(), to_float);
  pass.own_extra.assign(load_.size(), 0.0F);
  for (std::size_t at = 0; at < load_.size(); ++at) {
    const std::size_t i = narrow_class_.empty() ? wide_class_[at] : narrow_class_[at];
    float lost = cost_.empty() ? 0.0F : cost_[at];
    if (!delay_.empty()) lost += delay_price[i] * delay_[at];
    if (!error_.empty()) lost += error_price[i] * error_[at];
    pass.own_extra[at] = lost;
  }
  pass.extra = pass.own_extra.data();
}

void PairColumns::worths(const Prices& prices, std::size_t option,
                         std::vector<double>& worth) const {
  const std::size_t count = count_[option];
  worth.resize(count);
  for (std::size_t k = 0; k < count; ++k) worth[k] = prices.demand[query_class(option, k)];
  if (cost_.empty() && delay_.empty() && error_.empty()) return;
  const auto pairs = instance_->pairs_of(OptionId(option));
  for (std::size_t k = 0; k < count; ++k) worth[k] -= extra(prices, pairs[k]);
}

float PairColumns::screen(const PassPrices& pass, std::size_t option, float density) const {
  const std::size_t first = first_[option];
  ScreenTerms terms;
  terms.load = load_.data() + first;
  terms.extra = pass.extra == nullptr ? nullptr : pass.extra + first;
  terms.count = padded(count_[option]);
  return narrow_class_.empty()
             ? screen_sum(terms, wide_class_.data() + first, pass.demand.data(), density)
             : screen_sum(terms, narrow_class_.data() + first, pass.demand.data(), density);
}

double PairColumns::screen_error(const PassPrices& pass, std::size_t option, double sum) const {
  // Terms above 0 consist of numbers up to the largest price: the price, up to three parts of the
  // extra with their products and sums, load, product and two differences round once each. Each
  // lane then adds count / kLanes terms.
  constexpr double kUnit = 0x1p-24;
  const auto count = static_cast<double>(count_[option]);
  const double additions = count / static_cast<double>(kLanes) + 8.0;
  return 1.01 * kUnit * (16.0 * count * static_cast<double>(pass.most) + additions * sum);
}

}  // namespace berth::bound
