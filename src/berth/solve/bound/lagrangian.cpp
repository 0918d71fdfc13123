// The public face: prices in, bounds out.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/parts.h"
#include "berth/solve/bound/rounding.h"
#include "berth/solve/bound/search.h"

namespace berth::bound {

Lagrangian::Lagrangian(const Instance& instance)
    : parts_(std::make_unique<const Parts>(instance)) {}

Lagrangian::~Lagrangian() = default;

Bound Lagrangian::improve(const BoundOptions& options, const Limits& limits) const {
  const Prices cheapest = cheapest_prices();
  BoundOptions own = options;
  const Deadline deadline(limits);
  Bound bound;
  if (own.start == nullptr) {
    own.start = &cheapest;
  } else {
    bound.prices = *own.start;
    bound.value = prove(bound.prices);
    if (own.on_improved && bound.value > 0.0) own.on_improved(bound.value, bound.prices);
  }
  bound = Search(parts_->priced, own, limits, std::move(bound)).run();
  if (parts_->whole && bound.limit == "converged") {
    const Prices start = bound.prices;
    own.start = &start;
    Limits rest = limits;
    rest.time = Seconds{limits.time.value - deadline.elapsed_seconds()};
    bound = Search(*parts_->whole, own, rest, std::move(bound)).run();
  }
  bound.seconds = deadline.elapsed_seconds();
  return bound;
}

double Lagrangian::prove(const Prices& prices) const {
  Team alone(1);
  const auto proven = [&](const Relaxation& relaxation) {
    Workspace work = relaxation.workspace(1);
    Evaluation evaluation;
    relaxation.evaluate(clipped(relaxation.structure(), prices), false, work, alone, evaluation);
    return evaluation.proven;
  };
  double best = proven(parts_->priced);
  if (parts_->whole) best = std::max(best, proven(*parts_->whole));
  return rounded_up(best, cost_step(parts_->instance));
}

Prices Lagrangian::cheapest_prices() const {
  const Structure& structure = parts_->priced.structure();
  const Instance& instance = parts_->instance;
  const auto& columns = instance.columns();
  std::vector<double> vector(structure.space().size(), 0.0);
  for (std::size_t r = 0; r < instance.pool_count(); ++r) {
    const std::int32_t dimension = structure.space().pool[r];
    if (dimension == kNone) continue;
    const double cheapest = structure.pool(r).cheapest_per_gpu();
    vector[static_cast<std::size_t>(dimension)] = std::isfinite(cheapest) ? cheapest : 0.0;
  }
  structure.clip(vector);
  const Prices gpus = structure.to_prices(vector);
  std::vector<double> replica(instance.option_count());
  for (std::size_t d = 0; d < replica.size(); ++d) {
    replica[d] =
        structure.gpu_price(gpus, columns.options.pool[d].index()) * columns.options.units[d];
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    double cheapest = std::numeric_limits<double>::infinity();
    for (std::size_t p = instance.first_pair(ClassId(i)); p < instance.end_pair(ClassId(i)); ++p) {
      const std::size_t d = columns.pairs.option[p].index();
      if (structure.most_replicas(d) < 1.0) continue;
      cheapest =
          std::min(cheapest, columns.pairs.load[p] * replica[d] + columns.pairs.cost[p].usd());
    }
    if (columns.classes.max_unmet[i] >= 1.0 || !std::isfinite(cheapest)) {
      cheapest = std::min(cheapest, columns.classes.unmet_cost[i].usd());
    }
    vector[i] = cheapest;
  }
  return structure.to_prices(vector);
}

std::vector<OptionProfit> Lagrangian::profits(const Prices& prices) const {
  const Relaxation& relaxation = parts_->priced;
  Workspace work = relaxation.workspace(1);
  Team alone(1);
  relaxation.all_profits(clipped(relaxation.structure(), prices), work, alone);
  std::vector<OptionProfit> profits(work.profit.size());
  for (std::size_t d = 0; d < profits.size(); ++d) {
    if (work.replicas[d] < 1.0) continue;
    profits[d] = {work.profit[d], static_cast<std::int32_t>(work.replicas[d])};
  }
  return profits;
}

}  // namespace berth::bound
