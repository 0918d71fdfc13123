#include "berth/solve/bound/filling.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "berth/core/tolerance.h"

namespace berth::bound {
namespace {

/// Few items are sorted by insertion.
constexpr std::size_t kFew = 12;

/// Classes below this part of the hint are left out at first.
constexpr double kHintMargin = 0.8;

double middle(double a, double b, double c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

/// What `replicas` may carry: check() grants a little more than they are.
double capacity_of(double replicas) { return replicas + tolerance::kLoad; }

}  // namespace

void Filling::collect_above(const OptionTerms& terms, double density) {
  const std::size_t count = terms.worth.size();
  items_.resize(count);
  std::size_t found = 0;
  item_load_ = wanted_ = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    const double worth = terms.worth[k];
    const double load = terms.load[k];
    if (worth <= load * density) continue;
    items_[found++] = {worth / load, worth, load, static_cast<std::uint32_t>(k)};
    item_load_ += load;
    if (worth > load * terms.replica_cost) wanted_ += load;
  }
  items_.resize(found);
}

void Filling::collect(const OptionTerms& terms, double capacity) {
  // If what is denser than some density fills the capacity, nothing else matters.
  const double dense = kHintMargin * std::min(terms.hint, terms.replica_cost);
  collect_above(terms, dense);
  if (dense > 0.0 && item_load_ < std::max(capacity, std::ceil(wanted_) + 1.0)) {
    collect_above(terms, 0.0);
  }
}

double Filling::select(double capacity) {
  const auto at = [this](std::size_t k) { return items_.begin() + static_cast<std::ptrdiff_t>(k); };
  const auto denser = [](const Item& a, const Item& b) { return a.density > b.density; };
  std::size_t low = 0;  // items before are taken, items from `high` on are not
  std::size_t high = items_.size();
  double room = capacity;
  double worth = 0.0;
  while (high - low > kFew) {
    const double pivot = middle(items_[low].density, items_[low + (high - low) / 2].density,
                                items_[high - 1].density);
    const auto split =
        std::partition(at(low), at(high), [=](const Item& a) { return a.density > pivot; });
    double load = 0.0;
    double gained = 0.0;
    for (auto item = at(low); item != split; ++item) {
      load += item->load;
      gained += item->worth;
    }
    if (load > room) {
      high = static_cast<std::size_t>(split - items_.begin());
      continue;
    }
    room -= load;
    worth += gained;
    low = static_cast<std::size_t>(split - items_.begin());
    // All items of the pivot's density next: some there are, so this makes progress.
    const auto equal =
        std::partition(at(low), at(high), [=](const Item& a) { return a.density >= pivot; });
    const auto end = static_cast<std::size_t>(equal - items_.begin());
    while (low < end && items_[low].load <= room) {
      room -= items_[low].load;
      worth += items_[low].worth;
      ++low;
    }
    if (low < end) high = low + 1;
  }
  std::sort(at(low), at(high), denser);
  while (low < high && items_[low].load <= room) {
    room -= items_[low].load;
    worth += items_[low].worth;
    ++low;
  }
  whole_ = low;
  rest_ = 0.0;
  last_density_ = 0.0;
  if (low < items_.size()) {
    last_density_ = items_[low].density;
    rest_ = std::max(0.0, room / items_[low].load);
    worth += rest_ * items_[low].worth;
  }
  return worth;
}

Count Filling::best(const OptionTerms& terms) {
  assert(terms.most_replicas >= 1.0);
  collect(terms, 0.0);
  // More replicas pay as long as the class that fills the next one earns more than it costs.
  const double wanted = wanted_ - tolerance::kLoad;
  const double fewer = std::clamp(std::floor(wanted), 1.0, terms.most_replicas);
  const double more = std::clamp(std::ceil(wanted), 1.0, terms.most_replicas);
  const auto profit = [&](double replicas) {
    return select(capacity_of(replicas)) - terms.replica_cost * replicas - terms.opening;
  };
  Count best{more, profit(more)};
  density_ = std::min(terms.replica_cost, last_density_);
  if (fewer < more) {
    const double other = profit(fewer);
    if (other >= best.profit) best = {fewer, other};
    density_ = terms.replica_cost;  // at least one replica is filled with denser classes
  }
  return best;
}

void Filling::counts(const OptionTerms& terms, const Count& top, double least, double span,
                     std::vector<Count>& result) {
  result.clear();
  if (top.profit < least) return;
  collect_above(terms, 0.0);
  const auto profit = [&](double replicas) {
    return select(capacity_of(replicas)) - terms.replica_cost * replicas - terms.opening;
  };
  // Concave: downwards and upwards from the best until one is too poor.
  for (double y = top.replicas; y >= 1.0; y -= 1.0) {
    if (y < top.replicas - span) y = std::min(y, span);
    const double value = y == top.replicas ? top.profit : profit(y);
    if (value < least) break;
    result.push_back({y, value});
  }
  std::reverse(result.begin(), result.end());
  const double last = std::min(terms.most_replicas, top.replicas + span);
  for (double y = top.replicas + 1.0; y <= last; y += 1.0) {
    const double value = profit(y);
    if (value < least) break;
    result.push_back({y, value});
  }
}

double Filling::parts(const OptionTerms& terms, double replicas, std::vector<Part>& result) {
  collect(terms, capacity_of(replicas));
  const double worth = select(capacity_of(replicas));
  result.clear();
  for (std::size_t k = 0; k < whole_; ++k) result.push_back({items_[k].pair, 1.0});
  if (rest_ > 0.0) result.push_back({items_[whole_].pair, rest_});
  std::sort(result.begin(), result.end(),
            [](const Part& a, const Part& b) { return a.pair < b.pair; });
  return worth;
}

}  // namespace berth::bound
