#pragma once
// Which entries of a catalog a name stands for. Private to the catalog's table and JSON.

#include <string_view>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/core/result.h"

namespace berth {

/// The model or GPU of that name or alias. Errors: kUnknownName with a suggestion.
[[nodiscard]] Result<ModelId> select_model(const Catalog& catalog, std::string_view name);
[[nodiscard]] Result<GpuId> select_gpu(const Catalog& catalog, std::string_view name);

/// Offers whose cloud, region, "cloud/region", instance or GPU (name or alias) is `name`, in
/// catalog order. Errors: kUnknownName when there is none.
[[nodiscard]] Result<std::vector<const CatalogOffer*>> select_offers(const Catalog& catalog,
                                                                     std::string_view name);

}  // namespace berth
