#pragma once
// The best routing for the replicas there are, kept optimal while replicas come and go: a small
// linear program, re-optimised from its last basis by a few pivots.
//
//   min  sum p_id x_id + sum phi_i u_i + sum rho_i z_i
//   s.t. sum_d x_id + u_i + z_i = 1           every class i       (price: demand_price)
//        sum_i a_id x_id <= capacity_d        every slot d        (price: capacity_price)
//        sum_d (D_id - Delta_i) x_id <= 0     average limits, delay and error
// z_i is demand that nothing carries yet; its price rho_i makes all such states comparable.
//
// The class rows are generalised upper bounds (Dantzig and Van Slyke 1967): of each class one
// basic column is its key, and what is left is a basis of slots and average rows only. One pivot
// costs O(slots^2 + entries of the slots), whatever the number of classes. docs/agh.md, "Routing".

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/adaptive/market.h"

namespace berth::adaptive {

class Routing {
 public:
  /// No slots: all demand uncarried. REQUIRES: `market` and `penalty` outlive it; penalty[i] is
  /// rho_i, USD/h.
  Routing(const Market& market, std::span<const double> penalty);

  /// Options that have a slot (perhaps of no capacity), in the order they came.
  [[nodiscard]] std::span<const std::uint32_t> slots() const { return basis_.slots; }

  /// Sets how many replicas' worth of load option d carries and finds the best routing again.
  /// Gives up, and says false, once the cost is surely above `cutoff` (or the arithmetic fails):
  /// then the routing must be restored.
  bool set_capacity(std::size_t d, double capacity, double cutoff);

  /// USD/h of the best routing.
  [[nodiscard]] double cost() const { return basis_.cost; }
  /// Demand that nothing carries, in classes.
  [[nodiscard]] double uncarried() const;
  /// What is charged for it, USD/h.
  [[nodiscard]] double uncarried_cost() const;
  /// What the last bit of class i costs, USD/h for the whole class.
  [[nodiscard]] double demand_price(std::size_t i) const { return basis_.demand_price[i]; }
  /// What one more replica of d would save at the margin, USD/h, >= 0; 0 without a slot.
  [[nodiscard]] double capacity_price(std::size_t d) const;
  /// Prices of the average limits of class i, USD/h per s or per 1.0, >= 0; 0 without a limit.
  [[nodiscard]] double delay_price(std::size_t i) const { return row_price(market_.delay_row[i]); }
  [[nodiscard]] double error_price(std::size_t i) const { return row_price(market_.error_row[i]); }

  /// Calls visit(entry, share) for every positive share.
  template <class Visit>
  void for_each_share(Visit&& visit) const {
    for (std::size_t i = 0; i < classes_; ++i) {
      if (basis_.key[i] >= first_entry_ && basis_.key_value[i] > 0.0) {
        visit(basis_.key[i] - first_entry_, basis_.key_value[i]);
      }
    }
    for (std::size_t r = 0; r < rows(); ++r) {
      if (basis_.column[r] >= first_entry_ && basis_.value[r] > 0.0) {
        visit(basis_.column[r] - first_entry_, basis_.value[r]);
      }
    }
  }
  /// Calls visit(class, share) for demand that stays unmet (not for what is uncarried).
  template <class Visit>
  void for_each_unmet(Visit&& visit) const {
    for (std::size_t i = 0; i < classes_; ++i) {
      double share = basis_.unmet_at_limit[i] != 0 ? market_.max_unmet[i] : 0.0;
      if (basis_.key[i] == classes_ + i) share = basis_.key_value[i];
      if (share > 0.0) visit(i, share);
    }
    for (std::size_t r = 0; r < rows(); ++r) {
      const std::uint32_t column = basis_.column[r];
      if (column >= classes_ && column < first_slack_ && basis_.value[r] > 0.0) {
        visit(column - classes_, basis_.value[r]);
      }
    }
  }

  /// Everything that changes. `inverse` is column-major with stride rows in a snapshot.
  struct Basis {
    std::vector<std::uint32_t> slots;  // option by slot
    std::vector<double> capacity;      // by slot
    std::vector<std::uint32_t> key;    // column by class
    std::vector<double> key_value;
    std::vector<double> demand_price;          // pi, by class
    std::vector<std::uint8_t> unmet_at_limit;  // by class: u is at its upper bound and not basic
    std::vector<std::uint32_t> column;         // by row of the working basis
    std::vector<double> value;                 // by row
    std::vector<double> price;                 // theta, by side row: average rows, then slots; <= 0
    std::vector<double> inverse;
    double cost = 0.0;
  };
  void save(Basis& snapshot) const;
  void restore(const Basis& snapshot);

  /// Drops slots without capacity and computes the inverse anew. False if the basis is singular.
  bool refresh();
  [[nodiscard]] std::int64_t pivots() const { return pivots_; }

 private:
  // Columns are numbered: z by class, u by class, slacks of average rows, slacks of slots by
  // option, x by entry.
  struct Side {  // what a column has in one average row or slot
    std::size_t row = 0;
    double factor = 0.0;
  };
  struct Sides {
    Side side[3];
    std::size_t count = 0;
  };
  static constexpr std::uint32_t kNoClass = UINT32_MAX;

  [[nodiscard]] std::size_t rows() const { return basis_.column.size(); }
  [[nodiscard]] std::size_t slot_row(std::size_t d) const {
    return market_.average_rows + static_cast<std::size_t>(slot_of_[d]);
  }
  [[nodiscard]] double row_price(std::int32_t row) const {
    return row < 0 ? 0.0 : -basis_.price[static_cast<std::size_t>(row)];
  }
  [[nodiscard]] std::uint32_t slack_of(std::size_t d) const {
    return static_cast<std::uint32_t>(first_slack_ + market_.average_rows + d);
  }
  [[nodiscard]] bool is_unmet(std::uint32_t column) const {
    return column >= classes_ && column < first_slack_;
  }
  [[nodiscard]] std::uint32_t class_of(std::uint32_t column) const;
  [[nodiscard]] double upper(std::uint32_t column) const;
  [[nodiscard]] double cost_of(std::uint32_t column) const;
  [[nodiscard]] Sides sides_of(std::uint32_t column) const;
  [[nodiscard]] double demand_of(std::size_t i) const;  // right-hand side of its row
  [[nodiscard]] double reduced_cost(std::uint32_t column) const;

  // Simplex (simplex.cpp).
  struct Entering {
    std::uint32_t column = 0;
    double price = 0.0;
  };
  bool primal();
  bool dual(double cutoff);
  [[nodiscard]] bool choose_entering(Entering& best) const;
  bool ratio_test(std::uint32_t entering, double direction);
  void step_along(double step);
  void transform(std::uint32_t column);
  bool choose_leaving(std::size_t& row, bool& above);
  [[nodiscard]] bool choose_dual_entering(std::size_t row, bool above, std::uint32_t& entering);
  void pivot(std::size_t row, std::uint32_t column, bool leaves_at_upper, double step);
  void replace_key(std::size_t i, std::uint32_t column, bool leaves_at_upper, double step);
  void exchange_key(std::size_t i, std::size_t row);
  [[nodiscard]] std::size_t a_row_of(std::size_t i) const;
  void note_bounds(std::uint32_t entering, std::uint32_t leaving, bool leaves_at_upper);
  void price_demand();
  void evict(std::size_t d);

  void begin();
  bool begin_again();
  [[nodiscard]] bool is_sound();
  void add_slot(std::size_t d);
  bool invert();
  void recompute();
  void grow(std::size_t rows);
  [[nodiscard]] double* inverse_column(std::size_t c) {
    return basis_.inverse.data() + c * stride_;
  }
  [[nodiscard]] const double* inverse_column(std::size_t c) const {
    return basis_.inverse.data() + c * stride_;
  }

  const Market& market_;
  std::span<const double> penalty_;
  std::size_t classes_ = 0;
  std::uint32_t first_slack_ = 0;
  std::uint32_t first_entry_ = 0;
  Basis basis_;
  std::size_t stride_ = 0;
  std::vector<std::int32_t> slot_of_;     // by option; -1
  std::vector<std::uint32_t> row_class_;  // by row: class of its column, kNoClass
  std::vector<std::uint8_t> is_basic_;    // by column

  // The step at hand: how fast the basic columns fall as the entering one rises.
  std::vector<double> work_;      // by row
  std::vector<double> key_work_;  // by class
  std::vector<double> row_;       // a row of the inverse
  std::vector<double> key_row_;   // by class: that row times the key's side coefficients
  double step_ = 0.0;
  std::size_t leaving_row_ = 0;  // kNone: a key leaves, or nothing
  std::size_t leaving_key_ = 0;
  bool leaves_at_upper_ = false;
  static constexpr std::size_t kNone = SIZE_MAX;

  std::int64_t pivots_ = 0;
  std::int64_t since_inversion_ = 0;
};

}  // namespace berth::adaptive
