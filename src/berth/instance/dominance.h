#pragma once
// Drops options that another of the same pool makes useless (FORMULATION section 2).

#include <vector>

#include "berth/instance/instance.h"

namespace berth {

/// keep[d] = 0 if some kept option of the same pool, both without group, needs no more GPUs and
/// no more fixed cost, has at least the max replicas, serves every class d serves with no greater
/// load and cost, and no greater delay (error) for every class that limits its average delay
/// (error). Ties keep the first. Exact: never changes the optimum (property test).
[[nodiscard]] std::vector<std::uint8_t> undominated(const InstanceColumns& columns);

}  // namespace berth
