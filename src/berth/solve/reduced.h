#pragma once
// Plans between an instance and a smaller one that lacks some of its options.

#include <cstdint>
#include <optional>
#include <span>

#include "berth/plan/solution.h"

namespace berth {

/// The plan in the options of the smaller instance; nullopt if it uses one that is not there.
/// `new_index` by option of the larger instance, -1 = not there; `options` of the smaller.
[[nodiscard]] std::optional<Solution> into_reduced(std::span<const std::int32_t> new_index,
                                                   std::size_t options, const Solution& solution);

/// The plan in the options of the larger instance.
[[nodiscard]] Solution out_of_reduced(std::span<const std::int32_t> new_index,
                                      const Solution& solution);

}  // namespace berth
