#include "berth/evaluate/simulation/simulate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <thread>

#include "berth/core/infinity.h"
#include "berth/core/team.h"

namespace berth {
namespace {

/// A deployment while it runs.
struct RunningDeployment {
  std::vector<RouteRecorder> routes;
  OccupancyTimeline timeline;
  std::vector<Replica> replicas;
  std::vector<double> down_until;  ///< by replica; 0 = up
  std::uint32_t turn = 0;
};

/// Replicas that come back.
struct Recovery {
  double at = 0.0;
  std::uint32_t deployment = 0;
  std::uint32_t replica = 0;
};

/// One replication.
class Run {
 public:
  Run(const SimulatedPlan& plan, const SimulationOptions& options, std::uint64_t seed);

  Status replay(Arrivals& arrivals);
  [[nodiscard]] const SimulatedPlan& plan() const { return plan_; }

  // What it has seen, by class and by deployment.
  std::vector<RequestCounts> classes;
  std::vector<RunningDeployment> deployments;
  std::vector<std::uint32_t> local;  ///< by route of the plan: index among its deployment's routes
  std::vector<std::vector<std::uint32_t>> global;  ///< and back
  std::uint64_t unassigned = 0;
  double measured_s = 0.0;

 private:
  void pass_arrival(const Arrival& arrival);
  void send(const SimulatedRequest& request, std::uint32_t query_class, double now);
  std::uint32_t pick_replica(RunningDeployment& deployment, double now, std::uint64_t prefix);
  std::uint32_t least_loaded(RunningDeployment& deployment, double now);
  void handle_events(double now);
  void fail(const Failure& failure);
  void take_down(std::uint32_t d, std::uint32_t r, double until);
  void recover(double now);
  void drain(double last);

  const SimulatedPlan& plan_;
  const SimulationOptions& options_;
  Random random_;
  RouteChooser chooser_;
  std::vector<std::uint32_t> up_;  ///< by deployment
  std::vector<Failure> failures_;  ///< by time
  std::size_t next_failure_ = 0;
  std::vector<Recovery> recoveries_;  ///< the next one last
  std::vector<SimulatedRequest> homeless_;
};

Run::Run(const SimulatedPlan& plan, const SimulationOptions& options, std::uint64_t seed)
    : classes(plan.classes.size()),
      plan_(plan),
      options_(options),
      random_(Random(seed).split(1)),
      chooser_(plan, Random(seed).split(2)),
      failures_(options.failures) {
  const MeasuredTime time{options.warmup_s, 1e300};
  deployments.reserve(plan.deployments.size());
  global.resize(plan.deployments.size());
  for (std::size_t d = 0; d < plan.deployments.size(); ++d) {
    deployments.push_back({{}, OccupancyTimeline(time), {}, {}, 0});
  }
  for (std::uint32_t r = 0; r < plan.routes.size(); ++r) {
    const SimulatedRoute& route = plan.routes[r];
    auto& routes = deployments[route.deployment].routes;
    local.push_back(static_cast<std::uint32_t>(routes.size()));
    global[route.deployment].push_back(r);
    routes.emplace_back(plan.classes[route.query_class].limits, time);
  }
  for (std::size_t d = 0; d < plan.deployments.size(); ++d) {
    const SimulatedDeployment& row = plan.deployments[d];
    RunningDeployment& running = deployments[d];
    for (int r = 0; r < row.replicas; ++r) {
      running.replicas.emplace_back(row.steps, running.routes, running.timeline,
                                    options.longest_queue);
    }
    running.down_until.assign(running.replicas.size(), 0.0);
    up_.push_back(static_cast<std::uint32_t>(row.replicas));
    if (options.start_up_s > 0.0) {
      for (std::uint32_t r = 0; r < running.replicas.size(); ++r) {
        take_down(static_cast<std::uint32_t>(d), r, options.start_up_s);
      }
    }
  }
  std::stable_sort(failures_.begin(), failures_.end(),
                   [](const Failure& a, const Failure& b) { return a.at_s < b.at_s; });
}

Status Run::replay(Arrivals& arrivals) {
  std::vector<Arrival> block;
  double last = 0.0;
  for (;;) {
    if (Status status = arrivals.next(block); !status.ok()) return status;
    if (block.empty()) break;
    for (const Arrival& arrival : block) pass_arrival(arrival);
    last = block.back().time;
  }
  unassigned = arrivals.unassigned();
  measured_s = std::max(0.0, last - options_.warmup_s);
  drain(last);
  return Ok{};
}

void Run::pass_arrival(const Arrival& arrival) {
  handle_events(arrival.time);
  ++classes[arrival.query_class].arrived;
  SimulatedRequest request;
  request.arrival = arrival.time;
  request.prompt = arrival.prompt;
  request.output = arrival.output;
  request.reused = arrival.reuse_known
                       ? std::min(arrival.reused, arrival.prompt)
                       : static_cast<std::uint32_t>(
                             plan_.classes[arrival.query_class].prefix_reuse * arrival.prompt);
  send(request, arrival.query_class, arrival.time);
}

void Run::send(const SimulatedRequest& request, std::uint32_t query_class, double now) {
  const std::uint32_t chosen = chooser_.choose(query_class, up_);
  if (chosen == RouteChooser::kNobody) {
    ++classes[query_class].dropped;
    return;
  }
  const std::uint32_t d = plan_.routes[chosen].deployment;
  RunningDeployment& deployment = deployments[d];
  // Requests of a class with as long a prompt have a prefix in common, as far as anything is known.
  const std::uint64_t prefix = query_class * std::uint64_t{0x9e3779b9} + request.prompt / 64;
  const std::uint32_t r = pick_replica(deployment, now, prefix);
  SimulatedRequest routed = request;
  routed.route = local[chosen];
  deployment.replicas[r].advance(now);
  if (!deployment.replicas[r].submit(routed, now)) ++classes[query_class].dropped;
}

std::uint32_t Run::pick_replica(RunningDeployment& deployment, double now, std::uint64_t prefix) {
  const auto count = static_cast<std::uint32_t>(deployment.replicas.size());
  if (options_.balancing == Balancing::kLeastLoaded) return least_loaded(deployment, now);
  std::uint32_t r = 0;
  if (options_.balancing == Balancing::kRandom) {
    r = count == 1 ? 0 : static_cast<std::uint32_t>(random_.below(count));
  } else if (options_.balancing == Balancing::kRoundRobin) {
    r = deployment.turn++ % count;
  } else {
    r = static_cast<std::uint32_t>(Random(prefix).below(count));
  }
  while (deployment.down_until[r] > now) r = (r + 1) % count;
  return r;
}

std::uint32_t Run::least_loaded(RunningDeployment& deployment, double now) {
  std::uint32_t best = 0;
  std::size_t least = static_cast<std::size_t>(-1);
  const auto count = static_cast<std::uint32_t>(deployment.replicas.size());
  const std::uint32_t first = deployment.turn++ % count;  // equals take turns
  for (std::uint32_t k = 0; k < count; ++k) {
    const std::uint32_t r = (first + k) % count;
    if (deployment.down_until[r] > now) continue;
    deployment.replicas[r].advance(now);
    if (deployment.replicas[r].load() < least) {
      least = deployment.replicas[r].load();
      best = r;
    }
  }
  return best;
}

// ---------------------------------------------------------------------------------------------
// Failures

void Run::handle_events(double now) {
  for (;;) {
    const double failure =
        next_failure_ < failures_.size() ? failures_[next_failure_].at_s : kInfinity;
    const double recovery = recoveries_.empty() ? kInfinity : recoveries_.back().at;
    if (std::min(failure, recovery) > now) return;
    if (recovery <= failure) {
      recover(recovery);
    } else {
      fail(failures_[next_failure_++]);
    }
  }
}

void Run::take_down(std::uint32_t d, std::uint32_t r, double until) {
  if (deployments[d].down_until[r] > 0.0) return;
  deployments[d].down_until[r] = until;
  --up_[d];
  recoveries_.push_back({until, d, r});
  std::stable_sort(recoveries_.begin(), recoveries_.end(),
                   [](const Recovery& a, const Recovery& b) { return a.at > b.at; });
}

void Run::recover(double now) {
  while (!recoveries_.empty() && recoveries_.back().at <= now) {
    const Recovery back = recoveries_.back();
    recoveries_.pop_back();
    deployments[back.deployment].down_until[back.replica] = 0.0;
    ++up_[back.deployment];
  }
}

void Run::fail(const Failure& failure) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> able;
  for (std::uint32_t d = 0; d < deployments.size(); ++d) {
    if (!failure.pool.empty() && plan_.deployments[d].pool != failure.pool) continue;
    for (std::uint32_t r = 0; r < deployments[d].replicas.size(); ++r) {
      if (deployments[d].down_until[r] == 0.0) able.emplace_back(d, r);
    }
  }
  const bool all = failure.replicas == 0 && !failure.pool.empty();
  std::size_t left =
      all ? able.size() : std::min(able.size(), static_cast<std::size_t>(failure.replicas));
  std::vector<std::pair<SimulatedRequest, std::uint32_t>> again;
  for (; left > 0; --left) {
    const auto k = static_cast<std::size_t>(random_.below(able.size()));
    const auto [d, r] = able[k];
    able.erase(able.begin() + static_cast<std::ptrdiff_t>(k));
    homeless_.clear();
    deployments[d].replicas[r].advance(failure.at_s);
    deployments[d].replicas[r].evict(failure.at_s, homeless_);
    take_down(d, r, failure.at_s + failure.recovery_s);
    for (const SimulatedRequest& request : homeless_) {
      again.emplace_back(request, plan_.routes[global[d][request.route]].query_class);
    }
  }
  for (const auto& [request, query_class] : again) send(request, query_class, failure.at_s);
}

void Run::drain(double last) {
  for (RunningDeployment& deployment : deployments) {
    for (Replica& replica : deployment.replicas) replica.advance(last);
    deployment.timeline.close();
  }
  handle_events(last + options_.drain_s);
  for (RunningDeployment& deployment : deployments) {
    for (Replica& replica : deployment.replicas) replica.advance(last + options_.drain_s);
  }
}

// ---------------------------------------------------------------------------------------------
// The report

class Reporter {
 public:
  Reporter(const SimulatedPlan& plan, const std::vector<std::unique_ptr<Run>>& runs)
      : plan_(plan), runs_(runs) {
    for (const auto& run : runs) seconds_ += run->measured_s;
  }

  SimulationReport report() {
    SimulationReport report;
    report.replications = static_cast<int>(runs_.size());
    report.simulated_s = seconds_ / static_cast<double>(runs_.size());
    for (const auto& run : runs_) report.unassigned += run->unassigned;
    for (std::uint32_t c = 0; c < plan_.classes.size(); ++c) report.classes.push_back(of_class(c));
    for (std::uint32_t d = 0; d < plan_.deployments.size(); ++d) {
      report.deployments.push_back(of_deployment(d));
      for (const auto& run : runs_) {
        for (const Replica& replica : run->deployments[d].replicas) {
          const ReplicaCounts& counts = replica.counts();
          report.events += counts.accepted + counts.passes + counts.leaps;
          report.steps += counts.steps;
        }
      }
    }
    for (const ClassReport& row : report.classes) report.requests.add(row.requests);
    add_pools(report);
    return report;
  }

 private:
  /// Segments of the routes that `wanted` names, of all runs.
  LatencyReport latency(const std::function<bool(const SimulatedRoute&)>& wanted,
                        double percentile) const {
    std::vector<LatencySegment> segments;
    LatencyReport report;
    for (const auto& run : runs_) {
      std::vector<LatencySegment> merged;
      for (std::size_t r = 0; r < plan_.routes.size(); ++r) {
        if (!wanted(plan_.routes[r])) continue;
        const RouteRecorder& recorder =
            run->deployments[plan_.routes[r].deployment].routes[run->local[r]];
        report.itl.add(recorder.itl());
        for (std::size_t s = 0; s < recorder.segments().size(); ++s) {
          if (s >= merged.size()) merged.emplace_back();
          merged[s].add(recorder.segments()[s]);
        }
      }
      std::move(merged.begin(), merged.end(), std::back_inserter(segments));
    }
    LatencySegment all;
    for (const LatencySegment& segment : segments) all.add(segment);
    fill(report, segments, all, percentile);
    return report;
  }

  void fill(LatencyReport& report, const std::vector<LatencySegment>& segments,
            const LatencySegment& all, double percentile) const {
    report.measured = all.e2e.total();
    report.ttft = latency_estimate(segments, all, Latency::kTtft, percentile);
    report.tpot = latency_estimate(segments, all, Latency::kTpot, percentile);
    report.e2e = latency_estimate(segments, all, Latency::kE2e, percentile);
    const auto share = [&](std::uint64_t LatencySegment::*member) {
      return share_estimate(
          segments, all, [&](const LatencySegment& s) { return static_cast<double>(s.*member); });
    };
    report.attainment = share(&LatencySegment::within);
    report.ttft_within = share(&LatencySegment::within_ttft);
    report.tpot_within = share(&LatencySegment::within_tpot);
    report.e2e_within = share(&LatencySegment::within_e2e);
    if (!(seconds_ > 0.0)) return;
    report.goodput = static_cast<double>(all.within) / seconds_;
    report.token_goodput = static_cast<double>(all.tokens_within) / seconds_;
    report.tokens_per_s = static_cast<double>(all.output_tokens) / seconds_;
  }

  ClassReport of_class(std::uint32_t c) const {
    const SimulatedClass& row = plan_.classes[c];
    ClassReport report;
    report.name = row.name;
    report.percentile = row.percentile;
    report.limits = row.limits;
    for (const auto& run : runs_) report.requests.add(run->classes[c]);
    for (const auto& run : runs_) {
      for (std::size_t r = 0; r < plan_.routes.size(); ++r) {
        if (plan_.routes[r].query_class == c) report.requests.queued += left_of(*run, r);
      }
    }
    report.requests.served =
        report.requests.arrived - report.requests.dropped - report.requests.queued;
    report.latency =
        latency([c](const SimulatedRoute& r) { return r.query_class == c; }, row.percentile);
    const auto held = [&](const Estimate& share, bool lower) {
      return share.value - (lower ? share.half : 0.0) >= row.percentile;
    };
    const LatencyReport& l = report.latency;
    // What never came to its end met no limit.
    const double lost = report.requests.arrived == 0
                            ? 0.0
                            : static_cast<double>(report.requests.queued) /
                                  static_cast<double>(report.requests.arrived);
    const bool ended = lost <= 1.0 - row.percentile;
    const auto all_held = [&](bool lower) {
      return ended && held(l.ttft_within, lower) && held(l.tpot_within, lower) &&
             held(l.e2e_within, lower);
    };
    report.slo_met = l.measured > 0 && all_held(false);
    report.proven = l.measured > 0 && all_held(true);
    return report;
  }

  /// Requests of a route that a run did not end.
  static std::uint64_t left_of(const Run& run, std::size_t route) {
    std::uint64_t left = 0;
    const SimulatedRoute& row = run.plan().routes[route];
    for (const Replica& replica : run.deployments[row.deployment].replicas) {
      left += replica.held_of(run.local[route]);
    }
    return left;
  }

  DeploymentReport of_deployment(std::uint32_t d) const {
    const SimulatedDeployment& row = plan_.deployments[d];
    DeploymentReport report;
    report.name = row.name;
    report.pool = row.pool;
    report.replicas = row.replicas;
    Occupancy all;
    for (const auto& run : runs_) {
      const RunningDeployment& running = run->deployments[d];
      all.add(running.timeline.total());
      for (const Replica& replica : running.replicas) {
        report.preemptions += replica.counts().preempted;
        report.requests.served += replica.counts().served;
        report.requests.arrived += replica.counts().accepted + replica.counts().refused;
        report.requests.dropped += replica.counts().refused;
        report.requests.queued += replica.load();
      }
    }
    report.latency = latency([d](const SimulatedRoute& r) { return r.deployment == d; }, 0.95);
    const double time = seconds_ * std::max(1, row.replicas);
    if (time > 0.0) {
      report.utilization = std::min(1.0, all.busy / time);
      report.mean_running = all.running / time;
      report.mean_waiting = all.waiting / time;
      report.kv_usage = all.blocks / time;
    }
    const OccupancyTimeline& timeline = runs_.front()->deployments[d].timeline;
    report.timeline = timeline.points();
    report.timeline_s = timeline.width();
    return report;
  }

  void add_pools(SimulationReport& report) const {
    std::map<std::string, std::size_t> index;
    for (const DeploymentReport& row : report.deployments) {
      const auto [at, fresh] = index.emplace(row.pool, report.pools.size());
      if (fresh) {
        report.pools.emplace_back();
        report.pools.back().name = row.pool;
      }
      PoolReport& pool = report.pools[at->second];
      pool.utilization += row.utilization * row.replicas;
      pool.kv_usage += row.kv_usage * row.replicas;
      pool.replicas += row.replicas;
      pool.preemptions += row.preemptions;
      pool.requests.add(row.requests);
    }
    for (PoolReport& pool : report.pools) {
      pool.utilization /= std::max(1, pool.replicas);
      pool.kv_usage /= std::max(1, pool.replicas);
      pool.latency = latency(
          [&](const SimulatedRoute& r) {
            return plan_.deployments[r.deployment].pool == pool.name;
          },
          0.95);
    }
  }

  const SimulatedPlan& plan_;
  const std::vector<std::unique_ptr<Run>>& runs_;
  double seconds_ = 0.0;  ///< measured, of all runs
};

}  // namespace

void RequestCounts::add(const RequestCounts& other) {
  arrived += other.arrived;
  served += other.served;
  queued += other.queued;
  dropped += other.dropped;
}

Result<SimulationReport> simulate(const SimulatedPlan& plan, const ArrivalsOf& arrivals,
                                  int replications, const SimulationOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::unique_ptr<Run>> runs(static_cast<std::size_t>(replications));
  std::vector<Errors> errors(runs.size());
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  Team team(std::min(replications, options.threads > 0 ? options.threads : cores));
  team.run(runs.size(), [&](std::size_t k, std::size_t) {
    Result<std::unique_ptr<Arrivals>> source = arrivals(static_cast<int>(k));
    if (!source) {
      errors[k] = source.errors();
      return;
    }
    runs[k] = std::make_unique<Run>(plan, options, options.seed + k);
    if (Status status = runs[k]->replay(**source); !status.ok()) errors[k] = status.errors();
  });
  for (const Errors& error : errors) {
    if (!error.empty()) return error;
  }
  SimulationReport report = Reporter(plan, runs).report();
  report.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (report.requests.arrived == 0) {
    return Error{ErrorCode::kMissing, "no request arrives", "",
                 report.unassigned > 0 ? "none of the trace's requests fits a class of the fleet"
                                       : "a longer --duration, or a trace with requests"};
  }
  return report;
}

}  // namespace berth
