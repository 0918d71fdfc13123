#pragma once
// What a simulation measured, beside what the plan predicts: table and berth.simulation/1.

#include <string>
#include <utility>
#include <vector>

#include "berth/evaluate/simulation/simulate.h"
#include "berth/output/table.h"
#include "berth/plan/plan.h"

namespace berth {

/// Classes, deployments and pools, with the intervals of the shares.
[[nodiscard]] std::string to_table(const SimulationReport& report, const Plan& plan,
                                   const TableStyle& style);

/// What was replayed and how, in the user's words: "Routing", "round-robin".
using SimulationFacts = std::vector<std::pair<std::string, std::string>>;

/// docs/simulation.md, "JSON".
[[nodiscard]] std::string to_json(const SimulationReport& report, const Plan& plan,
                                  const SimulationFacts& facts = {});

}  // namespace berth
