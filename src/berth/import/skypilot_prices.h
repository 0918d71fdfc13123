#pragma once
// A price list of SkyPilot's catalog (catalogs/<version>/<cloud>/vms.csv) as offers of Berth's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/core/result.h"

namespace berth {

struct PriceListOptions {
  std::string cloud;                 ///< the file does not say which
  std::vector<std::string> regions;  ///< empty = all
  std::string date;                  ///< when the prices were read: 2026, 2026-07 or 2026-07-31
};

/// An instance type of one region. At least one of the prices is there.
struct PricedInstance {
  std::string region;
  std::string instance;
  std::string gpu;                  ///< the catalog's name
  int lot = 1;                      ///< GPUs
  std::optional<double> on_demand;  ///< USD/h; of the cheapest zone
  std::optional<double> spot;
  std::uint64_t line = 0;  ///< of the first row
};

struct PriceList {
  std::vector<PricedInstance> offers;  ///< in the order of the file
  std::vector<std::string> notes;      ///< what was left out, for people
};

/// Columns by name in any order: InstanceType, AcceleratorName, AcceleratorCount, Price, SpotPrice
/// and Region; others are ignored. Left out and told: GPUs that `catalog` does not know, fractions
/// of a GPU, accelerators without an instance type, rows without a price. Zones of a region are one
/// offer. Errors, all at once with "name:line": kUnsupported (another format), kMissing, kSyntax,
/// kWrongType, kOutOfRange, kDuplicate (a column), kInconsistent (an instance type with two kinds
/// of GPU), kUnknownName (a region that is not in the file), kUsage (no cloud, no date).
[[nodiscard]] Result<PriceList> import_skypilot_prices(const std::string& name,
                                                       std::string_view content,
                                                       const PriceListOptions& options,
                                                       const Catalog& catalog);

/// A berth.catalog/1 file. Deterministic.
[[nodiscard]] std::string to_yaml(const PriceList& list, const PriceListOptions& options);

}  // namespace berth
