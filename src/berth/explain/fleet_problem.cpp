// The limits of a fleet file.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "berth/explain/problem.h"
#include "berth/instance/tpot_targets.h"

namespace berth {
namespace {

/// The limited offer that is cheapest per GPU: the one of which more would be asked for. Larger
/// boxes win a tie. Absent when the pool has no limited offer.
std::optional<std::size_t> scarce_offer(const FleetPool& pool) {
  std::optional<std::size_t> best;
  const auto per_gpu = [&](std::size_t o) {
    return pool.offers[o].cost.usd() / pool.offers[o].lot;
  };
  for (std::size_t o = 0; o < pool.offers.size(); ++o) {
    if (!pool.offers[o].max) continue;
    if (!best || per_gpu(o) < per_gpu(*best) ||
        (per_gpu(o) == per_gpu(*best) && pool.offers[o].lot > pool.offers[*best].lot)) {
      best = o;
    }
  }
  return best;
}

double limited_gpus(const FleetPool& pool) {
  double gpus = 0.0;
  for (const FleetOffer& offer : pool.offers) {
    if (offer.max) gpus += static_cast<double>(offer.lot) * *offer.max;
  }
  return gpus;
}

void add_class_limits(const FleetClass& c, std::size_t i, std::vector<Limit>& limits) {
  const auto add = [&](LimitKind kind, double value) {
    limits.push_back({kind, i, c.traffic.name, value, 1});
  };
  if (c.quality.min > 0.0) add(LimitKind::kQuality, c.quality.min);
  if (c.slo.ttft) add(LimitKind::kTtft, c.slo.ttft->value);
  if (c.slo.tpot) add(LimitKind::kTpot, c.slo.tpot->value);
  if (c.slo.e2e) add(LimitKind::kE2e, c.slo.e2e->value);
}

std::vector<Limit> fleet_limits(const Fleet& fleet) {
  std::vector<Limit> limits;
  if (fleet.budget) limits.push_back({LimitKind::kBudget, 0, {}, fleet.budget->usd(), 1});
  for (std::size_t r = 0; r < fleet.pools.size(); ++r) {
    const FleetPool& pool = fleet.pools[r];
    if (const auto offer = scarce_offer(pool)) {
      limits.push_back(
          {LimitKind::kQuota, r, pool.name, limited_gpus(pool), pool.offers[*offer].lot});
    }
  }
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    add_class_limits(fleet.classes[i], i, limits);
  }
  if (fleet.policy.one_config_per_model_and_gpu) {
    limits.push_back({LimitKind::kOneConfig, 0, {}, 1.0, 1});
  }
  if (fleet.policy.headroom > 0.0) {
    limits.push_back({LimitKind::kHeadroom, 0, {}, fleet.policy.headroom, 1});
  }
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const FleetClass& c = fleet.classes[i];
    if (c.max_unmet < 1.0) {
      limits.push_back({LimitKind::kUnmet, i, c.traffic.name, c.max_unmet, 1});
    }
  }
  return limits;
}

std::optional<Seconds> seconds(const std::optional<double>& value) {
  if (!value) return std::nullopt;
  return Seconds(*value);
}

void change_quota(FleetPool& pool, const Limit& limit, const std::optional<double>& value) {
  if (!value) {
    for (FleetOffer& offer : pool.offers) offer.max.reset();
    return;
  }
  FleetOffer& offer = pool.offers[*scarce_offer(pool)];
  const double boxes = *offer.max + std::ceil((*value - limit.value) / offer.lot - 1e-9);
  offer.max = static_cast<int>(
      std::min(boxes, static_cast<double>(std::numeric_limits<std::int32_t>::max() - 1)));
}

void apply(Fleet& fleet, const Limit& limit, const std::optional<double>& value) {
  FleetClass* const c = limit.index < fleet.classes.size() ? &fleet.classes[limit.index] : nullptr;
  switch (limit.kind) {
    case LimitKind::kTtft: c->slo.ttft = seconds(value); break;
    case LimitKind::kTpot: c->slo.tpot = seconds(value); break;
    case LimitKind::kE2e: c->slo.e2e = seconds(value); break;
    case LimitKind::kQuality: c->quality.min = value.value_or(0.0); break;
    case LimitKind::kUnmet: c->max_unmet = value.value_or(1.0); break;
    case LimitKind::kQuota: change_quota(fleet.pools[limit.index], limit, value); break;
    case LimitKind::kOneConfig: fleet.policy.one_config_per_model_and_gpu = false; break;
    case LimitKind::kHeadroom: fleet.policy.headroom = value.value_or(0.0); break;
    case LimitKind::kBudget:
      fleet.budget.reset();
      if (value) fleet.budget = CostRate::usd_per_hour(*value);
      break;
    case LimitKind::kAverageDelay:
    case LimitKind::kAverageError:
    case LimitKind::kReplicas:
    case LimitKind::kGroup:
    case LimitKind::kCount: break;  // of instances
  }
}

double rented_of_limited(const FleetPool& pool, const Plan& plan) {
  double gpus = 0.0;
  for (const PlanOffer& row : plan.offers) {
    if (row.pool != pool.name) continue;
    for (const FleetOffer& offer : pool.offers) {
      if (offer.name == row.offer && offer.max) gpus += row.gpus;
    }
  }
  return gpus;
}

std::optional<double> class_usage(LimitKind kind, const PlanClass& row) {
  if (kind == LimitKind::kUnmet) return row.unmet;
  if (row.unmet >= 1.0) return std::nullopt;
  switch (kind) {
    case LimitKind::kTtft: return row.ttft_s;
    case LimitKind::kTpot: return row.tpot_s;
    case LimitKind::kE2e: return row.e2e_s;
    case LimitKind::kQuality: return 1.0 - row.error;
    default: return std::nullopt;
  }
}

/// Deployments run at a few TPOT targets chosen among the classes' limits, so where there are more
/// limits than targets, moving one limit can move the targets of all.
std::vector<std::string> target_notes(const Fleet& fleet) {
  std::set<double> limits;
  for (const FleetClass& c : fleet.classes) {
    if (const std::optional<Seconds> limit = tpot_limit(c)) limits.insert(limit->value);
  }
  const auto targets = static_cast<std::size_t>(std::max(1, fleet.policy.tpot_targets));
  if (limits.size() <= targets) return {};
  return {fmt::format(
      "the classes have {} different TPOT limits and deployments run at {} targets "
      "(policy.tpot_targets): changing the TPOT or end-to-end limit of one class moves the targets "
      "of others too, and its saving includes that",
      limits.size(), targets)};
}

}  // namespace

Usage plan_usage(const Fleet& fleet, std::span<const Limit> limits, const Plan& plan) {
  Usage usage;
  for (const Limit& limit : limits) {
    std::optional<double> used;
    if (limit.kind == LimitKind::kBudget) {
      used = plan.cost.rental.usd();
    } else if (limit.kind == LimitKind::kQuota) {
      used = rented_of_limited(fleet.pools[limit.index], plan);
    } else if (limit.kind != LimitKind::kOneConfig && limit.kind != LimitKind::kHeadroom) {
      const auto row = std::find_if(plan.classes.begin(), plan.classes.end(),
                                    [&](const PlanClass& c) { return c.name == limit.subject; });
      if (row != plan.classes.end()) used = class_usage(limit.kind, *row);
    }
    usage.push_back(used);
  }
  return usage;
}

Result<Problem> fleet_problem(const Fleet& fleet) {
  Result<BuiltInstance> built = build_instance(fleet);
  if (!built) return std::move(built).errors();
  Problem problem;
  problem.name = fleet.name;
  problem.limits = fleet_limits(fleet);
  problem.notes = target_notes(fleet);
  if (const Status status = require_coverable(fleet, *built); !status) {
    problem.uncoverable = status.errors();
  }
  const auto limits = std::make_shared<const std::vector<Limit>>(problem.limits);
  const auto base = std::make_shared<const BuiltInstance>(std::move(*built));
  problem.build = [&fleet, limits, base](std::span<const Change> changes) -> Result<Instance> {
    if (changes.empty()) return base->instance;
    Fleet relaxed = fleet;
    for (const Change& change : changes) {
      apply(relaxed, (*limits)[change.limit], change.value);
    }
    Result<BuiltInstance> rebuilt = build_instance(relaxed);
    if (!rebuilt) return std::move(rebuilt).errors();
    return std::move(rebuilt->instance);
  };
  problem.usage = [&fleet, limits, base](const Solution& solution) {
    return plan_usage(fleet, *limits, assemble_plan(fleet, *base, solution, {}));
  };
  return problem;
}

}  // namespace berth
