#include "berth/solve/bound/relaxation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "berth/core/infinity.h"
#include "berth/core/tolerance.h"

namespace berth::bound {
namespace {

constexpr std::size_t kChunkPairs = 16'384;

/// A float that is not above `value`.
float below(double value) {
  const auto rounded = static_cast<float>(std::min(value, 1e30));
  return static_cast<double>(rounded) > value ? std::nextafter(rounded, -1.0F) : rounded;
}

}  // namespace

Relaxation::Relaxation(const Instance& instance, const PairColumns& pairs, Treatment treatment)
    : structure_(instance, treatment), pairs_(pairs) {
  build_stages();
  std::size_t in_chunk = kChunkPairs;
  for (std::size_t d = 0; d < pairs_.option_count(); ++d) {
    if (in_chunk >= kChunkPairs) {
      first_chunk_.push_back(d);
      in_chunk = 0;
    }
    in_chunk += pairs_.count(d) + 1;
    most_pairs_ = std::max(most_pairs_, pairs_.count(d));
  }
  first_chunk_.push_back(pairs_.option_count());
}

void Relaxation::build_stages() {
  const Blocks& blocks = structure_.blocks();
  const auto& options = structure_.instance().columns().options;
  const std::vector<std::int32_t>& priced_groups = structure_.space().group;
  std::vector<std::vector<std::uint32_t>> of_block(blocks.size());
  for (std::size_t d = 0; d < blocks.of_option.size(); ++d) {
    of_block[blocks.of_option[d]].push_back(static_cast<std::uint32_t>(d));
  }
  first_option_.push_back(0);
  for (std::vector<std::uint32_t>& members : of_block) {
    first_stage_.push_back(first_option_.size() - 1);
    // Options of one group that is decided here follow each other; the others stand alone.
    const auto group = [&](std::uint32_t d) {
      const std::int32_t g = options.group[d];
      const bool here = g != kNoGroup && priced_groups[static_cast<std::size_t>(g)] == kNone;
      return here ? g : kNoGroup;
    };
    std::stable_sort(members.begin(), members.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return group(a) < group(b); });
    for (std::size_t k = 0; k < members.size(); ++k) {
      const bool with_last =
          k > 0 && group(members[k]) != kNoGroup && group(members[k]) == group(members[k - 1]);
      if (k > 0 && !with_last) first_option_.push_back(stage_option_.size());
      stage_option_.push_back(members[k]);
    }
    first_option_.push_back(stage_option_.size());
  }
  first_stage_.push_back(first_option_.size() - 1);
}

Workspace Relaxation::workspace(std::size_t workers) const {
  Workspace work;
  work.density.assign(pairs_.option_count(), -1.0F);
  work.profit.assign(pairs_.option_count(), -kInfinity);
  work.replicas.assign(pairs_.option_count(), 0.0);
  work.workers.resize(workers);
  for (Workspace::Scratch& scratch : work.workers) {
    scratch.dense.assign(structure_.space().size(), 0.0);
    scratch.seen.assign(structure_.space().size(), 0);
  }
  return work;
}

OptionTerms Relaxation::terms(const Prices& prices, std::size_t option,
                              std::vector<double>& worth) const {
  const auto& options = structure_.instance().columns().options;
  pairs_.worths(prices, option, worth);
  OptionTerms terms;
  terms.worth = worth;
  terms.load = pairs_.load(option);
  terms.replica_cost =
      structure_.gpu_price(prices, options.pool[option].index()) * options.units[option];
  terms.opening = structure_.opening(prices, option);
  terms.most_replicas = structure_.most_replicas(option);
  return terms;
}

std::optional<Count> Relaxation::option_profit(const Prices& prices, std::size_t option,
                                               Workspace::Scratch& scratch) const {
  if (structure_.most_replicas(option) < 1.0) return std::nullopt;
  return scratch.filling.best(terms(prices, option, scratch.worth));
}

double Relaxation::threshold(const Prices& prices, std::size_t option) const {
  const auto& options = structure_.instance().columns().options;
  const PoolCosts& pool = structure_.pool(options.pool[option].index());
  if (pool.kind() != PoolKind::kWhole) return 0.0;
  // An option may be worth its loss for filling a box; but no more than a box is worth.
  return pool.endless() ? -(1.0 + prices.budget) * pool.slack_range() : -kInfinity;
}

void Relaxation::screen_option(const Prices& prices, std::size_t option, Workspace& work,
                               Workspace::Scratch& scratch) const {
  work.profit[option] = -kInfinity;
  if (structure_.most_replicas(option) < 1.0 || pairs_.count(option) == 0) return;
  const auto& options = structure_.instance().columns().options;
  const double least = threshold(prices, option);
  const double replica_cost =
      structure_.gpu_price(prices, options.pool[option].index()) * options.units[option];
  if (least > -kInfinity) {
    // y replicas hold at most y (density - replica_cost) + sum max(0, worth - load density), for
    // any density; for one of at most replica_cost the first term is greatest at y = 1.
    float density = below(replica_cost);
    if (work.density[option] >= 0.0F) density = std::min(density, work.density[option]);
    const auto sum = static_cast<double>(pairs_.screen(work.pass, option, density));
    const auto exact_density = static_cast<double>(density);
    const double most = exact_density * (1.0 + tolerance::kLoad) - replica_cost + sum +
                        pairs_.screen_error(work.pass, option, sum) -
                        structure_.opening(prices, option);
    if (most <= least) return;
  }
  OptionTerms knapsack = terms(prices, option, scratch.worth);
  knapsack.hint = std::max(0.0, static_cast<double>(work.density[option]));
  const Count best = scratch.filling.best(knapsack);
  work.density[option] = below(scratch.filling.density());
  work.profit[option] = best.profit;
  work.replicas[option] = best.replicas;
}

void Relaxation::all_profits(const Prices& prices, Workspace& work, Team& team) const {
  team.run(first_chunk_.size() - 1, [&](std::size_t chunk, std::size_t worker) {
    for (std::size_t d = first_chunk_[chunk]; d < first_chunk_[chunk + 1]; ++d) {
      const auto best = option_profit(prices, d, work.workers[worker]);
      work.profit[d] = best ? best->profit : -kInfinity;
      work.replicas[d] = best ? best->replicas : 0.0;
    }
  });
}

PoolPick Relaxation::pick_pool(const Prices& prices, std::size_t block, std::int32_t forced,
                               const Workspace& work, Workspace::Scratch& scratch) const {
  const auto& options = structure_.instance().columns().options;
  const PoolCosts& pool =
      structure_.pool(static_cast<std::size_t>(structure_.blocks().pool[block]));
  const double factor = 1.0 + prices.budget;
  // Each stage at its best, as if GPUs came one by one: no pick earns more than `ideal`.
  std::vector<Stage> stages(stage_count(block));
  std::vector<double> best(stages.size(), 0.0);
  double ideal = 0.0;
  std::size_t state = 0;
  for (std::size_t n = 0; n < stages.size(); ++n) {
    std::int32_t chosen = kNone;
    for (const std::uint32_t d : stage(block, n)) {
      if (static_cast<std::int32_t>(d) == forced) stages[n].forced = true;
    }
    for (const std::uint32_t d : stage(block, n)) {
      if (stages[n].forced ? static_cast<std::int32_t>(d) != forced : !(work.profit[d] > best[n])) {
        continue;
      }
      best[n] = work.profit[d];
      chosen = static_cast<std::int32_t>(d);
    }
    ideal += best[n];
    if (chosen == kNone || state == PoolCosts::kNoState) continue;
    const auto d = static_cast<std::size_t>(chosen);
    state = pool.next(state, static_cast<std::int64_t>(work.replicas[d]) * options.units[d]);
  }
  // Nothing at all is a pick (unless one is forced), and so is that in whole boxes, if there are
  // as many: the best one loses no more against the ideal.
  double loss = std::numeric_limits<double>::infinity();
  if (forced == kNone) loss = ideal - factor * pool.least_slack();
  if (state != PoolCosts::kNoState) {
    loss = std::min(loss, factor * (pool.slack(state) - pool.least_slack()));
  }
  loss += 1e-9 * (std::abs(loss) + std::abs(ideal));
  const auto span = static_cast<double>(pool.state_count());
  for (std::size_t n = 0; n < stages.size(); ++n) {
    for (const std::uint32_t d : stage(block, n)) {
      if (stages[n].forced && static_cast<std::int32_t>(d) != forced) continue;
      if (work.profit[d] == -kInfinity || work.profit[d] < best[n] - loss) continue;
      scratch.filling.counts(terms(prices, d, scratch.worth), {work.replicas[d], work.profit[d]},
                             best[n] - loss, span, scratch.counts);
      for (const Count& count : scratch.counts) {
        stages[n].choices.push_back({d, count.replicas,
                                     static_cast<std::int64_t>(count.replicas) * options.units[d],
                                     count.profit});
      }
    }
  }
  return pick(pool, factor, stages);
}

void Relaxation::add_running(const Prices& prices, std::size_t option, double replicas, Use& use,
                             Workspace::Scratch& scratch) const {
  const Instance& instance = structure_.instance();
  const auto& pairs = instance.columns().pairs;
  const auto& classes = instance.columns().classes;
  const Space& space = structure_.space();
  const auto add = [&](std::int32_t dimension, double amount) {
    if (dimension == kNone || amount == 0.0) return;
    const auto at = static_cast<std::size_t>(dimension);
    if (scratch.seen[at] == 0) use.entries.push_back({static_cast<std::uint32_t>(dimension), 0.0});
    scratch.seen[at] = 1;
    scratch.dense[at] += amount;
  };
  scratch.filling.parts(terms(prices, option, scratch.worth), replicas, scratch.parts);
  const auto option_pairs = instance.pairs_of(OptionId(option));
  for (const Part& part : scratch.parts) {
    const std::size_t p = option_pairs[part.pair];
    const std::size_t i = pairs.query_class[p].index();
    add(static_cast<std::int32_t>(i), part.share);
    add(space.delay[i], (classes.max_delay[i] - pairs.delay[p]) * part.share);
    add(space.error[i], (classes.max_error[i] - pairs.error[p]) * part.share);
    use.cost += pairs.cost[p].usd() * part.share;
  }
  const auto& options = instance.columns().options;
  use.cost += options.fixed_cost[option].usd();
  if (options.group[option] != kNoGroup) {
    add(space.group[static_cast<std::size_t>(options.group[option])], -1.0);
  }
  use.running.emplace_back(static_cast<std::uint32_t>(option), replicas);
}

void Relaxation::finish_use(std::int64_t gpus, std::size_t pool, Use& use,
                            Workspace::Scratch& scratch) const {
  for (Entry& entry : use.entries) {
    entry.amount = scratch.dense[entry.dimension];
    scratch.dense[entry.dimension] = 0.0;
    scratch.seen[entry.dimension] = 0;
  }
  const Space& space = structure_.space();
  const PoolCosts& costs = structure_.pool(pool);
  const auto count = static_cast<double>(gpus);
  if (costs.kind() == PoolKind::kPriced) {
    use.entries.push_back({static_cast<std::uint32_t>(space.pool[pool]), -count});
    return;
  }
  const double rent =
      costs.kind() == PoolKind::kLinear ? costs.per_gpu() * count : costs.cost(gpus);
  use.cost += rent;
  if (space.budget != kNone && rent > 0.0) {
    use.entries.push_back({static_cast<std::uint32_t>(space.budget), -rent});
  }
}

void Relaxation::look_at_block(const Prices& prices, bool with_uses, std::size_t position,
                               Workspace& work, Workspace::Scratch& scratch) const {
  const auto& options = structure_.instance().columns().options;
  const std::uint32_t block = work.touched[position];
  Use use;
  use.block = block;
  std::int64_t gpus = 0;
  std::size_t pool = 0;
  if (structure_.blocks().pool[block] != kNone) {
    const PoolPick best = pick_pool(prices, block, kNone, work, scratch);
    pool = static_cast<std::size_t>(structure_.blocks().pool[block]);
    use.profit = best.value;
    if (with_uses && use.profit > 0.0) {
      for (const Choice& choice : best.chosen) {
        add_running(prices, choice.option, choice.replicas, use, scratch);
        gpus += choice.gpus;
      }
    }
  } else {
    std::size_t best = 0;
    for (const std::uint32_t d : stage(block, 0)) {
      if (work.profit[d] <= use.profit) continue;
      use.profit = work.profit[d];
      best = d;
    }
    pool = options.pool[best].index();
    if (with_uses && use.profit > 0.0) {
      add_running(prices, best, work.replicas[best], use, scratch);
      gpus = static_cast<std::int64_t>(work.replicas[best]) * options.units[best];
    }
  }
  work.block_profit[position] = std::max(0.0, use.profit);
  if (!with_uses || use.profit <= 0.0) return;
  finish_use(gpus, pool, use, scratch);
  work.found[position].push_back(std::move(use));
}

double Relaxation::noise(const Prices& prices, const Tally& tally, const Workspace& work) const {
  // Each number is a sum of so many terms, and of no more than what is earned and paid.
  const auto& options = structure_.instance().columns().options;
  double magnitude = tally.magnitude;
  for (std::size_t d = 0; d < work.profit.size(); ++d) {
    if (!(work.profit[d] > threshold(prices, d))) continue;
    const double paid = structure_.gpu_price(prices, options.pool[d].index()) * options.units[d] *
                            work.replicas[d] +
                        structure_.opening(prices, d);
    magnitude += std::abs(work.profit[d]) + 2.0 * paid;
  }
  const auto terms = static_cast<double>(most_pairs_ + structure_.blocks().size() +
                                         structure_.space().size() + 64);
  return 0x1p-52 * terms * magnitude;
}

void Relaxation::evaluate(const Prices& prices, bool with_uses, Workspace& work, Team& team,
                          Evaluation& result) const {
  pairs_.set_prices(prices, work.pass);
  team.run(first_chunk_.size() - 1, [&](std::size_t chunk, std::size_t worker) {
    for (std::size_t d = first_chunk_[chunk]; d < first_chunk_[chunk + 1]; ++d) {
      screen_option(prices, d, work, work.workers[worker]);
    }
  });
  const Blocks& blocks = structure_.blocks();
  work.touched.clear();
  for (std::size_t d = 0; d < pairs_.option_count(); ++d) {
    if (work.profit[d] > threshold(prices, d)) work.touched.push_back(blocks.of_option[d]);
  }
  std::sort(work.touched.begin(), work.touched.end());
  work.touched.erase(std::unique(work.touched.begin(), work.touched.end()), work.touched.end());
  work.found.assign(work.touched.size(), {});
  work.block_profit.assign(work.touched.size(), 0.0);
  team.run(work.touched.size(), [&](std::size_t position, std::size_t worker) {
    look_at_block(prices, with_uses, position, work, work.workers[worker]);
  });
  Tally tally = structure_.outside_blocks(prices);
  result.uses.clear();
  for (std::size_t k = 0; k < work.touched.size(); ++k) {
    tally.add(-work.block_profit[k]);
    for (Use& use : work.found[k]) result.uses.push_back(std::move(use));
  }
  result.value = tally.sum;
  result.proven = tally.sum - noise(prices, tally, work) - structure_.tolerance_worth(prices);
}

}  // namespace berth::bound
