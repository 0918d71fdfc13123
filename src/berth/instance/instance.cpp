#include "berth/instance/instance.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "berth/instance/column_checks.h"

namespace berth {
namespace {

/// Groups `count` items by key: result[first[k] .. first[k + 1]) are the items with key k, in their
/// former order. O(count + keys).
template <class Item, class KeyOf>
std::vector<Item> group_by(std::size_t count, std::size_t keys, KeyOf key_of,
                           std::vector<std::size_t>& first) {
  first.assign(keys + 1, 0);
  for (std::size_t i = 0; i < count; ++i) ++first[key_of(i) + 1];
  for (std::size_t k = 0; k < keys; ++k) first[k + 1] += first[k];
  std::vector<std::size_t> next(first.begin(), first.end() - 1);
  std::vector<Item> items(count);
  for (std::size_t i = 0; i < count; ++i) {
    items[next[key_of(i)]++] = static_cast<Item>(static_cast<std::uint32_t>(i));
  }
  return items;
}

template <class T>
void permute(std::vector<T>& column, const std::vector<std::uint32_t>& order) {
  std::vector<T> sorted;
  sorted.reserve(column.size());
  for (const std::uint32_t source : order) sorted.push_back(column[source]);
  column = std::move(sorted);
}

bool sorted_by_class_and_option(const InstanceColumns::Pairs& pairs) {
  for (std::size_t p = 1; p < pairs.option.size(); ++p) {
    if (std::pair(pairs.query_class[p - 1], pairs.option[p - 1]) >
        std::pair(pairs.query_class[p], pairs.option[p])) {
      return false;
    }
  }
  return true;
}

/// The order that sorts pairs by (class, option): two stable counting passes.
std::vector<std::uint32_t> pair_order(const InstanceColumns& columns) {
  const InstanceColumns::Pairs& pairs = columns.pairs;
  std::vector<std::size_t> first;
  const auto by_option = group_by<std::uint32_t>(
      pairs.option.size(), columns.options.name.size(),
      [&](std::size_t p) { return pairs.option[p].index(); }, first);
  auto order = group_by<std::uint32_t>(
      by_option.size(), columns.classes.name.size(),
      [&](std::size_t k) { return pairs.query_class[by_option[k]].index(); }, first);
  for (std::uint32_t& entry : order) entry = by_option[entry];
  return order;
}

/// Sorts the pairs; errors kDuplicate at the later of two equal (option, class) pairs.
void sort_pairs(InstanceColumns& columns, ErrorList& errors) {
  InstanceColumns::Pairs& pairs = columns.pairs;
  std::vector<std::uint32_t> order;
  if (!sorted_by_class_and_option(pairs)) {
    order = pair_order(columns);
    permute(pairs.option, order);
    permute(pairs.query_class, order);
    permute(pairs.load, order);
    permute(pairs.delay, order);
    permute(pairs.error, order);
    permute(pairs.cost, order);
  }
  for (std::size_t p = 1; p < pairs.option.size(); ++p) {
    if (pairs.option[p] == pairs.option[p - 1] &&
        pairs.query_class[p] == pairs.query_class[p - 1]) {
      errors.add(ErrorCode::kDuplicate, "/pairs/option", order.empty() ? p : order[p],
                 "the pair of option " + std::to_string(pairs.option[p].value()) + " and class " +
                     std::to_string(pairs.query_class[p].value()) + " is listed twice");
    }
  }
}

/// cost_a / lot_a < cost_b / lot_b without division: exact (micro-dollars below 1e15, lots below
/// 2^31 need 128 bits).
bool cheaper_per_gpu(const InstanceColumns::Offers& offers, OfferId a, OfferId b) {
  __extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using)
  return Wide{offers.cost[a.index()].micros()} * offers.lot[b.index()] <
         Wide{offers.cost[b.index()].micros()} * offers.lot[a.index()];
}

}  // namespace

Result<Instance> Instance::make(InstanceColumns columns) {
  ErrorList errors;
  check_columns(columns, errors);
  if (errors.empty()) sort_pairs(columns, errors);
  if (!errors.empty()) return std::move(errors).take();
  return Instance(std::move(columns));
}

Instance::Instance(InstanceColumns columns) : columns_(std::move(columns)) {
  const auto& pairs = columns_.pairs;
  first_pair_.assign(class_count() + 1, 0);
  for (const ClassId id : pairs.query_class) ++first_pair_[id.index() + 1];
  for (std::size_t i = 0; i < class_count(); ++i) first_pair_[i + 1] += first_pair_[i];

  option_pairs_ = group_by<std::uint32_t>(
      pair_count(), option_count(), [&](std::size_t p) { return pairs.option[p].index(); },
      first_option_pair_);
  pool_options_ = group_by<OptionId>(
      option_count(), pool_count(), [&](std::size_t d) { return columns_.options.pool[d].index(); },
      first_pool_option_);
  pool_offers_ = group_by<OfferId>(
      offer_count(), pool_count(), [&](std::size_t o) { return columns_.offers.pool[o].index(); },
      first_pool_offer_);
  for (std::size_t r = 0; r < pool_count(); ++r) {
    std::stable_sort(pool_offers_.begin() + static_cast<std::ptrdiff_t>(first_pool_offer_[r]),
                     pool_offers_.begin() + static_cast<std::ptrdiff_t>(first_pool_offer_[r + 1]),
                     [&](OfferId a, OfferId b) { return cheaper_per_gpu(columns_.offers, a, b); });
  }
}

std::span<const std::uint32_t> Instance::pairs_of(OptionId id) const {
  return std::span(option_pairs_)
      .subspan(first_option_pair_[id.index()],
               first_option_pair_[id.index() + 1] - first_option_pair_[id.index()]);
}

std::span<const OfferId> Instance::offers_of(PoolId id) const {
  return std::span(pool_offers_)
      .subspan(first_pool_offer_[id.index()],
               first_pool_offer_[id.index() + 1] - first_pool_offer_[id.index()]);
}

std::span<const OptionId> Instance::options_of(PoolId id) const {
  return std::span(pool_options_)
      .subspan(first_pool_option_[id.index()],
               first_pool_option_[id.index() + 1] - first_pool_option_[id.index()]);
}

std::optional<std::size_t> Instance::find_pair(ClassId query_class, OptionId option) const {
  const auto begin = columns_.pairs.option.begin();
  const auto first = begin + static_cast<std::ptrdiff_t>(first_pair(query_class));
  const auto last = begin + static_cast<std::ptrdiff_t>(end_pair(query_class));
  const auto found = std::lower_bound(first, last, option);
  if (found == last || *found != option) return std::nullopt;
  return static_cast<std::size_t>(found - begin);
}

}  // namespace berth
