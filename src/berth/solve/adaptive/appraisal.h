#pragma once
// What an option is worth at given prices of demand: a fractional knapsack over its classes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "berth/solve/adaptive/market.h"
#include "berth/solve/adaptive/routing.h"

namespace berth::adaptive {

/// USD/h by class: for all of its demand, per s of average delay, per 1.0 of average error.
struct ClassPrices {
  std::vector<double> demand;
  std::vector<double> delay;
  std::vector<double> error;

  /// What serving all of the class with this pair earns.
  [[nodiscard]] double weight(const Entry& entry) const {
    const std::size_t i = entry.query_class;
    return demand[i] - entry.cost - entry.delay_excess * delay[i] - entry.error_excess * error[i];
  }
};

/// The marginal prices of a routing.
void read_prices(const Routing& routing, std::size_t classes, ClassPrices& prices);

/// An option at given prices, before anybody looks at its capacity.
struct Outline {
  double total = 0.0;    ///< USD/h: all classes that earn something, however large their load
  double surplus = 0.0;  ///< USD/h: earnings beyond the rent of the load, in fractions of a replica
  double load = 0.0;     ///< replicas: of the classes that earn something
  /// No capacity of `replicas` earns more.
  [[nodiscard]] double at_most(double replicas, double unit_price) const {
    return std::min(total, surplus + replicas * unit_price);
  }
};

class Appraiser {
 public:
  /// REQUIRES: `market` outlives it.
  explicit Appraiser(const Market& market);

  /// Looks at all options and notes those that earn something at these prices. O(options + entries
  /// of the classes that have a price).
  void look(const ClassPrices& prices);
  /// The options seen by look(), in a fixed order.
  [[nodiscard]] std::span<const std::uint32_t> seen() const { return seen_; }
  [[nodiscard]] const Outline& outline(std::size_t d) const { return outlines_[d]; }

  /// Replicas of d that its best classes fill: load of those that earn (nearly) the most per
  /// replica. REQUIRES: d is seen.
  [[nodiscard]] double core(std::size_t d, const ClassPrices& prices) const;
  /// USD/h that `capacity` replicas of d earn at most. REQUIRES: d is seen. O(entries log entries).
  [[nodiscard]] double value(std::size_t d, double capacity, const ClassPrices& prices);

 private:
  void look_plainly(const std::vector<double>& demand);
  [[nodiscard]] Outline full_outline(std::size_t d, const ClassPrices& prices) const;

  const Market& market_;
  std::vector<double> load_;  // by entry: the market's, as a column
  std::vector<double> inverse_load_;
  /// An entry as a pass over the entries of one class reads it.
  struct OfClass {
    std::uint32_t option = 0;
    double load = 0.0;
    double rent = 0.0;  ///< USD/h of that load, GPUs in fractions
  };
  std::vector<OfClass> of_class_;  // in the order of Market::class_entries
  std::vector<Outline> outlines_;  // by option
  std::vector<std::uint32_t> seen_;
  std::vector<std::pair<double, double>> items_;  // USD/h per replica, load
};

}  // namespace berth::adaptive
