#include "berth/pipeline/verify.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace berth {
namespace {

constexpr double kLeastRaise = 1.1;
constexpr double kMostRaise = 1.5;
// A class whose times are all below this part of their limits wastes.
constexpr double kWasteful = 0.7;
constexpr double kTrim = 0.93;
constexpr int kMostTrims = 4;

bool has(double limit) { return limit < 1e299; }

/// Lower end of the share within a limit, less what the percentile asks; below 0: missed.
double spare(const Estimate& within, double percentile) {
  const double half = std::isfinite(within.half) ? within.half : 0.0;
  return within.value - half - percentile;
}

/// How far the time at the percentile is beyond its limit, as a factor within bounds.
double raise(double at, double limit) {
  return std::clamp(std::sqrt(at / limit), kLeastRaise, kMostRaise);
}

/// False if the class holds, or nothing more can be done for it.
bool raise_margin(const ClassReport& row, ClassMargin& margin) {
  const LatencyReport& l = row.latency;
  if (row.requests.arrived == 0 || row.proven) return false;
  const ClassMargin before = margin;
  if (l.measured > 0 && has(row.limits.tpot) && spare(l.tpot_within, row.percentile) < 0.0) {
    margin.tpot /= raise(l.tpot.at_slo.value, row.limits.tpot);
  }
  double load = 1.0;
  if (l.measured > 0 && has(row.limits.ttft) && spare(l.ttft_within, row.percentile) < 0.0) {
    load = std::max(load, raise(l.ttft.at_slo.value, row.limits.ttft));
  }
  if (l.measured > 0 && has(row.limits.e2e) && spare(l.e2e_within, row.percentile) < 0.0) {
    load = std::max(load, raise(l.e2e.at_slo.value, row.limits.e2e));
  }
  if (row.requests.served + row.refused < row.requests.arrived) load = std::max(load, kLeastRaise);
  margin.load = std::min(ClassMargin::kMostLoad, margin.load * load);
  margin.tpot = std::max(ClassMargin::kLeastTpot, margin.tpot);
  return !(margin == before);
}

/// Of a class with much to spare everywhere: plan it for less.
bool trim_margin(const ClassReport& row, ClassMargin& margin) {
  const LatencyReport& l = row.latency;
  if (l.measured == 0 || !row.proven || margin.load * kTrim < ClassMargin::kLeastLoad) return false;
  const auto ample = [](const LatencyEstimate& at, double limit) {
    return !has(limit) || at.at_slo.value < kWasteful * limit;
  };
  if (!ample(l.ttft, row.limits.ttft) || !ample(l.tpot, row.limits.tpot) ||
      !ample(l.e2e, row.limits.e2e)) {
    return false;
  }
  margin.load *= kTrim;
  return true;
}

VerifyRound summary(const Plan& plan, const SimulationReport& report) {
  VerifyRound round;
  round.cost = plan.cost.total();
  double worst = 0.0;
  for (const ClassReport& row : report.classes) {
    // A class of which nothing came says nothing; one whose requests were all lost does.
    if (row.proven || row.requests.arrived == 0) {
      ++round.holding;
      continue;
    }
    for (const Estimate* within :
         {&row.latency.ttft_within, &row.latency.tpot_within, &row.latency.e2e_within}) {
      const double missing = -spare(*within, row.percentile);
      if (!round.worst.empty() && missing <= worst) continue;
      worst = missing;
      round.worst = row.name;
      round.worst_share = within->value;
      round.worst_half = within->half;
    }
  }
  return round;
}

class Verifier {
 public:
  Verifier(const Fleet& fleet, const VerifyRequest& request) : fleet_(fleet), request_(request) {}

  Result<VerifiedPlan> run() {
    Errors errors = attempt();
    if (!errors.empty()) return errors;
    errors = correct();
    if (errors.empty() && best_) errors = trim();
    if (!errors.empty()) return errors;
    VerifiedPlan& chosen = best_ ? *best_ : *last_;
    chosen.holds = best_ != nullptr;
    chosen.rounds = std::move(rounds_);
    chosen.why_not = why_not_;
    return std::move(chosen);
  }

 private:
  bool attempts_left() const { return static_cast<int>(rounds_.size()) < request_.rounds; }

  /// Plans and replays the fleet as it is now.
  Errors attempt() {
    Result<PlanOutcome> outcome = make_plan(fleet_, request_.plan);
    if (!outcome) return outcome.errors();
    // Margins that change nothing need no replay: go on until one does.
    constexpr int kMostIdle = 40;
    for (int idle = 0; idle < kMostIdle && last_ && !held_; ++idle) {
      if (!runs_alike(outcome->plan, last_->outcome.plan) || !raise_margins()) break;
      outcome = make_plan(fleet_, request_.plan);
      if (!outcome) return outcome.errors();
    }
    const Result<SimulatedPlan> simulated = simulated_plan(fleet_, outcome->plan);
    if (!simulated) return simulated.errors();
    Result<SimulationReport> report =
        simulate(*simulated, request_.arrivals, request_.replications, request_.simulation);
    if (!report) return report.errors();
    rounds_.push_back(summary(outcome->plan, *report));
    if (request_.on_round) {
      request_.on_round(static_cast<int>(rounds_.size()), rounds_.back(), report->classes.size());
    }
    const bool holds = rounds_.back().holding == report->classes.size();
    last_ = std::make_shared<VerifiedPlan>(
        VerifiedPlan{*std::move(outcome), *std::move(report), {}, false, {}});
    const CostRate cost = rounds_.back().cost;
    if (holds && (!best_ || cost < best_->outcome.plan.cost.total())) best_ = last_;
    held_ = holds;
    return {};
  }

  /// Errors that say something of the margins; others are the caller's to know.
  static bool no_plan_left(const Errors& errors) {
    return std::all_of(errors.begin(), errors.end(), [](const Error& error) {
      return error.code == ErrorCode::kInfeasible || error.code == ErrorCode::kLimitReached;
    });
  }

  Errors correct() {
    while (!best_ && attempts_left()) {
      if (!raise_margins()) {
        why_not_ = "more replicas and smaller batches do not bring class '" + rounds_.back().worst +
                   "' within its limits at 95 % confidence";
        return {};
      }
      if (const Errors errors = attempt(); !errors.empty()) {
        why_not_ = errors.front().message;
        return no_plan_left(errors) ? Errors{} : errors;
      }
    }
    if (!best_) {
      why_not_ = "the rounds are used up; class '" + rounds_.back().worst +
                 "' does not hold at 95 % confidence; a longer replay narrows the interval";
    }
    return {};
  }

  /// False if no margin can be raised any more.
  bool raise_margins() {
    bool raised = false;
    for (std::size_t c = 0; c < fleet_.classes.size(); ++c) {
      raised |= raise_margin(last_->simulation.classes[c], fleet_.classes[c].margin);
    }
    return raised;
  }

  /// Whether two plans run the same: their replay would be the same too.
  static bool runs_alike(const Plan& a, const Plan& b) {
    if (a.deployments.size() != b.deployments.size() || a.routes.size() != b.routes.size()) {
      return false;
    }
    for (std::size_t d = 0; d < a.deployments.size(); ++d) {
      const PlanDeployment& left = a.deployments[d];
      const PlanDeployment& right = b.deployments[d];
      if (left.name != right.name || left.replicas != right.replicas ||
          left.engine_args != right.engine_args) {
        return false;
      }
    }
    for (std::size_t r = 0; r < a.routes.size(); ++r) {
      const PlanRoute& left = a.routes[r];
      const PlanRoute& right = b.routes[r];
      if (left.query_class != right.query_class || left.deployment != right.deployment ||
          left.share != right.share) {
        return false;
      }
    }
    return true;
  }

  /// Cheaper plans that still hold, until one does not.
  Errors trim() {
    for (int trims = 0; trims < kMostTrims && held_ && attempts_left(); ++trims) {
      bool trimmed = false;
      for (std::size_t c = 0; c < fleet_.classes.size(); ++c) {
        trimmed |= trim_margin(last_->simulation.classes[c], fleet_.classes[c].margin);
      }
      if (!trimmed) break;
      if (const Errors errors = attempt(); !errors.empty()) {
        return no_plan_left(errors) ? Errors{} : errors;
      }
    }
    return {};
  }

  Fleet fleet_;
  const VerifyRequest& request_;
  std::vector<VerifyRound> rounds_;
  std::shared_ptr<VerifiedPlan> last_;
  std::shared_ptr<VerifiedPlan> best_;  // the cheapest that holds
  bool held_ = false;
  std::string why_not_;
};

}  // namespace

Result<VerifiedPlan> make_verified_plan(const Fleet& fleet, const VerifyRequest& request) {
  return Verifier(fleet, request).run();
}

}  // namespace berth
