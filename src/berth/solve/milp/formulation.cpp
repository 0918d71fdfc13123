#include "berth/solve/milp/formulation.h"

#include <algorithm>
#include <cassert>

#include "berth/solve/uncertainty.h"

namespace berth::milp {
namespace {

/// A solver treats a row as kept when it is broken by up to about 1e-6: a load below ten times that
/// would be served by a closed option.
constexpr double kHiddenLoad = 1e-5;

/// The most replicas any count here can hold serve less than a thousandth of such a class; solvers
/// refuse coefficients of this size.
constexpr double kUnservableLoad = 1e12;

class Writer {
 public:
  Writer(const Instance& instance, const FormulationOptions& options)
      : instance_(instance),
        columns_(instance.columns()),
        options_(options),
        bounds_(count_bounds(instance, options)) {}

  Formulation write() {
    add_columns();
    demand_rows();
    if (columns_.uncertainty.matters()) add_rise_columns();
    option_rows();
    pool_rows();
    group_rows();
    average_rows(RowKind::kAverageDelay, columns_.pairs.delay, columns_.classes.max_delay,
                 columns_.uncertainty.delay);
    average_rows(RowKind::kAverageError, columns_.pairs.error, columns_.classes.max_error,
                 columns_.uncertainty.error);
    budget_row();
    if (!columns_.switching.empty()) switching_rows();
    if (options_.strong_rows != StrongRows::kNone) strong_rows(Which::kNeeded);
    if (options_.strong_rows == StrongRows::kUpFront) strong_rows(Which::kStrengthening);
    if (options_.strong_rows != StrongRows::kLazy && options_.box_rows) box_rows();
    return std::move(form_);
  }

  /// Only the strengthening rows, for the columns of `form`.
  Model strengthening(const Formulation& form) {
    form_.share = form.share;
    form_.replicas = form.replicas;
    form_.active = form.active;
    form_.boxes = form.boxes;
    if (options_.strong_rows != StrongRows::kNone) strong_rows(Which::kStrengthening);
    if (options_.box_rows) box_rows();
    return std::move(form_.model);
  }

 private:
  enum class Which { kNeeded, kStrengthening };

  void term(std::int32_t column, double coefficient) { form_.model.add_term(column, coefficient); }

  void close(RowKind kind, std::size_t subject, double least, double most) {
    form_.model.close_row(least, most);
    form_.row_kind.push_back(kind);
    form_.row_subject.push_back(static_cast<std::uint32_t>(subject));
  }

  [[nodiscard]] bool needs_active(std::size_t d) const {
    return columns_.options.fixed_cost[d].micros() > 0 || columns_.options.group[d] != kNoGroup;
  }

  void add_columns() {
    Model& model = form_.model;
    const auto& classes = columns_.classes;
    const auto& offers = columns_.offers;
    const auto& options = columns_.options;
    const auto& pairs = columns_.pairs;
    for (std::size_t p = 0; p < instance_.pair_count(); ++p) {
      const bool can_open = bounds_.replicas[pairs.option[p].index()] >= 1.0;
      const double most = can_open && pairs.load[p] < kUnservableLoad ? 1.0 : 0.0;
      form_.share.push_back(model.add_column(pairs.cost[p].usd(), 0.0, most, false));
    }
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      form_.replicas.push_back(model.add_column(0.0, 0.0, bounds_.replicas[d], true));
    }
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      form_.active.push_back(needs_active(d)
                                 ? model.add_column(options.fixed_cost[d].usd(), 0.0, 1.0, true)
                                 : kNoColumn);
    }
    for (std::size_t o = 0; o < instance_.offer_count(); ++o) {
      form_.boxes.push_back(model.add_column(offers.cost[o].usd(), 0.0, bounds_.boxes[o], true));
    }
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      form_.unmet.push_back(
          model.add_column(classes.unmet_cost[i].usd(), 0.0, classes.max_unmet[i], false));
    }
    if (!columns_.switching.empty()) add_switching_columns();
  }

  /// What does not run yet is started or rented anew whenever it is used: no column of its own.
  void add_switching_columns() {
    Model& model = form_.model;
    const auto& now = columns_.switching;
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      form_.started.push_back(kNoColumn);
      form_.stopped.push_back(kNoColumn);
      if (now.replicas[d] == 0) {
        model.cost[static_cast<std::size_t>(form_.replicas[d])] += now.start_cost[d].usd();
        continue;
      }
      const double most = std::max(0.0, bounds_.replicas[d] - now.replicas[d]);
      form_.started.back() = model.add_column(now.start_cost[d].usd(), 0.0, most, false);
      form_.stopped.back() = model.add_column(now.stop_cost[d].usd(), 0.0, now.replicas[d], false);
    }
    for (std::size_t o = 0; o < instance_.offer_count(); ++o) {
      form_.rented.push_back(kNoColumn);
      if (now.boxes[o] == 0) {
        model.cost[static_cast<std::size_t>(form_.boxes[o])] += now.rent_cost[o].usd();
      } else {
        form_.rented.back() = model.add_column(now.rent_cost[o].usd(), 0.0, kInfinity, false);
      }
    }
  }

  void switching_rows() {
    const auto& now = columns_.switching;
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      if (form_.started[d] == kNoColumn) continue;
      term(form_.replicas[d], 1.0);
      term(form_.started[d], -1.0);
      term(form_.stopped[d], 1.0);
      close(RowKind::kStarts, d, now.replicas[d], now.replicas[d]);
    }
    for (std::size_t o = 0; o < instance_.offer_count(); ++o) {
      if (form_.rented[o] == kNoColumn) continue;
      term(form_.boxes[o], 1.0);
      term(form_.rented[o], -1.0);
      close(RowKind::kRents, o, -kInfinity, now.boxes[o]);
    }
    if (now.max_changes == kUnlimited) return;
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      if (form_.started[d] == kNoColumn) {
        term(form_.replicas[d], 1.0);
      } else {
        term(form_.started[d], 1.0);
        term(form_.stopped[d], 1.0);
      }
    }
    close(RowKind::kChanges, 0, -kInfinity, now.max_changes);
  }

  void class_terms(std::size_t i, const std::vector<double>* value_of, double factor = 1.0) {
    for (std::size_t p = instance_.first_pair(ClassId(i)); p < instance_.end_pair(ClassId(i));
         ++p) {
      const double value = value_of == nullptr ? 1.0 : factor * (*value_of)[p];
      if (value != 0.0) term(form_.share[p], value);
    }
  }

  void demand_rows() {
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      class_terms(i, nullptr);
      term(form_.unmet[i], 1.0);
      close(RowKind::kDemand, i, 1.0, 1.0);
    }
  }

  CapacityTerms capacity_of(std::size_t d) const {
    return capacity_terms(instance_, OptionId(d), [this](std::uint32_t p) {
      return columns_.pairs.load[p] < kUnservableLoad;
    });
  }

  void add_rise_columns() {
    form_.threshold.assign(instance_.option_count(), kNoColumn);
    form_.beyond.assign(instance_.pair_count(), kNoColumn);
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      const CapacityTerms terms = capacity_of(d);
      if (!terms.dual) continue;
      form_.threshold[d] = form_.model.add_column(0.0, 0.0, kInfinity, false);
      for (std::size_t k = 0; k < terms.pairs.size(); ++k) {
        if (terms.rise[k] <= 0.0) continue;
        form_.beyond[terms.pairs[k]] = form_.model.add_column(0.0, 0.0, kInfinity, false);
      }
    }
  }

  /// z + q >= rise x.
  void rise_rows(std::size_t d, const CapacityTerms& terms) {
    for (std::size_t k = 0; k < terms.pairs.size(); ++k) {
      if (terms.rise[k] <= 0.0) continue;
      term(form_.share[terms.pairs[k]], terms.rise[k]);
      term(form_.threshold[d], -1.0);
      term(form_.beyond[terms.pairs[k]], -1.0);
      close(RowKind::kRise, terms.pairs[k], -kInfinity, 0.0);
    }
  }

  void option_rows() {
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      const CapacityTerms terms = capacity_of(d);
      if (terms.dual) rise_rows(d, terms);
      for (std::size_t k = 0; k < terms.pairs.size(); ++k) {
        term(form_.share[terms.pairs[k]], terms.coefficient[k]);
        if (terms.rise[k] > 0.0) term(form_.beyond[terms.pairs[k]], 1.0);
      }
      if (terms.dual) term(form_.threshold[d], columns_.uncertainty.budget);
      term(form_.replicas[d], -1.0);
      close(RowKind::kCapacity, d, -kInfinity, 0.0);
      if (form_.active[d] == kNoColumn) continue;
      term(form_.active[d], 1.0);
      term(form_.replicas[d], -1.0);
      close(RowKind::kActive, d, -kInfinity, 0.0);
      term(form_.replicas[d], 1.0);
      if (bounds_.replicas[d] > 0.0) term(form_.active[d], -bounds_.replicas[d]);
      close(RowKind::kReplicas, d, -kInfinity, 0.0);
    }
  }

  void pool_rows() {
    for (std::size_t r = 0; r < instance_.pool_count(); ++r) {
      if (instance_.options_of(PoolId(r)).empty()) continue;
      for (const OptionId d : instance_.options_of(PoolId(r))) {
        term(form_.replicas[d.index()], columns_.options.units[d.index()]);
      }
      for (const OfferId o : instance_.offers_of(PoolId(r))) {
        term(form_.boxes[o.index()], -columns_.offers.lot[o.index()]);
      }
      close(RowKind::kPool, r, -kInfinity, 0.0);
    }
  }

  void group_rows() {
    std::vector<std::vector<std::int32_t>> members(instance_.group_count());
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      const std::int32_t g = columns_.options.group[d];
      if (g != kNoGroup) members[static_cast<std::size_t>(g)].push_back(form_.active[d]);
    }
    for (std::size_t g = 0; g < members.size(); ++g) {
      if (members[g].size() < 2) continue;
      for (const std::int32_t v : members[g]) term(v, 1.0);
      close(RowKind::kGroup, g, -kInfinity, 1.0);
    }
  }

  void average_rows(RowKind kind, const std::vector<double>& value,
                    const std::vector<double>& limits, const std::vector<double>& worse) {
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      if (limits[i] == kNoLimit) continue;
      class_terms(i, &value, average_factor(columns_.uncertainty, worse, i));
      if (limits[i] != 0.0) term(form_.unmet[i], limits[i]);
      close(kind, i, -kInfinity, limits[i]);
    }
  }

  void budget_row() {
    if (columns_.budget == kNoBudget) return;
    for (std::size_t o = 0; o < instance_.offer_count(); ++o) {
      const double cost = columns_.offers.cost[o].usd();
      if (cost != 0.0) term(form_.boxes[o], cost);
    }
    close(RowKind::kBudget, 0, -kInfinity, columns_.budget.usd());
  }

  void strong_rows(Which which) {
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      for (const std::uint32_t p : instance_.pairs_of(OptionId(d))) {
        const bool needed = columns_.pairs.load[p] < kHiddenLoad;
        if (needed == (which == Which::kNeeded)) strong_rows_of(d, p);
      }
    }
  }

  void strong_rows_of(std::size_t d, std::uint32_t p) {
    if (columns_.pairs.load[p] >= kUnservableLoad) return;
    term(form_.share[p], 1.0);
    term(form_.active[d] != kNoColumn ? form_.active[d] : form_.replicas[d], -1.0);
    close(RowKind::kStrong, p, -kInfinity, 0.0);
  }

  void box_rows() {
    std::vector<std::uint32_t> of_pool;  // pairs of one class, grouped by pool
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      const ClassId id(i);
      of_pool.clear();
      for (std::size_t p = instance_.first_pair(id); p < instance_.end_pair(id); ++p) {
        if (largest_lot(pool_of(p)) > 1) of_pool.push_back(static_cast<std::uint32_t>(p));
      }
      std::sort(of_pool.begin(), of_pool.end(), [this](std::uint32_t a, std::uint32_t b) {
        const auto key = [this](std::uint32_t p) {
          return std::pair(pool_of(p).value(), -units_of(p));
        };
        return std::pair(key(a), a) < std::pair(key(b), b);
      });
      for (auto first = of_pool.begin(); first != of_pool.end();) {
        const auto end = std::find_if(
            first, of_pool.end(), [&](std::uint32_t p) { return pool_of(p) != pool_of(*first); });
        box_rows_of(i, {first, end});
        first = end;
      }
    }
  }

  /// `pairs` of class i in one pool, by descending units: one row per number of units u, over the
  /// pairs that need at least u GPUs.
  void box_rows_of(std::size_t i, std::span<const std::uint32_t> pairs) {
    const PoolId pool = pool_of(pairs.front());
    for (std::size_t count = 1; count <= pairs.size(); ++count) {
      const std::int32_t units = units_of(pairs[count - 1]);
      if (count < pairs.size() && units_of(pairs[count]) == units) continue;
      for (const std::uint32_t p : pairs.first(count)) term(form_.share[p], 1.0);
      for (const OfferId o : instance_.offers_of(pool)) {
        const std::int32_t useful = std::min(columns_.offers.lot[o.index()], units);
        term(form_.boxes[o.index()], -static_cast<double>(useful) / units);
      }
      close(RowKind::kBoxes, i * instance_.pool_count() + pool.index(), -kInfinity, 0.0);
    }
  }

  [[nodiscard]] PoolId pool_of(std::size_t pair) const {
    return columns_.options.pool[columns_.pairs.option[pair].index()];
  }
  [[nodiscard]] std::int32_t units_of(std::size_t pair) const {
    return columns_.options.units[columns_.pairs.option[pair].index()];
  }
  [[nodiscard]] std::int32_t largest_lot(PoolId pool) const {
    std::int32_t largest = 0;
    for (const OfferId o : instance_.offers_of(pool)) {
      largest = std::max(largest, columns_.offers.lot[o.index()]);
    }
    return largest;
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  const FormulationOptions& options_;
  Bounds bounds_;
  Formulation form_;
};

}  // namespace

Formulation formulate(const Instance& instance, const FormulationOptions& options) {
  assert(options.strong_rows != StrongRows::kAutomatic);
  return Writer(instance, options).write();
}

Model strengthening_rows(const Instance& instance, const Formulation& formulation,
                         const FormulationOptions& options) {
  return Writer(instance, options).strengthening(formulation);
}

}  // namespace berth::milp
