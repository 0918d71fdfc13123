#include "berth/instance/supply.h"

#include <algorithm>
#include <numeric>

#include "berth/instance/instance.h"

namespace berth {

std::int32_t PoolStock::max_replicas(int units) const {
  if (gpus == kEndless) return kUnlimited;
  return static_cast<std::int32_t>(std::min<std::int64_t>(gpus / units, kUnlimited));
}

PoolStock pool_stock(const FleetPool& pool) {
  PoolStock stock;
  for (const FleetOffer& offer : pool.offers) {
    if (offer.max && *offer.max <= 0) continue;
    stock.common_gpus = std::gcd(stock.common_gpus, offer.lot);
    stock.box_gpus = stock.box_gpus == 0 ? offer.lot : std::min(stock.box_gpus, offer.lot);
    if (!offer.max || stock.gpus == PoolStock::kEndless) {
      stock.gpus = PoolStock::kEndless;
    } else {
      stock.gpus =
          std::min(stock.gpus + std::int64_t{offer.lot} * *offer.max, PoolStock::kEndless / 4);
    }
  }
  return stock;
}

}  // namespace berth
