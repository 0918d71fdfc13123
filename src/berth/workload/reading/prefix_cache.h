#pragma once
// Which prompt blocks were seen before: a set of block ids of fixed size, so that a trace of any
// length is read in constant memory.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace berth {

/// Eight-way set-associative with the least recently used id of a set replaced, like a processor
/// cache. It forgets nothing while far fewer ids than its capacity are alive; beyond that it acts
/// as a prefix cache of about that many blocks would.
class PrefixCache {
 public:
  /// `capacity` ids, rounded up to a power of two of at least one set.
  explicit PrefixCache(std::size_t capacity);

  /// True if `id` was there; it is the most recently used of its set afterwards.
  bool touch(std::uint64_t id);

  /// Starts loading the memory that touch(id) will need.
  void prefetch(std::uint64_t id) const { __builtin_prefetch(slots_.data() + first_slot(id)); }

  [[nodiscard]] std::size_t capacity() const { return slots_.size(); }

 private:
  static constexpr std::size_t kWays = 8;

  [[nodiscard]] std::size_t first_slot(std::uint64_t id) const {
    // SplitMix64's multiplier spreads consecutive ids over the sets.
    return (static_cast<std::size_t>((id * 0xBF58476D1CE4E5B9ULL) >> 32) & set_mask_) * kWays;
  }

  std::vector<std::uint64_t> slots_;  // id + 1; 0 = free. Most recent first within a set.
  std::size_t set_mask_;
};

}  // namespace berth
