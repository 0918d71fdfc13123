#include "tests/instance/random_fleet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace berth {
namespace {

template <class T, std::size_t N>
T pick(const std::array<T, N>& values, Random& random) {
  return values[random.below(N)];
}

FleetPool random_pool(const Catalog& catalog, std::size_t gpu, bool varied, Random& random) {
  FleetPool pool;
  pool.name = catalog.gpus()[gpu].name;
  pool.gpu = GpuId(gpu);
  const int lot = varied ? pick(std::array{1, 2, 4, 8, 8, 8}, random) : 8;
  const double price = 0.5 + 5.0 * random.uniform();
  pool.offers.push_back({"on-demand", lot, CostRate::usd_per_hour(price * lot), std::nullopt});
  if (varied && random.uniform() < 0.5) {
    pool.offers.push_back({"reserved", lot, CostRate::usd_per_hour(0.6 * price * lot),
                           static_cast<int>(random.below(4))});
  }
  if (varied && random.uniform() < 0.2) pool.offers.front().max = static_cast<int>(random.below(5));
  return pool;
}

FleetClass random_class(std::size_t index, bool varied, Random& random) {
  FleetClass c;
  c.traffic.name = "class-" + std::to_string(index);
  c.traffic.rate = 0.1 * std::exp(5.0 * random.uniform());
  const double prompt = 50.0 * std::exp((varied ? 5.0 : 3.5) * random.uniform());
  const double output = 10.0 * std::exp(4.0 * random.uniform());
  c.traffic.prompt_tokens =
      LengthDistribution::from_moments(prompt, prompt * pick(std::array{0.0, 0.4, 0.8}, random));
  c.traffic.output_tokens =
      LengthDistribution::from_moments(output, output * pick(std::array{0.0, 0.4, 0.8}, random));
  c.traffic.arrival_variability = 0.5 + 2.0 * random.uniform();
  c.traffic.prefix_reuse = varied && random.uniform() < 0.3 ? random.uniform() : 0.0;
  c.slo.ttft = Seconds(0.1 * std::exp(3.5 * random.uniform()));
  c.slo.tpot = Seconds(pick(std::array{0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2}, random));
  c.slo.percentile = pick(std::array{0.5, 0.9, 0.95, 0.99}, random);
  c.quality = {pick(std::array<std::string, 3>{"general", "code", "math"}, random),
               pick(std::array{0.0, 0.3, 0.5, 0.7}, random), QualityFloor::Mode::kStrict};
  c.unmet_cost_per_request = 0.01 * random.uniform();
  if (!varied) return c;
  if (random.uniform() < 0.2) c.slo.ttft.reset();
  if (random.uniform() < 0.3) c.slo.tpot.reset();
  if (random.uniform() < 0.3) c.slo.e2e = Seconds(std::exp(4.0 * random.uniform()));
  if (random.uniform() < 0.3) c.quality.mode = QualityFloor::Mode::kAverage;
  if (random.uniform() < 0.1) c.quality.task = "no such task";
  if (random.uniform() < 0.3) c.delay_cost_per_second = 1e-5 * random.uniform();
  return c;
}

}  // namespace

Fleet random_fleet(const Catalog& catalog, const RandomFleetShape& shape, std::uint64_t seed) {
  Random random(seed);
  Fleet fleet;
  fleet.name = "random";
  fleet.catalog = catalog;
  for (std::size_t j = 0; j < std::min(shape.models, catalog.models().size()); ++j) {
    fleet.models.emplace_back(j);
  }
  for (std::size_t k = 0; k < std::min(shape.gpus, catalog.gpus().size()); ++k) {
    fleet.pools.push_back(random_pool(catalog, k, shape.varied, random));
  }
  for (std::size_t i = 0; i < shape.classes; ++i) {
    fleet.classes.push_back(random_class(i, shape.varied, random));
  }
  fleet.policy.one_config_per_model_and_gpu = shape.varied && random.uniform() < 0.3;
  fleet.policy.tpot_targets = shape.varied ? 1 + static_cast<int>(random.below(5)) : 4;
  fleet.policy.max_num_seqs = shape.varied ? pick(std::array{1, 16, 256, 1024}, random) : 256;
  return fleet;
}

}  // namespace berth
