#pragma once
// Private to the generator: which models and GPUs there are.

#include "berth/core/random.h"
#include "berth/fleet/generate.h"

namespace berth {

/// `count` models from the smallest to the largest; beyond the catalog, fine-tuned variants
/// ("<name>-ft1") of a slightly different quality. Sets catalog, models and variants.
void choose_models(const Catalog& builtin, int count, Random random, GeneratedFleet& result);

/// `count` pools of different GPU types; beyond those there are, further zones of the same at a
/// slightly different price. The first has room for the usual models.
[[nodiscard]] std::vector<FleetPool> choose_pools(const Catalog& catalog, int count, bool boxes,
                                                  Random random);

}  // namespace berth
