#include "berth/stress/stress.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "berth/core/team.h"
#include "berth/stress/stressed_plan.h"

namespace berth {
namespace {

StressRow row_of(std::size_t scenario, const ScenarioOutcome& outcome) {
  StressRow row;
  row.scenario = scenario;
  row.cost = outcome.cost;
  row.unmet_share = outcome.unmet_share;
  row.late_share = outcome.late_share;
  for (const BrokenPromises& broken : outcome.classes) {
    row.broken += broken.any() ? 1 : 0;
    row.late += broken.latency ? 1 : 0;
    row.poor += broken.error ? 1 : 0;
    row.unmet += broken.unmet ? 1 : 0;
  }
  return row;
}

std::vector<std::size_t> scenarios_of(const StressRequest& request) {
  std::vector<std::size_t> mine;
  for (std::size_t k = request.shard.index; k < request.scenarios; k += request.shard.count) {
    mine.push_back(k);
  }
  return mine;
}

/// Runs blocks of scenarios on all threads; the first error ends it.
class StressRun {
 public:
  StressRun(const Fleet& fleet, const std::vector<StressedPlan>& plans,
            const StressRequest& request, StressResult& result)
      : fleet_(fleet),
        plans_(plans),
        request_(request),
        result_(result),
        mine_(scenarios_of(request)) {
    for (StressedMethod& method : result.methods) method.rows.resize(mine_.size());
  }

  Status run() {
    const std::size_t blocks = (mine_.size() + kBlock - 1) / kBlock;
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int wanted = request_.threads > 0 ? request_.threads : cores;
    Team team(std::clamp(static_cast<int>(blocks), 1, wanted));
    team.run(blocks, [&](std::size_t block, std::size_t) { run_block(block); });
    if (!errors_.empty()) return errors_;
    return Ok{};
  }

 private:
  static constexpr std::size_t kBlock = 16;

  void run_block(std::size_t block) {
    const std::size_t end = std::min(mine_.size(), (block + 1) * kBlock);
    for (std::size_t k = block * kBlock; k < end; ++k) {
      if (failed_) return;
      if (request_.stop != nullptr && request_.stop->stop_requested()) {
        fail({Error{ErrorCode::kLimitReached, "stopped before all scenarios were run", "", ""}});
        return;
      }
      const Scenario scenario = draw_scenario(fleet_, request_.ranges, request_.seed, mine_[k]);
      for (std::size_t p = 0; p < plans_.size(); ++p) {
        const Result<ScenarioOutcome> outcome = plans_[p].outcome(scenario);
        if (!outcome) return fail(outcome.errors());
        result_.methods[p].rows[k] = row_of(mine_[k], *outcome);
      }
    }
    const std::lock_guard lock(mutex_);
    done_ += end - block * kBlock;
    if (request_.on_progress) request_.on_progress(done_);
  }

  void fail(const Errors& errors) {
    const std::lock_guard lock(mutex_);
    if (errors_.empty()) errors_ = errors;
    failed_ = true;
  }

  const Fleet& fleet_;
  const std::vector<StressedPlan>& plans_;
  const StressRequest& request_;
  StressResult& result_;
  const std::vector<std::size_t> mine_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  Errors errors_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

namespace {

StressedMethod described(const StressCandidate& candidate) {
  StressedMethod method;
  method.method = candidate.method;
  method.headroom = candidate.headroom;
  method.plan_cost = candidate.plan.cost.total();
  const std::optional<PlanRobustness>& robust = candidate.plan.robust;
  if (robust && robust->survival.asked()) {
    method.headroom.reset();  // it took its place
    method.survive = robust->survival.factor;
  } else if (robust) {
    method.robust = robust->uncertainty.budget;
  }
  return method;
}

}  // namespace

Result<StressResult> run_stress(const Fleet& fleet, const std::vector<StressCandidate>& candidates,
                                const StressRequest& request) {
  StressResult result;
  result.fleet = fleet.name;
  result.classes = fleet.classes.size();
  result.ranges = request.ranges;
  result.scenarios = request.scenarios;
  result.seed = request.seed;
  result.shard = request.shard;
  std::vector<StressedPlan> plans;
  Errors errors;
  for (const StressCandidate& candidate : candidates) {
    Result<StressedPlan> plan = StressedPlan::make(fleet, candidate.plan);
    if (!plan) {
      errors.insert(errors.end(), plan.errors().begin(), plan.errors().end());
      continue;
    }
    plans.push_back(*std::move(plan));
    result.methods.push_back(described(candidate));
  }
  if (!errors.empty()) return errors;
  const auto begin = std::chrono::steady_clock::now();
  if (Status status = StressRun(fleet, plans, request, result).run(); !status) {
    return status.errors();
  }
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

StressSummary summarise(const StressedMethod& method, std::size_t classes) {
  StressSummary sum;
  std::vector<double> costs;
  for (const StressRow& row : method.rows) {
    costs.push_back(row.cost);
    sum.expected_cost += row.cost;
    sum.violation_rate += row.broken;
    sum.latency_rate += row.late;
    sum.error_rate += row.poor;
    sum.unmet_rate += row.unmet;
    sum.unmet_share += row.unmet_share;
    sum.late_share += row.late_share;
  }
  const auto count = static_cast<double>(method.rows.size());
  for (double* mean : {&sum.expected_cost, &sum.unmet_share, &sum.late_share}) *mean /= count;
  const double pairs = count * static_cast<double>(classes);
  for (double* rate : {&sum.violation_rate, &sum.latency_rate, &sum.error_rate, &sum.unmet_rate}) {
    *rate /= pairs;
  }
  // The smallest cost that 95 of 100 scenarios do not exceed.
  constexpr double kPercentile = 0.95;
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(kPercentile * count)) - 1;
  std::nth_element(costs.begin(), costs.begin() + rank, costs.end());
  sum.p95_cost = costs[static_cast<std::size_t>(rank)];
  return sum;
}

namespace {

/// Whether two parts come from one run, but for their part of it.
bool same_run(const StressResult& a, const StressResult& b) {
  const bool alike = a.fleet == b.fleet && a.classes == b.classes && a.ranges == b.ranges &&
                     a.scenarios == b.scenarios && a.seed == b.seed &&
                     a.shard.count == b.shard.count && a.methods.size() == b.methods.size();
  if (!alike) return false;
  for (std::size_t m = 0; m < a.methods.size(); ++m) {
    const StressedMethod& left = a.methods[m];
    const StressedMethod& right = b.methods[m];
    if (left.method != right.method || left.headroom != right.headroom ||
        left.robust != right.robust || left.survive != right.survive ||
        left.plan_cost != right.plan_cost) {
      return false;
    }
  }
  return true;
}

Errors errors_of_parts(const std::vector<StressResult>& parts) {
  Errors errors;
  const std::size_t count = parts.front().shard.count;
  std::vector<int> seen(count, 0);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (!same_run(parts.front(), parts[k])) {
      errors.push_back({ErrorCode::kInconsistent,
                        fmt::format("part {} is not of the same run as part 1", k + 1), "",
                        "the same fleet, methods, ranges, seed and number of parts; plans that a "
                        "time limit ends may differ: stress one with --plan"});
      continue;
    }
    if (++seen[parts[k].shard.index] == 2) {
      errors.push_back({ErrorCode::kDuplicate,
                        fmt::format("part {}/{} is given twice", parts[k].shard.index, count), "",
                        ""});
    }
  }
  if (!errors.empty()) return errors;
  for (std::size_t index = 0; index < count; ++index) {
    if (seen[index] > 0) continue;
    errors.push_back(
        {ErrorCode::kMissing, fmt::format("part {}/{} is missing", index, count), "", ""});
  }
  return errors;
}

}  // namespace

Result<StressResult> merge_stress(const std::vector<StressResult>& parts) {
  if (Errors errors = errors_of_parts(parts); !errors.empty()) return errors;
  StressResult whole = parts.front();
  whole.shard = {};
  whole.wall_s = 0.0;
  for (StressedMethod& method : whole.methods) method.rows.clear();
  for (const StressResult& part : parts) {
    whole.wall_s += part.wall_s;
    for (std::size_t m = 0; m < part.methods.size(); ++m) {
      std::vector<StressRow>& rows = whole.methods[m].rows;
      rows.insert(rows.end(), part.methods[m].rows.begin(), part.methods[m].rows.end());
    }
  }
  for (StressedMethod& method : whole.methods) {
    std::sort(method.rows.begin(), method.rows.end(),
              [](const StressRow& a, const StressRow& b) { return a.scenario < b.scenario; });
  }
  return whole;
}

}  // namespace berth
