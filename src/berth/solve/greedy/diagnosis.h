#pragma once
// Says in words why a class could not be served.

#include <cstdint>
#include <span>
#include <string>

#include "berth/solve/greedy/placement.h"
#include "berth/solve/greedy/table.h"

namespace berth::greedy {

/// One sentence a class: how much of it is missing and which limits stopped how many options.
[[nodiscard]] std::string diagnose(const GreedyTable& table, const Placement& placement,
                                   std::span<const std::uint32_t> uncovered);

/// Whether one of the classes cannot be served by any plan: no option can ever run for it.
[[nodiscard]] bool proves_infeasible(const GreedyTable& table,
                                     std::span<const std::uint32_t> uncovered);

}  // namespace berth::greedy
