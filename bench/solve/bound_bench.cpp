// The Lagrangian bound. pass: one evaluation at good prices, beside a plain sum over the same bytes
// (stream): the ratio of their bytes/s says how near the pass is to what memory gives. search:
// until no prices prove more; counters say what is proven and after how many passes.

#include <map>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/solve/bound_rules.h"
#include "berth/instance/instance_json.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/relaxation.h"
#include "berth/solve/bound/screen.h"
#include "tests/support/oracle.h"
#include "tests/support/shared_instances.h"
#include "tests/support/synthetic_instance.h"

namespace berth::bound {
namespace {

constexpr std::size_t kBytesPerPair = sizeof(float) + sizeof(std::uint16_t);

struct Measured {
  explicit Measured(const testing::SyntheticSize& size)
      : instance(testing::without_dominated_options(testing::synthetic_instance(size, 1))),
        pairs(instance),
        relaxation(instance, pairs, Treatment::kPriced) {
    Limits limits;
    limits.gap = 0.0;
    limits.iterations = 30;
    prices = Lagrangian(instance).improve({}, limits).prices;
  }

  Instance instance;
  PairColumns pairs;
  Relaxation relaxation;
  Prices prices;
};

const Measured& measured(const testing::SyntheticSize& size) {
  static std::map<int, std::unique_ptr<Measured>> cache;
  std::unique_ptr<Measured>& entry = cache[size.classes];
  if (!entry) entry = std::make_unique<Measured>(size);
  return *entry;
}

void count_bytes(benchmark::State& state, std::size_t pairs) {
  state.SetBytesProcessed(static_cast<std::int64_t>(pairs * kBytesPerPair) * state.iterations());
  state.counters["pairs"] = static_cast<double>(pairs);
}

void measure_pass(benchmark::State& state, const testing::SyntheticSize& size, int threads) {
  const Measured& on = measured(size);
  Team team(threads);
  Workspace work = on.relaxation.workspace(team.size());
  Evaluation result;
  for (auto _ : state) {
    on.relaxation.evaluate(on.prices, false, work, team, result);
    benchmark::DoNotOptimize(result);
  }
  count_bytes(state, on.pairs.padded_size());
  state.SetLabel(std::string(screen_path()));
}

void measure_screen(benchmark::State& state, const testing::SyntheticSize& size) {
  const Measured& on = measured(size);
  PassPrices pass;
  on.pairs.set_prices(on.prices, pass);
  for (auto _ : state) {
    float sum = 0.0F;
    for (std::size_t d = 0; d < on.pairs.option_count(); ++d) sum += on.pairs.screen(pass, d, 1.0F);
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, on.pairs.padded_size());
}

/// As fast as one thread reads that many bytes in order.
void measure_stream(benchmark::State& state, const testing::SyntheticSize& size) {
  const std::size_t pairs = measured(size).pairs.padded_size();
  const std::vector<std::uint64_t> words(pairs * kBytesPerPair / sizeof(std::uint64_t), 3);
  for (auto _ : state) {
    std::uint64_t sums[8] = {};
    for (std::size_t k = 0; k + 8 <= words.size(); k += 8) {
      for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += words[k + lane];
    }
    benchmark::DoNotOptimize(sums);
  }
  count_bytes(state, pairs);
}

void measure_search(benchmark::State& state, const Instance& instance, double best_known) {
  Bound bound;
  Limits limits;
  limits.gap = 0.0;
  for (auto _ : state) {
    bound = Lagrangian(instance).improve({}, limits);
    benchmark::DoNotOptimize(bound);
  }
  state.counters["pairs"] = static_cast<double>(instance.pair_count());
  state.counters["passes"] = static_cast<double>(bound.passes);
  state.counters["usd_per_hour"] = bound.value;
  if (best_known > 0.0) {
    state.counters["gap_percent"] = 100.0 * (1.0 - bound.value / best_known);
  }
}

/// What other rules prove after `passes`, towards a target 2 % above what can be proven.
void measure_rule(benchmark::State& state, const testing::SyntheticSize& size, const Rule& rule,
                  std::int64_t passes) {
  const Measured& on = measured(size);
  const Lagrangian lagrangian(on.instance);
  const auto start = on.relaxation.structure().to_vector(lagrangian.cheapest_prices());
  const double target = 1.02 * lagrangian.prove(on.prices);
  double proven = 0.0;
  for (auto _ : state) {
    Oracle oracle(on.relaxation);
    rule(oracle, start, target, passes);
    proven = oracle.best();
    benchmark::DoNotOptimize(oracle);
  }
  state.counters["usd_per_hour"] = proven;
}

void register_rules() {
  constexpr testing::SyntheticSize kSize{100, 20, 20};
  const std::pair<const char*, Rule> rules[] = {
      {"subgradient", subgradient}, {"volume", volume}, {"aggregate-bundle", aggregate_bundle}};
  for (const auto& [name, rule] : rules) {
    for (const std::int64_t passes : {10, 30, 100}) {
      benchmark::RegisterBenchmark(
          ("bound/rules/" + std::string(name) + "/" + std::to_string(passes)).c_str(),
          [=, some = rule](benchmark::State& state) { measure_rule(state, kSize, some, passes); })
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

void register_known() {
  for (const testing::KnownInstance& known : testing::known_instances()) {
    benchmark::RegisterBenchmark(("bound/search/" + known.name).c_str(), [known](benchmark::State&
                                                                                     state) {
      const auto instance = read_instance(known.path);
      if (!instance) {
        state.SkipWithError(to_string(instance.errors().front()).c_str());
        return;
      }
      measure_search(state, testing::without_dominated_options(*instance), known.objective);
    })->Unit(benchmark::kMicrosecond);
  }
}

void register_synthetic() {
  for (const testing::SyntheticSize size :
       {testing::SyntheticSize{6, 6, 10}, testing::SyntheticSize{20, 20, 20},
        testing::SyntheticSize{100, 20, 20}, testing::SyntheticSize{500, 20, 20}}) {
    const std::string name = std::to_string(size.classes) + "x" + std::to_string(size.models) +
                             "x" + std::to_string(size.gpus);
    benchmark::RegisterBenchmark(
        ("bound/search/synthetic-" + name).c_str(),
        [size](benchmark::State& state) {
          measure_search(
              state, testing::without_dominated_options(testing::synthetic_instance(size, 1)), 0.0);
        })
        ->Unit(benchmark::kMicrosecond);
  }
  for (const testing::SyntheticSize size :
       {testing::SyntheticSize{100, 20, 20}, testing::SyntheticSize{1000, 20, 20}}) {
    const std::string name = std::to_string(size.classes) + "x" + std::to_string(size.models) +
                             "x" + std::to_string(size.gpus);
    const auto add = [&](const std::string& what, auto function) {
      benchmark::RegisterBenchmark(("bound/" + what + "/" + name).c_str(), function)
          ->Unit(benchmark::kMicrosecond)
          ->UseRealTime();
    };
    add("stream", [size](benchmark::State& state) { measure_stream(state, size); });
    add("screen", [size](benchmark::State& state) { measure_screen(state, size); });
    add("pass-1-thread", [size](benchmark::State& state) { measure_pass(state, size, 1); });
    add("pass-2-threads", [size](benchmark::State& state) { measure_pass(state, size, 2); });
  }
}

[[maybe_unused]] const bool kRegistered = [] {
  register_known();
  register_synthetic();
  register_rules();
  return true;
}();

}  // namespace
}  // namespace berth::bound
