#pragma once
// Changes to the columns of an instance before Instance::make freezes them.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/instance/instance.h"

namespace berth {

/// Drops every option d with keep[d] = 0 together with its pairs; the others keep their order.
/// Groups keep their numbers, so an emptied group stays as a name without options.
/// Returns the new index by old index, -1 for a dropped option. REQUIRES: one entry of `keep` per
/// option. O(options + pairs), in place.
std::vector<std::int32_t> keep_options(InstanceColumns& columns,
                                       std::span<const std::uint8_t> keep);

}  // namespace berth
