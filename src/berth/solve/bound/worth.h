#pragma once
// Prices read as shadow prices.

#include "berth/instance/instance.h"
#include "berth/plan/worth.h"
#include "berth/solve/bound/bound.h"

namespace berth::bound {

/// What one more of each limit is worth at these prices: a pool's is that of a GPU more of its
/// capped offers, beyond what they cost.
[[nodiscard]] RelaxationWorth worth_of(const Instance& instance, const Prices& prices);

}  // namespace berth::bound
