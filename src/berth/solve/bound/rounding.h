#pragma once
// From a real number that no plan undercuts to the least cost a plan can have at all.

#include <cstdint>

#include "berth/instance/instance.h"

namespace berth::bound {

/// Micro-dollars of which every plan's cost is a multiple: the greatest common divisor of what
/// boxes and options cost, where nothing else costs anything, else 1. 0 if every plan is free.
[[nodiscard]] std::int64_t cost_step(const Instance& instance);

/// The least multiple of `step` that is at least `usd` and at least 0, as USD/h. 0 if step is 0.
[[nodiscard]] double rounded_up(double usd, std::int64_t step);

/// USD/h: if there is a plan, there is one that costs no more. Finite.
[[nodiscard]] double dearest_plan(const Instance& instance);

}  // namespace berth::bound
