#include "berth/solve/rental.h"

#include <algorithm>
#include <cassert>

namespace berth {
namespace {

// Sums of two such costs still fit in 64 bits.
constexpr std::int64_t kImpossible = std::numeric_limits<std::int64_t>::max() / 4;
constexpr std::int64_t kManyGpus = std::int64_t{1} << 40;
constexpr std::int64_t kFirstTable = 64;

/// least[g] = cheapest way to at least g GPUs with the bundles seen so far. `taken`, if given,
/// receives for bundle b and g whether b is part of that way (b * least.size() + g).
template <class Bundle>
void relax(std::span<const Bundle> bundles, std::span<std::int64_t> least,
           std::vector<std::uint8_t>* taken) {
  std::fill(least.begin(), least.end(), kImpossible);
  least[0] = 0;
  const auto size = static_cast<std::int64_t>(least.size());
  if (taken != nullptr) taken->assign(bundles.size() * least.size(), 0);
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    for (std::int64_t g = size - 1; g > 0; --g) {
      const auto at = static_cast<std::size_t>(g);
      const auto rest = static_cast<std::size_t>(std::max<std::int64_t>(0, g - bundles[b].gpus));
      const std::int64_t with = least[rest] + bundles[b].cost;
      if (with >= least[at]) continue;
      least[at] = with;
      if (taken != nullptr) (*taken)[b * least.size() + at] = 1;
    }
  }
}

}  // namespace

PoolRental::PoolRental(const Instance& instance, PoolId pool, std::int64_t table_gpus)
    : table_gpus_(table_gpus) {
  const auto& columns = instance.columns().offers;
  const auto& now = instance.columns().switching;
  for (const OfferId id : instance.offers_of(pool)) {  // ascending cost per GPU
    const std::size_t o = id.index();
    Offer offer{id, columns.lot[o], columns.cost[o].micros(), columns.max[o]};
    if (now.empty()) {
      add(offer);
      continue;
    }
    // Boxes that are there cost their rent alone; others their start too.
    const std::int64_t kept = std::min<std::int64_t>(now.boxes[o], offer.max);
    const std::int64_t most = offer.max;
    offer.max = kept;
    add(offer);
    offer.max = most - kept;
    offer.cost += now.rent_cost[o].micros();
    add(offer);
  }
  if (!now.empty()) {
    std::stable_sort(offers_.begin(), offers_.end(), [](const Offer& a, const Offer& b) {
      return static_cast<double>(a.cost) / static_cast<double>(a.lot) <
             static_cast<double>(b.cost) / static_cast<double>(b.lot);
    });
  }
  if (offers_.empty()) return;
  cheapest_per_gpu_ =
      static_cast<double>(offers_.front().cost) / static_cast<double>(offers_.front().lot);
}

void PoolRental::add(const Offer& offer) {
  Offer added = offer;
  if (added.cost > 0) added.max = std::min(added.max, kImpossible / 8 / added.cost);
  if (added.max <= 0) return;
  obtainable_ = std::min(kManyGpus, obtainable_ + added.lot * added.max);
  largest_lot_ = std::max(largest_lot_, added.lot);
  offers_.push_back(added);
}

std::vector<std::int64_t> PoolRental::surely_rented(std::int64_t gpus) const {
  std::vector<std::int64_t> rented(offers_.size(), 0);
  if (gpus <= table_gpus_) return rented;
  // Some cheapest integer choice differs from the cheapest fractional one, which fills the offers
  // in order of cost per GPU, by at most 2 * largest lot + 1 boxes in all (one constraint; the
  // proximity bound of Eisenbrand and Weismantel, SODA 2018).
  const std::int64_t distance = 2 * largest_lot_ + 1;
  std::int64_t rest = gpus;
  for (std::size_t o = 0; o < offers_.size() && rest > 0; ++o) {
    const std::int64_t count = std::min(offers_[o].max, rest / offers_[o].lot);
    rented[o] = std::max<std::int64_t>(0, count - distance);
    rest -= count * offers_[o].lot;
    if (count < offers_[o].max) break;
  }
  return rented;
}

std::vector<PoolRental::Bundle> PoolRental::bundles(std::int64_t gpus,
                                                    std::span<const std::int64_t> rented) const {
  std::vector<Bundle> result;
  for (std::size_t o = 0; o < offers_.size(); ++o) {
    const Offer& offer = offers_[o];
    // Bundles of 1, 2, 4, .. boxes and a remainder make every count from 0 to `left`.
    std::int64_t left = std::min(offer.max - rented[o], (gpus + offer.lot - 1) / offer.lot);
    for (std::int64_t count = 1; left > 0; count *= 2) {
      const std::int64_t take = std::min(count, left);
      result.push_back({o, take, take * offer.lot, take * offer.cost});
      left -= take;
    }
  }
  return result;
}

void PoolRental::fill_table(std::int64_t gpus) {
  auto size = std::max<std::int64_t>(kFirstTable, static_cast<std::int64_t>(table_.size()));
  while (size <= gpus) size *= 2;
  table_.resize(static_cast<std::size_t>(size));
  const std::vector<std::int64_t> none(offers_.size(), 0);
  const std::vector<Bundle> items = bundles(size - 1, none);
  relax<Bundle>(items, table_, nullptr);
}

std::int64_t PoolRental::solve_once(std::int64_t gpus) const {
  const std::vector<std::int64_t> rented = surely_rented(gpus);
  std::int64_t rest = gpus;
  std::int64_t total = 0;
  for (std::size_t o = 0; o < offers_.size(); ++o) {
    rest -= rented[o] * offers_[o].lot;
    total += rented[o] * offers_[o].cost;
  }
  const std::vector<Bundle> items = bundles(rest, rented);
  std::vector<std::int64_t> least(static_cast<std::size_t>(rest) + 1);
  relax<Bundle>(items, least, nullptr);
  return total + least.back();
}

std::int64_t PoolRental::slow_cost(std::int64_t gpus) {
  assert(gpus >= 0 && gpus <= obtainable_);
  if (gpus == 0) return 0;
  if (gpus <= table_gpus_) {
    fill_table(gpus);
    return table_[static_cast<std::size_t>(gpus)];
  }
  const auto [entry, inserted] = beyond_.try_emplace(gpus, 0);
  if (inserted) entry->second = solve_once(gpus);
  return entry->second;
}

void PoolRental::choose(std::int64_t gpus, std::span<std::int32_t> boxes) const {
  assert(gpus >= 0 && gpus <= obtainable_);
  for (const Offer& offer : offers_) boxes[offer.id.index()] = 0;
  if (gpus == 0) return;
  const std::vector<std::int64_t> rented = surely_rented(gpus);
  std::int64_t rest = gpus;
  for (std::size_t o = 0; o < offers_.size(); ++o) {
    rest -= rented[o] * offers_[o].lot;
    boxes[offers_[o].id.index()] += static_cast<std::int32_t>(rented[o]);
  }
  const std::vector<Bundle> items = bundles(rest, rented);
  std::vector<std::int64_t> least(static_cast<std::size_t>(rest) + 1);
  std::vector<std::uint8_t> taken;
  relax<Bundle>(items, least, &taken);
  assert(least.back() < kImpossible);
  for (std::size_t b = items.size(); b-- > 0 && rest > 0;) {
    if (taken[b * least.size() + static_cast<std::size_t>(rest)] == 0) continue;
    boxes[offers_[items[b].offer].id.index()] += static_cast<std::int32_t>(items[b].count);
    rest = std::max<std::int64_t>(0, rest - items[b].gpus);
  }
}

}  // namespace berth
