#pragma once
// The catalog as text: `berth catalog models|gpus|offers [NAME]`. Every number is shown with the
// source it comes from; what nobody verified is marked.

#include <optional>
#include <string>
#include <string_view>

#include "berth/catalog/catalog.h"
#include "berth/core/result.h"
#include "berth/output/table.h"

namespace berth {

enum class CatalogKind { kModels, kGpus, kOffers };

/// "models", "gpus", "offers".
[[nodiscard]] std::string_view to_string(CatalogKind kind);
[[nodiscard]] std::optional<CatalogKind> catalog_kind_from(std::string_view name);

/// One line an entry.
[[nodiscard]] std::string to_table(const Catalog& catalog, CatalogKind kind,
                                   const TableStyle& style = {});

/// One model or GPU in full (by name or alias); for offers, those whose cloud, region, instance or
/// GPU is `name`, or whose "cloud/region" is. Errors: kUnknownName with a suggestion.
[[nodiscard]] Result<std::string> to_table(const Catalog& catalog, CatalogKind kind,
                                           std::string_view name, const TableStyle& style = {});

}  // namespace berth
