#include "tests/support/oracle_rows.h"

#include <algorithm>
#include <cmath>

namespace berth::testing {
namespace {

class RowWriter {
 public:
  explicit RowWriter(const Instance& instance) : instance_(instance), columns_(instance.columns()) {
    rows_.pairs = instance.pair_count();
    rows_.options = instance.option_count();
    rows_.offers = instance.offer_count();
  }

  Rows write() {
    add_columns();
    demand_rows();
    option_rows();
    pool_rows();
    group_rows();
    average_rows(columns_.pairs.delay, columns_.classes.max_delay);
    average_rows(columns_.pairs.error, columns_.classes.max_error);
    budget_row();
    rows_.start.push_back(static_cast<int>(rows_.index.size()));
    return std::move(rows_);
  }

 private:
  void column(double cost, double upper, bool integer) {
    rows_.cost.push_back(cost);
    rows_.lower.push_back(0.0);
    rows_.upper.push_back(upper);
    rows_.integer.push_back(integer);
  }

  void row(double lower, double upper) {
    rows_.start.push_back(static_cast<int>(rows_.index.size()));
    rows_.row_lower.push_back(lower);
    rows_.row_upper.push_back(upper);
  }

  void term(std::size_t column, double value) {
    rows_.index.push_back(static_cast<int>(column));
    rows_.value.push_back(value);
  }

  /// Y_d: no plan needs more replicas of d than all its classes together load.
  double most_replicas(std::size_t d) const {
    double load = 0.0;
    for (const std::uint32_t p : instance_.pairs_of(OptionId(d))) load += columns_.pairs.load[p];
    const double most = std::max(1.0, std::ceil(load));
    return std::min(most, static_cast<double>(columns_.options.max_replicas[d]));
  }

  static double limit(std::int32_t count) {
    return count == kUnlimited ? Rows::kInfinity : static_cast<double>(count);
  }

  void add_columns() {
    for (std::size_t p = 0; p < rows_.pairs; ++p) column(columns_.pairs.cost[p].usd(), 1.0, false);
    for (std::size_t d = 0; d < rows_.options; ++d) column(0.0, most_replicas(d), true);
    for (std::size_t d = 0; d < rows_.options; ++d) {
      column(columns_.options.fixed_cost[d].usd(), 1.0, true);
    }
    for (std::size_t o = 0; o < rows_.offers; ++o) {
      column(columns_.offers.cost[o].usd(), limit(columns_.offers.max[o]), true);
    }
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      column(columns_.classes.unmet_cost[i].usd(), columns_.classes.max_unmet[i], false);
    }
  }

  void demand_rows() {
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      row(1.0, 1.0);
      for (std::size_t p = instance_.first_pair(ClassId(i)); p < instance_.end_pair(ClassId(i));
           ++p) {
        term(rows_.x(p), 1.0);
      }
      term(rows_.u(i), 1.0);
    }
  }

  void option_rows() {
    for (std::size_t d = 0; d < rows_.options; ++d) {
      row(-Rows::kInfinity, 0.0);  // sum a x <= y
      for (const std::uint32_t p : instance_.pairs_of(OptionId(d))) {
        term(rows_.x(p), columns_.pairs.load[p]);
      }
      term(rows_.y(d), -1.0);
      for (const std::uint32_t p : instance_.pairs_of(OptionId(d))) {
        row(-Rows::kInfinity, 0.0);  // x <= v
        term(rows_.x(p), 1.0);
        term(rows_.v(d), -1.0);
      }
      row(-Rows::kInfinity, 0.0);  // v <= y
      term(rows_.v(d), 1.0);
      term(rows_.y(d), -1.0);
      row(-Rows::kInfinity, 0.0);  // y <= Y v
      term(rows_.y(d), 1.0);
      term(rows_.v(d), -most_replicas(d));
    }
  }

  void pool_rows() {
    for (std::size_t r = 0; r < instance_.pool_count(); ++r) {
      row(-Rows::kInfinity, 0.0);
      for (const OptionId d : instance_.options_of(PoolId(r))) {
        term(rows_.y(d.index()), columns_.options.units[d.index()]);
      }
      for (const OfferId o : instance_.offers_of(PoolId(r))) {
        term(rows_.n(o.index()), -columns_.offers.lot[o.index()]);
      }
    }
  }

  void group_rows() {
    for (std::size_t g = 0; g < instance_.group_count(); ++g) {
      row(-Rows::kInfinity, 1.0);
      for (std::size_t d = 0; d < rows_.options; ++d) {
        if (columns_.options.group[d] == static_cast<std::int32_t>(g)) term(rows_.v(d), 1.0);
      }
    }
  }

  void average_rows(const std::vector<double>& value, const std::vector<double>& limits) {
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      if (limits[i] == kNoLimit) continue;
      row(-Rows::kInfinity, limits[i]);  // sum D x + Delta u <= Delta
      for (std::size_t p = instance_.first_pair(ClassId(i)); p < instance_.end_pair(ClassId(i));
           ++p) {
        term(rows_.x(p), value[p]);
      }
      term(rows_.u(i), limits[i]);
    }
  }

  void budget_row() {
    if (columns_.budget == kNoBudget) return;
    row(-Rows::kInfinity, columns_.budget.usd());
    for (std::size_t o = 0; o < rows_.offers; ++o) term(rows_.n(o), columns_.offers.cost[o].usd());
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  Rows rows_;
};

}  // namespace

Rows milp_rows(const Instance& instance) { return RowWriter(instance).write(); }

}  // namespace berth::testing
