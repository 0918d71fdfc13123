#include "berth/replay/replay.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "berth/core/team.h"
#include "berth/core/text.h"
#include "berth/plan/running.h"
#include "berth/replay/policy.h"
#include "berth/stress/stressed_plan.h"

namespace berth {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Nothing comes other than the demand says.
Scenario as_stated(const Fleet& fleet) {
  return {std::vector<double>(fleet.classes.size(), 1.0),
          std::vector<double>(fleet.pools.size(), 1.0),
          std::vector<double>(fleet.catalog.models().size(), 1.0)};
}

/// Both parts of a window: before what starts is ready, and after.
ScenarioOutcome mixed(const Fleet& fleet, const ScenarioOutcome& before,
                      const ScenarioOutcome& after, double share_before) {
  const auto mix = [share_before](double a, double b) {
    return share_before * a + (1.0 - share_before) * b;
  };
  ScenarioOutcome result = after;
  result.cost = mix(before.cost, after.cost);
  result.unmet_share = mix(before.unmet_share, after.unmet_share);
  result.late_share = mix(before.late_share, after.late_share);
  for (std::size_t i = 0; i < result.classes.size(); ++i) {
    const FleetClass& c = fleet.classes[i];
    BrokenPromises& broken = result.classes[i];
    broken.late_share = mix(before.classes[i].late_share, after.classes[i].late_share);
    broken.unmet_share = mix(before.classes[i].unmet_share, after.classes[i].unmet_share);
    constexpr double kNoise = 1e-6;
    const double served = 1.0 - broken.unmet_share;
    broken.latency = broken.late_share > (1.0 - c.slo.percentile) * served + kNoise;
    broken.unmet = broken.unmet_share > c.max_unmet + kNoise;
    broken.error = broken.error || before.classes[i].error;
  }
  return result;
}

/// Whether that says that there is no plan, rather than that something is wrong.
bool no_plan(const Errors& errors) {
  return std::all_of(errors.begin(), errors.end(), [](const Error& error) {
    return error.code == ErrorCode::kInfeasible || error.code == ErrorCode::kLimitReached;
  });
}

/// One policy from the first window to the last.
class PolicyRun {
 public:
  PolicyRun(const ReplayWorld& world, const PolicyKind& kind)
      : world_(world), policy_(kind.make(world)), fleet_(world.fleet) {
    result_.name = kind.name;
  }

  Status run(const std::function<bool(std::size_t)>& go_on) {
    for (std::size_t w = 0; w < world_.windows.count(); ++w) {
      if (Status status = step(w); !status) return status;
      if (!go_on(w + 1)) {
        return Error{ErrorCode::kLimitReached, "stopped before all windows were replayed", "", ""};
      }
    }
    return Ok{};
  }

  [[nodiscard]] ReplayedPolicy take() && { return std::move(result_); }

 private:
  Status step(std::size_t w) {
    ReplayWindow window;
    const auto begin = Clock::now();
    Result<Plan> next = policy_->decide(w, w == 0 ? nullptr : &running_);
    window.planning_s = seconds_since(begin);
    if (!next && (w == 0 || !no_plan(next.errors()))) return next.errors();
    window.failed = !next;
    const bool planned = next.ok();
    const Plan before = running_;
    if (planned) running_ = *std::move(next);
    PlanSwitching change;
    if (w > 0 && planned) change = switching_between(world_.fleet, before, running_);
    if (Status status = assess(w, w == 0 ? nullptr : &before, change, window); !status) {
      return status;
    }
    for (const PlanDeployment& row : running_.deployments) window.replicas += row.replicas;
    for (const PlanOffer& offer : running_.offers) window.gpus += offer.gpus;
    result_.windows.push_back(window);
    return Ok{};
  }

  Status assess(std::size_t w, const Plan* before, const PlanSwitching& change,
                ReplayWindow& window) {
    set_true_demand(world_, w, fleet_);
    Result<ScenarioOutcome> outcome = outcome_of(running_);
    if (!outcome) return outcome.errors();
    const bool late_start = before != nullptr && change.started > 0 && !policy_->free_changes() &&
                            !policy_->knows(world_.request.forecast);
    if (late_start) {
      const Result<ScenarioOutcome> old = outcome_of(*before);
      if (!old) return old.errors();
      const double share = std::min(1.0, change.ready_s / world_.windows.window_s());
      outcome = mixed(fleet_, *old, *outcome, share);
    }
    window.started = change.started;
    window.stopped = change.stopped;
    window.switching = policy_->free_changes() ? 0.0 : change.usd;
    window.cost = outcome->cost * world_.windows.window_s() / kSecondsPerHour + window.switching;
    window.unmet_share = outcome->unmet_share;
    window.late_share = outcome->late_share;
    for (const BrokenPromises& broken : outcome->classes) window.broken += broken.any() ? 1 : 0;
    return Ok{};
  }

  [[nodiscard]] Result<ScenarioOutcome> outcome_of(const Plan& plan) const {
    const Result<StressedPlan> stressed = StressedPlan::make(fleet_, plan);
    if (!stressed) return stressed.errors();
    return stressed->outcome(as_stated(fleet_));
  }

  const ReplayWorld& world_;
  std::unique_ptr<ReplayPolicy> policy_;
  Fleet fleet_;  // with the demand as it came
  Plan running_;
  ReplayedPolicy result_;
};

/// Which class of the windows each class of the fleet is.
Result<std::vector<std::size_t>> rows_of(const Fleet& fleet, const DemandWindows& windows) {
  std::vector<std::size_t> rows;
  Errors errors;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const std::string& name = fleet.classes[i].traffic.name;
    const auto found = std::find(windows.classes().begin(), windows.classes().end(), name);
    if (found == windows.classes().end()) {
      errors.push_back({ErrorCode::kUnknownName,
                        fmt::format("the demand series has no class '{}'", name),
                        fmt::format("/classes/{}/name", i), suggest(name, windows.classes())});
    }
    rows.push_back(static_cast<std::size_t>(found - windows.classes().begin()));
  }
  for (std::size_t k = 0; k < windows.classes().size(); ++k) {
    if (std::find(rows.begin(), rows.end(), k) != rows.end()) continue;
    errors.push_back(
        {ErrorCode::kUnknownName,
         fmt::format("the fleet has no class '{}' of the demand series", windows.classes()[k]),
         "/classes", ""});
  }
  if (!errors.empty()) return errors;
  return rows;
}

Result<std::vector<const PolicyKind*>> kinds_of(const std::vector<std::string>& names) {
  std::vector<const PolicyKind*> kinds;
  Errors errors;
  for (const std::string& name : names) {
    if (const PolicyKind* kind = find_policy(name)) {
      kinds.push_back(kind);
      continue;
    }
    std::vector<std::string> known;
    for (const PolicyKind& kind : replay_policies()) known.emplace_back(kind.name);
    errors.push_back({ErrorCode::kUnknownName, "unknown policy '" + name + "'", "--policies",
                      suggest(name, known)});
  }
  if (!errors.empty()) return errors;
  return kinds;
}

/// The policies side by side, each on one thread; the first error ends all.
class ReplayRun {
 public:
  ReplayRun(const ReplayWorld& world, std::vector<const PolicyKind*> kinds, ReplayResult& result)
      : world_(world), kinds_(std::move(kinds)), result_(result) {
    result_.policies.resize(kinds_.size());
  }

  Status run() {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int wanted = world_.request.threads > 0 ? world_.request.threads : cores;
    Team team(std::clamp(static_cast<int>(kinds_.size()), 1, wanted));
    team.run(kinds_.size(), [this](std::size_t k, std::size_t) { run_policy(k); });
    if (!errors_.empty()) return errors_;
    return Ok{};
  }

 private:
  void run_policy(std::size_t k) {
    PolicyRun run(world_, *kinds_[k]);
    const Status status = run.run([this, k](std::size_t done) { return go_on(k, done); });
    result_.policies[k] = std::move(run).take();
    if (status) return;
    const std::lock_guard lock(mutex_);
    if (errors_.empty()) {
      errors_ = status.errors();
      for (Error& error : errors_)
        error.message = std::string(kinds_[k]->name) + ": " + error.message;
    }
    failed_ = true;
  }

  bool go_on(std::size_t k, std::size_t done) {
    if (world_.request.on_progress) {
      const std::lock_guard lock(mutex_);
      world_.request.on_progress(k, done);
    }
    const StopFlag* stop = world_.request.limits.stop;
    return !failed_ && (stop == nullptr || !stop->stop_requested());
  }

  const ReplayWorld& world_;
  std::vector<const PolicyKind*> kinds_;
  ReplayResult& result_;
  std::mutex mutex_;
  Errors errors_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

Result<ReplayResult> run_replay(const Fleet& fleet, const DemandWindows& windows,
                                const ReplayRequest& request) {
  const auto begin = Clock::now();
  Result<std::vector<std::size_t>> rows = rows_of(fleet, windows);
  Result<std::vector<const PolicyKind*>> kinds = kinds_of(request.policies);
  Errors errors;
  if (!rows) errors = rows.errors();
  if (!kinds) errors.insert(errors.end(), kinds.errors().begin(), kinds.errors().end());
  if (!errors.empty()) return errors;
  ReplayResult result;
  result.fleet = fleet.name;
  result.window_s = windows.window_s();
  result.start_s = windows.start_s();
  result.classes = fleet.classes.size();
  result.missing = windows.missing();
  result.forecast = request.forecast;
  for (std::size_t w = 0; w < windows.count(); ++w) {
    double rate = 0.0;
    for (std::size_t i = 0; i < windows.classes().size(); ++i) rate += windows.at(w, i).rate;
    result.demand.push_back(rate);
  }
  const ReplayWorld world{fleet, windows, request, *std::move(rows)};
  if (Status status = ReplayRun(world, *std::move(kinds), result).run(); !status) {
    return status.errors();
  }
  result.wall_s = seconds_since(begin);
  return result;
}

ReplaySummary summarise(const ReplayedPolicy& policy, const ReplayResult& result) {
  ReplaySummary sum;
  double requests = 0.0;
  for (std::size_t w = 0; w < policy.windows.size(); ++w) {
    const ReplayWindow& window = policy.windows[w];
    sum.cost += window.cost;
    sum.switching += window.switching;
    sum.violation_rate += window.broken;
    sum.unmet_share += window.unmet_share * result.demand[w];
    sum.late_share += window.late_share * result.demand[w];
    requests += result.demand[w];
    sum.changes += window.started + window.stopped;
    sum.planning_mean_s += window.planning_s;
    sum.planning_max_s = std::max(sum.planning_max_s, window.planning_s);
    sum.failed += window.failed ? 1 : 0;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(1, policy.windows.size()));
  sum.planning_mean_s /= count;
  sum.violation_rate /= count * static_cast<double>(std::max<std::size_t>(1, result.classes));
  if (requests > 0.0) {
    sum.unmet_share /= requests;
    sum.late_share /= requests;
  }
  return sum;
}

}  // namespace berth
