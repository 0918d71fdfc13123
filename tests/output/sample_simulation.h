#pragma once
// A simulation made by hand for any plan: not plausible, but with every kind of result.

#include "berth/evaluate/simulation/simulate.h"
#include "berth/pipeline/verify.h"
#include "berth/plan/plan.h"

namespace berth::test {

/// Classes hold, are unsure, miss, lose requests and are never measured, in turn.
[[nodiscard]] SimulationReport sample_simulation(const Plan& plan);

/// Three plans, the second of them chosen if it `holds`.
[[nodiscard]] VerifiedPlan sample_verification(const Plan& plan, bool holds);

}  // namespace berth::test
