#include <algorithm>

#include <fmt/format.h>

#include "berth/fleet/fleet.h"

namespace berth {

std::vector<FleetPool> region_pools(const Catalog& catalog, std::string_view cloud,
                                    std::string_view region, std::span<const OfferTerm> terms) {
  std::vector<FleetPool> pools;
  for (const CatalogOffer& offer : catalog.offers()) {
    if (offer.cloud != cloud || offer.region != region) continue;
    if (std::find(terms.begin(), terms.end(), offer.term) == terms.end()) continue;
    const auto gpu = catalog.find_gpu(offer.gpu);
    if (!gpu) continue;  // load_catalog refuses such an offer
    auto pool =
        std::find_if(pools.begin(), pools.end(), [&](const FleetPool& p) { return p.gpu == *gpu; });
    if (pool == pools.end()) {
      pool = pools.insert(pools.end(), FleetPool{catalog.gpu(*gpu).name, *gpu, {}});
    }
    pool->offers.push_back({fmt::format("{}-{}", offer.instance, to_string(offer.term)), offer.lot,
                            offer.cost, std::nullopt});
  }
  return pools;
}

}  // namespace berth
