#pragma once
// Shares as the integer weights of a gateway.

#include <span>
#include <vector>

namespace berth {

/// Integers >= 0 that add up to exactly `total`, each within 1 of its share of it (largest
/// remainder; of equal remainders the earlier). A positive share gets at least 1 where `total`
/// allows: a route of 0 would leave a deployment idle. Empty for shares that add up to 0.
/// REQUIRES: shares finite and >= 0.
[[nodiscard]] std::vector<int> exact_weights(std::span<const double> shares, int total);

}  // namespace berth
