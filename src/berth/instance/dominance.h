#pragma once
// Drops options that another one makes useless (docs/formulation.md, "Dominance").

#include <cstdint>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/instance/reduced_instance.h"

namespace berth {

/// keep[d] = 0 if d serves no class, or if some kept option can always stand in for it: it serves
/// every class d serves with no greater load and cost, and no greater delay (error) for every class
/// that limits its average delay (error); it has no greater fixed cost, no group (or the group of
/// d), and room for the replicas of d beside its own. In the same pool it needs no more GPUs; in
/// another pool, GPUs must be rented one by one in both and its own, unlimited, must cost no more.
/// Where replicas run now, it starts at no greater cost, and options that run are kept. Ties keep
/// the first. Exact: never changes the optimum, except that routing costs are rounded to
/// whole micro-dollars per route.
[[nodiscard]] std::vector<std::uint8_t> undominated(const InstanceColumns& columns);

/// The instance without the options that undominated() drops.
[[nodiscard]] ReducedInstance without_dominated(const Instance& instance);

}  // namespace berth
