#pragma once
// Fleets and catalog entries as the YAML that is read back as the same.

#include <span>
#include <string>

#include "berth/fleet/fleet.h"

namespace berth {

/// A FLEET.yaml of everything `fleet` holds but its name and its catalog, which is `catalogs`
/// ("builtin", or paths beside the file).
[[nodiscard]] std::string to_yaml(const Fleet& fleet, std::span<const std::string> catalogs);

/// A catalog file with these models.
[[nodiscard]] std::string models_to_yaml(const Catalog& catalog, std::span<const ModelId> models);

}  // namespace berth
