#include "tests/support/synthetic_instance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "berth/core/random.h"
#include "tests/support/instance_builder.h"

namespace berth::testing {
namespace {

constexpr std::array kTensorParallel = {1, 2, 4, 8};
constexpr std::array kPipelineParallel = {1, 2, 4};
constexpr std::array kTpotTargets = {0.02, 0.03, 0.05, 0.1, 0.2};  // s

struct Model {
  double parameters = 0.0;  // billions
  double error = 0.0;
};
struct Gpu {
  double memory = 0.0;  // GB
  double speed = 0.0;   // relative
};
struct Demand {
  double rate = 0.0;       // requests/s
  double tokens = 0.0;     // output tokens a request
  double tpot = 0.0;       // s, limit
  double max_error = 0.0;  // strict
};

double log_uniform(Random& random, double low, double high) {
  return low * std::exp(random.uniform() * std::log(high / low));
}

struct World {
  std::vector<Model> models;
  std::vector<Gpu> gpus;
  std::vector<Demand> demands;
};

World draw_world(const SyntheticSize& size, Random& random) {
  World world;
  for (int j = 0; j < size.models; ++j) {
    const double parameters = log_uniform(random, 1.0, 100.0);
    world.models.push_back({parameters, 0.55 - 0.09 * std::log(parameters)});
  }
  for (int k = 0; k < size.gpus; ++k) {
    world.gpus.push_back({log_uniform(random, 24.0, 192.0), log_uniform(random, 0.3, 6.0)});
  }
  for (int i = 0; i < size.classes; ++i) {
    world.demands.push_back({log_uniform(random, 0.05, 20.0), log_uniform(random, 40.0, 800.0),
                             kTpotTargets[random.below(kTpotTargets.size())],
                             0.15 + 0.4 * random.uniform()});
  }
  return world;
}

/// Options of one model on one GPU type; pairs for the classes they can serve.
void add_options(InstanceBuilder& builder, PoolId pool, const World& world, const Model& model,
                 const Gpu& gpu, Random& random) {
  for (const int tp : kTensorParallel) {
    for (const int pp : kPipelineParallel) {
      const double room = gpu.memory * 0.9 * tp * pp - 2.0 * model.parameters;
      if (room < 0.05 * gpu.memory) continue;
      const double step = model.parameters * 0.002 / (gpu.speed * std::pow(tp, 0.8)) + 0.004;
      for (const double target : kTpotTargets) {
        if (step > target) continue;
        const double batch = std::min(256.0, room * 4.0 / model.parameters + 1.0) *
                             std::min(1.0, (target - step) / (4.0 * step) + 0.05);
        std::vector<std::pair<std::size_t, double>> served;
        for (std::size_t i = 0; i < world.demands.size(); ++i) {
          const Demand& demand = world.demands[i];
          if (target > demand.tpot || model.error > demand.max_error) continue;
          const double tokens_per_s = batch * pp / target;
          const double noise = 0.8 + 0.4 * random.uniform();
          served.emplace_back(i, demand.rate * demand.tokens / (tokens_per_s * noise * 0.7));
        }
        if (served.empty()) continue;
        const OptionId option = builder.add_option(pool, tp * pp);
        for (const auto& [i, load] : served) {
          const double delay = 0.1 + target * world.demands[i].tokens;
          builder.add_pair(ClassId(i), option, load, {delay, std::max(0.02, model.error), 0.0});
        }
      }
    }
  }
}

}  // namespace

Instance synthetic_instance(const SyntheticSize& size, std::uint64_t seed) {
  Random random(seed);
  World world = draw_world(size, random);
  InstanceBuilder builder;
  std::vector<PoolId> pools;
  for (const Gpu& gpu : world.gpus) {
    const PoolId pool = builder.add_pool();
    const double price = std::round(80.0 * std::pow(gpu.speed, 0.9)) * 0.01 + 0.3;  // USD/h
    builder.add_offer(pool, price);
    builder.add_offer(pool, price * 8 * 0.6, 8, 2);  // reserved boxes
    pools.push_back(pool);
  }
  // The largest model serves every class somewhere.
  world.models.front() = {70.0, 0.14};
  world.gpus.front() = {141.0, 5.0};
  for (const Demand& demand : world.demands) {
    builder.add_class({demand.rate * demand.tokens * 0.5, 0.0, kNoLimit, kNoLimit});
  }
  for (const Model& model : world.models) {
    for (std::size_t k = 0; k < world.gpus.size(); ++k) {
      add_options(builder, pools[k], world, model, world.gpus[k], random);
    }
  }
  return builder.build();
}

}  // namespace berth::testing
