#include <algorithm>

#include <fmt/format.h>

#include "berth/fleet/fleet.h"

namespace berth {

namespace {

/// "h100-sxm-x8" where a GPU is sold in boxes of several sizes; "h100-sxm" where in one.
void name_by_box(std::vector<FleetPool>& pools) {
  for (FleetPool& pool : pools) {
    const auto sizes = std::count_if(pools.begin(), pools.end(),
                                     [&](const FleetPool& p) { return p.gpu == pool.gpu; });
    if (sizes > 1) pool.name += fmt::format("-x{}", pool.offers.front().lot);
  }
}

}  // namespace

std::vector<FleetPool> region_pools(const Catalog& catalog, std::string_view cloud,
                                    std::string_view region, std::span<const OfferTerm> terms) {
  std::vector<FleetPool> pools;
  for (const CatalogOffer& offer : catalog.offers()) {
    if (offer.cloud != cloud || offer.region != region) continue;
    if (std::find(terms.begin(), terms.end(), offer.term) == terms.end()) continue;
    const auto gpu = catalog.find_gpu(offer.gpu);
    if (!gpu) continue;  // load_catalog refuses such an offer
    // Boxes of one size each: a replica's tensor-parallel group must fit in any box of its pool
    // (docs/formulation.md, "Availability").
    auto pool = std::find_if(pools.begin(), pools.end(), [&](const FleetPool& p) {
      return p.gpu == *gpu && p.offers.front().lot == offer.lot;
    });
    if (pool == pools.end()) {
      pool = pools.insert(pools.end(), FleetPool{catalog.gpu(*gpu).name, *gpu, {}});
    }
    pool->offers.push_back({fmt::format("{}-{}", offer.instance, to_string(offer.term)), offer.lot,
                            offer.cost, std::nullopt});
  }
  name_by_box(pools);
  return pools;
}

}  // namespace berth
