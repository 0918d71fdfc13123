#pragma once
// Replays a plan request by request (docs/simulation.md): arrivals, routes, replicas, failures.
// There is no queue of events: a replica is a clock that is moved on when somebody looks at it, so
// what replicas do apart costs nothing to keep in order.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/evaluate/simulation/arrivals.h"
#include "berth/evaluate/simulation/confidence.h"
#include "berth/evaluate/simulation/replica.h"
#include "berth/evaluate/simulation/router.h"
#include "berth/evaluate/simulation/simulated_plan.h"

namespace berth {

/// Replicas that die at one moment; what they held is sent again to others.
struct Failure {
  double at_s = 0.0;
  int replicas = 0;           ///< so many, drawn from all; 0 with a pool: all of the pool
  std::string pool;           ///< empty = any
  double recovery_s = 300.0;  ///< until they serve again: a new machine, the weights loaded
};

struct SimulationOptions {
  Balancing balancing = Balancing::kRandom;
  std::uint64_t seed = 1;
  double warmup_s = 60.0;               ///< requests before it are served and not measured
  double start_up_s = 0.0;              ///< replicas are not there before it
  double drain_s = 3600.0;              ///< after the last arrival
  std::size_t longest_queue = 100'000;  ///< of one replica; beyond it requests are dropped
  std::vector<Failure> failures;
  int threads = 0;  ///< for several replications; 0 = all cores
};

struct RequestCounts {
  std::uint64_t arrived = 0;
  std::uint64_t served = 0;
  std::uint64_t queued = 0;   ///< not ended when the simulation did
  std::uint64_t dropped = 0;  ///< refused by the plan, by a full queue, or nobody was up

  void add(const RequestCounts& other);
};

/// Latencies of some of the requests, from segments.
struct LatencyReport {
  std::uint64_t measured = 0;
  LatencyEstimate ttft;
  LatencyEstimate tpot;
  LatencyEstimate e2e;
  LogHistogram itl;
  Estimate attainment;  ///< share within all limits
  Estimate ttft_within;
  Estimate tpot_within;
  Estimate e2e_within;
  double goodput = 0.0;        ///< requests/s within all limits
  double token_goodput = 0.0;  ///< output tokens/s of them
  double tokens_per_s = 0.0;   ///< output tokens/s of all
};

struct ClassReport {
  std::string name;
  RequestCounts requests;
  LatencyReport latency;
  double percentile = 0.95;
  LatencyLimits limits;
  std::uint64_t refused = 0;  ///< of those dropped, by the plan
  bool slo_met = false;       ///< each limit holds at the percentile; what was lost met none
  bool proven = false;        ///< at the lower end of the interval too
};

struct DeploymentReport {
  std::string name;
  std::string pool;
  int replicas = 0;
  RequestCounts requests;
  LatencyReport latency;
  double utilization = 0.0;   ///< share of the time with a pass running
  double mean_running = 0.0;  ///< sequences a replica
  double mean_waiting = 0.0;  ///< requests a replica
  double kv_usage = 0.0;
  std::uint64_t preemptions = 0;
  double timeline_s = 0.0;          ///< of one point
  std::vector<Occupancy> timeline;  ///< of all its replicas, by time
};

struct PoolReport {
  std::string name;
  int replicas = 0;
  RequestCounts requests;
  LatencyReport latency;
  double utilization = 0.0;
  double kv_usage = 0.0;
  std::uint64_t preemptions = 0;
};

struct SimulationReport {
  RequestCounts requests;
  std::uint64_t unassigned = 0;  ///< requests of a trace that fit no class
  double simulated_s = 0.0;      ///< measured time of one replication
  double wall_s = 0.0;
  int replications = 1;
  std::vector<ClassReport> classes;
  std::vector<DeploymentReport> deployments;
  std::vector<PoolReport> pools;
  std::uint64_t events = 0;  ///< arrivals, passes that read, leaps of decoding
  std::uint64_t steps = 0;   ///< passes of the engines
};

/// Opens the arrivals of one replication.
using ArrivalsOf = std::function<Result<std::unique_ptr<Arrivals>>(int replication)>;

/// Runs the replications side by side; the result does not depend on the threads. Errors: those of
/// the arrivals; kMissing where none arrives.
[[nodiscard]] Result<SimulationReport> simulate(const SimulatedPlan& plan,
                                                const ArrivalsOf& arrivals, int replications,
                                                const SimulationOptions& options);

}  // namespace berth
