#include "berth/output/catalog_select.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

Error unknown(std::string_view what, std::string_view name, const std::vector<std::string>& known) {
  return {ErrorCode::kUnknownName,
          fmt::format("the catalog has no {} '{}'", what, name),
          {},
          suggest(name, known)};
}

}  // namespace

Result<ModelId> select_model(const Catalog& catalog, std::string_view name) {
  if (const auto id = catalog.find_model(name)) return *id;
  return unknown("model", name, catalog.model_names());
}

Result<GpuId> select_gpu(const Catalog& catalog, std::string_view name) {
  if (const auto id = catalog.find_gpu(name)) return *id;
  return unknown("GPU", name, catalog.gpu_names());
}

Result<std::vector<const CatalogOffer*>> select_offers(const Catalog& catalog,
                                                       std::string_view name) {
  const std::string wanted = to_lower(name);
  const auto gpu = catalog.find_gpu(name);
  const std::string gpu_name = gpu ? catalog.gpu(*gpu).name : std::string();
  std::vector<const CatalogOffer*> found;
  std::set<std::string> known;
  for (const CatalogOffer& offer : catalog.offers()) {
    const std::string place = offer.cloud + "/" + offer.region;
    known.insert({offer.cloud, place, offer.instance, offer.gpu});
    const bool match = to_lower(offer.cloud) == wanted || to_lower(offer.region) == wanted ||
                       to_lower(place) == wanted || to_lower(offer.instance) == wanted ||
                       (gpu && offer.gpu == gpu_name);
    if (match) found.push_back(&offer);
  }
  if (found.empty()) {
    if (gpu) {
      return Error{ErrorCode::kUnknownName,
                   fmt::format("the catalog has no offer of '{}'", gpu_name),
                   {},
                   "give it a price in your fleet: pools: [{name: .., gpu: .., offers: [..]}]"};
    }
    return unknown("offer of", name, {known.begin(), known.end()});
  }
  return found;
}

}  // namespace berth
