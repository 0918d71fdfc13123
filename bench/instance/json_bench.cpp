// berth.instance/1 in and out, MB/s of JSON.

#include <benchmark/benchmark.h>

#include "berth/instance/build.h"
#include "berth/instance/dominance.h"
#include "berth/instance/instance_json.h"
#include "tests/instance/random_fleet.h"

namespace berth {
namespace {

const Instance& sample() {
  static const Instance instance =
      build_instance(random_fleet(load_builtin_catalog().value(),
                                  {.classes = 50, .models = 10, .gpus = 10, .varied = false}, 1),
                     {.dominance = false})
          ->instance;
  return instance;
}

void read(benchmark::State& state) {
  const std::string json = to_json(sample());
  for (auto _ : state) benchmark::DoNotOptimize(parse_instance("bench", json).ok());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
  state.counters["pairs"] = static_cast<double>(sample().pair_count());
}
BENCHMARK(read)->Name("instance_json_read")->Unit(benchmark::kMillisecond);

void write(benchmark::State& state) {
  std::int64_t bytes = 0;
  for (auto _ : state) bytes += static_cast<std::int64_t>(to_json(sample()).size());
  state.SetBytesProcessed(bytes);
}
BENCHMARK(write)->Name("instance_json_write")->Unit(benchmark::kMillisecond);

void make(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    InstanceColumns columns = sample().columns();
    state.ResumeTiming();
    benchmark::DoNotOptimize(Instance::make(std::move(columns)).ok());
  }
}
BENCHMARK(make)->Name("instance_make")->Unit(benchmark::kMillisecond);

void dominance(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(undominated(sample().columns()));
  state.counters["options"] = static_cast<double>(sample().option_count());
}
BENCHMARK(dominance)->Name("instance_dominance")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace berth
