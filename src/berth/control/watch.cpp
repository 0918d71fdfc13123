#include "berth/control/watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/pipeline/pipeline.h"
#include "berth/plan/check_plan.h"
#include "berth/plan/diff.h"
#include "berth/plan/migration.h"
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

double rent(const Plan& plan) { return (plan.cost.rental + plan.cost.fixed).usd(); }

double largest_unmet(const Plan& plan) {
  double most = 0.0;
  for (const PlanClass& c : plan.classes) most = std::max(most, c.unmet);
  return most;
}

std::string counted(long long count, const char* one, const char* several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

std::string stage_words(const MigrationStage& stage) {
  switch (stage.kind) {
    case MigrationStage::Kind::kGrow:
      return fmt::format("{} start, {} rented", counted(stage.started, "replica", "replicas"),
                         counted(stage.rented, "box", "boxes"));
    case MigrationStage::Kind::kRoute: return "routes change";
    case MigrationStage::Kind::kShrink:
      return fmt::format("{} stop, {} given back", counted(stage.stopped, "replica", "replicas"),
                         counted(stage.returned, "box", "boxes"));
  }
  return "";
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

Status Watch::run() {
  auto calibrations = history_.calibrations();
  if (!calibrations) return calibrations.errors();
  calibrations_ = *std::move(calibrations);
  const auto latest = history_.latest_plan();
  if (!latest) return latest.errors();
  const auto state = history_.applied_state();
  if (!state) return state.errors();
  status_.update([&](WatchSnapshot& s) {
    s.interval_s = options_.interval.value;
    s.state = *state;
    if (!*latest) return;
    s.plan = (*latest)->plan;
    s.plan_at_s = (*latest)->at_s;
  });
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
  });
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
  const Plan* running = *latest ? &(*latest)->plan : nullptr;
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
  Fleet wanted = with_demand(fleet_, outlook->busiest);
  apply_calibrations(calibrations_, wanted, running);
  if (running == nullptr) {
    return plan_anew(now_s, wanted, nullptr, *outlook, "the first plan");
  }
  Fleet next = with_demand(fleet_, outlook->next);
  apply_calibrations(calibrations_, next, running);
  next.policy.headroom = std::max(0.0, (1.0 + next.policy.headroom) / (1.0 + tolerance()) - 1.0);
  if (auto broken = broken_by(next, *running)) {
    return plan_anew(now_s, wanted, running, *outlook, *std::move(broken));
  }
  wanted.policy.headroom = (1.0 + wanted.policy.headroom) * (1.0 + tolerance()) - 1.0;
  return save_if_worth(now_s, wanted, *running, *outlook);
}

Result<Plan> Watch::plan(const Fleet& fleet, const Plan* running) {
  PlanRequest request;
  request.method = options_.method;
  request.limits = options_.limits;
  request.seed = options_.seed;
  request.current = running;
  if (running != nullptr) request.max_changes = options_.max_changes;
  Result<PlanOutcome> outcome = make_plan(fleet, request);
  if (!outcome) return std::move(outcome).errors();
  status_.update([&](WatchSnapshot& s) { s.solve_seconds = outcome->plan.solve_seconds; });
  // A plan is the same whenever it is made of the same: how long it took stays out of the history.
  outcome->plan.build_seconds = outcome->plan.solve_seconds = outcome->plan.bound_seconds = 0.0;
  return std::move(outcome->plan);
}

Status Watch::plan_anew(double now_s, const Fleet& wanted, const Plan* running,
                        const Outlook& outlook, std::string reason) {
  Result<Plan> next = plan(wanted, running);
  if (stopped()) return Ok{};  // half a search is no plan: the next loop looks again
  if (!next) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kFail,
                     .reason = fmt::format("{}; {}", reason, sentence_of(next.errors())),
                     .inputs = demand_json(fleet_, outlook)});
  }
  return take(now_s, running, *std::move(next), outlook, std::move(reason), true);
}

Status Watch::save_if_worth(double now_s, const Fleet& wanted, const Plan& running,
                            const Outlook& outlook) {
  Decision keep{.at_s = now_s,
                .kind = Decision::Kind::kKeep,
                .reason = "what runs carries the demand",
                .inputs = demand_json(fleet_, outlook)};
  Result<Plan> next = plan(wanted, &running);
  if (stopped()) return Ok{};
  if (!next) {
    // What runs may be all there is at so much headroom: that is no reason to change it. A mistake
    // of ours is none to be silent about.
    if (exit_status(next.errors()) == exit_status(ErrorCode::kInternal)) {
      keep.kind = Decision::Kind::kFail;
      keep.reason += "; " + sentence_of(next.errors());
    }
    return conclude(std::move(keep));
  }
  const double saved = rent(running) - rent(*next) - next->cost.switching.usd();
  const bool worth = saved > std::max(1e-6, fleet_.policy.switching.hysteresis * rent(running));
  if (!worth || largest_unmet(*next) > largest_unmet(running) + 1e-9) {
    return conclude(std::move(keep));
  }
  return take(now_s, &running, *std::move(next), outlook,
              fmt::format("saves {:.2f} of {:.2f} USD an hour", saved, rent(running)), false);
}

/// Records the plan and the way to it; the stages follow in advance().
Status Watch::take(double now_s, const Plan* running, Plan plan, const Outlook& outlook,
                   std::string reason, bool needed) {
  const std::string inputs = demand_json(fleet_, outlook);
  const auto fail = [&](const Errors& errors) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kFail,
                     .reason = fmt::format("{}; {}", reason, sentence_of(errors)),
                     .inputs = inputs});
  };
  const Plan nothing;
  const Plan& before = running != nullptr ? *running : nothing;
  plan = with_lasting_names(std::move(plan));
  const Result<PlanDiff> diff = diff_plans(before, plan);
  if (!diff) return fail(diff.errors());
  const Migration migration = plan_migration(before, plan, *diff, &fleet_);
  const std::vector<MigrationStage> stages = migration_stages(before, plan, *diff, migration);
  std::vector<double> waits;
  std::vector<std::string> notes;
  const Plan* from = &before;
  for (const MigrationStage& stage : stages) {
    const auto possible = applier_.check(stage.state);
    if (!possible) return fail(possible.errors());
    if (&stage == &stages.back()) notes = *possible;
    waits.push_back(wait_of(stage, *from));
    from = &stage.state;
  }
  if (!migration.lossless && !needed) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kKeep,
                     .reason = reason + ", but the way there would lose requests",
                     .inputs = inputs});
  }
  if (!migration.lossless) {
    reason += fmt::format("; the way there loses {:.3g} requests/s, as the quotas leave no room",
                          migration.lost);
  }
  const Decision decision{
      .at_s = now_s, .kind = Decision::Kind::kPlan, .reason = reason, .inputs = inputs};
  if (Status status = history_.record_plan(decision, plan, stages, waits, calibrations_); !status) {
    return status;
  }
  say(now_s, fmt::format("plan for {:.2f} USD an hour: {}", plan.cost.total().usd(), reason));
  for (const MigrationStage& stage : stages) say(now_s, "  to come: " + stage_words(stage));
  for (const std::string& note : notes) say(now_s, "  note: " + note);
  status_.update([&](WatchSnapshot& s) {
    s.plan = plan;
    s.plan_at_s = now_s;
    s.frozen.reset();
    s.last_decision = reason;
    s.decisions[std::string(to_string(decision.kind))] += 1.0;
  });
  return Ok{};
}

Status Watch::conclude(Decision decision) {
  status_.update([&](WatchSnapshot& s) {
    s.last_decision = decision.reason;
    s.decisions[std::string(to_string(decision.kind))] += 1.0;
    s.frozen.reset();
    if (decision.kind == Decision::Kind::kFreeze) s.frozen = decision.reason;
  });
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

void Watch::observe(double now_s, const Outlook& outlook, bool warm) {
  status_.update([&](WatchSnapshot& s) {
    s.demand.clear();
    for (std::size_t i = 0; i < fleet_.classes.size(); ++i) {
      s.demand.emplace_back(fleet_.classes[i].traffic.name, outlook.measured[i].rate);
    }
  });
  if (!options_.calibrate || !warm) return;
  const auto state = history_.applied_state();
  if (!state || !*state) return;
  const double end = std::floor(now_s / options_.interval.value) * options_.interval.value;
  const Result<LatencyReading> latency = source_.latency(end - options_.interval.value, end);
  if (!latency) {
    if (!blind_) say(now_s, "no latency to learn from: " + sentence_of(latency.errors()));
    blind_ = true;
    return;
  }
  blind_ = false;
  const Fleet measured = with_demand(fleet_, outlook.measured);
  const Result<RunningPrediction> predicted = predict_running(measured, **state);
  if (!predicted) {
    say(now_s, "no prediction to compare with: " + sentence_of(predicted.errors()));
    return;
  }
  calibrations_ = learned(std::move(calibrations_), *latency, *predicted, fleet_);
  status_.update([&](WatchSnapshot& s) {
    s.predicted = *predicted;
    s.observed = latency->classes;
    s.calibrations = calibrations_;
  });
}

}  // namespace berth
