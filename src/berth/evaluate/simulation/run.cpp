#include "berth/evaluate/simulation/run.h"

#include <algorithm>
#include <utility>

#include "berth/core/infinity.h"

namespace berth {
namespace {

/// Apart from the streams that draw requests with the same seed.
Random own_root(std::uint64_t seed) { return Random(seed ^ 0x6a09e667f3bcc908ULL); }

}  // namespace

Run::Run(const SimulatedPlan& plan, const SimulationOptions& options, std::uint64_t seed)
    : classes(plan.classes.size()),
      refused(plan.classes.size(), 0),
      plan_(plan),
      options_(options),
      random_(own_root(seed).split(1)),
      chooser_(plan, own_root(seed).split(2)),
      failures_(options.failures) {
  const RecordedTime time{options.warmup_s, 1e300};
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
  if (chosen == RouteChooser::kNobody || chosen == RouteChooser::kRefused) {
    ++classes[query_class].dropped;
    if (chosen == RouteChooser::kRefused) ++refused[query_class];
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
  if (options_.balancing == Balancing::kLeastLoaded) return least_loaded(deployment, now);
  const auto count = static_cast<std::uint32_t>(deployment.replicas.size());
  const auto up = static_cast<std::uint32_t>(
      std::count_if(deployment.down_until.begin(), deployment.down_until.end(),
                    [now](double until) { return until <= now; }));
  std::uint32_t k = 0;  // of those that are up
  if (options_.balancing == Balancing::kRandom) {
    k = up == 1 ? 0 : static_cast<std::uint32_t>(random_.below(up));
  } else if (options_.balancing == Balancing::kRoundRobin) {
    k = deployment.turn++ % up;
  } else {
    k = static_cast<std::uint32_t>(Random(prefix).below(up));
  }
  if (up == count) return k;
  std::uint32_t r = 0;
  for (;; ++r) {
    if (deployment.down_until[r] > now) continue;
    if (k-- == 0) return r;
  }
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

}  // namespace berth
