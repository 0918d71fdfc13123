#pragma once
// Plans for the tests of what people read: made by hand, consistent in themselves.

#include "berth/plan/plan.h"

namespace berth::test {

/// Four classes on three deployments in two pools, one class partly refused, one without limits.
[[nodiscard]] Plan sample_plan();

/// One class, one deployment, one pool: for golden files.
[[nodiscard]] Plan smallest_plan();

/// Every name a user may choose tries to break out of its document.
[[nodiscard]] Plan hostile_plan();

/// `classes` classes on as many deployments in twelve pools. Deterministic.
[[nodiscard]] Plan large_plan(int classes);

}  // namespace berth::test
