#include "berth/control/watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "berth/control/known_classes.h"
#include "berth/plan/check_plan.h"
#include "berth/plan/running.h"
#include "berth/telemetry/time_text.h"

namespace berth {
namespace {

/// Whether that rule is about what a plan can carry, rather than about what it reports.
bool about_capacity(Rule rule) {
  switch (rule) {
    case Rule::kShareOutOfRange:
    case Rule::kDemand:
    case Rule::kPair:
    case Rule::kCapacity:
    case Rule::kPool:
    case Rule::kAverageDelay:
    case Rule::kAverageError: return true;
    default: return false;
  }
}

/// What a plan breaks under the fleet's demand; absent: it carries it, as it is routed.
std::optional<std::string> broken_by(const Fleet& fleet, const Plan& plan) {
  const Result<std::vector<Violation>> violations = check_plan(fleet, plan);
  if (!violations) return to_string(violations.errors().front());
  for (const Violation& violation : *violations) {
    if (about_capacity(violation.rule)) return violation.where + ": " + violation.message;
  }
  return std::nullopt;
}

std::string gone_words(const std::vector<std::string>& gone) {
  return fmt::format("the fleet no longer has the {} {}", gone.size() == 1 ? "class" : "classes",
                     fmt::join(gone, ", "));
}

}  // namespace

std::string Watch::sentence_of(const Errors& errors) {
  std::string text = to_string(errors.front());
  if (errors.size() > 1) text += fmt::format(" (and {} more)", errors.size() - 1);
  return text;
}

Watch::Watch(const Fleet& fleet, const WatchOptions& options, TelemetrySource& source,
             Applier& applier, History& history, Clock& clock, WatchStatus& status)
    : fleet_(fleet),
      options_(options),
      source_(source),
      applier_(applier),
      history_(history),
      clock_(clock),
      status_(status) {}

void Watch::say(double now_s, const std::string& text) const {
  if (options_.on_event) options_.on_event(iso_time(now_s) + " " + text);
}

double Watch::tolerance() const {
  return options_.tolerance.value_or(0.5 * fleet_.policy.headroom);
}

Result<double> Watch::next_look(double now_s) {
  const auto last = history_.last_decision();
  if (!last) return last.errors();
  if (!*last) return now_s;
  const double interval = options_.interval.value;
  return (std::floor((*last)->at_s / interval) + 1.0) * interval;
}

/// What the loop before this one knew: what runs, whether its data could be trusted, whether it
/// found plans.
Status Watch::recall() {
  const auto latest = history_.latest_plan();
  if (!latest) return latest.errors();
  const auto state = history_.applied_state();
  if (!state) return state.errors();
  const auto decisions = history_.since_a_plan_was_found();
  if (!decisions) return decisions.errors();
  WatchSnapshot known;
  for (const Decision& decision : *decisions) {
    note_decision(known, decision);
    if (decision.kind != Decision::Kind::kAbandon) known.last_look_s = decision.at_s;
  }
  status_.update([&](WatchSnapshot& s) {
    s.interval_s = options_.interval.value;
    s.solve_limit_s = options_.limits.time.value;
    s.last_look_s = known.last_look_s;
    s.last_decision = known.last_decision;
    s.frozen = known.frozen;
    s.failed_looks = known.failed_looks;
    s.state = *state;
    if (!*latest) return;
    s.plan = (*latest)->plan;
    s.plan_at_s = (*latest)->at_s;
  });
  return Ok{};
}

Status Watch::run() {
  ended_step();
  auto calibrations = history_.calibrations();
  if (!calibrations) return calibrations.errors();
  calibrations_ = *std::move(calibrations);
  std::erase_if(calibrations_, [this](const StoredCalibration& row) {
    return std::none_of(fleet_.classes.begin(), fleet_.classes.end(),
                        [&row](const FleetClass& c) { return c.traffic.name == row.query_class; });
  });
  if (Status recalled = recall(); !recalled) return recalled;
  while (true) {
    const double now = clock_.now_s();
    if (Status status = advance(now); !status) return status;
    Result<double> look_at = next_look(now);
    if (!look_at) return look_at.errors();
    if (*look_at <= now) {
      if (Status status = repair(now); !status) return status;
      if (Status status = look(now); !status) return status;
      if (Status status = advance(clock_.now_s()); !status) return status;
      look_at = next_look(now);
      if (!look_at) return look_at.errors();
    }
    const double until = std::min(*look_at, next_step_s_.value_or(*look_at));
    if (!clock_.wait_until(until, options_.stop)) return Ok{};
  }
}

Status Watch::look(double now_s) {
  const double end = std::floor(now_s / options_.interval.value) * options_.interval.value;
  const Result<DemandReading> reading =
      source_.demand(end - options_.lookback.value, end, options_.interval.value);
  status_.update([&](WatchSnapshot& s) {
    s.last_look_s = now_s;
    if (reading && reading->newest_sample_s) s.newest_sample_s = reading->newest_sample_s;
    s.measured.clear();
    for (const FleetClass& c : fleet_.classes) {
      s.measured.emplace_back(c.traffic.name, reading && has_demand(*reading, c.traffic.name));
    }
  });
  ended_step();
  if (!reading) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kFreeze,
                     .reason = "the demand cannot be read: " + sentence_of(reading.errors()),
                     .inputs = "{}"});
  }
  const Result<std::string> planned_on = history_.last_plan_inputs();
  if (!planned_on) return planned_on.errors();
  if (auto reason = reason_to_freeze(*reading, fleet_, options_.outlook, now_s, *planned_on)) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kFreeze,
                     .reason = *std::move(reason),
                     .inputs = "{}"});
  }
  return decide(now_s, *reading);
}

Status Watch::decide(double now_s, const DemandReading& reading) {
  const auto latest = history_.latest_plan();
  if (!latest) return latest.errors();
  // A first plan that was given up leaves one of nothing.
  const bool any = *latest && !(*latest)->plan.deployments.empty();
  const Plan* running = any ? &(*latest)->plan : nullptr;
  OutlookOptions until_done = options_.outlook;
  until_done.ahead = 1.0 + longest_change(running) / options_.interval.value;
  const Result<Outlook> outlook = make_outlook(reading, fleet_, until_done);
  if (!outlook) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kFreeze,
                     .reason = sentence_of(outlook.errors()),
                     .inputs = "{}"});
  }
  if (outlook->notes != last_notes_) {
    for (const std::string& note : outlook->notes) say(now_s, note);
    last_notes_ = outlook->notes;
  }
  const std::string inputs = demand_json(fleet_, *outlook);
  const auto pending = history_.pending_stage();
  if (!pending) return pending.errors();
  // What is on its way, or has just come, says nothing of what the plan is like.
  const bool warm = !*pending && *latest && now_s - (*latest)->at_s > 2.0 * options_.interval.value;
  observe(now_s, *outlook, warm);
  if (*pending) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kKeep,
                     .reason = fmt::format("the way to plan {} is not done", (*pending)->plan),
                     .inputs = inputs});
  }
  return decide_beside(now_s, running, *outlook);
}

/// Nothing is on its way: does what runs carry the demand, and is there anything better?
Status Watch::decide_beside(double now_s, const Plan* running, const Outlook& outlook) {
  Fleet wanted = with_demand(fleet_, outlook.busiest);
  apply_calibrations(calibrations_, wanted, running);
  if (running == nullptr) {
    return plan_anew(now_s, wanted, {}, outlook, "the first plan");
  }
  const std::vector<std::string> gone = gone_classes(fleet_, *running);
  const Plan known = without_classes(*running, gone);
  Fleet next = with_demand(fleet_, outlook.next);
  apply_calibrations(calibrations_, next, running);
  next.policy.headroom = std::max(0.0, (1.0 + next.policy.headroom) / (1.0 + tolerance()) - 1.0);
  if (auto broken = broken_by(next, known)) {
    const std::string why = gone.empty() ? "" : gone_words(gone) + "; ";
    return plan_anew(now_s, wanted, {running, &known}, outlook, why + *broken);
  }
  // Replicas that serve nobody are left where only so many may change at once.
  if (!gone.empty() || (options_.max_changes && idle_replicas(known) > 0)) {
    return drop_idle(now_s, *running, known, outlook, gone);
  }
  wanted.policy.headroom = (1.0 + wanted.policy.headroom) * (1.0 + tolerance()) - 1.0;
  return save_if_worth(now_s, wanted, *running, outlook);
}

/// What runs, without what served only classes that are gone. The engines of the others go on.
Status Watch::drop_idle(double now_s, const Plan& running, const Plan& known,
                        const Outlook& outlook, const std::vector<std::string>& gone) {
  Plan next = without_idle(known, options_.max_changes);
  const int idle = idle_replicas(known);
  const int left = idle_replicas(next);
  std::string reason = gone.empty() ? "what serves nobody stops" : gone_words(gone);
  reason += fmt::format("; {} replica(s) that serve nobody else stop", idle - left);
  if (left > 0) reason += fmt::format(", {} more than may change at once stay", left);
  next.switching = switching_between(fleet_, running, next);
  return take(now_s, &running, std::move(next), outlook, std::move(reason), true);
}

Status Watch::conclude(Decision decision) {
  status_.update([&](WatchSnapshot& s) { note_decision(s, decision); });
  say(decision.at_s, fmt::format("{}: {}", to_string(decision.kind), decision.reason));
  if (Status status = history_.record(decision, calibrations_); !status) return status;
  return history_.forget_before(decision.at_s - options_.keep_history.value);
}

/// From a decision until its routes are in force: a box and the slowest start of what runs now.
double Watch::longest_change(const Plan* running) const {
  const SwitchingPolicy& policy = fleet_.policy.switching;
  double longest = 0.0;
  if (running == nullptr) return policy.box_start.value + policy.engine_start.value;
  for (const PlanDeployment& row : running->deployments) {
    const auto model = fleet_.catalog.find_model(row.model);
    const auto precision = precision_from(row.precision);
    if (!model || !precision) continue;
    const double weights =
        fleet_.catalog.model(*model).parameters * bytes_per_parameter(*precision);
    longest = std::max(longest, weights / policy.load_bandwidth);
  }
  return policy.box_start.value + policy.engine_start.value + longest + options_.settle.value;
}

}  // namespace berth
