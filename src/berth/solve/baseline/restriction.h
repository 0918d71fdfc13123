#pragma once
// An instance with a few of its options, and the way back.

#include <span>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/plan/solution.h"

namespace berth::baseline {

struct Restriction {
  Instance instance;
  std::vector<OptionId> option;  ///< of the whole instance, by the restricted one's
};

/// Classes, pools, offers, groups and budget stay. REQUIRES: `kept` ascending. O(classes + pairs of
/// the kept options).
[[nodiscard]] Restriction restrict_to(const Instance& instance, std::span<const OptionId> kept);

/// A solution of the restricted instance in the options of the whole one, of which there are
/// `options`.
[[nodiscard]] Solution widened(const Restriction& restriction, Solution solution,
                               std::size_t options);

}  // namespace berth::baseline
