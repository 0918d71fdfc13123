#pragma once
// What a Lagrangian consists of: the relaxation with GPUs priced one by one, and the stronger one
// with boxes whole, if there are boxes.

#include <optional>

#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/relaxation.h"

namespace berth::bound {

/// Prices from anywhere, made fit for `structure`.
[[nodiscard]] inline Prices clipped(const Structure& structure, const Prices& prices) {
  std::vector<double> vector = structure.to_vector(prices);
  structure.clip(vector);
  return structure.to_prices(vector);
}

struct Lagrangian::Parts {
  explicit Parts(const Instance& table)
      : instance(table), pairs(table), priced(table, pairs, Treatment::kPriced) {
    const Structure with_boxes(table, Treatment::kWhole);
    if (with_boxes.has_whole_pools()) whole.emplace(table, pairs, Treatment::kWhole);
  }

  const Instance& instance;
  PairColumns pairs;
  Relaxation priced;
  std::optional<Relaxation> whole;
};

}  // namespace berth::bound
