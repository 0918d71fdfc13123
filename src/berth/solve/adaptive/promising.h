#pragma once
// The part of an instance that a near-optimal plan is likely to use, by the prices of the bound:
// a heuristic choice (variable fixing, bound/bound.h, is the exact one).

#include <cstdint>
#include <optional>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/solve/bound/bound.h"

namespace berth::adaptive {

struct PromisingOptions {
  double most_loss = 0.1;  ///< of an option at these prices, as a part of its own price
  double most_cost = 2.0;  ///< of a class on an option, as a multiple of the class's price
};

/// How much of an instance of this size is searched; nullopt: all of it.
[[nodiscard]] std::optional<PromisingOptions> promising_options(std::size_t classes);

/// O(pairs).
[[nodiscard]] ReducedInstance promising(const Instance& instance,
                                        const bound::Lagrangian& relaxation,
                                        const bound::Prices& prices,
                                        const PromisingOptions& options);

}  // namespace berth::adaptive
