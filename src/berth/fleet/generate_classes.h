#pragma once
// Private to the generator: the demand.

#include "berth/core/random.h"
#include "berth/fleet/fleet.h"

namespace berth {

/// Adds classes that some model and pool of `fleet` can serve. REQUIRES: both chosen.
void draw_classes(int count, Random random, Fleet& fleet);

}  // namespace berth
