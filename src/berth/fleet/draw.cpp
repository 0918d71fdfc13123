#include "berth/fleet/draw.h"

#include <cmath>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth::fleet_draw {

double rounded(double value) { return parse_number(fmt::format("{:.3g}", value)).value_or(value); }

double uniform(Random& random, double low, double high) {
  return rounded(low + (high - low) * random.uniform());
}

double log_uniform(Random& random, double low, double high) {
  return rounded(low * std::exp(random.uniform() * std::log(high / low)));
}

}  // namespace berth::fleet_draw
