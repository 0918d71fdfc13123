#include "berth/evaluate/simulation/simulate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <thread>

#include "berth/core/team.h"
#include "berth/evaluate/simulation/run.h"

namespace berth {
namespace {

/// Why no request met the plan.
Error nobody_came(const SimulatedPlan& plan, std::uint64_t unassigned) {
  if (unassigned == 0) {
    return {ErrorCode::kMissing, "no request arrives", "",
            "a longer --duration, a higher --load, or a trace with requests"};
  }
  std::string names;
  for (const SimulatedClass& row : plan.classes) {
    names += (names.empty() ? "" : ", ") + row.name;
  }
  return {ErrorCode::kMissing, "none of the trace's requests fits a class of the fleet", "--trace",
          "its classes: " + names + "; where they go by the trace's name: --trace NAME=FILE"};
}

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
  /// visit(run, recorder) of the routes that `wanted` names.
  template <class Visit>
  void for_each_recorder(const std::function<bool(const SimulatedRoute&)>& wanted,
                         const Visit& visit) const {
    for (std::size_t k = 0; k < runs_.size(); ++k) {
      for (std::size_t r = 0; r < plan_.routes.size(); ++r) {
        if (!wanted(plan_.routes[r])) continue;
        visit(k, runs_[k]->deployments[plan_.routes[r].deployment].routes[runs_[k]->local[r]]);
      }
    }
  }

  /// Segments of the routes that `wanted` names, of all runs.
  LatencyReport latency(const std::function<bool(const SimulatedRoute&)>& wanted,
                        double percentile) const {
    std::vector<LatencySegment> segments;
    LatencyReport report;
    // A route that ends early has shorter segments.
    double width = 0.0;
    for_each_recorder(wanted, [&](std::size_t, const RouteRecorder& recorder) {
      width = std::max(width, recorder.width());
    });
    std::vector<std::vector<LatencySegment>> merged(runs_.size());
    for_each_recorder(wanted, [&](std::size_t k, const RouteRecorder& recorder) {
      report.itl.add(recorder.itl());
      const std::vector<LatencySegment>& own = recorder.segments();
      const auto joined = static_cast<std::size_t>(std::lround(width / recorder.width()));
      const std::size_t count = (own.size() + joined - 1) / joined;
      if (count > merged[k].size()) merged[k].resize(count);
      for (std::size_t s = 0; s < own.size(); ++s) merged[k][s / joined].add(own[s]);
    });
    for (auto& run : merged) std::move(run.begin(), run.end(), std::back_inserter(segments));
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
    for (const auto& run : runs_) {
      report.requests.add(run->classes[c]);
      report.refused += run->refused[c];
      for (std::size_t r = 0; r < plan_.routes.size(); ++r) {
        if (plan_.routes[r].query_class != c) continue;
        report.requests.served +=
            run->deployments[plan_.routes[r].deployment].routes[run->local[r]].served();
        report.requests.queued += left_of(*run, r);
      }
    }
    report.latency =
        latency([c](const SimulatedRoute& r) { return r.query_class == c; }, row.percentile);
    LatencyReport& l = report.latency;
    // What never came to its end met no limit, but for what the plan refuses.
    const std::uint64_t wanted = report.requests.arrived - report.refused;
    if (wanted > 0) {
      const double ended =
          static_cast<double>(report.requests.served) / static_cast<double>(wanted);
      for (Estimate* share : {&l.attainment, &l.ttft_within, &l.tpot_within, &l.e2e_within}) {
        share->value *= ended;
        share->half *= ended;
      }
    }
    const auto held = [&](const Estimate& share, bool lower) {
      return share.value - (lower ? share.half : 0.0) >= row.percentile;
    };
    const auto all_held = [&](bool lower) {
      return held(l.ttft_within, lower) && held(l.tpot_within, lower) && held(l.e2e_within, lower);
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
  if (report.requests.arrived == 0) return nobody_came(plan, report.unassigned);
  if (!(report.simulated_s > 0.0)) {
    return Error{ErrorCode::kOutOfRange, "nothing is measured: the requests end before the warm-up",
                 "--warm-up", "--warm-up 0s, or more requests"};
  }
  return report;
}

}  // namespace berth
