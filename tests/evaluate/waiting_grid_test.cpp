// The plan's TTFT and TPOT at the 95th percentile beside those of the simulator, over loads, bursts
// and slots (docs/results.md, "The waiting formula"). Prints the grid that page shows.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/evaluate/simulation/replica.h"
#include "berth/instance/build.h"
#include "berth/instance/supply.h"
#include "berth/perf/queueing.h"

namespace berth {
namespace {

constexpr double kPercentile = 0.95;
/// More where queues are long and their percentiles settle slowly.
std::size_t requests(double utilization, double variability) {
  return static_cast<std::size_t>(6'000.0 * (1.0 + variability) / (1.0 - utilization));
}

struct Moments {
  double mean;
  double deviation;
};

/// One kind of request on one deployment.
struct Service {
  const char* name;
  const char* model;
  const char* gpu;
  Moments prompt;
  Moments output;
  std::vector<int> slots;
};

const std::vector<Service>& services() {
  static const std::vector<Service> all = {
      {"chat", "llama-3.1-8b", "h100-sxm", {1000, 1000}, {250, 200}, {8, 32, 128}},
      {"chat, slower GPU", "llama-3.1-8b", "l40s", {1155, 1100}, {211, 160}, {8, 64}},
      {"reasoning", "llama-3.1-8b", "h100-sxm", {500, 400}, {2000, 1500}, {32, 128}},
      {"documents, mixture", "qwen3-30b-a3b", "h100-sxm", {4000, 2500}, {150, 100}, {8, 32}},
      {"code, short answers", "llama-3.1-8b", "l40s", {2050, 2000}, {28, 60}, {4, 16, 64}},
  };
  return all;
}

struct Times {
  double ttft = 0.0;  ///< at the percentile, s
  double tpot = 0.0;
};

/// A fleet of one class and one option, whose B* is `slots`, with demand for so many replicas.
class Pair {
 public:
  Pair(const Service& service, int slots, double variability, int replicas = 1)
      : service_(service), replicas_(replicas) {
    fleet_.catalog = load_builtin_catalog().value();
    FleetClass c;
    c.traffic.name = "class";
    c.traffic.rate = 1e-6;
    c.traffic.prompt_tokens =
        LengthDistribution::from_moments(service.prompt.mean, service.prompt.deviation);
    c.traffic.output_tokens =
        LengthDistribution::from_moments(service.output.mean, service.output.deviation);
    c.traffic.arrival_variability = variability;
    c.slo.percentile = kPercentile;
    fleet_.classes.push_back(c);
    fleet_.policy.max_num_seqs = slots;
    fleet_.policy.headroom = 0.0;
    option_.model = *fleet_.catalog.find_model(service.model);
    option_.precision = Precision::kBf16;
    FleetPool pool;
    pool.name = "pool";
    pool.gpu = *fleet_.catalog.find_gpu(service.gpu);
    pool.offers.push_back({"box", 1, CostRate::usd_per_hour(1.0), std::nullopt});
    const EngineProfile* engine = fleet_.catalog.find_engine("vllm", fleet_.catalog.gpu(pool.gpu));
    pool.engine = static_cast<std::size_t>(engine - fleet_.catalog.engines().data());
    fleet_.pools.push_back(pool);
    option_.pool = PoolId(0);
    if (replicas > 1) fleet_.classes[0].traffic.rate = replicas * physics(0.5).throughput;
  }

  /// Without limits rho_max is the highest there is.
  PairPhysics physics(double utilization) const {
    const auto result = evaluate_pair(fleet_, option_, ClassId(0), utilization / kMaxUtilization);
    if (const auto* reason = std::get_if<PairRejection>(&result)) {
      ADD_FAILURE() << service_.name << ": " << to_string(*reason);
      return {};
    }
    return std::get<PairPhysics>(result);
  }

  Times predicted(double utilization) const {
    const PairPhysics p = physics(utilization);
    return {p.ttft_s, p.tpot_s};
  }

  Times simulated(double utilization) const {
    EngineLimits limits;
    limits.max_num_seqs = fleet_.policy.max_num_seqs;
    const StepModel steps(deployment_of(fleet_, option_), limits);
    std::vector<FinishedRequest> log;
    std::vector<RouteRecorder> routes;
    routes.emplace_back(LatencyLimits{}, RecordedTime{});
    routes.front().log_to(&log);
    OccupancyTimeline timeline{RecordedTime{}};
    const QueryClass& traffic = fleet_.classes[0].traffic;
    const std::size_t count = requests(utilization, traffic.arrival_variability);
    std::vector<std::unique_ptr<Replica>> replicas;
    for (int k = 0; k < replicas_; ++k) {
      replicas.push_back(std::make_unique<Replica>(steps, routes, timeline, count));
    }
    const double rate = replicas_ * utilization * physics(utilization).throughput;
    const double ca2 = traffic.arrival_variability;
    Random random(7);
    double time = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
      time += (ca2 == 1.0 ? random.exponential() : random.gamma(1.0 / ca2) * ca2) / rate;
      SimulatedRequest request;
      request.arrival = time;
      request.prompt = draw(traffic.prompt_tokens, random);
      request.output = draw(traffic.output_tokens, random);
      Replica& replica = *replicas[random.below(replicas.size())];
      replica.advance(time);
      replica.submit(request, time);
    }
    for (const auto& replica : replicas) replica->advance(1e18);
    std::vector<double> ttft;
    std::vector<double> tpot;
    for (const FinishedRequest& r : log) {
      ttft.push_back(r.first_token - r.arrival);
      tpot.push_back(r.output > 1 ? (r.end - r.first_token) / (r.output - 1) : 0.0);
    }
    return {at_percentile(ttft), at_percentile(tpot)};
  }

 private:
  static std::uint32_t draw(const LengthDistribution& lengths, Random& random) {
    return std::max(1U, static_cast<std::uint32_t>(std::ceil(lengths.quantile(random.uniform()))));
  }
  static double at_percentile(std::vector<double>& values) {
    const auto at = values.begin() +
                    static_cast<std::ptrdiff_t>(kPercentile * static_cast<double>(values.size()));
    std::nth_element(values.begin(), at, values.end());
    return *at;
  }

  const Service& service_;
  int replicas_;
  Fleet fleet_;
  OptionSpec option_;
};

struct Errors95 {
  std::vector<double> ratios;  ///< predicted / simulated

  [[nodiscard]] double share(double least, double most) const {
    const auto inside = std::count_if(ratios.begin(), ratios.end(),
                                      [&](double r) { return r >= least && r <= most; });
    return static_cast<double>(inside) / static_cast<double>(ratios.size());
  }
  [[nodiscard]] double quantile(double p) const {
    std::vector<double> sorted = ratios;
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1))];
  }
};

TEST(WaitingGrid, PredictedPercentilesBesideSimulatedOnes) {
  Errors95 ttft;
  Errors95 tpot;
  Errors95 busy_tpot;
  std::printf("%-20s %5s %4s |", "TTFT, predicted / simulated", "slots", "ca2");
  const std::vector<double> loads = {0.3, 0.5, 0.7, 0.8, 0.9};
  for (const double load : loads) std::printf("  %.1f", load);
  std::printf(" | TPOT\n");
  for (const Service& service : services()) {
    for (const int slots : service.slots) {
      for (const double variability : {1.0, 2.0, 4.0, 8.0}) {
        const Pair pair(service, slots, variability);
        ASSERT_EQ(pair.physics(0.5).concurrency, slots) << service.name;
        std::printf("%-27s %5d %4.0f |", service.name, slots, variability);
        std::string of_tokens;
        for (const double load : loads) {
          const Times simulated = pair.simulated(load);
          const Times predicted = pair.predicted(load);
          ttft.ratios.push_back(predicted.ttft / simulated.ttft);
          tpot.ratios.push_back(predicted.tpot / simulated.tpot);
          if (load >= 0.8) busy_tpot.ratios.push_back(tpot.ratios.back());
          std::printf(" %4.2f", ttft.ratios.back());
          char text[16];
          std::snprintf(text, sizeof text, " %4.2f", tpot.ratios.back());
          of_tokens += text;
        }
        std::printf(" |%s\n", of_tokens.c_str());
      }
    }
  }
  for (const auto& [name, errors] :
       {std::pair("TTFT", &ttft), std::pair("TPOT", &tpot), std::pair("TPOT, busy", &busy_tpot)}) {
    std::printf(
        "%s: %.0f %% within 20 %%; 5th, 50th and 95th percentile of the ratio %.2f %.2f %.2f\n",
        name, 100.0 * errors->share(0.8, 1.2), errors->quantile(0.05), errors->quantile(0.5),
        errors->quantile(0.95));
  }
  EXPECT_GE(ttft.share(0.8, 1.2), 0.65);
  EXPECT_GE(ttft.share(0.8, 1e9), 0.85) << "optimistic";
  EXPECT_GE(tpot.share(0.8, 1.2), 0.88);
  EXPECT_GE(busy_tpot.share(0.8, 1.2), 0.9);
}

/// Requests that are dealt out to many replicas at random reach each of them less bursty.
TEST(WaitingGrid, ManyReplicasShareTheBursts) {
  Errors95 ttft;
  Errors95 unshared;
  for (const Service& service : services()) {
    const int slots = service.slots.front();
    for (const int replicas : {4, 16}) {
      for (const double load : {0.5, 0.7, 0.9}) {
        constexpr double kBursty = 16.0;
        const double simulated = Pair(service, slots, kBursty, replicas).simulated(load).ttft;
        ttft.ratios.push_back(Pair(service, slots, kBursty, replicas).predicted(load).ttft /
                              simulated);
        unshared.ratios.push_back(Pair(service, slots, kBursty).predicted(load).ttft / simulated);
      }
    }
  }
  std::printf(
      "TTFT of 4 and 16 replicas, ca2 16: %.0f %% within 20 %%, median ratio %.2f; as if "
      "each saw all bursts: %.2f\n",
      100.0 * ttft.share(0.8, 1.2), ttft.quantile(0.5), unshared.quantile(0.5));
  EXPECT_GE(ttft.share(0.8, 1.25), 0.6);
  EXPECT_GE(ttft.share(0.8, 1e9), 0.85) << "optimistic";
  EXPECT_LT(std::abs(ttft.quantile(0.5) - 1.0), 0.25);
}

}  // namespace
}  // namespace berth
