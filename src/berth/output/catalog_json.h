#pragma once
// The catalog as JSON, in base units (bytes, FLOP/s, s, USD/h): {"format": "berth.catalog/1",
// "models": [..]} and so on. docs/catalog.md, "JSON".

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
