#pragma once
// What a cloud sells: a box of `lot` GPUs at a price.

#include <optional>
#include <string>
#include <string_view>

#include "berth/catalog/model_spec.h"
#include "berth/core/money.h"

namespace berth {

enum class OfferTerm { kOnDemand, kReserved, kSpot };
[[nodiscard]] std::string_view to_string(OfferTerm term);  ///< "on-demand", "reserved", "spot"

/// One priced box of the catalog. Several rows (terms) may share an instance type.
struct CatalogOffer {
  std::string cloud;     ///< "aws"
  std::string region;    ///< "us-east-1"
  std::string instance;  ///< "p5.48xlarge"
  std::string gpu;       ///< canonical GPU name
  int lot = 1;           ///< GPUs a box
  OfferTerm term = OfferTerm::kOnDemand;
  CostRate cost;  ///< per box
  Source source;
};

}  // namespace berth
