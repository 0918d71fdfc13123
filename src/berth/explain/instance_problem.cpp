// The limits of a bare instance.

#include <algorithm>
#include <cmath>
#include <memory>

#include "berth/explain/problem.h"

namespace berth {
namespace {

/// GPUs of a pool if all its offers are limited; nullopt when more can always be had.
std::optional<std::int64_t> obtainable(const InstanceColumns& columns, PoolId pool) {
  std::int64_t gpus = 0;
  for (std::size_t o = 0; o < columns.offers.max.size(); ++o) {
    if (columns.offers.pool[o] != pool) continue;
    if (columns.offers.max[o] == kUnlimited) return std::nullopt;
    gpus += std::int64_t{columns.offers.lot[o]} * columns.offers.max[o];
  }
  return gpus;
}

/// An option's own limit that only says what its pool's boxes say already: lifted with them.
bool follows_from_quota(const InstanceColumns& columns, std::size_t option) {
  const std::optional<std::int64_t> gpus = obtainable(columns, columns.options.pool[option]);
  return gpus && columns.options.max_replicas[option] >= *gpus / columns.options.units[option];
}

/// As scarce_offer of a fleet's pool.
std::optional<std::size_t> scarce_offer(const InstanceColumns& columns, PoolId pool) {
  const auto& offers = columns.offers;
  std::optional<std::size_t> best;
  const auto per_gpu = [&](std::size_t o) { return offers.cost[o].usd() / offers.lot[o]; };
  for (std::size_t o = 0; o < offers.max.size(); ++o) {
    if (offers.pool[o] != pool || offers.max[o] == kUnlimited) continue;
    if (!best || per_gpu(o) < per_gpu(*best) ||
        (per_gpu(o) == per_gpu(*best) && offers.lot[o] > offers.lot[*best])) {
      best = o;
    }
  }
  return best;
}

double limited_gpus(const InstanceColumns& columns, PoolId pool) {
  double gpus = 0.0;
  for (std::size_t o = 0; o < columns.offers.max.size(); ++o) {
    if (columns.offers.pool[o] != pool || columns.offers.max[o] == kUnlimited) continue;
    gpus += static_cast<double>(columns.offers.lot[o]) * columns.offers.max[o];
  }
  return gpus;
}

void add_option_limits(const InstanceColumns& columns, std::vector<Limit>& limits) {
  for (std::size_t d = 0; d < columns.options.name.size(); ++d) {
    if (columns.options.max_replicas[d] == kUnlimited || follows_from_quota(columns, d)) continue;
    limits.push_back({LimitKind::kReplicas, d, columns.options.name[d],
                      static_cast<double>(columns.options.max_replicas[d]), 1});
  }
  for (std::size_t g = 0; g < columns.options.group_name.size(); ++g) {
    limits.push_back({LimitKind::kGroup, g, columns.options.group_name[g], 1.0, 1});
  }
}

std::vector<Limit> instance_limits(const InstanceColumns& columns) {
  std::vector<Limit> limits;
  if (columns.budget != kNoBudget) {
    limits.push_back({LimitKind::kBudget, 0, {}, columns.budget.usd(), 1});
  }
  for (std::size_t r = 0; r < columns.pools.name.size(); ++r) {
    const PoolId pool(r);
    if (const auto offer = scarce_offer(columns, pool)) {
      limits.push_back({LimitKind::kQuota, r, columns.pools.name[r], limited_gpus(columns, pool),
                        columns.offers.lot[*offer]});
    }
  }
  add_option_limits(columns, limits);
  const auto& classes = columns.classes;
  for (std::size_t i = 0; i < classes.name.size(); ++i) {
    const auto add = [&](LimitKind kind, double value) {
      limits.push_back({kind, i, classes.name[i], value, 1});
    };
    if (classes.max_delay[i] != kNoLimit) add(LimitKind::kAverageDelay, classes.max_delay[i]);
    if (classes.max_error[i] < 1.0) add(LimitKind::kAverageError, classes.max_error[i]);
  }
  for (std::size_t i = 0; i < classes.name.size(); ++i) {
    if (classes.max_unmet[i] < 1.0) {
      limits.push_back({LimitKind::kUnmet, i, classes.name[i], classes.max_unmet[i], 1});
    }
  }
  return limits;
}

void change_quota(InstanceColumns& columns, const InstanceColumns& original, const Limit& limit,
                  const std::optional<double>& value) {
  const PoolId pool(limit.index);
  for (std::size_t d = 0; d < columns.options.pool.size(); ++d) {
    if (columns.options.pool[d] == pool && follows_from_quota(original, d)) {
      columns.options.max_replicas[d] = kUnlimited;
    }
  }
  if (!value) {
    for (std::size_t o = 0; o < columns.offers.max.size(); ++o) {
      if (columns.offers.pool[o] == pool) columns.offers.max[o] = kUnlimited;
    }
    return;
  }
  const std::size_t offer = *scarce_offer(original, pool);
  const int lot = columns.offers.lot[offer];
  const double boxes = original.offers.max[offer] + std::ceil((*value - limit.value) / lot - 1e-9);
  columns.offers.max[offer] =
      static_cast<std::int32_t>(std::min(boxes, static_cast<double>(kUnlimited - 1)));
}

void lift_group(InstanceColumns& columns, std::size_t group) {
  for (std::int32_t& of_option : columns.options.group) {
    if (of_option == static_cast<std::int32_t>(group)) of_option = kNoGroup;
  }
}

void apply(InstanceColumns& columns, const InstanceColumns& original, const Limit& limit,
           const std::optional<double>& value) {
  const std::size_t k = limit.index;
  switch (limit.kind) {
    case LimitKind::kAverageDelay: columns.classes.max_delay[k] = value.value_or(kNoLimit); break;
    case LimitKind::kAverageError: columns.classes.max_error[k] = value.value_or(kNoLimit); break;
    case LimitKind::kUnmet: columns.classes.max_unmet[k] = value.value_or(1.0); break;
    case LimitKind::kQuota: change_quota(columns, original, limit, value); break;
    case LimitKind::kReplicas:
      columns.options.max_replicas[k] = value ? static_cast<std::int32_t>(*value) : kUnlimited;
      break;
    case LimitKind::kGroup: lift_group(columns, k); break;
    case LimitKind::kBudget:
      columns.budget = value ? CostRate::usd_per_hour(*value) : kNoBudget;
      break;
    case LimitKind::kTtft:
    case LimitKind::kTpot:
    case LimitKind::kE2e:
    case LimitKind::kQuality:
    case LimitKind::kOneConfig:
    case LimitKind::kHeadroom:
    case LimitKind::kCount: break;  // of fleets
  }
}

/// Sums of a solution that several limits ask for.
struct Sums {
  std::vector<double> delay;  ///< by class, averaged over what is served
  std::vector<double> error;
  std::vector<double> served;
};

Sums sums_of(const Instance& instance, const Solution& solution) {
  const std::size_t classes = instance.class_count();
  Sums sums{std::vector<double>(classes), std::vector<double>(classes),
            std::vector<double>(classes)};
  for (const Route& route : solution.routes) {
    const std::optional<std::size_t> pair = instance.find_pair(route.query_class, route.option);
    const std::size_t i = route.query_class.index();
    sums.delay[i] += route.share * instance.columns().pairs.delay[*pair];
    sums.error[i] += route.share * instance.columns().pairs.error[*pair];
    sums.served[i] += route.share;
  }
  for (std::size_t i = 0; i < classes; ++i) {
    if (sums.served[i] <= 0.0) continue;
    sums.delay[i] /= sums.served[i];
    sums.error[i] /= sums.served[i];
  }
  return sums;
}

std::optional<double> used(const Limit& limit, const InstanceColumns& columns,
                           const Solution& solution, const Sums& sums) {
  const std::size_t k = limit.index;
  double total = 0.0;
  switch (limit.kind) {
    case LimitKind::kUnmet: return solution.unmet[k];
    case LimitKind::kAverageDelay:
      return sums.served[k] > 0.0 ? std::optional(sums.delay[k]) : std::nullopt;
    case LimitKind::kAverageError:
      return sums.served[k] > 0.0 ? std::optional(sums.error[k]) : std::nullopt;
    case LimitKind::kReplicas: return solution.replicas[k];
    case LimitKind::kQuota:
      for (std::size_t o = 0; o < columns.offers.max.size(); ++o) {
        if (columns.offers.pool[o].index() != k || columns.offers.max[o] == kUnlimited) continue;
        total += static_cast<double>(columns.offers.lot[o]) * solution.boxes[o];
      }
      return total;
    case LimitKind::kBudget:
      for (std::size_t o = 0; o < columns.offers.cost.size(); ++o) {
        total += (columns.offers.cost[o] * solution.boxes[o]).usd();
      }
      return total;
    case LimitKind::kGroup:
      for (std::size_t d = 0; d < columns.options.group.size(); ++d) {
        if (columns.options.group[d] == static_cast<std::int32_t>(k) && solution.replicas[d] > 0) {
          total += 1.0;
        }
      }
      return total;
    default: return std::nullopt;
  }
}

}  // namespace

Problem instance_problem(const Instance& instance) {
  Problem problem;
  problem.limits = instance_limits(instance.columns());
  const auto limits = std::make_shared<const std::vector<Limit>>(problem.limits);
  problem.build = [&instance, limits](std::span<const Change> changes) -> Result<Instance> {
    if (changes.empty()) return instance;
    InstanceColumns columns = instance.columns();
    for (const Change& change : changes) {
      apply(columns, instance.columns(), (*limits)[change.limit], change.value);
    }
    return Instance::make(std::move(columns));
  };
  problem.usage = [&instance, limits](const Solution& solution) {
    const Sums sums = sums_of(instance, solution);
    Usage usage;
    for (const Limit& limit : *limits) {
      usage.push_back(used(limit, instance.columns(), solution, sums));
    }
    return usage;
  };
  return problem;
}

bool same_columns(const InstanceColumns& a, const InstanceColumns& b) {
  return a.budget == b.budget && a.classes.unmet_cost == b.classes.unmet_cost &&
         a.classes.max_unmet == b.classes.max_unmet && a.classes.max_delay == b.classes.max_delay &&
         a.classes.max_error == b.classes.max_error && a.offers.pool == b.offers.pool &&
         a.offers.lot == b.offers.lot && a.offers.cost == b.offers.cost &&
         a.offers.max == b.offers.max && a.options.pool == b.options.pool &&
         a.options.units == b.options.units && a.options.fixed_cost == b.options.fixed_cost &&
         a.options.max_replicas == b.options.max_replicas && a.options.group == b.options.group &&
         a.pairs.option == b.pairs.option && a.pairs.query_class == b.pairs.query_class &&
         a.pairs.load == b.pairs.load && a.pairs.delay == b.pairs.delay &&
         a.pairs.error == b.pairs.error && a.pairs.cost == b.pairs.cost;
}

}  // namespace berth
