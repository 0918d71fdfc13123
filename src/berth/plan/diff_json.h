#pragma once
// berth.diff/1 (docs/diff.md).

#include <string>

#include "berth/plan/diff.h"
#include "berth/plan/migration.h"

namespace berth {

/// Deterministic; money exact. Lists what differs; the classes' routes that stay are left out.
[[nodiscard]] std::string to_json(const PlanDiff& diff, const Migration& migration);

}  // namespace berth
