// The loop's plans: made, compared with what runs, recorded with the way to them.

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "berth/control/known_classes.h"
#include "berth/control/watch.h"
#include "berth/pipeline/pipeline.h"
#include "berth/plan/diff.h"
#include "berth/plan/migration.h"

namespace berth {
namespace {

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

Result<Plan> Watch::plan(const Fleet& fleet, const Plan* running) {
  PlanRequest request;
  request.method = options_.method;
  request.limits = options_.limits;
  request.seed = options_.seed;
  request.current = running;
  if (running != nullptr) request.max_changes = options_.max_changes;
  Result<PlanOutcome> outcome = make_plan(fleet, request);
  ended_step();
  if (!outcome) return std::move(outcome).errors();
  status_.update([&](WatchSnapshot& s) { s.solve_seconds = outcome->plan.solve_seconds; });
  // A plan is the same whenever it is made of the same: how long it took stays out of the history.
  outcome->plan.build_seconds = outcome->plan.solve_seconds = outcome->plan.bound_seconds = 0.0;
  return with_lasting_names(std::move(outcome->plan));
}

Status Watch::plan_anew(double now_s, const Fleet& wanted, const Running& running,
                        const Outlook& outlook, std::string reason) {
  Result<Plan> next = plan(wanted, running.known);
  if (stopped()) return Ok{};  // half a search is no plan: the next loop looks again
  if (!next) {
    return conclude({.at_s = now_s,
                     .kind = Decision::Kind::kFail,
                     .reason = fmt::format("{}; {}", reason, sentence_of(next.errors())),
                     .inputs = demand_json(fleet_, outlook)});
  }
  return take(now_s, running.plan, *std::move(next), outlook, std::move(reason), true);
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
  const Result<PlanDiff> diff = diff_plans(before, plan);
  if (!diff) return fail(diff.errors());
  const Migration migration = plan_migration(before, plan, *diff, &fleet_);
  std::vector<MigrationStage> stages = migration_stages(before, plan, *diff, migration);
  const auto applied = history_.applied_state();
  if (!applied) return applied.errors();
  for (MigrationStage& stage : stages) {
    if (*applied) stage.state = with_classes_of(**applied, std::move(stage.state));
  }
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
    note_decision(s, decision);
  });
  return Ok{};
}

}  // namespace berth
