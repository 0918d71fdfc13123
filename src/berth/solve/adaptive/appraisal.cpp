#include "berth/solve/adaptive/appraisal.h"

#include <algorithm>
#include <functional>

namespace berth::adaptive {
namespace {

// Classes within this of the best earnings per replica belong together on an option.
constexpr double kCore = 0.99;

}  // namespace

void read_prices(const Routing& routing, std::size_t classes, ClassPrices& prices) {
  prices.demand.resize(classes);
  prices.delay.resize(classes);
  prices.error.resize(classes);
  for (std::size_t i = 0; i < classes; ++i) {
    prices.demand[i] = routing.demand_price(i);
    prices.delay[i] = routing.delay_price(i);
    prices.error[i] = routing.error_price(i);
  }
}

Outline Appraiser::outline(std::size_t d, const ClassPrices& prices) const {
  Outline result;
  const double price = market_.unit_price[d];
  double best = 0.0;
  for (const Entry& entry : market_.entries_of(d)) {
    const double weight = prices.weight(entry);
    if (weight <= 0.0) continue;
    result.total += weight;
    result.surplus += std::max(0.0, weight - entry.load * price);
    best = std::max(best, weight / entry.load);
  }
  if (result.total <= 0.0) return result;
  for (const Entry& entry : market_.entries_of(d)) {
    if (prices.weight(entry) >= kCore * best * entry.load) result.core += entry.load;
  }
  return result;
}

double Appraiser::value(std::size_t d, double capacity, const ClassPrices& prices) {
  items_.clear();
  double load = 0.0;
  double total = 0.0;
  for (const Entry& entry : market_.entries_of(d)) {
    const double weight = prices.weight(entry);
    if (weight <= 0.0) continue;
    items_.emplace_back(weight / entry.load, entry.load);
    load += entry.load;
    total += weight;
  }
  if (load <= capacity) return total;
  std::sort(items_.begin(), items_.end(), std::greater<>());
  double value = 0.0;
  for (const auto& [density, size] : items_) {
    value += density * std::min(size, capacity);
    capacity -= size;
    if (capacity <= 0.0) break;
  }
  return value;
}

}  // namespace berth::adaptive
