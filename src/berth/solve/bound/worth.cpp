#include "berth/solve/bound/worth.h"

#include <algorithm>

namespace berth::bound {

RelaxationWorth worth_of(const Instance& instance, const Prices& prices) {
  const auto& offers = instance.columns().offers;
  RelaxationWorth worth{prices.demand, std::vector<double>(instance.pool_count(), 0.0),
                        prices.budget};
  for (std::size_t o = 0; o < offers.max.size(); ++o) {
    if (offers.max[o] == kUnlimited) continue;
    const std::size_t r = offers.pool[o].index();
    const double gpu = (1.0 + prices.budget) * offers.cost[o].usd() / offers.lot[o];
    worth.pool[r] += std::max(0.0, prices.pool[r] - gpu);
  }
  return worth;
}

}  // namespace berth::bound
