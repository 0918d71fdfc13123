#pragma once
// The catalog as JSON: a berth.catalog/1 document, so that what is printed can be edited and read
// back as a file that overrides the built-in catalog. Sizes in bytes, times in s, prices in USD/h.

#include <string>
#include <string_view>

#include "berth/catalog/catalog.h"
#include "berth/core/result.h"
#include "berth/output/catalog_table.h"

namespace berth {

[[nodiscard]] std::string to_json(const Catalog& catalog, CatalogKind kind);

/// As the table of one entry; also a list (of one, but for offers). Errors: kUnknownName.
[[nodiscard]] Result<std::string> to_json(const Catalog& catalog, CatalogKind kind,
                                          std::string_view name);

}  // namespace berth
