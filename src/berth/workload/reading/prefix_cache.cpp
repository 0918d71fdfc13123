#include "berth/workload/reading/prefix_cache.h"

#include <algorithm>
#include <bit>

namespace berth {

PrefixCache::PrefixCache(std::size_t capacity)
    : slots_(std::bit_ceil(std::max(capacity, kWays))), set_mask_(slots_.size() / kWays - 1) {}

bool PrefixCache::touch(std::uint64_t id) {
  const std::uint64_t key = id + 1;
  std::uint64_t* const ways = slots_.data() + first_slot(id);
  std::uint64_t* const last = ways + kWays - 1;
  std::uint64_t* const found = std::find(ways, last, key);
  const bool hit = *found == key;
  std::copy_backward(ways, found, found + 1);
  *ways = key;
  return hit;
}

}  // namespace berth
