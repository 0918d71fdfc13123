// The loop's way from a plan to the next, stage by stage.

#include <utility>

#include <fmt/format.h>

#include "berth/control/watch.h"
#include "berth/plan/running.h"

namespace berth {
namespace {

/// What ran before a stage; where that was nothing, a plan that says so.
Plan ran_before(Plan before, const Plan& state) {
  if (!before.fleet.empty()) return before;
  before = state;
  before.deployments.clear();
  before.offers.clear();
  before.routes.clear();
  before.cost = {};
  before.warnings.clear();
  for (PlanClass& row : before.classes) row.unmet = 1.0;
  return before;
}

}  // namespace

double Watch::wait_of(const MigrationStage& stage, const Plan& before) const {
  switch (stage.kind) {
    case MigrationStage::Kind::kGrow:
      return switching_between(fleet_, before, stage.state).ready_s + options_.settle.value;
    case MigrationStage::Kind::kRoute:
      return fleet_.policy.switching.drain.value + options_.settle.value;
    case MigrationStage::Kind::kShrink: return 0.0;
  }
  return 0.0;
}

/// Goes on with the stage that is not settled, as far as it is ready.
Status Watch::advance(double now_s) {
  while (true) {
    next_step_s_.reset();
    Result<std::optional<StoredStage>> pending = history_.pending_stage();
    if (!pending) return pending.errors();
    status_.update([&](WatchSnapshot& s) { s.pending = *pending; });
    if (!*pending) return Ok{};
    StoredStage& stage = **pending;
    if (stopped()) return Ok{};
    if (Status status = apply(now_s, stage); !status) return status;
    if (!stage.applied_s) return Ok{};
    now_s = clock_.now_s();  // applying takes its time
    const double due = *stage.applied_s + stage.wait_s;
    if (now_s < due) {
      next_step_s_ = due;
      return Ok{};
    }
    const Result<bool> ready = applier_.ready(stage.state);
    ended_step();
    if (!ready || !*ready) {
      if (!ready) say(now_s, "cannot see what is ready: " + sentence_of(ready.errors()));
      if (now_s >= due + options_.patience.value) return abandon(now_s, stage);
      next_step_s_ = now_s + options_.retry.value;
      return Ok{};
    }
    if (Status status = history_.settled(stage, now_s); !status) return status;
    say(now_s, fmt::format("stage {} of plan {} is done: {}", stage.number + 1, stage.plan,
                           to_string(stage.kind)));
  }
}

/// Once begun it is applied again until that was recorded: applying is idempotent.
Status Watch::apply(double now_s, StoredStage& stage) {
  if (stage.applied_s) return Ok{};
  if (!stage.begun_s) {
    if (Status status = history_.begin(stage, now_s); !status) return status;
    stage.begun_s = now_s;
  }
  const Status applied = applier_.apply(stage.state);
  ended_step();
  const double applied_s = clock_.now_s();
  if (!applied) {
    say(applied_s, fmt::format("stage {} of plan {} cannot be applied: {}", stage.number + 1,
                               stage.plan, sentence_of(applied.errors())));
    status_.update([](WatchSnapshot& s) { s.apply_errors += 1.0; });
    if (applied_s >= *stage.begun_s + options_.patience.value) {
      return give_up(applied_s, stage, applied.errors());
    }
    next_step_s_ = applied_s + options_.retry.value;
    return Ok{};
  }
  if (Status status = history_.applied(stage, applied_s); !status) return status;
  stage.applied_s = applied_s;
  status_.update([&](WatchSnapshot& s) { s.state = stage.state; });
  return Ok{};
}

/// Gives up what was begun and did not become ready: what ran before is the plan again, and the
/// cluster is brought back to it. The next look plans beside that.
Status Watch::abandon(double now_s, const StoredStage& stage) {
  const Result<Plan> earlier = history_.state_before(stage);
  if (!earlier) return earlier.errors();
  const Plan before = ran_before(*earlier, stage.state);
  MigrationStage back;
  back.kind = MigrationStage::Kind::kShrink;
  back.state = before;
  next_step_s_ = now_s;
  return record_abandoned(now_s, before, {back},
                          fmt::format("stage {} of plan {} was not ready {:.0f} s after it was "
                                      "due: back to what ran before",
                                      stage.number + 1, stage.plan, options_.patience.value));
}

/// Gives up what could not be applied: what was applied last is the plan, with no stage to wait
/// for, as that might be refused as well. What the stage may have reached is taken back if that is
/// possible now, else by the looks to come.
Status Watch::give_up(double now_s, const StoredStage& stage, const Errors& why) {
  const Result<Plan> earlier = history_.state_before(stage);
  if (!earlier) return earlier.errors();
  const Plan before = ran_before(*earlier, stage.state);
  const std::string reason = fmt::format(
      "stage {} of plan {} could not be applied for {:.0f} s: {}; what was applied "
      "last is the plan",
      stage.number + 1, stage.plan, now_s - *stage.begun_s, sentence_of(why));
  if (Status status = record_abandoned(now_s, before, {}, reason); !status) return status;
  return repair(now_s);
}

Status Watch::record_abandoned(double now_s, const Plan& before,
                               const std::vector<MigrationStage>& back, const std::string& reason) {
  const Decision decision{
      .at_s = now_s, .kind = Decision::Kind::kAbandon, .reason = reason, .inputs = "{}"};
  say(now_s, reason);
  status_.update([&](WatchSnapshot& s) {
    note_decision(s, decision);
    s.plan = before;
    s.plan_at_s = now_s;
    s.pending.reset();
  });
  return history_.record_plan(decision, before, back, std::vector<double>(back.size(), 0.0));
}

Status Watch::repair(double now_s) {
  const auto pending = history_.pending_stage();
  if (!pending) return pending.errors();
  if (*pending) return Ok{};
  const auto state = history_.applied_state();
  if (!state) return state.errors();
  if (!*state) return Ok{};
  const Status applied = applier_.apply(**state);
  ended_step();
  if (!applied) {
    say(now_s, "what runs cannot be applied again: " + sentence_of(applied.errors()));
    status_.update([](WatchSnapshot& s) { s.apply_errors += 1.0; });
  }
  return Ok{};
}

}  // namespace berth
