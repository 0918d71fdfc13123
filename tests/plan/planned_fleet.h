#pragma once
// A real fleet with a plan that holds, for tests of everything a plan says.

#include <string_view>

#include "berth/plan/plan.h"

namespace berth::test {

struct Planned {
  Fleet fleet;
  BuiltInstance built;
  Solution solution;
  Plan plan;
};

/// Two pools with three offers, an average and a strict floor, delay and refusal costs, a budget.
extern const std::string_view kTwoPools;

/// A feasible solution without any cleverness: every class goes to the option with the least GPUs
/// (the first class is split over its two best), half of what may be refused is refused, and boxes
/// come from the cheapest offer without a cap.
[[nodiscard]] Solution naive_solution(const Instance& instance);

/// REQUIRES: `yaml` is a fleet whose classes all have options.
[[nodiscard]] Planned plan_fleet(std::string_view yaml);

}  // namespace berth::test
