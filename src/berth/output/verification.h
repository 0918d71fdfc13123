#pragma once
// What --verify found, as text and as berth.verification/1.

#include <string>

#include "berth/pipeline/verify.h"

namespace berth {

/// The plans that were tried, one a line, and what came of it.
[[nodiscard]] std::string to_text(const VerifiedPlan& verified);

/// docs/simulation.md, "Verified plans".
[[nodiscard]] std::string to_json(const VerifiedPlan& verified);

}  // namespace berth
