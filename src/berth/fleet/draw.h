#pragma once
// Private to the generators of fleets: random numbers as people would write them.

#include <utility>
#include <vector>

#include "berth/core/random.h"

namespace berth::fleet_draw {

/// To three digits: what a platform's exp() does to the last digit does not matter then.
[[nodiscard]] double rounded(double value);
[[nodiscard]] double uniform(Random& random, double low, double high);
/// As many below 10 x as between 10 x and 100 x. REQUIRES: 0 < low <= high.
[[nodiscard]] double log_uniform(Random& random, double low, double high);

template <class T>
[[nodiscard]] const T& pick(Random& random, const std::vector<T>& from) {
  return from[random.below(from.size())];
}

template <class T>
void shuffle(Random& random, std::vector<T>& items) {
  for (std::size_t left = items.size(); left > 1; --left) {
    std::swap(items[left - 1], items[random.below(left)]);
  }
}

}  // namespace berth::fleet_draw
