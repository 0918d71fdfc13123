#include "berth/solve/branch/problem.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace berth::branch {
namespace {

/// No plan has more of anything: its counts have 32 bits.
std::int32_t whole_count(double most) {
  return static_cast<std::int32_t>(
      std::clamp(most, 0.0, static_cast<double>(std::numeric_limits<std::int32_t>::max())));
}

/// Options that serve a class with the same error are most likely of one model, and stand in for
/// each other. The first option of each option's family.
std::vector<std::uint32_t> families(const Instance& instance) {
  std::vector<std::uint32_t> parent(instance.option_count());
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&](std::uint32_t d) {
    while (parent[d] != d) d = parent[d] = parent[parent[d]];
    return d;
  };
  const auto& pairs = instance.columns().pairs;
  std::map<double, std::uint32_t> first;  // by error
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    first.clear();
    for (std::size_t p = instance.first_pair(ClassId(i)); p < instance.end_pair(ClassId(i)); ++p) {
      const auto d = static_cast<std::uint32_t>(pairs.option[p].index());
      const std::uint32_t a = root(first.try_emplace(pairs.error[p], d).first->second);
      const std::uint32_t b = root(d);
      parent[std::max(a, b)] = std::min(a, b);
    }
  }
  for (std::uint32_t d = 0; d < parent.size(); ++d) parent[d] = root(d);
  return parent;
}

}  // namespace

Problem::Problem(const Instance& instance, double cost)
    : instance_(&instance), structure_(instance, bound::Treatment::kPriced) {
  add_options();
  add_blocks();
  find_units();
  bound_counts(cost);
  add_singles();
  add_sums();
}

void Problem::add_options() {
  const auto& columns = instance_->columns();
  const bound::Space& space = structure_.space();
  first_pair_.push_back(0);
  for (std::size_t d = 0; d < instance_->option_count(); ++d) {
    for (const std::uint32_t p : instance_->pairs_of(OptionId(d))) {
      const std::size_t i = columns.pairs.query_class[p].index();
      Pair pair;
      pair.query_class = static_cast<std::uint32_t>(i);
      pair.load = columns.pairs.load[p];
      pair.cost = columns.pairs.cost[p].usd();
      pair.delay_row = space.delay[i];
      pair.error_row = space.error[i];
      if (pair.delay_row != bound::kNone)
        pair.delay = columns.pairs.delay[p] - columns.classes.max_delay[i];
      if (pair.error_row != bound::kNone)
        pair.error = columns.pairs.error[p] - columns.classes.max_error[i];
      pairs_.push_back(pair);
    }
    most_pairs_ = std::max(most_pairs_, pairs_.size() - first_pair_.back());
    first_pair_.push_back(pairs_.size());

    const std::size_t r = columns.options.pool[d].index();
    OptionTerms terms;
    terms.block = structure_.blocks().of_option[d];
    terms.units = columns.options.units[d];
    terms.pool_row = space.pool[r];
    if (terms.pool_row == bound::kNone) terms.rent = terms.units * structure_.pool(r).per_gpu();
    terms.fixed_cost = columns.options.fixed_cost[d].usd();
    terms.opens = terms.fixed_cost > 0.0 || columns.options.group[d] != kNoGroup;
    options_.push_back(terms);
  }
}

void Problem::add_blocks() {
  std::vector<std::vector<std::uint32_t>> members(block_count());
  for (std::size_t d = 0; d < options_.size(); ++d) {
    members[options_[d].block].push_back(static_cast<std::uint32_t>(d));
  }
  first_block_option_.push_back(0);
  for (const auto& options : members) {
    block_options_.insert(block_options_.end(), options.begin(), options.end());
    first_block_option_.push_back(block_options_.size());
  }
}

void Problem::find_units() {
  std::vector<std::vector<double>> distances(dimensions());
  for (const Pair& pair : pairs_) {
    const auto note = [&](std::int32_t row, double distance) {
      if (row != bound::kNone) distances[static_cast<std::size_t>(row)].push_back(distance);
    };
    note(pair.delay_row, std::abs(pair.delay));
    note(pair.error_row, std::abs(pair.error));
  }
  row_unit_.assign(dimensions(), 1.0);
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (distances[k].empty()) continue;
    const auto middle = distances[k].begin() + static_cast<std::ptrdiff_t>(distances[k].size() / 2);
    std::nth_element(distances[k].begin(), middle, distances[k].end());
    row_unit_[k] = std::max(1e-6, *middle);
  }
}

/// What is more than this is idle, not for rent, or too dear.
void Problem::bound_counts(double cost) {
  const auto& columns = instance_->columns();
  std::vector<double> gpus(instance_->pool_count(), 0.0);
  for (std::size_t d = 0; d < options_.size(); ++d) {
    double load = 0.0;
    for (const Pair& pair : pairs(d)) load += pair.load;
    double most = std::min(structure_.most_replicas(d), std::ceil(load));
    const double gpu = structure_.pool(columns.options.pool[d].index()).cheapest_per_gpu();
    const double rent = gpu * options_[d].units;
    if (rent > 0.0 && std::isfinite(rent)) {
      most = std::min(most, std::floor(cost / rent * (1.0 + 1e-12) + 1e-9));
    }
    most_.push_back(whole_count(most));
    gpus[columns.options.pool[d].index()] += most_.back() * options_[d].units;
  }
  for (std::size_t o = 0; o < instance_->offer_count(); ++o) {
    const std::size_t r = columns.offers.pool[o].index();
    if (structure_.space().pool[r] == bound::kNone) {
      most_.push_back(0);
      continue;
    }
    const double filled = std::ceil(gpus[r] / columns.offers.lot[o]);
    most_.push_back(whole_count(std::min(filled, static_cast<double>(columns.offers.max[o]))));
  }
}

void Problem::add_singles() {
  const auto& columns = instance_->columns();
  const bound::Space& space = structure_.space();
  for (std::size_t i = 0; i < instance_->class_count(); ++i) {
    if (columns.classes.max_unmet[i] <= 0.0) continue;
    Single unmet;
    unmet.cost = columns.classes.unmet_cost[i].usd();
    unmet.most = columns.classes.max_unmet[i];
    unmet.entries.push_back({static_cast<std::uint32_t>(i), 1.0});
    singles_.push_back(std::move(unmet));
  }
  for (std::size_t o = 0; o < instance_->offer_count(); ++o) {
    const std::size_t count = options_.size() + o;
    if (most_[count] <= 0) continue;
    Single boxes;
    boxes.boxes = true;
    boxes.count = static_cast<std::uint32_t>(count);
    boxes.endless = columns.offers.max[o] == kUnlimited;
    boxes.cost = columns.offers.cost[o].usd();
    const std::int32_t row = space.pool[columns.offers.pool[o].index()];
    boxes.entries.push_back(
        {static_cast<std::uint32_t>(row), static_cast<double>(columns.offers.lot[o])});
    if (space.budget != bound::kNone && boxes.cost > 0.0) {
      boxes.entries.push_back({static_cast<std::uint32_t>(space.budget), -boxes.cost});
    }
    singles_.push_back(std::move(boxes));
  }
}

void Problem::add_sum(std::vector<Sum::Term> terms, std::span<const double> price) {
  double cost = 0.0;
  for (const Sum::Term& term : terms) cost += price[term.count] / term.factor;
  const auto position = static_cast<std::uint32_t>(sums_.size());
  for (const Sum::Term& term : terms) memberships_[term.count].push_back({position, term.factor});
  unit_cost_.push_back(cost / static_cast<double>(terms.size()));
  sums_.push_back({std::move(terms)});
}

/// The counts themselves; then replicas and GPUs of a pool, replicas that may serve a class,
/// replicas of a family, also by pool, and replicas up to a price.
void Problem::add_sums() {
  const auto& columns = instance_->columns();
  const std::size_t options = options_.size();
  const std::size_t pools = instance_->pool_count();
  std::vector<double> price(options);  // of a replica
  for (std::size_t d = 0; d < options; ++d) {
    const bound::PoolCosts& pool = structure_.pool(columns.options.pool[d].index());
    price[d] = pool.per_gpu() * options_[d].units;
  }
  for (std::size_t c = 0; c < count_total(); ++c) {
    sums_.push_back({{{static_cast<std::uint32_t>(c), 1}}});
    unit_cost_.push_back(c < options ? price[c] : columns.offers.cost[c - options].usd());
  }
  memberships_.resize(options);

  using Terms = std::vector<Sum::Term>;
  std::vector<Terms> by_pool(2 * pools);  // replicas, GPUs
  std::map<std::uint32_t, Terms> by_family;
  std::map<std::pair<std::uint32_t, std::size_t>, Terms> by_family_and_pool;
  std::map<double, Terms> by_price;
  const std::vector<std::uint32_t> family = families(*instance_);
  for (std::uint32_t d = 0; d < options; ++d) {
    if (most_[d] == 0) continue;
    const std::size_t r = columns.options.pool[d].index();
    by_pool[2 * r].push_back({d, 1});
    by_pool[2 * r + 1].push_back({d, columns.options.units[d]});
    by_family[family[d]].push_back({d, 1});
    by_family_and_pool[{family[d], r}].push_back({d, 1});
    by_price[price[d]].push_back({d, 1});
  }
  std::set<Terms> known;
  const auto add = [&](const Terms& terms) {
    if (terms.size() > 1 && known.insert(terms).second) add_sum(terms, price);
  };
  for (const Terms& terms : by_pool) add(terms);
  for (std::size_t i = 0; i < instance_->class_count(); ++i) {
    Terms terms;
    for (std::size_t p = instance_->first_pair(ClassId(i)); p < instance_->end_pair(ClassId(i));
         ++p) {
      const auto d = static_cast<std::uint32_t>(columns.pairs.option[p].index());
      if (most_[d] > 0) terms.push_back({d, 1});
    }
    add(terms);
  }
  for (const auto& [key, terms] : by_family) add(terms);
  for (const auto& [key, terms] : by_family_and_pool) add(terms);
  Terms cheap;
  for (const auto& [key, terms] : by_price) {
    cheap.insert(cheap.end(), terms.begin(), terms.end());
    std::sort(cheap.begin(), cheap.end());
    add(cheap);
  }
}

}  // namespace berth::branch
