#include "berth/solve/adaptive/routing.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace berth::adaptive {
namespace {

constexpr std::int64_t kRenew = 200;  // pivots between two inversions

}  // namespace

Routing::Routing(const Market& market, std::span<const double> penalty)
    : market_(market),
      penalty_(penalty),
      classes_(market.class_count()),
      first_slack_(static_cast<std::uint32_t>(2 * market.class_count())),
      first_entry_(
          static_cast<std::uint32_t>(first_slack_ + market.average_rows + market.option_count())),
      slot_of_(market.option_count(), -1),
      is_basic_(first_entry_ + market.entries.size(), 0),
      key_work_(classes_, 0.0),
      key_row_(classes_, 0.0) {
  grow(market.average_rows + 8);
  begin();
}

/// All demand uncarried, no slots.
void Routing::begin() {
  std::fill(is_basic_.begin(), is_basic_.end(), std::uint8_t{0});
  std::fill(slot_of_.begin(), slot_of_.end(), -1);
  std::fill(basis_.inverse.begin(), basis_.inverse.end(), 0.0);
  std::vector<double> inverse = std::move(basis_.inverse);
  basis_ = Basis{};
  basis_.inverse = std::move(inverse);
  row_class_.clear();
  basis_.unmet_at_limit.assign(classes_, 0);
  basis_.key_value.assign(classes_, 1.0);
  basis_.demand_price.assign(penalty_.begin(), penalty_.end());
  for (std::uint32_t i = 0; i < classes_; ++i) {
    basis_.key.push_back(i);
    is_basic_[i] = 1;
    basis_.cost += penalty_[i];
  }
  for (std::uint32_t a = 0; a < market_.average_rows; ++a) {
    basis_.column.push_back(first_slack_ + a);
    row_class_.push_back(kNoClass);
    is_basic_[first_slack_ + a] = 1;
    basis_.value.push_back(0.0);
    basis_.price.push_back(0.0);
    inverse_column(a)[a] = 1.0;
  }
  since_inversion_ = 0;
  primal();
}

void Routing::grow(std::size_t needed) {
  if (needed <= stride_) return;
  const std::size_t stride = (std::max(needed, stride_ * 2) + 3) / 4 * 4;
  std::vector<double> larger(stride * stride, 0.0);
  for (std::size_t c = 0; c < rows() && c < stride_; ++c) {
    std::copy_n(inverse_column(c), std::min(rows(), stride_), larger.data() + c * stride);
  }
  basis_.inverse = std::move(larger);
  stride_ = stride;
  work_.resize(stride);
  row_.resize(stride);
}

std::uint32_t Routing::class_of(std::uint32_t column) const {
  if (column < classes_) return column;
  if (column < first_slack_) return column - static_cast<std::uint32_t>(classes_);
  if (column < first_entry_) return kNoClass;
  return market_.entries[column - first_entry_].query_class;
}

double Routing::upper(std::uint32_t column) const {
  return is_unmet(column) ? market_.max_unmet[column - classes_]
                          : std::numeric_limits<double>::infinity();
}

double Routing::cost_of(std::uint32_t column) const {
  if (column < classes_) return penalty_[column];
  if (column < first_slack_) return market_.unmet_cost[column - classes_];
  if (column < first_entry_) return 0.0;
  return market_.entries[column - first_entry_].cost;
}

Routing::Sides Routing::sides_of(std::uint32_t column) const {
  Sides sides;
  const auto add = [&sides](std::size_t row, double factor) {
    sides.side[sides.count++] = {row, factor};
  };
  if (column < first_slack_) return sides;
  if (column < first_slack_ + market_.average_rows) {
    add(column - first_slack_, 1.0);
  } else if (column < first_entry_) {
    add(slot_row(column - first_slack_ - market_.average_rows), 1.0);
  } else {
    const Entry& entry = market_.entries[column - first_entry_];
    add(slot_row(entry.option), entry.load);
    const std::int32_t delay = market_.delay_row[entry.query_class];
    const std::int32_t error = market_.error_row[entry.query_class];
    if (delay >= 0) add(static_cast<std::size_t>(delay), entry.delay_excess);
    if (error >= 0) add(static_cast<std::size_t>(error), entry.error_excess);
  }
  return sides;
}

double Routing::demand_of(std::size_t i) const {
  return basis_.unmet_at_limit[i] != 0 ? 1.0 - market_.max_unmet[i] : 1.0;
}

double Routing::capacity_price(std::size_t d) const {
  return slot_of_[d] < 0 ? 0.0 : -basis_.price[slot_row(d)];
}

double Routing::reduced_cost(std::uint32_t column) const {
  double price = cost_of(column);
  const Sides sides = sides_of(column);
  for (std::size_t k = 0; k < sides.count; ++k) {
    price -= sides.side[k].factor * basis_.price[sides.side[k].row];
  }
  const std::uint32_t i = class_of(column);
  return i == kNoClass ? price : price - basis_.demand_price[i];
}

void Routing::price_demand() {
  for (std::size_t i = 0; i < classes_; ++i) {
    double price = cost_of(basis_.key[i]);
    const Sides sides = sides_of(basis_.key[i]);
    for (std::size_t k = 0; k < sides.count; ++k) {
      price -= sides.side[k].factor * basis_.price[sides.side[k].row];
    }
    basis_.demand_price[i] = price;
  }
}

double Routing::uncarried() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < classes_; ++i) {
    if (basis_.key[i] == i) sum += std::max(0.0, basis_.key_value[i]);
  }
  for (std::size_t r = 0; r < rows(); ++r) {
    if (basis_.column[r] < classes_) sum += std::max(0.0, basis_.value[r]);
  }
  return sum;
}

double Routing::uncarried_cost() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < classes_; ++i) {
    if (basis_.key[i] == i) sum += penalty_[i] * std::max(0.0, basis_.key_value[i]);
  }
  for (std::size_t r = 0; r < rows(); ++r) {
    const std::uint32_t column = basis_.column[r];
    if (column < classes_) sum += penalty_[column] * std::max(0.0, basis_.value[r]);
  }
  return sum;
}

void Routing::add_slot(std::size_t d) {
  const std::size_t row = rows();
  grow(row + 1);
  slot_of_[d] = static_cast<std::int32_t>(basis_.slots.size());
  basis_.slots.push_back(static_cast<std::uint32_t>(d));
  basis_.capacity.push_back(0.0);
  basis_.column.push_back(slack_of(d));
  row_class_.push_back(kNoClass);
  is_basic_[slack_of(d)] = 1;
  basis_.value.push_back(0.0);
  basis_.price.push_back(0.0);
  std::fill_n(inverse_column(row), row + 1, 0.0);
  for (std::size_t c = 0; c < row; ++c) inverse_column(c)[row] = 0.0;
  inverse_column(row)[row] = 1.0;
}

bool Routing::set_capacity(std::size_t d, double capacity, double cutoff) {
  if (since_inversion_ > kRenew && !refresh()) return false;
  if (slot_of_[d] < 0) {
    if (capacity <= 0.0) return true;
    add_slot(d);
    basis_.capacity.back() = capacity;
    basis_.value.back() = capacity;
    return (primal() && is_sound()) || begin_again();
  }
  const auto s = static_cast<std::size_t>(slot_of_[d]);
  const double change = capacity - basis_.capacity[s];
  if (change == 0.0) return true;
  // The prices take no notice of what could go to a closed slot: once it opens, the cost on the
  // way is no bound.
  if (basis_.capacity[s] <= 0.0) cutoff = std::numeric_limits<double>::infinity();
  basis_.capacity[s] = capacity;
  const std::size_t row = slot_row(d);
  const double* column = inverse_column(row);
  for (std::size_t r = 0; r < rows(); ++r) {
    basis_.value[r] += change * column[r];
    if (row_class_[r] != kNoClass) basis_.key_value[row_class_[r]] -= change * column[r];
  }
  basis_.cost += basis_.price[row] * change;
  const bool done = dual(cutoff);
  if (!done && basis_.cost > cutoff) return false;
  return (done && primal() && is_sound()) || begin_again();
}

void Routing::save(Basis& snapshot) const {
  const std::size_t n = rows();
  std::vector<double> inverse = std::move(snapshot.inverse);
  inverse.resize(n * n);
  for (std::size_t c = 0; c < n; ++c) {
    std::copy_n(inverse_column(c), n, inverse.data() + c * n);
  }
  snapshot.slots = basis_.slots;
  snapshot.capacity = basis_.capacity;
  snapshot.key = basis_.key;
  snapshot.key_value = basis_.key_value;
  snapshot.demand_price = basis_.demand_price;
  snapshot.unmet_at_limit = basis_.unmet_at_limit;
  snapshot.column = basis_.column;
  snapshot.value = basis_.value;
  snapshot.price = basis_.price;
  snapshot.cost = basis_.cost;
  snapshot.inverse = std::move(inverse);
}

void Routing::restore(const Basis& snapshot) {
  for (const std::uint32_t d : basis_.slots) slot_of_[d] = -1;
  for (const std::uint32_t column : basis_.key) is_basic_[column] = 0;
  for (const std::uint32_t column : basis_.column) is_basic_[column] = 0;
  basis_.slots = snapshot.slots;
  basis_.capacity = snapshot.capacity;
  basis_.key = snapshot.key;
  basis_.key_value = snapshot.key_value;
  basis_.demand_price = snapshot.demand_price;
  basis_.unmet_at_limit = snapshot.unmet_at_limit;
  basis_.column = snapshot.column;
  basis_.value = snapshot.value;
  basis_.price = snapshot.price;
  basis_.cost = snapshot.cost;
  const std::size_t n = rows();
  grow(n);
  for (std::size_t c = 0; c < n; ++c) {
    std::copy_n(snapshot.inverse.data() + c * n, n, inverse_column(c));
  }
  row_class_.resize(n);
  for (std::size_t r = 0; r < n; ++r) row_class_[r] = class_of(basis_.column[r]);
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    slot_of_[basis_.slots[s]] = static_cast<std::int32_t>(s);
  }
  for (const std::uint32_t column : basis_.key) is_basic_[column] = 1;
  for (const std::uint32_t column : basis_.column) is_basic_[column] = 1;
}

}  // namespace berth::adaptive
