#pragma once
// What the uncertainty of an instance asks of a plan (docs/robust.md), as methods compute it. The
// check has its own arithmetic.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "berth/instance/instance.h"

namespace berth {

/// The sum of the `budget` largest of `rises`, a last one in part. Sorts them. O(n log n).
[[nodiscard]] double worst_rise(std::span<double> rises, double budget);

/// What an average of class i is planned times, by the column (delay or error) of the uncertainty.
[[nodiscard]] double average_factor(const InstanceColumns::Uncertainty& uncertainty,
                                    const std::vector<double>& worse, std::size_t i);

/// Load by option of these shares (by pair), with its worst rise.
[[nodiscard]] std::vector<double> planned_loads(const Instance& instance,
                                                std::span<const double> share);

/// The terms of an option's capacity row. With `dual` the worst rise is budget z + sum q beside the
/// load, where z + q_p >= rise_p x_p; else the coefficients say it.
struct CapacityTerms {
  std::vector<std::uint32_t> pairs;
  std::vector<double> coefficient;  ///< of the share
  std::vector<double> rise;         ///< by pair; all 0 without `dual`
  bool dual = false;
};

/// Of the pairs of option d that `usable` says yes to.
[[nodiscard]] CapacityTerms capacity_terms(const Instance& instance, OptionId d,
                                           const std::function<bool(std::uint32_t)>& usable);

/// The z of such a row at its optimum: the largest rise that the budget does not cover whole.
/// Sorts `rises`.
[[nodiscard]] double rise_threshold(std::span<double> rises, double budget);

}  // namespace berth
