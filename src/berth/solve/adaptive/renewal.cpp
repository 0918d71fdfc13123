// How the routing program stays exact: its inverse and values anew, slots that came and went
// dropped, rounding noticed and, if it has spoilt the basis, another one built.

#include <algorithm>
#include <cmath>
#include <limits>

#include "berth/solve/adaptive/routing.h"

namespace berth::adaptive {
namespace {

constexpr double kSingular = 1e-12;
constexpr double kMiss = 1e-9;  // of a value that shows that rounding spoils the basis

}  // namespace

/// Whether the values keep every row and bound as a plan must, and cost what the prices say.
/// O(rows + classes).
bool Routing::is_sound() {
  const std::size_t n = rows();
  double cost = 0.0;
  double proven = 0.0;
  for (std::size_t r = 0; r < n; ++r) {
    const bool average = r < market_.average_rows;
    work_[r] = average ? 0.0 : basis_.capacity[r - market_.average_rows];
    proven += basis_.price[r] * work_[r];
  }
  for (std::size_t i = 0; i < classes_; ++i) {
    key_work_[i] = demand_of(i);
    proven += basis_.demand_price[i] * key_work_[i];
    if (basis_.unmet_at_limit[i] != 0) cost += market_.unmet_cost[i] * market_.max_unmet[i];
  }
  proven += cost;
  const auto place = [&](std::uint32_t column, double value) {
    double size = 1.0;
    const Sides sides = sides_of(column);
    for (std::size_t k = 0; k < sides.count; ++k) {
      work_[sides.side[k].row] -= sides.side[k].factor * value;
      size = std::max(size, sides.side[k].factor);
    }
    const std::uint32_t i = class_of(column);
    if (i != kNoClass) key_work_[i] -= value;
    cost += cost_of(column) * value;
    return value * size >= -kMiss && value <= upper(column) + kMiss;
  };
  bool within = true;
  for (std::size_t r = 0; r < n; ++r) within &= place(basis_.column[r], basis_.value[r]);
  for (std::size_t i = 0; i < classes_; ++i) within &= place(basis_.key[i], basis_.key_value[i]);
  for (std::size_t r = 0; r < n; ++r) {
    const bool average = r < market_.average_rows;
    const double size = average ? 1.0 : basis_.capacity[r - market_.average_rows];
    within &= std::abs(work_[r]) <= kMiss * std::max(1.0, size);
  }
  for (std::size_t i = 0; i < classes_; ++i) within &= std::abs(key_work_[i]) <= kMiss;
  const double near = kMiss * std::max(1.0, basis_.cost);
  return within && std::abs(cost - basis_.cost) <= near && std::abs(proven - basis_.cost) <= near;
}

/// The same slots and capacities from nothing, when rounding has spoilt the basis.
bool Routing::begin_again() {
  const std::vector<std::uint32_t> slots = basis_.slots;
  const std::vector<double> capacity = basis_.capacity;
  begin();
  for (std::size_t s = 0; s < slots.size(); ++s) {
    if (capacity[s] <= 0.0) continue;
    add_slot(slots[s]);
    basis_.capacity.back() = capacity[s];
    basis_.value.back() = capacity[s];
    if (!primal()) return false;
  }
  if (is_sound()) return true;
  if (!invert()) return false;
  recompute();
  return dual(std::numeric_limits<double>::infinity()) && primal() && is_sound();
}

bool Routing::refresh() {
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    if (basis_.capacity[s] <= 0.0) evict(basis_.slots[s]);
  }
  std::vector<std::uint8_t> used(basis_.slots.size(), 0);
  const auto mark = [&](std::uint32_t column) {
    if (column < first_entry_) return;
    used[static_cast<std::size_t>(slot_of_[market_.entries[column - first_entry_].option])] = 1;
  };
  for (const std::uint32_t column : basis_.key) mark(column);
  for (const std::uint32_t column : basis_.column) mark(column);
  const auto covered = [&](std::size_t s) {
    return basis_.capacity[s] > 0.0 || used[s] != 0 || is_basic_[slack_of(basis_.slots[s])] != 0;
  };
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    if (!covered(s)) return begin_again();  // singular: nothing covers its row
  }
  std::vector<std::uint32_t> slots;
  std::vector<double> capacity;
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    const std::uint32_t d = basis_.slots[s];
    if (basis_.capacity[s] > 0.0 || used[s] != 0) {
      slot_of_[d] = static_cast<std::int32_t>(slots.size());
      slots.push_back(d);
      capacity.push_back(basis_.capacity[s]);
      continue;
    }
    slot_of_[d] = -1;
    is_basic_[slack_of(d)] = 0;
    basis_.column.erase(std::find(basis_.column.begin(), basis_.column.end(), slack_of(d)));
  }
  basis_.slots = std::move(slots);
  basis_.capacity = std::move(capacity);
  const std::size_t n = rows();
  basis_.value.resize(n);
  basis_.price.resize(n);
  row_class_.resize(n);
  for (std::size_t r = 0; r < n; ++r) row_class_[r] = class_of(basis_.column[r]);
  if (!invert()) return begin_again();
  recompute();
  return true;
}

bool Routing::invert() {
  const std::size_t n = rows();
  const std::size_t width = 2 * n;
  std::vector<double> matrix(n * width, 0.0);  // row-major: the working basis, then the identity
  const auto at = [&](std::size_t r, std::size_t c) -> double& { return matrix[r * width + c]; };
  const auto add = [&](std::uint32_t column, std::size_t k, double sign) {
    const Sides sides = sides_of(column);
    for (std::size_t s = 0; s < sides.count; ++s) {
      at(sides.side[s].row, k) += sign * sides.side[s].factor;
    }
  };
  for (std::size_t k = 0; k < n; ++k) {
    at(k, n + k) = 1.0;
    add(basis_.column[k], k, 1.0);
    if (row_class_[k] != kNoClass) add(basis_.key[row_class_[k]], k, -1.0);
  }
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t largest = k;
    for (std::size_t r = k + 1; r < n; ++r) {
      if (std::abs(at(r, k)) > std::abs(at(largest, k))) largest = r;
    }
    if (std::abs(at(largest, k)) < kSingular) return false;
    if (largest != k) std::swap_ranges(&at(k, 0), &at(k, 0) + width, &at(largest, 0));
    const double scale = 1.0 / at(k, k);
    for (std::size_t c = k; c < width; ++c) at(k, c) *= scale;
    for (std::size_t r = 0; r < n; ++r) {
      const double factor = at(r, k);
      if (r == k || factor == 0.0) continue;
      for (std::size_t c = k; c < width; ++c) at(r, c) -= factor * at(k, c);
    }
  }
  for (std::size_t c = 0; c < n; ++c) {
    double* column = inverse_column(c);
    for (std::size_t r = 0; r < n; ++r) column[r] = at(r, n + c);
  }
  since_inversion_ = 0;
  return true;
}

void Routing::recompute() {
  const std::size_t n = rows();
  std::vector<double> right(n, 0.0);
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    right[market_.average_rows + s] = basis_.capacity[s];
  }
  basis_.cost = 0.0;
  for (std::size_t i = 0; i < classes_; ++i) {
    basis_.key_value[i] = demand_of(i);
    if (basis_.unmet_at_limit[i] != 0) basis_.cost += market_.unmet_cost[i] * market_.max_unmet[i];
    const Sides sides = sides_of(basis_.key[i]);
    for (std::size_t k = 0; k < sides.count; ++k) {
      right[sides.side[k].row] -= basis_.key_value[i] * sides.side[k].factor;
    }
  }
  std::fill(basis_.value.begin(), basis_.value.end(), 0.0);
  for (std::size_t c = 0; c < n; ++c) {
    const double* column = inverse_column(c);
    double price = 0.0;
    for (std::size_t r = 0; r < n; ++r) {
      basis_.value[r] += right[c] * column[r];
      if (row_class_[r] == kNoClass) continue;
      price += (cost_of(basis_.column[r]) - cost_of(basis_.key[row_class_[r]])) * column[r];
    }
    basis_.price[c] = price;
  }
  for (std::size_t r = 0; r < n; ++r) {
    basis_.cost += cost_of(basis_.column[r]) * basis_.value[r];
    if (row_class_[r] != kNoClass) basis_.key_value[row_class_[r]] -= basis_.value[r];
  }
  for (std::size_t i = 0; i < classes_; ++i) {
    basis_.cost += cost_of(basis_.key[i]) * basis_.key_value[i];
  }
  price_demand();
}

}  // namespace berth::adaptive
