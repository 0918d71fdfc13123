#pragma once
// A part of an instance: some of its options, with some of their pairs, and the way back.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/instance/instance.h"

namespace berth {

struct ReducedInstance {
  Instance instance;
  std::vector<std::int32_t> new_index;  ///< by option of the whole; -1 = dropped
};

/// Keeps the options d with keep_option[d] != 0 and of their pairs those with keep_pair[p] != 0
/// (empty: all). Classes, pools, offers, groups and budget stay. O(size of the instance).
[[nodiscard]] ReducedInstance reduced_to(const Instance& instance,
                                         std::span<const std::uint8_t> keep_option,
                                         std::span<const std::uint8_t> keep_pair = {});

}  // namespace berth
