#include "berth/workload/reading/prefix_cache.h"

#include <algorithm>
#include <bit>

namespace berth {

PrefixCache::PrefixCache(std::size_t capacity)
    : slots_(std::bit_ceil(std::max(capacity, kWays))), set_mask_(slots_.size() / kWays - 1) {}

bool PrefixCache::touch(std::uint64_t id) {
  const std::uint64_t key = id + 1;
  // SplitMix64's multiplier spreads consecutive ids over the sets.
  const auto set = static_cast<std::size_t>((id * 0xBF58476D1CE4E5B9ULL) >> 32) & set_mask_;
  std::uint64_t* const ways = slots_.data() + set * kWays;
  std::uint64_t* const last = ways + kWays - 1;
  std::uint64_t* const found = std::find(ways, last, key);
  const bool hit = *found == key;
  std::copy_backward(ways, found, found + 1);
  *ways = key;
  return hit;
}

}  // namespace berth
