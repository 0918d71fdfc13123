// Where pods may run: GPU product, node selector, tolerations, resource.

#include <algorithm>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/scene.h"

namespace berth::manifest {
namespace {

void extend(Placement& place, const Placement& more) {
  if (!more.products.empty()) place.products = more.products;
  if (!more.resource.empty()) place.resource = more.resource;
  for (const auto& [key, value] : more.node_selector) place.node_selector[key] = value;
  place.tolerations.insert(place.tolerations.end(), more.tolerations.begin(),
                           more.tolerations.end());
}

const Placement* find_gpu_place(const DeploySettings& settings, const Unit& unit) {
  for (const std::string& name : unit.facts->gpu_names) {
    const auto found = settings.gpus.find(to_lower(name));
    if (found != settings.gpus.end()) return &found->second;
  }
  return nullptr;
}

std::string gpu_suggestion(const Unit& unit) {
  const std::string label =
      unit.product_label.empty() ? "a label of its nodes" : unit.product_label;
  return fmt::format(
      "add to the settings gpus: {{{0}: PRODUCT}} with the value of {1}, or gpus: {{{0}: "
      "{{node_selector: {{..}}}}}}",
      unit.plan->gpu, label);
}

}  // namespace

void place_unit(const DeploySettings& settings, std::size_t index, Unit& unit, Errors& errors) {
  const auto fail = [&](const std::string& message, const std::string& suggestion) {
    errors.push_back(
        {ErrorCode::kMissing, message, fmt::format("/deployments/{}/gpu", index), suggestion});
  };
  const std::string vendor_name = to_lower(unit.facts->vendor);
  const auto vendor = settings.vendors.find(vendor_name);
  if (vendor == settings.vendors.end()) {
    fail(fmt::format("the settings have no vendor '{}', who makes the {}", vendor_name,
                     unit.plan->gpu),
         fmt::format("add to the settings vendors: {{{}: {{resource: example.com/gpu}}}}",
                     vendor_name));
    return;
  }
  unit.resource = vendor->second.resource;
  unit.product_label = vendor->second.product_label;
  unit.place.tolerations = vendor->second.tolerations;
  const Placement* gpu = find_gpu_place(settings, unit);
  const auto pool = settings.pools.find(unit.plan->pool);
  const bool pool_says = pool != settings.pools.end() && !pool->second.node_selector.empty();
  if (gpu == nullptr && !pool_says) {
    fail(fmt::format("the settings do not say which nodes have the GPU '{}'", unit.plan->gpu),
         gpu_suggestion(unit));
    return;
  }
  if (gpu != nullptr) extend(unit.place, *gpu);
  if (pool != settings.pools.end()) extend(unit.place, pool->second);
  if (!unit.place.resource.empty()) unit.resource = unit.place.resource;
  if (!unit.place.products.empty() && unit.product_label.empty()) {
    fail(fmt::format("the vendor '{}' has no label for products", vendor_name),
         fmt::format("add to the settings vendors: {{{}: {{product_label: ..}}}}", vendor_name));
  }
}

int gpus_per_pod(int tensor_parallel, int pipeline_parallel, int node_gpus) {
  const int all = tensor_parallel * pipeline_parallel;
  for (int gpus = std::min(all, node_gpus); gpus > 1; --gpus) {
    const bool whole_groups = gpus % tensor_parallel == 0;
    const bool split_evenly = tensor_parallel % gpus == 0;
    if (all % gpus == 0 && (whole_groups || split_evenly)) return gpus;
  }
  return 1;
}

}  // namespace berth::manifest
