#include "berth/fleet/generate_classes.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "berth/fleet/draw.h"

namespace berth {
namespace {

using namespace fleet_draw;

// A rough estimate on the strict side: engines reach more of the data sheet than this, so that what
// it allows is allowed by the delay model, too (docs/model.md).
constexpr double kComputeReached = 0.3;
constexpr double kBandwidthReached = 0.5;
constexpr double kMemoryUsed = 0.8;
constexpr double kStepOverhead = 0.012;          // s
constexpr double kAllReduceOfLayer = 0.000'060;  // s
constexpr double kWaitingRoom = 2.0;             // times the prefill

struct Estimate {
  const ModelSpec& model;
  const GpuType& gpu;
  const FleetClass& query;

  [[nodiscard]] bool keeps_limits(Precision precision, int n) const {
    const QueryClass& traffic = query.traffic;
    const double bytes = bytes_per_parameter(precision);
    const double longest = traffic.prompt_tokens.max() + traffic.output_tokens.max();
    const double key_values = longest * model.kv_bytes_per_token;
    const double room = kMemoryUsed * n * gpu.memory_bytes - bytes * model.parameters;
    if (longest > model.max_context || key_values > room) return false;
    const double compute = n * gpu.peak(Precision::kBf16) * kComputeReached;
    const double layers = n > 1 ? model.layers * kAllReduceOfLayer : 0.0;
    const auto prefill = [&](double tokens) {
      return 2.0 * model.active_parameters * tokens / compute + kStepOverhead + layers;
    };
    // All weights even of a mixture of experts: a batch touches most of them.
    const double weights =
        bytes * model.parameters / (n * gpu.bandwidth_bytes_per_s * kBandwidthReached);
    const double step = weights + kStepOverhead + layers +
                        prefill(traffic.prompt_tokens.mean()) / traffic.output_tokens.mean();
    const double first =
        kWaitingRoom * prefill(traffic.prompt_tokens.quantile(query.slo.percentile)) + step;
    return step <= query.slo.tpot->value && first <= query.slo.ttft->value;
  }
};

/// Some deployment of the model on one box of the pool keeps the limits.
bool may_serve(const Fleet& fleet, ModelId model_id, const FleetPool& pool,
               const FleetClass& query) {
  const ModelSpec& model = fleet.catalog.model(model_id);
  const GpuType& gpu = fleet.catalog.gpu(pool.gpu);
  const Estimate estimate{model, gpu, query};
  for (const int n : fleet.policy.tensor_parallel) {
    const bool fits = n <= gpu.fast_domain && model.heads % n == 0 &&
                      std::all_of(pool.offers.begin(), pool.offers.end(),
                                  [n](const FleetOffer& offer) { return offer.lot % n == 0; });
    if (!fits) continue;
    for (const Precision precision : model.precisions) {
      const bool runs = precision == Precision::kBf16 || gpu.peak(precision) > 0.0;
      if (runs && estimate.keeps_limits(precision, n)) return true;
    }
  }
  return false;
}

/// The models that may serve the class on some pool.
std::vector<ModelId> servers_of(const Fleet& fleet, const FleetClass& query) {
  std::vector<ModelId> servers;
  for (const ModelId model : fleet.models) {
    if (std::any_of(fleet.pools.begin(), fleet.pools.end(),
                    [&](const FleetPool& pool) { return may_serve(fleet, model, pool, query); })) {
      servers.push_back(model);
    }
  }
  return servers;
}

LengthDistribution draw_lengths(Random& random, double low, double high) {
  const double mean = log_uniform(random, low, high);
  return LengthDistribution::from_moments(mean, rounded(mean * uniform(random, 0.3, 1.0)));
}

FleetClass draw_class(int number, Random& random) {
  constexpr double kTtftOfToken = 0.0003;  // s: nobody expects a long prompt to start as quickly
  FleetClass query;
  QueryClass& traffic = query.traffic;
  traffic.name = fmt::format("class-{}", number);
  traffic.rate = log_uniform(random, 0.1, 50.0);
  traffic.prompt_tokens = draw_lengths(random, 100.0, 10'000.0);
  traffic.output_tokens = draw_lengths(random, 20.0, 800.0);
  const double ttft =
      log_uniform(random, 0.5, 4.0) + kTtftOfToken * traffic.prompt_tokens.quantile(0.95);
  query.slo.ttft = Seconds(rounded(ttft));
  query.slo.tpot = Seconds(log_uniform(random, 0.020, 0.120));
  return query;
}

/// A strict floor that one of `servers`, taken at random, meets.
QualityFloor draw_floor(const Fleet& fleet, const std::vector<ModelId>& servers, Random& random) {
  constexpr double kLargestSlack = 0.12;
  // Leaves room for the penalty of any weight format.
  constexpr double kLeastSlack = 0.02;
  const ModelSpec& witness = fleet.catalog.model(pick(random, servers));
  auto task = witness.quality.begin();
  std::advance(task, static_cast<std::ptrdiff_t>(random.below(witness.quality.size())));
  QualityFloor floor;
  floor.task = task->first;
  floor.min = rounded(std::max(0.0, task->second - uniform(random, kLeastSlack, kLargestSlack)));
  return floor;
}

}  // namespace

void draw_classes(int count, Random random, Fleet& fleet) {
  // Each round of loosening doubles the time; 20 rounds are days.
  constexpr int kRounds = 20;
  constexpr int kDraws = 40;
  for (int i = 1; i <= count; ++i) {
    Random own = random.split(static_cast<std::uint64_t>(i));
    FleetClass query = draw_class(i, own);
    std::vector<ModelId> servers = servers_of(fleet, query);
    for (int draw = 1; servers.empty() && draw < kDraws; ++draw) {
      query = draw_class(i, own);
      servers = servers_of(fleet, query);
    }
    for (int round = 0; servers.empty() && round < kRounds; ++round) {
      query.slo.ttft = *query.slo.ttft * 2.0;
      query.slo.tpot = *query.slo.tpot * 2.0;
      servers = servers_of(fleet, query);
    }
    if (servers.empty()) servers = fleet.models;  // e.g. a prompt beyond every context
    query.quality = draw_floor(fleet, servers, own);
    fleet.classes.push_back(std::move(query));
  }
}

}  // namespace berth
