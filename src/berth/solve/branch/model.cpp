#include "berth/solve/branch/model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "berth/core/infinity.h"
#include "berth/solve/branch/pricing.h"

namespace berth::branch {
namespace {

constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();

/// The inner problem is solved to this part of the ascent it promises; checked now and then.
constexpr double kAccuracy = 0.1;
constexpr int kSweepsPerCheck = 3;
constexpr int kMostSweeps = 300;
constexpr int kStepsPerBlock = 3;
/// Uses without weight for so many rounds are forgotten; a part hands on fresher ones only.
constexpr std::int32_t kMostIdle = 15;
constexpr std::int32_t kHandedOn = 4;
/// A branching row's price starts to move by this part of what a unit of its sum costs.
constexpr double kRowPart = 0.2;

}  // namespace

Model::Column Model::column_of(const Node& node, const std::shared_ptr<const Use>& use,
                               double weight) {
  Column column;
  column.first = static_cast<std::uint32_t>(entries_.size());
  entries_.insert(entries_.end(), use->entries.begin(), use->entries.end());
  for (const Problem::Membership& member : problem_->memberships(use->option)) {
    for (const auto* positions : {&row_at_least_, &row_at_most_}) {
      const std::int32_t position = (*positions)[member.sum];
      if (position == bound::kNone) continue;
      const Row& row = node.rows[static_cast<std::size_t>(position)];
      entries_.push_back(
          {static_cast<std::uint32_t>(problem_->dimensions() + static_cast<std::size_t>(position)),
           row.sign() * member.factor * use->replicas});
    }
  }
  column.end = static_cast<std::uint32_t>(entries_.size());
  column.cost = use->cost;
  column.weight = weight;
  column.use = use;
  return column;
}

Model::Block& Model::block_of(const Node& node, std::uint32_t option) {
  const std::uint32_t b = problem_->option(option).block;
  Block& block = blocks_[b];
  if (!block.columns.empty()) return block;
  used_.push_back(b);
  block.forced = false;
  for (const std::uint32_t d : problem_->options_of_block(b)) {
    if (node.least[d] > 0) block.forced = true;
  }
  return block;
}

void Model::begin(const Node& node) {
  const std::size_t size = problem_->dimensions() + node.rows.size();
  blocks_.resize(problem_->block_count());
  for (const std::uint32_t b : used_) blocks_[b].columns.clear();
  used_.clear();
  entries_.clear();
  prices_ = node.prices;
  for (auto* values : {&scale_, &slack_, &dense_}) values->assign(size, 0.0);
  row_at_least_.assign(problem_->sums().size(), bound::kNone);
  row_at_most_.assign(problem_->sums().size(), bound::kNone);
  for (std::size_t r = 0; r < node.rows.size(); ++r) {
    (node.rows[r].at_least ? row_at_least_ : row_at_most_)[node.rows[r].sum] =
        static_cast<std::int32_t>(r);
  }
  const std::size_t classes = problem_->instance().class_count();
  typical_ = 0.0;
  for (std::size_t i = 0; i < classes; ++i) typical_ += node.prices[i];
  typical_ = std::max(1e-6, typical_ / static_cast<double>(std::max<std::size_t>(1, classes)));

  for (const WeightedUse& known : node.uses) {
    const std::uint32_t d = known.use->option;
    if (known.use->replicas < node.least[d] || known.use->replicas > node.most[d]) continue;
    Block& block = block_of(node, d);
    block.columns.push_back(column_of(node, known.use, known.weight));
  }
  for (const std::uint32_t b : used_) {
    Block& block = blocks_[b];
    if (!block.forced) continue;
    double sum = 0.0;
    for (const Column& column : block.columns) sum += column.weight;
    if (sum < 1e-9) block.columns.front().weight = sum = 1.0;
    for (Column& column : block.columns) column.weight /= sum;
  }
  single_weight_ = node.single_weight;
  single_weight_.resize(problem_->singles().size(), 0.0);
  for (std::size_t k = 0; k < single_weight_.size(); ++k) {
    const Single& single = problem_->singles()[k];
    const double least = single.boxes ? node.least[single.count] : 0.0;
    const double most = single.boxes ? node.most[single.count] : single.most;
    single_weight_[k] = std::clamp(single_weight_[k], least, most);
  }
}

void Model::add(const Node& node, std::span<const std::shared_ptr<const Use>> uses,
                std::span<const double> prices) {
  for (const std::shared_ptr<const Use>& use : uses) {
    Block& block = block_of(node, use->option);
    Column column = column_of(node, use, 0.0);
    const auto profit = [&](const Column& of) {
      double sum = -of.cost;
      for (const Entry& entry : entries(of)) sum += entry.amount * prices[entry.dimension];
      return sum;
    };
    double known = block.forced ? -kInfinity : 0.0;
    for (const Column& other : block.columns) known = std::max(known, profit(other));
    if (profit(column) <= known + 1e-10 * (1.0 + std::abs(known))) {
      entries_.resize(column.first);
      if (block.columns.empty()) used_.pop_back();  // it was opened for this one
      continue;
    }
    if (block.forced && block.columns.empty()) column.weight = 1.0;
    block.columns.push_back(std::move(column));
  }
}

void Model::set_scale(const Node& node, std::span<const double> centre, double step) {
  const bound::Structure& structure = problem_->structure();
  const bound::Space& space = structure.space();
  for (std::size_t i = 0; i < space.classes; ++i) {
    const double price = std::max(centre[i], 1e-2 * typical_);
    scale_[i] = step * price;
    // An average limit: what moves the worth of a pair of the class by as much.
    for (const std::int32_t row : {space.delay[i], space.error[i]}) {
      if (row == bound::kNone) continue;
      const auto at = static_cast<std::size_t>(row);
      const double unit = problem_->row_unit(at);
      scale_[at] = step * std::max(centre[at], price / unit) / unit;
    }
  }
  const double total = typical_ * static_cast<double>(space.classes);
  if (space.budget != bound::kNone) {
    const auto at = static_cast<std::size_t>(space.budget);
    scale_[at] = step * std::max(1.0, centre[at]) /
                 std::max(problem_->instance().columns().budget.usd(), total);
  }
  for (std::size_t r = 0; r < space.pool.size(); ++r) {
    if (space.pool[r] == bound::kNone) continue;
    const auto at = static_cast<std::size_t>(space.pool[r]);
    const double price = std::max({centre[at], structure.pool(r).per_gpu(), 1e-3 * typical_});
    const double gpus = total / price / static_cast<double>(space.pool.size());
    scale_[at] = step * price / std::max(1.0, gpus);
  }
  for (std::size_t r = 0; r < node.rows.size(); ++r) {
    const std::size_t at = problem_->dimensions() + r;
    const double unit = std::max(1e-3 * typical_, problem_->unit_cost(node.rows[r].sum));
    scale_[at] = step * std::max(centre[at], kRowPart * unit);
  }
}

double Model::supply(const Node& node, std::size_t dimension) const {
  if (dimension < problem_->dimensions()) return problem_->supply(dimension);
  const Row& row = node.rows[dimension - problem_->dimensions()];
  return row.sign() * row.limit;
}

double Model::earned(std::span<const Entry> entries) const {
  double sum = 0.0;
  for (const Entry& entry : entries) sum += entry.amount * prices_[entry.dimension];
  return sum;
}

/// The prices that go with more weight of a use: the rows it takes from become cheaper.
void Model::move(std::span<const Entry> entries, double amount) {
  for (const Entry& entry : entries) {
    prices_[entry.dimension] -= scale_[entry.dimension] * amount * entry.amount;
  }
}

void Model::gather(const Node& node, std::span<const double> centre) {
  for (std::size_t k = 0; k < prices_.size(); ++k) {
    prices_[k] = centre[k] + scale_[k] * (supply(node, k) + slack_[k]);
  }
  for (const std::uint32_t b : used_) {
    blocks_[b].settled = false;
    for (const Column& column : blocks_[b].columns) {
      if (column.weight > 0.0) move(entries(column), column.weight);
    }
  }
  for (std::size_t k = 0; k < single_weight_.size(); ++k) {
    if (single_weight_[k] > 0.0) move(problem_->singles()[k].entries, single_weight_[k]);
  }
}

/// Moves weight between two columns of a block (kNothing: none of them) to where the gain ends.
/// Returns the ascent of the dual, to first order.
double Model::shift(Block& block, std::size_t to, std::size_t from, double spare) {
  std::span<const Entry> taken;
  std::span<const Entry> given;
  if (to != kNothing) taken = entries(block.columns[to]);
  if (from != kNothing) given = entries(block.columns[from]);
  for (const Entry& entry : taken) dense_[entry.dimension] += entry.amount;
  for (const Entry& entry : given) dense_[entry.dimension] -= entry.amount;
  double curvature = 0.0;
  for (const auto& some : {taken, given}) {
    for (const Entry& entry : some) {
      double& change = dense_[entry.dimension];
      curvature += scale_[entry.dimension] * change * change;
      change = 0.0;
    }
  }
  const double gain = (from == kNothing ? 0.0 : block.columns[from].reduced) -
                      (to == kNothing ? 0.0 : block.columns[to].reduced);
  double amount = from == kNothing ? spare : block.columns[from].weight;
  if (curvature * amount > gain) amount = gain / curvature;
  move(taken, amount);
  move(given, -amount);
  if (to != kNothing) block.columns[to].weight += amount;
  if (from != kNothing) {
    double& left = block.columns[from].weight;
    left -= amount;
    if (left < 1e-13) left = 0.0;
  }
  return amount * gain;
}

double Model::improve_block(Block& block) {
  double moved = 0.0;
  for (int n = 0; n < kStepsPerBlock; ++n) {
    double spare = 1.0;  // weight of using the block not at all, whose reduced cost is 0
    double least = block.forced ? kInfinity : 0.0;
    double most = -kInfinity;
    std::size_t to = kNothing;
    std::size_t from = kNothing;
    for (std::size_t k = 0; k < block.columns.size(); ++k) {
      Column& column = block.columns[k];
      column.reduced = column.cost - earned(entries(column));
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
    if (!block.forced && spare > 1e-12 && most < 0.0) {
      most = 0.0;
      from = kNothing;
    }
    if (to == from || !(most - least > 1e-11 * typical_)) break;
    moved += shift(block, to, from, spare);
  }
  return moved;
}

double Model::improve_singles(const Node& node) {
  double moved = 0.0;
  for (std::size_t k = 0; k < single_weight_.size(); ++k) {
    const Single& single = problem_->singles()[k];
    double curvature = 0.0;
    for (const Entry& entry : single.entries) {
      curvature += scale_[entry.dimension] * entry.amount * entry.amount;
    }
    if (curvature <= 0.0) continue;
    const double gain = earned(single.entries) - single.cost;
    const double least = single.boxes ? node.least[single.count] : 0.0;
    const double most = single.boxes ? node.most[single.count] : single.most;
    const double weight = std::clamp(single_weight_[k] + gain / curvature, least, most);
    const double change = weight - single_weight_[k];
    move(single.entries, change);
    single_weight_[k] = weight;
    moved += std::abs(change * gain);
  }
  return moved;
}

/// Keeps prices from falling below 0.
double Model::lift_signs() {
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

/// Blocks that did not move last time wait for a sweep over all.
double Model::sweep(const Node& node, bool all) {
  double moved = lift_signs() + improve_singles(node);
  for (const std::uint32_t b : used_) {
    Block& block = blocks_[b];
    if (block.settled && !all) continue;
    const double change = improve_block(block);
    block.settled = change <= 1e-12 * typical_;
    moved += change;
  }
  return moved;
}

double Model::value_at_prices(const Node& node) const {
  double value = 0.0;
  for (std::size_t k = 0; k < prices_.size(); ++k) value += supply(node, k) * prices_[k];
  for (const std::uint32_t b : used_) {
    double profit = blocks_[b].forced ? -kInfinity : 0.0;
    for (const Column& column : blocks_[b].columns) {
      profit = std::max(profit, earned(entries(column)) - column.cost);
    }
    value -= profit;
  }
  for (const Single& single : problem_->singles()) {
    const double gain = earned(single.entries) - single.cost;
    if (single.boxes) {
      value -= gain * (gain > 0.0 ? node.most[single.count] : node.least[single.count]);
    } else {
      value -= single.most * std::max(0.0, gain);
    }
  }
  return value;
}

/// Dual value of the weights: no prices have a greater model value less penalty.
double Model::value_of_weights(std::span<const double> centre) const {
  double value = 0.0;
  for (std::size_t k = 0; k < prices_.size(); ++k) {
    const double moved = prices_[k] - centre[k];
    // centre * imbalance + scale / 2 * imbalance^2, with imbalance = moved / scale
    value += moved * (centre[k] + 0.5 * moved) / scale_[k];
  }
  for (const std::uint32_t b : used_) {
    for (const Column& column : blocks_[b].columns) value += column.weight * column.cost;
  }
  for (std::size_t k = 0; k < single_weight_.size(); ++k) {
    value += single_weight_[k] * problem_->singles()[k].cost;
  }
  return value;
}

void Model::forget_idle() {
  for (const std::uint32_t b : used_) {
    auto& columns = blocks_[b].columns;
    for (Column& column : columns) column.idle = column.weight > 0.0 ? 0 : column.idle + 1;
    std::erase_if(columns, [](const Column& column) { return column.idle > kMostIdle; });
  }
  std::erase_if(used_, [this](std::uint32_t b) { return blocks_[b].columns.empty(); });
}

const std::vector<double>& Model::next(const Node& node, std::span<const double> centre,
                                       double step, double best) {
  set_scale(node, centre, step);
  gather(node, centre);
  accurate_ = false;
  for (int n = 1; n <= kMostSweeps && !accurate_; ++n) {
    const bool check = n % kSweepsPerCheck == 0;
    const double moved = sweep(node, check || n == 1);
    if (!check) continue;
    const double dual = value_of_weights(centre);
    unclipped_ = prices_;
    clip(*problem_, node, prices_);
    model_value_ = value_at_prices(node);
    double primal = model_value_;
    for (std::size_t k = 0; k < prices_.size(); ++k) {
      const double distance = prices_[k] - centre[k];
      primal -= 0.5 * distance * distance / scale_[k];
    }
    accurate_ =
        moved <= 1e-12 * typical_ || dual - primal <= kAccuracy * std::max(0.0, primal - best);
    if (!accurate_ && n + kSweepsPerCheck <= kMostSweeps) prices_ = unclipped_;
  }
  forget_idle();
  return prices_;
}

void Model::finish(Node& node) const {
  node.uses.clear();
  for (const std::uint32_t b : used_) {
    for (const Column& column : blocks_[b].columns) {
      if (column.idle < kHandedOn) node.uses.push_back({column.use, column.weight});
    }
  }
  node.single_weight = single_weight_;
}

}  // namespace berth::branch
