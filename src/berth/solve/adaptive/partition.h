#pragma once
// Which classes are searched together: groups that share options in the present assignment.

#include <cstdint>
#include <vector>

#include "berth/core/random.h"
#include "berth/solve/adaptive/assignment.h"

namespace berth::adaptive {

struct Partition {
  std::vector<std::vector<std::uint32_t>> parts;  ///< classes; disjoint, each part at most `size`
  std::vector<std::int32_t> owner;                ///< by option: part, kNoPart
};

/// Random groups of about `size` classes around random open options. O(pairs of open options).
[[nodiscard]] Partition around_open_options(const Market& market, const Assignment& assignment,
                                            std::size_t size, Random& random);

/// Groups of `size` classes that are cheapest on the same options. O(pairs).
[[nodiscard]] Partition by_cheapest_option(const Market& market, std::size_t size);

}  // namespace berth::adaptive
