#include "berth/fleet/generate_supply.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "berth/core/units.h"
#include "berth/fleet/draw.h"

namespace berth {
namespace {

using namespace fleet_draw;

constexpr int kBoxSize = 8;

/// By parameters; ties by name, so that the order never depends on the sort.
std::vector<ModelId> models_by_size(const Catalog& catalog) {
  std::vector<ModelId> models;
  for (std::size_t j = 0; j < catalog.models().size(); ++j) {
    if (!catalog.models()[j].quality.empty()) models.emplace_back(j);
  }
  std::sort(models.begin(), models.end(), [&](ModelId a, ModelId b) {
    const ModelSpec& x = catalog.model(a);
    const ModelSpec& y = catalog.model(b);
    return x.parameters != y.parameters ? x.parameters < y.parameters : x.name < y.name;
  });
  return models;
}

ModelSpec variant_of(const ModelSpec& base, std::size_t number, Random& random) {
  constexpr double kQualityChange = 0.03;  // what fine-tuning for one's own data gains or loses
  ModelSpec variant = base;
  variant.name = fmt::format("{}-ft{}", base.name, number);
  variant.aliases.clear();
  for (auto& [task, score] : variant.quality) {
    const double change = uniform(random, -kQualityChange, kQualityChange);
    score = rounded(std::clamp(score + change, 0.0, 1.0));
  }
  variant.quality_source = {"generated: scores of " + base.name + ", changed at random",
                            base.quality_source.date, false};
  variant.quality_sources.clear();
  variant.note.clear();
  return variant;
}

/// On-demand prices per GPU that the catalog lacks, USD/h: assumed from GPUs of the same speed.
double assumed_price(const std::string& gpu) {
  struct Price {
    std::string_view gpu;
    double usd;
  };
  constexpr std::array kAssumed = {
      Price{"v100-sxm-32gb", 0.6}, Price{"h100-nvl", 2.6}, Price{"mi250", 1.3},
      Price{"mi300x", 2.5},        Price{"mi325x", 2.9},   Price{"mi355x", 4.5},
      Price{"gaudi2", 1.3},        Price{"gaudi3", 2.0},   Price{"tpu-v5e", 1.2}};
  const auto* const found = std::find_if(kAssumed.begin(), kAssumed.end(),
                                         [&](const Price& price) { return price.gpu == gpu; });
  return found == kAssumed.end() ? 2.0 : found->usd;
}

/// The median of what clouds ask on demand for one GPU of a box.
double usual_price(const Catalog& catalog, const std::string& gpu) {
  std::vector<double> prices;
  for (const CatalogOffer& offer : catalog.offers()) {
    if (offer.gpu == gpu && offer.term == OfferTerm::kOnDemand) {
      prices.push_back(offer.cost.usd() / offer.lot);
    }
  }
  if (prices.empty()) return assumed_price(gpu);
  const auto middle = prices.begin() + static_cast<std::ptrdiff_t>(prices.size() / 2);
  std::nth_element(prices.begin(), middle, prices.end());
  return *middle;
}

std::vector<FleetOffer> offers_at(double price, int lot, bool reserved, Random& random) {
  const auto box = [&](double per_gpu) { return CostRate::usd_per_hour(rounded(per_gpu * lot)); };
  std::vector<FleetOffer> offers;
  if (reserved) {
    const double discount = uniform(random, 0.55, 0.75);
    const int boxes = 1 + static_cast<int>(random.below(4));
    offers.push_back({"reserved", lot, box(price * discount), boxes});
  }
  offers.push_back({"on-demand", lot, box(price), std::nullopt});
  return offers;
}

/// All types in random order, but first one that has the memory of a usual server GPU.
std::vector<GpuId> shuffled_gpus(const Catalog& catalog, Random& random) {
  constexpr double kRoomy = 75.0 * kGiga;
  std::vector<GpuId> gpus;
  for (std::size_t k = 0; k < catalog.gpus().size(); ++k) gpus.emplace_back(k);
  shuffle(random, gpus);
  const auto roomy = std::find_if(gpus.begin(), gpus.end(), [&](GpuId id) {
    const GpuType& gpu = catalog.gpu(id);
    return gpu.memory_bytes >= kRoomy && gpu.fast_domain >= kBoxSize;
  });
  if (roomy != gpus.end()) std::iter_swap(gpus.begin(), roomy);
  return gpus;
}

}  // namespace

void choose_models(const Catalog& builtin, int count, Random random, GeneratedFleet& result) {
  // Models of a time when prompts were short serve no class that is drawn.
  constexpr int kLeastContext = 4096;
  std::vector<ModelId> all = models_by_size(builtin);
  std::erase_if(all, [&](ModelId id) { return builtin.model(id).max_context < kLeastContext; });
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t direct = std::min(wanted, all.size());
  std::vector<ModelId>& chosen = result.fleet.models;
  for (std::size_t s = 0; s < direct; ++s) {
    // One of each s-th part by size; the first part holds models that fit on one GPU.
    const std::size_t first = s * all.size() / direct;
    const std::size_t end =
        std::min((s + 1) * all.size() / direct, s == 0 ? (all.size() + 2) / 3 : all.size());
    chosen.push_back(all[first + random.below(end - first)]);
  }
  std::vector<ModelSpec> models(builtin.models().begin(), builtin.models().end());
  std::vector<ModelId> bases = all;
  shuffle(random, bases);
  for (std::size_t s = direct; s < wanted; ++s) {
    const std::size_t place = s - direct;
    const ModelSpec& base = builtin.model(bases[place % bases.size()]);
    result.variants.emplace_back(models.size());
    chosen.emplace_back(models.size());
    models.push_back(variant_of(base, 1 + place / bases.size(), random));
  }
  PrecisionPenalty penalty;
  for (const Precision precision : kPrecisions) {
    penalty.error[static_cast<std::size_t>(precision)] = builtin.precision_penalty(precision);
  }
  penalty.source = builtin.precision_penalty_source();
  result.fleet.catalog =
      Catalog(std::move(models), {builtin.gpus().begin(), builtin.gpus().end()},
              {builtin.offers().begin(), builtin.offers().end()}, penalty, builtin.coefficients());
}

std::vector<FleetPool> choose_pools(const Catalog& catalog, int count, bool boxes, Random random) {
  const std::vector<GpuId> gpus = shuffled_gpus(catalog, random);
  std::vector<double> price;
  price.reserve(gpus.size());
  for (const GpuId id : gpus) price.push_back(usual_price(catalog, catalog.gpu(id).name));
  std::vector<FleetPool> pools;
  for (std::size_t r = 0; r < static_cast<std::size_t>(count); ++r) {
    const std::size_t type = r % gpus.size();
    const std::size_t zone = r / gpus.size();
    const GpuType& gpu = catalog.gpu(gpus[type]);
    FleetPool pool;
    pool.name = zone == 0 ? gpu.name : fmt::format("{}/zone-{}", gpu.name, zone + 1);
    pool.gpu = gpus[type];
    const double local = price[type] * uniform(random, 0.9, 1.1);
    pool.offers =
        offers_at(local, boxes ? std::min(kBoxSize, gpu.gpus_per_node) : 1, boxes, random);
    pools.push_back(std::move(pool));
  }
  return pools;
}

}  // namespace berth
