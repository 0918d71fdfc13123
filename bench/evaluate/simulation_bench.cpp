// Simulated requests a second: ten deployments at about 80 % load with the lengths of the Azure
// trace, and the same requests token by token.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "berth/evaluate/simulation/simulate.h"
#include "tests/evaluate/naive_replica.h"

namespace berth {
namespace {

constexpr std::uint32_t kDeployments = 10;

const Fleet& demo() {
  static const Result<Fleet> fleet =
      read_fleet(std::string(BERTH_SOURCE_DIR) + "/data/fleets/demo.yaml");
  if (!fleet) {
    std::cerr << to_string(fleet.errors().front()) << "\n";
    std::exit(70);
  }
  return *fleet;
}

EngineLimits limits() {
  EngineLimits limits;
  limits.max_num_seqs = 64;
  return limits;
}

StepModel steps() {
  const Catalog& catalog = demo().catalog;
  Deployment deployment;
  deployment.model = &catalog.model(*catalog.find_model("llama-3.1-8b"));
  deployment.gpu = &catalog.gpu(*catalog.find_gpu("h100-sxm"));
  deployment.engine = catalog.find_engine("vllm", *deployment.gpu);
  return StepModel(deployment, limits());
}

SimulatedPlan ten_deployments() {
  SimulatedPlan plan;
  for (const FleetClass& c : demo().classes) {
    SimulatedClass row;
    row.name = c.traffic.name;
    row.limits = {2.0, 0.05, 1e300};
    plan.classes.push_back(row);
  }
  for (std::uint32_t d = 0; d < kDeployments; ++d) {
    plan.deployments.push_back({"d" + std::to_string(d), "p", 2, steps()});
  }
  for (std::uint32_t c = 0; c < plan.classes.size(); ++c) {
    for (std::uint32_t d = 0; d < kDeployments; ++d) plan.routes.push_back({c, d, 0.1});
  }
  return plan;
}

/// Times the demo's rates: slots are about 70 % full, and full with queues that grow.
constexpr int kBusy = 36;
constexpr int kOverloaded = 42;

/// Drawn beforehand: the drawing of requests is not what is measured.
class Recorded final : public Arrivals {
 public:
  explicit Recorded(const std::vector<Arrival>& all) : all_(all) {}
  Status next(std::vector<Arrival>& block) override {
    constexpr std::size_t kBlock = 1024;
    const std::size_t end = std::min(all_.size(), next_ + kBlock);
    block.assign(all_.begin() + static_cast<std::ptrdiff_t>(next_),
                 all_.begin() + static_cast<std::ptrdiff_t>(end));
    next_ = end;
    return Ok{};
  }

 private:
  const std::vector<Arrival>& all_;
  std::size_t next_ = 0;
};

const std::vector<Arrival>& recorded(int load = kBusy) {
  static std::map<int, std::vector<Arrival>> by_load;
  std::vector<Arrival>& requests = by_load[load];
  if (!requests.empty()) return requests;
  std::vector<Arrival> block;
  const auto source = generated_arrivals(demo(), GenerateOptions{}, load);
  while (source->next(block).ok() && !block.empty()) {
    requests.insert(requests.end(), block.begin(), block.end());
  }
  return requests;
}

void simulate_requests(benchmark::State& state) {
  const SimulatedPlan plan = ten_deployments();
  const std::vector<Arrival>& requests = recorded(static_cast<int>(state.range(0)));
  SimulationOptions options;
  options.threads = 1;
  double running = 0.0;
  double events = 0.0;
  for (auto _ : state) {
    const Result<SimulationReport> report = simulate(
        plan,
        [&](int) -> Result<std::unique_ptr<Arrivals>> {
          return std::unique_ptr<Arrivals>(std::make_unique<Recorded>(requests));
        },
        1, options);
    running = report->deployments.front().mean_running / limits().max_num_seqs;
    events = static_cast<double>(report->events) / static_cast<double>(requests.size());
    benchmark::DoNotOptimize(report->requests.served);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(requests.size()));
  state.counters["slots_full"] = running;
  state.counters["events_per_request"] = events;
}
BENCHMARK(simulate_requests)->Arg(kBusy)->Arg(kOverloaded)->Unit(benchmark::kMillisecond);

/// One request in twenty, on the one replica that they load as much.
void token_by_token(benchmark::State& state) {
  const StepModel model = steps();
  for (auto _ : state) {
    test::NaiveReplica naive(model);
    for (std::size_t k = 0; k < recorded().size(); k += 2 * kDeployments) {
      const Arrival& a = recorded()[k];
      naive.run_until(a.time);
      naive.submit({a.time, a.prompt, a.output, 0, 0});
    }
    naive.run_until(1e18);
    benchmark::DoNotOptimize(naive.served.size());
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(recorded().size() / (2 * kDeployments)));
}
BENCHMARK(token_by_token)->Unit(benchmark::kMillisecond);

/// The same requests on one replica that leaps.
void leaps(benchmark::State& state) {
  const StepModel model = steps();
  for (auto _ : state) {
    std::vector<RouteRecorder> routes;
    routes.emplace_back(LatencyLimits{}, RecordedTime{});
    OccupancyTimeline timeline{RecordedTime{}};
    Replica replica(model, routes, timeline, 1'000'000);
    for (std::size_t k = 0; k < recorded().size(); k += 2 * kDeployments) {
      const Arrival& a = recorded()[k];
      replica.advance(a.time);
      replica.submit({a.time, a.prompt, a.output, 0, 0}, a.time);
    }
    replica.advance(1e18);
    benchmark::DoNotOptimize(replica.counts().served);
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(recorded().size() / (2 * kDeployments)));
}
BENCHMARK(leaps)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace berth
