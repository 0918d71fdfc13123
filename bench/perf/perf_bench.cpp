// The hot functions of the instance build: ns per evaluation of the physics and of the queue.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <vector>

#include <benchmark/benchmark.h>

#include "berth/catalog/catalog.h"
#include "berth/core/random.h"
#include "berth/perf/phase_model.h"
#include "berth/perf/queueing.h"

namespace berth {
namespace {

const Catalog& catalog() {
  static const Result<Catalog> loaded = load_builtin_catalog();
  if (!loaded) {
    std::cerr << to_string(loaded.errors().front()) << "\n";
    std::exit(70);
  }
  return *loaded;
}

Deployment deployment_of(const char* model, Precision precision, int n) {
  Deployment deployment;
  deployment.model = &catalog().model(*catalog().find_model(model));
  deployment.gpu = &catalog().gpu(*catalog().find_gpu("h100-sxm"));
  deployment.engine = catalog().find_engine("vllm", *deployment.gpu);
  deployment.precision = precision;
  deployment.tensor_parallel = n;
  return deployment;
}

const PhaseModel& dense() {
  static const PhaseModel physics(deployment_of("llama-3.1-70b", Precision::kBf16, 4));
  return physics;
}

const PhaseModel& mixture() {
  static const PhaseModel physics(deployment_of("qwen3-235b-a22b", Precision::kFp8, 4));
  return physics;
}

constexpr std::size_t kInputs = 1024;  // a power of two

std::vector<double> inputs(double low, double high) {
  Random random(7);
  std::vector<double> values;
  for (std::size_t i = 0; i < kInputs; ++i) {
    values.push_back(low * std::pow(high / low, random.uniform()));
  }
  return values;
}

template <class Evaluate>
void over_inputs(benchmark::State& state, double low, double high, Evaluate evaluate) {
  const std::vector<double> values = inputs(low, high);
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluate(values[i]));
    i = (i + 1) & (kInputs - 1);
  }
}

void construct(benchmark::State& state) {
  const Deployment deployment = deployment_of("llama-3.1-70b", Precision::kBf16, 4);
  for (auto _ : state) benchmark::DoNotOptimize(PhaseModel(deployment));
}
BENCHMARK(construct);

void prefill_seconds(benchmark::State& state) {
  over_inputs(state, 10, 10000, [](double h) { return dense().prefill_seconds(h); });
}
BENCHMARK(prefill_seconds);

void decode_seconds(benchmark::State& state) {
  over_inputs(state, 1, 256, [](double b) { return dense().decode_seconds(b, 1000.0); });
}
BENCHMARK(decode_seconds);

void decode_seconds_mixture(benchmark::State& state) {
  over_inputs(state, 1, 256, [](double b) { return mixture().decode_seconds(b, 1000.0); });
}
BENCHMARK(decode_seconds_mixture);

void iteration_seconds(benchmark::State& state) {
  over_inputs(state, 1, 256, [](double b) { return dense().iteration_seconds(b, 1000.0, 200.0); });
}
BENCHMARK(iteration_seconds);

void iteration_seconds_hoisted(benchmark::State& state) {
  const Iteration iteration = dense().iteration(1000.0, 200.0);
  over_inputs(state, 1, 256, [&](double b) { return iteration.seconds(b); });
}
BENCHMARK(iteration_seconds_hoisted);

void max_batch_for_tpot(benchmark::State& state) {
  over_inputs(state, 0.02, 0.2,
              [](double s) { return dense().max_batch_for_tpot(s, 1000.0, 200.0); });
}
BENCHMARK(max_batch_for_tpot);

void max_batch_hoisted(benchmark::State& state) {
  const Iteration iteration = dense().iteration(1000.0, 200.0);
  over_inputs(state, 0.02, 0.2, [&](double s) { return iteration.max_batch(s); });
}
BENCHMARK(max_batch_hoisted);

void max_batch_hoisted_mixture(benchmark::State& state) {
  const Iteration iteration = mixture().iteration(1000.0, 200.0);
  over_inputs(state, 0.02, 0.2, [&](double s) { return iteration.max_batch(s); });
}
BENCHMARK(max_batch_hoisted_mixture);

/// A class as the closed form sees it.
struct Request {
  double prompt = 0.0;
  double output = 0.0;
  double tpot = 0.0;
};

std::vector<Request> requests() {
  const std::vector<double> prompts = inputs(50, 8000);
  const std::vector<double> outputs = inputs(20, 1000);
  const std::vector<double> targets = inputs(0.03, 0.2);
  std::vector<Request> all;
  for (std::size_t i = 0; i < kInputs; ++i) {
    all.push_back({prompts[i], outputs[(i * 7 + 3) % kInputs], targets[(i * 5 + 1) % kInputs]});
  }
  return all;
}

/// (class, deployment) pairs a second on one core: the largest batch within the TPOT target and the
/// throughput there, from a model that is reduced once per deployment. The aim is 20 million.
void evaluate_pairs(benchmark::State& state, const PhaseModel& physics) {
  const std::vector<Request> classes = requests();
  for (auto _ : state) {
    double sum = 0.0;
    for (const Request& r : classes) {
      const PromptTime prompt = physics.prompt_time(r.prompt);
      const Iteration iteration =
          physics.iteration_with(prompt.mixed, {r.output, r.prompt + 0.5 * r.output, 0.0});
      const double batch = iteration.max_batch(r.tpot);
      const double step = iteration.decode_seconds(batch);
      sum += batch / physics.service_seconds(prompt, step, batch, r.output);
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kInputs));
}

/// The same where a class meets several targets: its iteration is at hand.
void evaluate_targets(benchmark::State& state, const PhaseModel& physics) {
  const std::vector<Request> classes = requests();
  const PromptTime prompt = physics.prompt_time(1000.0);
  const Iteration iteration = physics.iteration_with(prompt.mixed, {200.0, 1100.0, 0.0});
  for (auto _ : state) {
    double sum = 0.0;
    for (const Request& r : classes) {
      const double batch = iteration.max_batch(r.tpot);
      const double step = iteration.decode_seconds(batch);
      sum += batch / physics.service_seconds(prompt, step, batch, 200.0);
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kInputs));
}

void evaluate_pairs_dense(benchmark::State& state) { evaluate_pairs(state, dense()); }
BENCHMARK(evaluate_pairs_dense);
void evaluate_pairs_mixture(benchmark::State& state) { evaluate_pairs(state, mixture()); }
BENCHMARK(evaluate_pairs_mixture);
void evaluate_targets_dense(benchmark::State& state) { evaluate_targets(state, dense()); }
BENCHMARK(evaluate_targets_dense);
void evaluate_targets_mixture(benchmark::State& state) { evaluate_targets(state, mixture()); }
BENCHMARK(evaluate_targets_mixture);

void max_utilization_of_slack(benchmark::State& state) {
  const auto servers = static_cast<double>(state.range(0));
  over_inputs(state, 1e-3, 10,
              [&](double t) { return max_utilization(t, servers, 5.0, 1.3, 0.9, 0.95); });
}
BENCHMARK(max_utilization_of_slack)->Arg(1)->Arg(40)->Arg(1000);

void max_utilization_of_servers(benchmark::State& state) {
  over_inputs(state, 1, 300,
              [&](double c) { return max_utilization(0.3, c, 5.0, 1.3, 0.9, 0.95); });
}
BENCHMARK(max_utilization_of_servers);

void erlang_c_exact(benchmark::State& state) {
  const auto servers = static_cast<double>(state.range(0));
  over_inputs(state, 0.5, 0.98, [&](double rho) { return erlang_c(servers, rho); });
}
BENCHMARK(erlang_c_exact)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace berth
