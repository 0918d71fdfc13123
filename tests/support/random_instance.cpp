#include "tests/support/random_instance.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "berth/core/random.h"
#include "tests/support/instance_builder.h"

namespace berth::testing {
namespace {

int between(Random& random, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

bool chance(Random& random, double probability) { return random.uniform() < probability; }

/// Rounded like numbers in a file, so that an instance can be written down.
double rounded(double value, double step) { return std::round(value / step) * step; }

void add_offers(InstanceBuilder& builder, PoolId pool, const RandomShape& shape, Random& random) {
  constexpr int kLots[] = {1, 2, 4, 8};
  const double price = rounded(0.5 * std::exp(random.uniform() * 3.0), 0.01);  // 0.5..10 USD/h
  const int offers = shape.boxes ? between(random, 1, 3) : 1;
  for (int o = 0; o < offers; ++o) {
    const int lot = shape.boxes ? kLots[random.below(4)] : 1;
    const double discount = 0.5 + 0.5 * random.uniform();
    std::int32_t max = kUnlimited;
    if (shape.caps) max = between(random, 1, 8);
    // A cheap offer that is limited beside one that is not: reserved or spot beside on-demand.
    if (!shape.caps && o > 0 && chance(random, 0.5)) max = between(random, 1, 3);
    builder.add_offer(pool, rounded(price * lot * discount, 0.01), lot, max);
  }
}

ClassLimits class_limits(const RandomShape& shape, Random& random) {
  ClassLimits limits;
  limits.unmet_cost = rounded(2.0 + 60.0 * random.uniform(), 0.01);
  if (shape.unmet) {
    constexpr double kShares[] = {0.0, 0.1, 0.5, 1.0};
    limits.max_unmet = kShares[random.below(4)];
  }
  if (shape.average_delay && chance(random, 0.6)) {
    limits.max_delay = rounded(1.0 + 4.0 * random.uniform(), 0.01);
  }
  if (shape.average_error && chance(random, 0.6)) {
    limits.max_error = rounded(0.2 + 0.4 * random.uniform(), 0.01);
  }
  return limits;
}

OptionLimits option_limits(const RandomShape& shape, Random& random) {
  OptionLimits limits;
  if (shape.fixed_costs) limits.fixed_cost = rounded(random.uniform() * 2.0, 0.001);
  if (shape.caps && chance(random, 0.3)) limits.max_replicas = between(random, 1, 4);
  if (shape.groups && chance(random, 0.7)) {
    limits.group = between(random, 0, std::max(1, shape.options / 3) - 1);
  }
  return limits;
}

}  // namespace

RandomShape random_shape(std::uint64_t seed, bool tight) {
  Random random = Random(seed).split(1);
  RandomShape shape;
  shape.classes = between(random, 1, 6);
  shape.pools = between(random, 1, 4);
  shape.options = between(random, 2, 12);
  shape.pair_share = 0.3 + 0.6 * random.uniform();
  shape.boxes = chance(random, 0.5);
  shape.caps = tight && chance(random, 0.6);
  shape.budget = tight && chance(random, 0.5);
  shape.groups = chance(random, 0.3);
  shape.fixed_costs = chance(random, 0.4);
  shape.pair_costs = chance(random, 0.4);
  shape.average_delay = chance(random, 0.3);
  shape.average_error = chance(random, 0.3);
  shape.unmet = chance(random, 0.5);
  return shape;
}

std::string to_string(const RandomShape& shape) {
  std::string text = std::to_string(shape.classes) + "x" + std::to_string(shape.pools) + "x" +
                     std::to_string(shape.options);
  const std::pair<bool, const char*> features[] = {
      {shape.boxes, "boxes"},
      {shape.caps, "caps"},
      {shape.budget, "budget"},
      {shape.groups, "groups"},
      {shape.fixed_costs, "fixed"},
      {shape.pair_costs, "pair costs"},
      {shape.average_delay, "average delay"},
      {shape.average_error, "average error"},
      {shape.unmet, "unmet"},
  };
  for (const auto& [on, name] : features) {
    if (on) text += std::string(", ") + name;
  }
  return text;
}

InstanceColumns random_columns(const RandomShape& shape, std::uint64_t seed) {
  Random random = Random(seed).split(2);
  InstanceBuilder builder;
  std::vector<PoolId> pools;
  for (int r = 0; r < shape.pools; ++r) {
    pools.push_back(builder.add_pool());
    add_offers(builder, pools.back(), shape, random);
  }
  std::vector<ClassId> classes;
  std::vector<double> demand;
  for (int i = 0; i < shape.classes; ++i) {
    classes.push_back(builder.add_class(class_limits(shape, random)));
    demand.push_back(std::exp(random.uniform() * 3.5 - 2.0));  // 0.13..4.5 replicas of one GPU
  }
  std::vector<int> options_of(classes.size(), 0);
  for (int d = 0; d < shape.options; ++d) {
    constexpr int kUnits[] = {1, 1, 2, 4};
    const int units = kUnits[random.below(4)];
    const OptionId option =
        builder.add_option(pools[random.below(pools.size())], units, option_limits(shape, random));
    const double speed = units * (0.6 + 0.8 * random.uniform());
    const std::size_t only = random.below(classes.size());
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const bool last_chance = d + 1 == shape.options && options_of[i] == 0;
      const bool wanted = chance(random, shape.pair_share);
      if (shape.one_class_an_option ? i != only : !wanted && !last_chance) continue;
      ++options_of[i];
      PairCosts costs;
      costs.delay = rounded(0.5 + 5.0 * random.uniform(), 0.001);
      costs.error = rounded(0.1 + 0.6 * random.uniform(), 0.001);
      if (shape.pair_costs) costs.cost = rounded(random.uniform() * 3.0, 0.0001);
      const double load = demand[i] / speed * (0.7 + 0.6 * random.uniform());
      builder.add_pair(classes[i], option, std::max(0.001, rounded(load, 0.0001)), costs);
    }
  }
  if (shape.budget) builder.set_budget(rounded(3.0 + 30.0 * random.uniform(), 0.01));
  return builder.columns();
}

Instance random_instance(const RandomShape& shape, std::uint64_t seed) {
  return make_instance(random_columns(shape, seed));
}

}  // namespace berth::testing
