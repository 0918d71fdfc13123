// The kernels of AGH at the size of one search (20 classes, 20 models, 20 GPUs): a change of
// capacity with its pivots, prices, a refill, a whole move. Then AGH on the known instances.

#include <limits>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "berth/instance/dominance.h"
#include "berth/instance/instance_json.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/adaptive/improve.h"
#include "berth/solve/adaptive/moves/move.h"
#include "berth/solve/adaptive/search.h"
#include "tests/support/shared_instances.h"
#include "tests/support/synthetic_instance.h"

namespace berth::adaptive {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();
constexpr testing::SyntheticSize kSize{20, 20, 20};

/// A market with a good plan on its workbench.
struct Planned {
  Planned()
      : instance(without_dominated(testing::synthetic_instance(kSize, 1)).instance),
        market(instance),
        worth(stand_alone_costs(market)),
        bench(market, worth, Random(1)) {
    bench.refill(0.05, kEndless);
    bench.prune();
    bench.state().save(plan);
  }

  Instance instance;
  Market market;
  std::vector<double> worth;
  Workbench bench;
  State::Snapshot plan;
};

void note_size(benchmark::State& state, const Planned& planned) {
  state.counters["entries"] = static_cast<double>(planned.market.entries.size());
  state.counters["open"] = static_cast<double>(planned.plan.open.size());
}

/// One replica of an open option goes and comes back.
void BM_SetCapacity(benchmark::State& state) {
  Planned planned;
  Routing routing(planned.market, planned.bench.penalty());
  for (std::size_t k = 0; k < planned.plan.open.size(); ++k) {
    routing.set_capacity(planned.plan.open[k], planned.plan.replicas[k], kEndless);
  }
  const std::int64_t before = routing.pivots();
  std::size_t k = 0;
  for (auto _ : state) {
    const std::size_t d = planned.plan.open[k];
    const double capacity = planned.plan.replicas[k];
    routing.set_capacity(d, capacity - 1.0, kEndless);
    routing.set_capacity(d, capacity, kEndless);
    k = (k + 1) % planned.plan.open.size();
  }
  const auto calls = 2.0 * static_cast<double>(state.iterations());
  const auto pivots = static_cast<double>(routing.pivots() - before);
  state.counters["pivots_per_call"] = pivots / calls;
  state.counters["s_per_pivot"] =
      benchmark::Counter(pivots, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  note_size(state, planned);
}
BENCHMARK(BM_SetCapacity)->Unit(benchmark::kMicrosecond);

void BM_SaveAndRestore(benchmark::State& state) {
  Planned planned;
  State::Snapshot snapshot;
  for (auto _ : state) {
    planned.bench.state().save(snapshot);
    planned.bench.state().restore(snapshot);
  }
  note_size(state, planned);
}
BENCHMARK(BM_SaveAndRestore)->Unit(benchmark::kMicrosecond);

/// Inverse and values anew, slots that came and went dropped.
void BM_Refresh(benchmark::State& state) {
  Planned planned;
  for (auto _ : state) benchmark::DoNotOptimize(planned.bench.state().refresh());
  note_size(state, planned);
}
BENCHMARK(BM_Refresh)->Unit(benchmark::kMicrosecond);

/// A random open option closes and refill mends it.
void BM_Refill(benchmark::State& state) {
  Planned planned;
  for (auto _ : state) {
    const std::size_t d = *planned.bench.any_open();
    planned.bench.take(d, planned.bench.state().replicas(d));
    benchmark::DoNotOptimize(planned.bench.refill(0.1, kEndless));
    planned.bench.state().restore(planned.plan);
  }
  note_size(state, planned);
}
BENCHMARK(BM_Refill)->Unit(benchmark::kMicrosecond);

void BM_Prune(benchmark::State& state) {
  Planned planned;
  for (auto _ : state) {
    planned.bench.prune();
    planned.bench.state().restore(planned.plan);
  }
  note_size(state, planned);
}
BENCHMARK(BM_Prune)->Unit(benchmark::kMicrosecond);

/// One kind of move, completed by refill and prune.
void move_bench(benchmark::State& state, const Move& move) {
  Planned planned;
  std::int64_t made = 0;
  for (auto _ : state) {
    planned.bench.bar(std::nullopt);
    if (move.make(planned.bench) && planned.bench.refill(0.1, 1.1 * planned.plan.cost())) {
      planned.bench.prune();
      ++made;
    }
    planned.bench.state().restore(planned.plan);
  }
  state.counters["completed"] = static_cast<double>(made) / static_cast<double>(state.iterations());
}

/// A step of the search: a move of any kind, accepted or put back.
void BM_Step(benchmark::State& state) {
  Planned planned;
  Search search(planned.market, planned.worth, Random(2), {});
  search.begin({}, 0.05);
  for (auto _ : state) benchmark::DoNotOptimize(search.step(0.1));
  state.counters["usd_per_hour"] = search.best_cost();
  note_size(state, planned);
}
BENCHMARK(BM_Step)->Unit(benchmark::kMicrosecond);

void solve_known(benchmark::State& state, const testing::KnownInstance& known) {
  const auto instance = read_instance(known.path);
  if (!instance) {
    state.SkipWithError(to_string(instance.errors().front()).c_str());
    return;
  }
  SolveResult result;
  for (auto _ : state) {
    Limits limits;
    limits.iterations = 1000;
    limits.threads = 1;
    result = solve_adaptive(*instance, {}, limits);
  }
  state.counters["gap_percent"] = 100.0 * (result.cost.total().usd() / known.objective - 1.0);
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const Move& move : moves()) {
    benchmark::RegisterBenchmark(("move/" + std::string(move.name)).c_str(),
                                 [&move](benchmark::State& state) { move_bench(state, move); })
        ->Unit(benchmark::kMicrosecond);
  }
  for (const testing::KnownInstance& known : testing::known_instances()) {
    benchmark::RegisterBenchmark(("agh-1000-moves/" + known.name).c_str(),
                                 [known](benchmark::State& state) { solve_known(state, known); })
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace berth::adaptive
