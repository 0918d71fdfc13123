#pragma once
// What an option is worth at given prices of demand: a fractional knapsack over its classes.

#include <cstddef>
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
  double core = 0.0;     ///< replicas: load of the classes that earn (nearly) the most per replica
  /// No capacity of `replicas` earns more.
  [[nodiscard]] double at_most(double replicas, double unit_price) const {
    return std::min(total, surplus + replicas * unit_price);
  }
};

class Appraiser {
 public:
  explicit Appraiser(const Market& market) : market_(market) {}
  [[nodiscard]] Outline outline(std::size_t d, const ClassPrices& prices) const;
  /// USD/h that `capacity` replicas of d earn at most. O(entries log entries).
  [[nodiscard]] double value(std::size_t d, double capacity, const ClassPrices& prices);

 private:
  const Market& market_;
  std::vector<std::pair<double, double>> items_;  // USD/h per replica, load
};

}  // namespace berth::adaptive
