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

Appraiser::Appraiser(const Market& market) : market_(market), outlines_(market.option_count()) {
  for (const Entry& entry : market.entries) {
    load_.push_back(entry.load);
    inverse_load_.push_back(1.0 / entry.load);
  }
  for (const std::uint32_t e : market.class_entries) {
    const Entry& entry = market.entries[e];
    of_class_.push_back({entry.option, entry.load, entry.load * market.unit_price[entry.option]});
  }
}

void Appraiser::look(const ClassPrices& prices) {
  seen_.clear();
  if (!market_.routing_costs && market_.average_rows == 0) return look_plainly(prices.demand);
  for (std::size_t d = 0; d < market_.option_count(); ++d) {
    outlines_[d] = full_outline(d, prices);
    if (outlines_[d].total > 0.0) seen_.push_back(static_cast<std::uint32_t>(d));
  }
}

/// Where neither pairs nor averages cost anything, what a class earns is its price, and only
/// classes that compete for capacity have one: few of them.
void Appraiser::look_plainly(const std::vector<double>& demand) {
  std::fill(outlines_.begin(), outlines_.end(), Outline{});
  for (std::size_t i = 0; i < market_.class_count(); ++i) {
    if (demand[i] <= 0.0) continue;
    for (std::uint32_t k = market_.class_first[i]; k < market_.class_first[i + 1]; ++k) {
      const OfClass& entry = of_class_[k];
      Outline& outline = outlines_[entry.option];
      outline.total += demand[i];
      outline.load += entry.load;
      outline.surplus += std::max(0.0, demand[i] - entry.rent);
    }
  }
  for (std::size_t d = 0; d < outlines_.size(); ++d) {
    if (outlines_[d].total > 0.0) seen_.push_back(static_cast<std::uint32_t>(d));
  }
}

Outline Appraiser::full_outline(std::size_t d, const ClassPrices& prices) const {
  Outline result;
  const double price = market_.unit_price[d];
  for (const Entry& entry : market_.entries_of(d)) {
    const double weight = prices.weight(entry);
    if (weight <= 0.0) continue;
    result.total += weight;
    result.load += entry.load;
    result.surplus += std::max(0.0, weight - entry.load * price);
  }
  return result;
}

double Appraiser::core(std::size_t d, const ClassPrices& prices) const {
  if (outlines_[d].load < 2.0) return 1.0;  // less than a second replica, whatever the classes
  double best = 0.0;
  for (const Entry& entry : market_.entries_of(d)) {
    const double weight = prices.weight(entry);
    if (weight > best * entry.load) best = weight / entry.load;
  }
  double load = 0.0;
  for (const Entry& entry : market_.entries_of(d)) {
    if (prices.weight(entry) >= kCore * best * entry.load) load += entry.load;
  }
  return load;
}

double Appraiser::value(std::size_t d, double capacity, const ClassPrices& prices) {
  if (outlines_[d].load <= capacity) return outlines_[d].total;
  items_.clear();
  for (std::uint32_t e = market_.first[d]; e < market_.first[d + 1]; ++e) {
    const double weight = prices.weight(market_.entries[e]);
    if (weight > 0.0) items_.emplace_back(weight * inverse_load_[e], load_[e]);
  }
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
