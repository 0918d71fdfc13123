#include "berth/solve/adaptive/partition.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "berth/solve/adaptive/part.h"

namespace berth::adaptive {
namespace {

template <class T>
void shuffle(std::vector<T>& values, Random& random) {
  for (std::size_t k = values.size(); k > 1; --k) std::swap(values[k - 1], values[random.below(k)]);
}

/// Grows parts one after the other.
class Grower {
 public:
  Grower(const Market& market, const Assignment& assignment, std::size_t size, Random& random)
      : market_(market),
        size_(size),
        random_(random),
        taken_(market.class_count(), 0),
        users_(market.option_count()) {
    result_.owner.assign(market.option_count(), kNoPart);
    for (std::uint32_t i = 0; i < market.class_count(); ++i) {
      for (const Assignment::Share& share : assignment.shares[i]) {
        users_[market.entries[share.entry].option].push_back(i);
      }
    }
  }

  Partition grow() {
    std::vector<std::uint32_t> seeds;
    for (std::uint32_t d = 0; d < users_.size(); ++d) {
      if (!users_[d].empty()) seeds.push_back(d);
    }
    shuffle(seeds, random_);
    for (const std::uint32_t d : seeds) {
      if (result_.owner[d] == kNoPart) grow_from(d);
    }
    std::vector<std::uint32_t> rest;
    for (std::uint32_t i = 0; i < taken_.size(); ++i) {
      if (taken_[i] == 0) rest.push_back(i);
    }
    for (std::size_t k = 0; k < rest.size(); k += size_) {
      const auto end = rest.begin() + static_cast<std::ptrdiff_t>(std::min(rest.size(), k + size_));
      result_.parts.emplace_back(rest.begin() + static_cast<std::ptrdiff_t>(k), end);
    }
    return std::move(result_);
  }

 private:
  void grow_from(std::uint32_t seed) {
    part_.clear();
    annex(seed);
    if (part_.empty()) return;
    // A few failures mean that what is near belongs to others already.
    for (int misses = 0; part_.size() < size_ && misses < 8;) {
      const std::uint32_t next = near(part_[random_.below(part_.size())]);
      if (next == kNowhere || !annex(next)) ++misses;
    }
    result_.parts.push_back(part_);
  }

  /// Takes an open option with those of its classes that are still free; false if there is none.
  bool annex(std::uint32_t d) {
    result_.owner[d] = static_cast<std::int32_t>(result_.parts.size());
    std::vector<std::uint32_t>& users = users_[d];
    shuffle(users, random_);
    bool any = false;
    for (const std::uint32_t i : users) {
      if (part_.size() >= size_) break;
      if (std::exchange(taken_[i], std::uint8_t{1}) != 0) continue;
      part_.push_back(i);
      any = true;
    }
    return any;
  }

  /// A random open option without an owner that could serve class i.
  std::uint32_t near(std::uint32_t i) {
    std::uint32_t best = kNowhere;
    double most = 0.0;
    for (const std::uint32_t e : market_.entries_of_class(i)) {
      const std::uint32_t d = market_.entries[e].option;
      if (users_[d].empty() || result_.owner[d] != kNoPart) continue;
      const double draw = random_.uniform();
      if (draw < most) continue;
      most = draw;
      best = d;
    }
    return best;
  }

  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  const Market& market_;
  std::size_t size_;
  Random& random_;
  std::vector<std::uint8_t> taken_;                // by class
  std::vector<std::vector<std::uint32_t>> users_;  // by option
  std::vector<std::uint32_t> part_;
  Partition result_;
};

}  // namespace

Partition around_open_options(const Market& market, const Assignment& assignment, std::size_t size,
                              Random& random) {
  return Grower(market, assignment, size, random).grow();
}

Partition by_cheapest_option(const Market& market, std::size_t size) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order;
  for (std::uint32_t i = 0; i < market.class_count(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    std::uint32_t option = 0;
    for (const std::uint32_t e : market.entries_of_class(i)) {
      const Entry& entry = market.entries[e];
      const double cost = entry.cost + entry.load * market.unit_price[entry.option];
      if (cost >= least) continue;
      least = cost;
      option = entry.option;
    }
    order.emplace_back(option, i);
  }
  std::sort(order.begin(), order.end());
  Partition result;
  result.owner.assign(market.option_count(), kNoPart);
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k % size == 0) result.parts.emplace_back();
    result.parts.back().push_back(order[k].second);
  }
  return result;
}

}  // namespace berth::adaptive
