#include "berth/catalog/catalog.h"

#include <algorithm>
#include <cassert>

#include "berth/core/text.h"

namespace berth {
namespace {

/// Lower-case names and aliases -> index, sorted. An alias that only differs in case is dropped.
template <class IdType, class Entry>
std::vector<std::pair<std::string, IdType>> index_of(const std::vector<Entry>& entries) {
  std::vector<std::pair<std::string, IdType>> index;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    index.emplace_back(to_lower(entries[i].name), IdType(i));
    for (const std::string& alias : entries[i].aliases)
      index.emplace_back(to_lower(alias), IdType(i));
  }
  std::sort(index.begin(), index.end());
  index.erase(std::unique(index.begin(), index.end()), index.end());
  assert(std::adjacent_find(index.begin(), index.end(), [](const auto& a, const auto& b) {
           return a.first == b.first;
         }) == index.end());
  return index;
}

template <class IdType>
std::optional<IdType> find_in(const std::vector<std::pair<std::string, IdType>>& index,
                              std::string_view name) {
  const std::string key = to_lower(name);
  const auto found =
      std::lower_bound(index.begin(), index.end(), key,
                       [](const auto& entry, const std::string& k) { return entry.first < k; });
  if (found == index.end() || found->first != key) return std::nullopt;
  return found->second;
}

template <class Entry>
std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

}  // namespace

Catalog::Catalog(std::vector<ModelSpec> models, std::vector<GpuType> gpus,
                 std::vector<CatalogOffer> offers, PrecisionPenalty penalty)
    : models_(std::move(models)),
      gpus_(std::move(gpus)),
      offers_(std::move(offers)),
      model_index_(index_of<ModelId>(models_)),
      gpu_index_(index_of<GpuId>(gpus_)),
      penalty_(std::move(penalty)) {}

std::optional<ModelId> Catalog::find_model(std::string_view name) const {
  return find_in(model_index_, name);
}

std::optional<GpuId> Catalog::find_gpu(std::string_view name) const {
  return find_in(gpu_index_, name);
}

double Catalog::precision_penalty(const ModelSpec& model, Precision precision) const {
  if (model.precisions.empty()) return precision_penalty(precision);
  return std::max(0.0, precision_penalty(precision) - precision_penalty(model.precisions.front()));
}

std::vector<std::string> Catalog::model_names() const { return names_of(models_); }
std::vector<std::string> Catalog::gpu_names() const { return names_of(gpus_); }

}  // namespace berth
