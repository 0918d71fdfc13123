// GH on the instances with known optima (where the shared data is there) and on synthetic ones.
// Counters: cost in USD/h, gap to the best known in percent, pairs.

#include <string>

#include <benchmark/benchmark.h>

#include "berth/instance/instance_json.h"
#include "berth/solve/greedy/greedy.h"
#include "tests/support/oracle.h"
#include "tests/support/shared_instances.h"
#include "tests/support/synthetic_instance.h"

namespace berth {
namespace {

void measure(benchmark::State& state, const Instance& instance, double best_known) {
  SolveResult result;
  for (auto _ : state) {
    result = solve_greedy(instance, {}, {});
    benchmark::DoNotOptimize(result);
  }
  state.counters["pairs"] = static_cast<double>(instance.pair_count());
  if (!result.solution) {
    state.SkipWithError("no plan found");
    return;
  }
  state.counters["usd_per_hour"] = result.cost.total().usd();
  if (best_known > 0.0) {
    state.counters["gap_percent"] = 100.0 * (result.cost.total().usd() / best_known - 1.0);
  }
}

void register_known() {
  for (const testing::KnownInstance& known : testing::known_instances()) {
    benchmark::RegisterBenchmark(("gh/" + known.name).c_str(), [known](benchmark::State& state) {
      const auto instance = read_instance(known.path);
      if (!instance) {
        state.SkipWithError(to_string(instance.errors().front()).c_str());
        return;
      }
      measure(state, *instance, known.objective);
    })->Unit(benchmark::kMicrosecond);
  }
}

void register_synthetic() {
  for (const testing::SyntheticSize size :
       {testing::SyntheticSize{6, 6, 10}, testing::SyntheticSize{20, 20, 20},
        testing::SyntheticSize{100, 20, 20}}) {
    const std::string name = "gh/synthetic-" + std::to_string(size.classes) + "x" +
                             std::to_string(size.models) + "x" + std::to_string(size.gpus);
    benchmark::RegisterBenchmark(name.c_str(), [size](benchmark::State& state) {
      measure(state, testing::synthetic_instance(size, 1), 0.0);
    })->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark((name + "-undominated").c_str(), [size](benchmark::State& state) {
      const Instance instance = testing::synthetic_instance(size, 1);
      measure(state, testing::without_dominated_options(instance), 0.0);
    })->Unit(benchmark::kMicrosecond);
  }
}

[[maybe_unused]] const bool kRegistered = [] {
  register_known();
  register_synthetic();
  return true;
}();

}  // namespace
}  // namespace berth
