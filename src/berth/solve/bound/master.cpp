#include "berth/solve/bound/master.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace berth::bound {
namespace {

constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();

/// The inner problem is solved to this part of the ascent it promises; checked now and then.
constexpr double kAccuracy = 0.1;
constexpr int kSweepsPerCheck = 2;
constexpr int kMostSweeps = 300;
constexpr int kStepsPerBlock = 3;
/// Uses without weight for so many rounds are forgotten.
constexpr std::int32_t kMostIdle = 15;

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0.0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Master::Master(const Structure& structure, const std::vector<double>& start)
    : structure_(structure),
      blocks_(structure.blocks().size()),
      scale_(structure.space().size(), 0.0),
      slack_(structure.space().size(), 0.0),
      prices_(start),
      dense_(structure.space().size(), 0.0) {
  const Space& space = structure.space();
  const std::vector<double> demand(start.begin(),
                                   start.begin() + static_cast<std::ptrdiff_t>(space.classes));
  typical_ = std::max(1e-6, mean(demand));
  add_singles();
  find_units();
}

/// How far pairs are from the average limit of their class, typically: in what its price counts.
void Master::find_units() {
  const Instance& instance = structure_.instance();
  const auto& columns = instance.columns();
  unit_.assign(structure_.space().size(), 1.0);
  std::vector<double> distances;
  const auto find = [&](std::size_t i, std::int32_t dimension, const std::vector<double>& values,
                        double limit) {
    if (dimension == kNone) return;
    distances.clear();
    for (std::size_t p = instance.first_pair(ClassId(i)); p < instance.end_pair(ClassId(i)); ++p) {
      distances.push_back(std::abs(values[p] - limit));
    }
    if (distances.empty()) return;
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    unit_[static_cast<std::size_t>(dimension)] = std::max(1e-6, *middle);
  };
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    find(i, structure_.space().delay[i], columns.pairs.delay, columns.classes.max_delay[i]);
    find(i, structure_.space().error[i], columns.pairs.error, columns.classes.max_error[i]);
  }
}

void Master::add_singles() {
  const Instance& instance = structure_.instance();
  const auto& columns = instance.columns();
  const Space& space = structure_.space();
  const auto entry = [](Single& single, std::int32_t dimension, double amount) {
    if (dimension == kNone || amount == 0.0) return;
    single.entries.push_back({static_cast<std::uint32_t>(dimension), amount});
  };
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    if (columns.classes.max_unmet[i] <= 0.0) continue;
    Single unmet;
    unmet.cost = columns.classes.unmet_cost[i].usd();
    unmet.most = columns.classes.max_unmet[i];
    entry(unmet, static_cast<std::int32_t>(i), 1.0);
    singles_.push_back(std::move(unmet));
  }
  for (std::size_t o = 0; o < instance.offer_count(); ++o) {
    const std::int32_t pool = space.pool[columns.offers.pool[o].index()];
    if (pool == kNone || columns.offers.max[o] <= 0) continue;
    Single boxes;
    boxes.cost = columns.offers.cost[o].usd();
    boxes.most = columns.offers.max[o] == kUnlimited ? std::numeric_limits<double>::infinity()
                                                     : columns.offers.max[o];
    entry(boxes, pool, columns.offers.lot[o]);
    entry(boxes, space.budget, -boxes.cost);
    singles_.push_back(std::move(boxes));
  }
}

void Master::add(std::vector<Use>& uses, const std::vector<double>& prices) {
  for (Use& use : uses) {
    std::vector<Column>& block = blocks_[use.block];
    double known = 0.0;
    for (const Column& column : block) {
      double profit = -column.cost;
      for (const Entry& entry : column.entries) profit += entry.amount * prices[entry.dimension];
      known = std::max(known, profit);
    }
    if (use.profit <= known + 1e-10 * (1.0 + known)) continue;
    if (block.empty()) used_blocks_.push_back(use.block);
    Column column;
    column.cost = use.cost;
    column.entries = std::move(use.entries);
    column.running = std::move(use.running);
    block.push_back(std::move(column));
  }
}

void Master::set_scale(const std::vector<double>& centre, double step) {
  const Space& space = structure_.space();
  for (std::size_t i = 0; i < space.classes; ++i) {
    const double price = std::max(centre[i], 1e-2 * typical_);
    scale_[i] = step * price;
    // An average limit: what moves the worth of a pair of the class by as much.
    for (const std::int32_t dimension : {space.delay[i], space.error[i]}) {
      if (dimension == kNone) continue;
      const auto at = static_cast<std::size_t>(dimension);
      scale_[at] = step * std::max(centre[at], price / unit_[at]) / unit_[at];
    }
  }
  const double total = typical_ * static_cast<double>(space.classes);
  if (space.budget != kNone) {
    const auto at = static_cast<std::size_t>(space.budget);
    scale_[at] = step * std::max(1.0, centre[at]) /
                 std::max(structure_.instance().columns().budget.usd(), total);
  }
  for (std::size_t r = 0; r < space.pool.size(); ++r) {
    if (space.pool[r] == kNone) continue;
    const auto at = static_cast<std::size_t>(space.pool[r]);
    const double price = std::max({centre[at], structure_.pool(r).per_gpu(), 1e-3 * typical_});
    const double gpus = total / price / static_cast<double>(space.pool.size());
    scale_[at] = step * price / std::max(1.0, gpus);
  }
  for (const std::int32_t dimension : space.group) {
    if (dimension == kNone) continue;
    const auto at = static_cast<std::size_t>(dimension);
    scale_[at] = step * std::max(centre[at], typical_);
  }
}

double Master::earned(const std::vector<Entry>& entries) const {
  double sum = 0.0;
  for (const Entry& entry : entries) sum += entry.amount * prices_[entry.dimension];
  return sum;
}

/// The prices that go with more weight of a use: the rows it takes from become cheaper.
void Master::move(const std::vector<Entry>& entries, double amount) {
  for (const Entry& entry : entries) {
    prices_[entry.dimension] -= scale_[entry.dimension] * amount * entry.amount;
  }
}

void Master::gather(const std::vector<double>& centre) {
  const Space& space = structure_.space();
  for (std::size_t k = 0; k < prices_.size(); ++k) {
    prices_[k] = centre[k] + scale_[k] * (space.supply[k] + slack_[k]);
  }
  for (const std::uint32_t b : used_blocks_) {
    for (const Column& column : blocks_[b]) {
      if (column.weight > 0.0) move(column.entries, column.weight);
    }
  }
  for (const Single& single : singles_) {
    if (single.weight > 0.0) move(single.entries, single.weight);
  }
}

/// Moves weight between two columns of a block (kNothing: none of them) to where the gain ends.
/// Returns the ascent of the dual, to first order.
double Master::shift(std::vector<Column>& block, std::size_t to, std::size_t from, double spare) {
  static const std::vector<Entry> kEmpty;
  const auto& taken = to == kNothing ? kEmpty : block[to].entries;
  const auto& given = from == kNothing ? kEmpty : block[from].entries;
  for (const Entry& entry : taken) dense_[entry.dimension] += entry.amount;
  for (const Entry& entry : given) dense_[entry.dimension] -= entry.amount;
  double curvature = 0.0;
  for (const auto* entries : {&taken, &given}) {
    for (const Entry& entry : *entries) {
      double& change = dense_[entry.dimension];
      curvature += scale_[entry.dimension] * change * change;
      change = 0.0;
    }
  }
  const double gain =
      (from == kNothing ? 0.0 : block[from].reduced) - (to == kNothing ? 0.0 : block[to].reduced);
  double amount = from == kNothing ? spare : block[from].weight;
  if (curvature * amount > gain) amount = gain / curvature;
  move(taken, amount);
  move(given, -amount);
  if (to != kNothing) block[to].weight += amount;
  if (from != kNothing) {
    double& left = block[from].weight;
    left -= amount;
    if (left < 1e-13) left = 0.0;
  }
  return amount * gain;
}

double Master::improve_block(std::vector<Column>& block) {
  double moved = 0.0;
  for (int n = 0; n < kStepsPerBlock; ++n) {
    double spare = 1.0;  // weight of using the block not at all, whose reduced cost is 0
    double least = 0.0;
    double most = -std::numeric_limits<double>::infinity();
    std::size_t to = kNothing;
    std::size_t from = kNothing;
    for (std::size_t k = 0; k < block.size(); ++k) {
      Column& column = block[k];
      column.reduced = column.cost - earned(column.entries);
      spare -= column.weight;
      if (column.reduced < least) {
        least = column.reduced;
        to = k;
      }
      if (column.weight > 0.0 && column.reduced > most) {
        most = column.reduced;
        from = k;
      }
    }
    if (spare > 1e-12 && most < 0.0) {
      most = 0.0;
      from = kNothing;
    }
    if (to == from || !(most - least > 1e-11 * typical_)) break;
    moved += shift(block, to, from, spare);
  }
  return moved;
}

double Master::improve_single(Single& single) {
  double curvature = 0.0;
  for (const Entry& entry : single.entries) {
    curvature += scale_[entry.dimension] * entry.amount * entry.amount;
  }
  const double gain = earned(single.entries) - single.cost;
  if (curvature <= 0.0) return 0.0;
  const double weight = std::clamp(single.weight + gain / curvature, 0.0, single.most);
  const double change = weight - single.weight;
  move(single.entries, change);
  single.weight = weight;
  return std::abs(change * gain);
}

/// Keeps prices from falling below 0.
double Master::lift_signs() {
  double moved = 0.0;
  for (std::size_t k = 0; k < prices_.size(); ++k) {
    const double wanted = std::max(0.0, slack_[k] - prices_[k] / scale_[k]);
    const double change = wanted - slack_[k];
    if (change == 0.0) continue;
    moved += std::abs(change * prices_[k]);
    prices_[k] += scale_[k] * change;
    slack_[k] = wanted;
  }
  return moved;
}

double Master::value_at_prices() const {
  const Space& space = structure_.space();
  double value = 0.0;
  for (std::size_t k = 0; k < prices_.size(); ++k) value += space.supply[k] * prices_[k];
  for (const std::uint32_t b : used_blocks_) {
    double profit = 0.0;
    for (const Column& column : blocks_[b]) {
      profit = std::max(profit, earned(column.entries) - column.cost);
    }
    value -= profit;
  }
  for (const Single& single : singles_) {
    const double gain = earned(single.entries) - single.cost;
    // Endless boxes earn nothing at clipped prices.
    if (gain > 0.0 && std::isfinite(single.most)) value -= single.most * gain;
  }
  return value;
}

void Master::forget_idle() {
  for (const std::uint32_t b : used_blocks_) {
    std::vector<Column>& block = blocks_[b];
    for (Column& column : block) column.idle = column.weight > 0.0 ? 0 : column.idle + 1;
    block.erase(std::remove_if(block.begin(), block.end(),
                               [](const Column& column) { return column.idle > kMostIdle; }),
                block.end());
  }
  used_blocks_.erase(std::remove_if(used_blocks_.begin(), used_blocks_.end(),
                                    [this](std::uint32_t b) { return blocks_[b].empty(); }),
                     used_blocks_.end());
}

/// Dual value of the weights: no prices have a greater model value less penalty.
double Master::value_of_weights(const std::vector<double>& centre) const {
  double value = 0.0;
  for (std::size_t k = 0; k < prices_.size(); ++k) {
    const double moved = prices_[k] - centre[k];
    // centre * imbalance + scale / 2 * imbalance^2, with imbalance = moved / scale
    value += moved * (centre[k] + 0.5 * moved) / scale_[k];
  }
  for (const std::uint32_t b : used_blocks_) {
    for (const Column& column : blocks_[b]) value += column.weight * column.cost;
  }
  for (const Single& single : singles_) value += single.weight * single.cost;
  return value;
}

double Master::penalty(const std::vector<double>& centre) const {
  double sum = 0.0;
  for (std::size_t k = 0; k < prices_.size(); ++k) {
    const double moved = prices_[k] - centre[k];
    sum += 0.5 * moved * moved / scale_[k];
  }
  return sum;
}

std::vector<double> Master::next(const std::vector<double>& centre, double step, double best) {
  set_scale(centre, step);
  gather(centre);
  std::vector<double> unclipped;
  accurate_ = false;
  for (int sweep = 1; sweep <= kMostSweeps && !accurate_; ++sweep) {
    double moved = lift_signs();
    for (Single& single : singles_) moved += improve_single(single);
    for (const std::uint32_t b : used_blocks_) moved += improve_block(blocks_[b]);
    if (sweep % kSweepsPerCheck != 0 && moved > 1e-12 * typical_) continue;
    const double dual = value_of_weights(centre);
    unclipped = prices_;
    structure_.clip(prices_);
    model_value_ = value_at_prices();
    const double primal = model_value_ - penalty(centre);
    accurate_ =
        moved <= 1e-12 * typical_ || dual - primal <= kAccuracy * std::max(0.0, primal - best);
    if (!accurate_ && sweep + kSweepsPerCheck <= kMostSweeps) prices_ = unclipped;
  }
  forget_idle();
  return prices_;
}

FractionalPlan Master::plan(std::size_t options) const {
  FractionalPlan plan;
  plan.active.assign(options, 0.0);
  plan.replicas.assign(options, 0.0);
  for (const std::uint32_t b : used_blocks_) {
    for (const Column& column : blocks_[b]) {
      for (const auto& [option, replicas] : column.running) {
        plan.active[option] += column.weight;
        plan.replicas[option] += column.weight * replicas;
      }
    }
  }
  return plan;
}

}  // namespace berth::bound
