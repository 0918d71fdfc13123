// Fleet -> instance: 100 classes x 20 models x 20 GPUs within 0.5 s on one core, and how it grows.

#include <benchmark/benchmark.h>

#include "berth/instance/build.h"
#include "tests/instance/random_fleet.h"

namespace berth {
namespace {

const Catalog& builtin() {
  static const Catalog catalog = load_builtin_catalog().value();
  return catalog;
}

void build(benchmark::State& state) {
  const RandomFleetShape shape{.classes = static_cast<std::size_t>(state.range(0)),
                               .models = static_cast<std::size_t>(state.range(1)),
                               .gpus = static_cast<std::size_t>(state.range(2)),
                               .varied = false};
  const Fleet fleet = random_fleet(builtin(), shape, 1);
  const BuildOptions options{.dominance = state.range(3) != 0};
  std::int64_t configurations = 0;
  std::int64_t before = 0;
  std::size_t after = 0;
  std::size_t pairs = 0;
  for (auto _ : state) {
    const Result<BuiltInstance> built = build_instance(fleet, options);
    configurations = built->configurations;
    before = built->options_before_dominance;
    after = built->instance.option_count();
    pairs = built->instance.pair_count();
    benchmark::DoNotOptimize(pairs);
  }
  state.counters["configurations"] = static_cast<double>(configurations);
  state.counters["options"] = static_cast<double>(before);
  state.counters["kept"] = static_cast<double>(after);
  state.counters["pairs"] = static_cast<double>(pairs);
}

// classes, models, GPUs, dominance
BENCHMARK(build)
    ->Name("instance_build")
    ->ArgNames({"classes", "models", "gpus", "dominance"})
    ->Args({100, 20, 20, 1})
    ->Args({100, 20, 20, 0})
    ->Args({25, 20, 20, 1})
    ->Args({50, 20, 20, 1})
    ->Args({200, 20, 20, 1})
    ->Args({400, 20, 20, 1})
    ->Args({100, 5, 20, 1})
    ->Args({100, 10, 20, 1})
    ->Args({100, 20, 5, 1})
    ->Args({100, 20, 10, 1})
    ->Args({6, 6, 10, 1})
    ->Unit(benchmark::kMillisecond);

void evaluate_one(benchmark::State& state) {
  const Fleet fleet =
      random_fleet(builtin(), {.classes = 4, .models = 5, .gpus = 20, .varied = false}, 1);
  const BuiltInstance built = build_instance(fleet).value();
  const OptionSpec option = built.options.front();
  const ClassId served =
      built.instance.columns().pairs.query_class[built.instance.pairs_of(OptionId(0)).front()];
  for (auto _ : state) benchmark::DoNotOptimize(evaluate_pair(fleet, option, served));
}
BENCHMARK(evaluate_one)->Name("evaluate_pair");

}  // namespace
}  // namespace berth
