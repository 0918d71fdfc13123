#pragma once
// How a plan follows from the one that runs, in a sentence or two.

#include <string>

#include "berth/plan/plan.h"

namespace berth {

/// "3 replicas start, 1 stops, 1 box is rented anew: 4.10 USD once, paid over 1 h. ..."
[[nodiscard]] std::string switching_text(const PlanSwitching& switching);

}  // namespace berth
