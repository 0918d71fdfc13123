// The pivots of the routing program: primal after new columns came, dual after a capacity changed.

#include <algorithm>
#include <cmath>

#include "berth/core/infinity.h"
#include "berth/solve/adaptive/routing.h"

namespace berth::adaptive {
namespace {

constexpr double kFeasible = 1e-10;  // of a value, classes or replicas
constexpr double kOptimal = 1e-9;    // of a reduced cost, USD/h
constexpr double kElement = 1e-7;    // smallest pivot element
constexpr double kTie = 1e-12;

/// More pivots than this mean that rounding makes it cycle.
std::int64_t most_pivots(std::size_t rows, std::size_t classes) {
  return 100 + 20 * static_cast<std::int64_t>(rows + classes);
}

/// column -= factor * work, and its entry at `row` is `factor`.
void eliminate(double* column, const double* work, std::size_t rows, std::size_t row,
               double factor) {
  for (std::size_t r = 0; r < rows; ++r) column[r] -= factor * work[r];
  column[row] = factor;
}

}  // namespace

/// work_, key_work_: how fast the basic columns fall as `column` rises.
void Routing::transform(std::uint32_t column) {
  const std::size_t n = rows();
  std::fill_n(work_.begin(), n, 0.0);
  const auto add = [&](std::uint32_t of, double sign) {
    const Sides sides = sides_of(of);
    for (std::size_t k = 0; k < sides.count; ++k) {
      const double factor = sign * sides.side[k].factor;
      const double* in = inverse_column(sides.side[k].row);
      for (std::size_t r = 0; r < n; ++r) work_[r] += factor * in[r];
    }
  };
  add(column, 1.0);
  const std::uint32_t own = class_of(column);
  std::fill(key_work_.begin(), key_work_.end(), 0.0);
  if (own != kNoClass) {
    add(basis_.key[own], -1.0);
    key_work_[own] = 1.0;
  }
  for (std::size_t r = 0; r < n; ++r) {
    if (row_class_[r] != kNoClass) key_work_[row_class_[r]] -= work_[r];
  }
}

void Routing::step_along(double step) {
  for (std::size_t r = 0; r < rows(); ++r) basis_.value[r] -= step * work_[r];
  for (std::size_t i = 0; i < classes_; ++i) basis_.key_value[i] -= step * key_work_[i];
}

void Routing::note_bounds(std::uint32_t entering, std::uint32_t leaving, bool leaves_at_upper) {
  if (is_unmet(entering)) basis_.unmet_at_limit[entering - classes_] = 0;
  if (is_unmet(leaving)) basis_.unmet_at_limit[leaving - classes_] = leaves_at_upper ? 1 : 0;
  is_basic_[leaving] = 0;
  is_basic_[entering] = 1;
  ++pivots_;
  ++since_inversion_;
}

/// `column` takes the place of the basic column of `row`, moving by `step` from its bound.
/// REQUIRES: transform(column).
void Routing::pivot(std::size_t row, std::uint32_t column, bool leaves_at_upper, double step) {
  const std::size_t n = rows();
  const double price = reduced_cost(column);
  const double from =
      is_unmet(column) && basis_.unmet_at_limit[column - classes_] != 0 ? upper(column) : 0.0;
  step_along(step);
  basis_.value[row] = from + step;
  basis_.cost += price * step;
  const double inverse_element = 1.0 / work_[row];
  work_[row] = 0.0;
  for (std::size_t c = 0; c < n; ++c) {
    double* in = inverse_column(c);
    if (in[row] == 0.0) continue;
    const double factor = in[row] * inverse_element;
    basis_.price[c] += price * factor;
    eliminate(in, work_.data(), n, row, factor);
  }
  note_bounds(column, basis_.column[row], leaves_at_upper);
  basis_.column[row] = column;
  row_class_[row] = class_of(column);
  price_demand();
}

/// The key of class i leaves and `column`, of the same class, is its key now. REQUIRES: the class
/// has no other basic column; transform(column).
void Routing::replace_key(std::size_t i, std::uint32_t column, bool leaves_at_upper, double step) {
  const double price = reduced_cost(column);
  const double from =
      is_unmet(column) && basis_.unmet_at_limit[column - classes_] != 0 ? upper(column) : 0.0;
  step_along(step);
  basis_.cost += price * step;
  note_bounds(column, basis_.key[i], leaves_at_upper);
  basis_.key[i] = column;
  basis_.key_value[i] = from + step;
  basis_.demand_price[i] += price;
}

/// The basic column of `row` and the key of its class i change roles; the solution stays.
void Routing::exchange_key(std::size_t i, std::size_t row) {
  const std::size_t n = rows();
  for (std::size_t c = 0; c < n; ++c) {
    double* in = inverse_column(c);
    double sum = 0.0;
    for (std::size_t r = 0; r < n; ++r) {
      if (row_class_[r] == i) sum += in[r];
    }
    in[row] = -sum;
  }
  std::swap(basis_.column[row], basis_.key[i]);
  std::swap(basis_.value[row], basis_.key_value[i]);
}

std::size_t Routing::a_row_of(std::size_t i) const {
  const auto at = std::find(row_class_.begin(), row_class_.end(), i);
  return at == row_class_.end() ? kNone : static_cast<std::size_t>(at - row_class_.begin());
}

bool Routing::choose_entering(Entering& best) const {
  best.price = -kOptimal;
  const auto consider = [&](std::uint32_t column, double price) {
    if (price >= best.price || is_basic_[column] != 0) return;
    best = {column, price};
  };
  for (std::uint32_t i = 0; i < classes_; ++i) {
    const double demand = basis_.demand_price[i];
    consider(i, penalty_[i] - demand);
    if (market_.max_unmet[i] <= 0.0) continue;
    const double price = market_.unmet_cost[i] - demand;
    consider(static_cast<std::uint32_t>(classes_) + i,
             basis_.unmet_at_limit[i] != 0 ? -price : price);
  }
  for (std::uint32_t a = 0; a < market_.average_rows; ++a) {
    consider(first_slack_ + a, -basis_.price[a]);
  }
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    const std::uint32_t d = basis_.slots[s];
    const double theta = capacity_price(d);
    consider(slack_of(d), theta);
    if (basis_.capacity[s] <= 0.0) continue;  // nothing can go there
    for (std::uint32_t e = market_.first[d]; e < market_.first[d + 1]; ++e) {
      const Entry& entry = market_.entries[e];
      const std::size_t i = entry.query_class;
      double price = entry.cost - basis_.demand_price[i] + entry.load * theta;
      if (market_.average_rows > 0) {
        price += entry.delay_excess * delay_price(i) + entry.error_excess * error_price(i);
      }
      consider(first_entry_ + e, price);
    }
  }
  return best.price < -kOptimal;
}

/// How far `entering` can go, and what stops it: step_, leaving_row_, leaving_key_.
bool Routing::ratio_test(std::uint32_t entering, double direction) {
  step_ = upper(entering);  // its other bound
  leaving_row_ = leaving_key_ = kNone;
  double element = 0.0;
  const auto consider = [&](double change, double value, std::uint32_t column) {
    if (std::abs(change) <= kElement) return false;
    double room = kInfinity;
    if (change > 0.0) {
      room = std::max(0.0, value) / change;
    } else if (is_unmet(column)) {
      room = std::max(0.0, upper(column) - value) / -change;
    }
    const bool tie = room <= step_ + kTie && std::abs(change) > element && element > 0.0;
    if (room >= step_ - kTie && !tie) return false;
    step_ = std::min(step_, room);
    element = std::abs(change);
    leaves_at_upper_ = change < 0.0;
    return true;
  };
  for (std::size_t r = 0; r < rows(); ++r) {
    if (consider(direction * work_[r], basis_.value[r], basis_.column[r])) leaving_row_ = r;
  }
  for (std::size_t i = 0; i < classes_; ++i) {
    if (key_work_[i] == 0.0) continue;
    if (consider(direction * key_work_[i], basis_.key_value[i], basis_.key[i])) {
      leaving_key_ = i;
      leaving_row_ = kNone;
    }
  }
  return step_ < kInfinity;
}

bool Routing::primal() {
  const std::int64_t most = most_pivots(rows(), classes_);
  for (std::int64_t count = 0; count < most; ++count) {
    Entering entering;
    if (!choose_entering(entering)) return true;
    const std::uint32_t q = entering.column;
    const bool from_upper = is_unmet(q) && basis_.unmet_at_limit[q - classes_] != 0;
    const double direction = from_upper ? -1.0 : 1.0;
    transform(q);
    if (!ratio_test(q, direction)) return false;
    const double step = direction * step_;
    if (leaving_row_ != kNone) {
      pivot(leaving_row_, q, leaves_at_upper_, step);
      continue;
    }
    if (leaving_key_ == kNone) {  // to its other bound
      basis_.cost += reduced_cost(q) * step;
      step_along(step);
      basis_.unmet_at_limit[q - classes_] ^= 1;
      continue;
    }
    const std::size_t row = a_row_of(leaving_key_);
    if (row == kNone) {
      replace_key(leaving_key_, q, leaves_at_upper_, step);
      continue;
    }
    exchange_key(leaving_key_, row);
    transform(q);
    if (std::abs(work_[row]) <= kElement) return false;
    pivot(row, q, leaves_at_upper_, step);
  }
  return false;
}

/// The basic column furthest outside its bounds; a key is made an ordinary one first.
bool Routing::choose_leaving(std::size_t& row, bool& above) {
  double worst = kFeasible;
  std::size_t key = kNone;
  row = kNone;
  const auto consider = [&](double value, std::uint32_t column) {
    const double excess = is_unmet(column) ? value - upper(column) : -kInfinity;
    const double miss = std::max(-value, excess);
    if (miss <= worst) return false;
    worst = miss;
    above = excess > -value;
    return true;
  };
  for (std::size_t r = 0; r < rows(); ++r) {
    if (consider(basis_.value[r], basis_.column[r])) row = r;
  }
  for (std::size_t i = 0; i < classes_; ++i) {
    if (consider(basis_.key_value[i], basis_.key[i])) key = i;
  }
  if (key == kNone) return row != kNone;
  row = a_row_of(key);
  if (row == kNone) return false;
  exchange_key(key, row);
  return true;
}

bool Routing::choose_dual_entering(std::size_t leaving, bool above, std::uint32_t& entering) {
  const std::size_t n = rows();
  for (std::size_t c = 0; c < n; ++c) row_[c] = inverse_column(c)[leaving];
  for (std::size_t i = 0; i < classes_; ++i) {
    const Sides sides = sides_of(basis_.key[i]);
    double sum = 0.0;
    for (std::size_t k = 0; k < sides.count; ++k) {
      sum += sides.side[k].factor * row_[sides.side[k].row];
    }
    key_row_[i] = sum;
  }
  const double sign = above ? -1.0 : 1.0;
  double best = kInfinity;
  double element = 0.0;
  const auto consider = [&](std::uint32_t column, double alpha, double price, bool at_upper) {
    alpha *= sign;
    if ((at_upper ? alpha <= kElement : alpha >= -kElement) || is_basic_[column] != 0) return;
    const double size = std::abs(alpha);
    const double ratio = std::max(0.0, at_upper ? -price : price) / size;
    if (ratio >= best - kTie && (ratio > best + kTie || size <= element)) return;
    best = std::min(best, ratio);
    element = size;
    entering = column;
  };
  for (std::uint32_t i = 0; i < classes_; ++i) {
    if (key_row_[i] == 0.0) continue;
    consider(i, -key_row_[i], penalty_[i] - basis_.demand_price[i], false);
    if (market_.max_unmet[i] <= 0.0) continue;
    consider(static_cast<std::uint32_t>(classes_) + i, -key_row_[i],
             market_.unmet_cost[i] - basis_.demand_price[i], basis_.unmet_at_limit[i] != 0);
  }
  for (std::uint32_t a = 0; a < market_.average_rows; ++a) {
    consider(first_slack_ + a, row_[a], -basis_.price[a], false);
  }
  for (std::size_t s = 0; s < basis_.slots.size(); ++s) {
    const std::uint32_t d = basis_.slots[s];
    const double theta = capacity_price(d);
    const double at_slot = row_[slot_row(d)];
    consider(slack_of(d), at_slot, theta, false);
    if (basis_.capacity[s] <= 0.0) continue;  // nothing can go there
    for (std::uint32_t e = market_.first[d]; e < market_.first[d + 1]; ++e) {
      const Entry& entry = market_.entries[e];
      const std::size_t i = entry.query_class;
      double alpha = entry.load * at_slot - key_row_[i];
      double price = entry.cost - basis_.demand_price[i] + entry.load * theta;
      if (market_.average_rows > 0) {
        const std::int32_t delay = market_.delay_row[i];
        const std::int32_t error = market_.error_row[i];
        if (delay >= 0) alpha += entry.delay_excess * row_[static_cast<std::size_t>(delay)];
        if (error >= 0) alpha += entry.error_excess * row_[static_cast<std::size_t>(error)];
        price += entry.delay_excess * delay_price(i) + entry.error_excess * error_price(i);
      }
      consider(first_entry_ + e, alpha, price, false);
    }
  }
  return best < kInfinity;
}

bool Routing::dual(double cutoff) {
  const std::int64_t most = most_pivots(rows(), classes_);
  for (std::int64_t count = 0; count < most; ++count) {
    std::size_t row = kNone;
    bool above = false;
    if (!choose_leaving(row, above)) return true;
    if (basis_.cost > cutoff) return false;
    std::uint32_t entering = 0;
    if (!choose_dual_entering(row, above, entering)) return false;
    transform(entering);
    if (std::abs(work_[row]) <= kElement) return false;
    const double bound = above ? upper(basis_.column[row]) : 0.0;
    pivot(row, entering, above, (basis_.value[row] - bound) / work_[row]);
  }
  return false;
}

/// Takes the columns of slot d, which has no capacity, out of the basis by pivots of length zero
/// that keep the prices right. What resists stays.
void Routing::evict(std::size_t d) {
  const auto of_slot = [&](std::uint32_t column) {
    return column >= first_entry_ && market_.entries[column - first_entry_].option == d;
  };
  for (std::size_t i = 0; i < classes_; ++i) {
    if (!of_slot(basis_.key[i])) continue;
    const std::size_t row = a_row_of(i);
    if (row != kNone) exchange_key(i, row);
  }
  for (std::size_t r = 0; r < rows(); ++r) {
    if (!of_slot(basis_.column[r])) continue;
    std::uint32_t entering = 0;
    if (!choose_dual_entering(r, false, entering) && !choose_dual_entering(r, true, entering)) {
      continue;
    }
    transform(entering);
    if (std::abs(work_[r]) > kElement) pivot(r, entering, false, basis_.value[r] / work_[r]);
  }
}

}  // namespace berth::adaptive
