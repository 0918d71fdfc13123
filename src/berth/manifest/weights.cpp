#include "berth/manifest/weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace berth {

std::vector<int> exact_weights(std::span<const double> shares, int total) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (!(sum > 0.0)) return {};
  std::vector<int> weights;
  std::vector<double> remainders;
  for (const double share : shares) {
    const double exact = share / sum * total;
    weights.push_back(static_cast<int>(std::floor(exact)));
    remainders.push_back(exact - std::floor(exact));
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  int left = total - std::accumulate(weights.begin(), weights.end(), 0);
  for (std::size_t k = 0; left > 0; k = (k + 1) % order.size(), --left) ++weights[order[k]];
  for (std::size_t k = 0; k < shares.size(); ++k) {
    if (!(shares[k] > 0.0) || weights[k] > 0) continue;
    const auto largest = std::max_element(weights.begin(), weights.end());
    if (*largest <= 1) break;
    --*largest;
    ++weights[k];
  }
  return weights;
}

}  // namespace berth
