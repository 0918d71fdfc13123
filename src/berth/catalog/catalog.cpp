#include "berth/catalog/catalog.h"

#include <algorithm>
#include <cassert>
#include <cctype>

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

/// How well a profile fits the GPU: its architecture, its vendor, any; 0 = not at all.
int fitness(const EngineProfile& engine, const GpuType& gpu) {
  const std::string on = to_lower(engine.on);
  if (on.empty()) return 1;
  if (on == to_lower(gpu.vendor)) return 2;
  return on == to_lower(gpu.architecture) ? 3 : 0;
}

/// Letters of `name` that `known` accounts for: all of it, or its start up to a character that no
/// word goes on with ("sglang-0.5.1" does not start "sglang-0.5.10").
std::size_t matched(std::string_view name, const std::string& known) {
  const std::string lower = to_lower(known);
  if (!name.starts_with(lower)) return 0;
  const bool ends = name.size() == lower.size() ||
                    std::isalnum(static_cast<unsigned char>(name[lower.size()])) == 0;
  return ends ? lower.size() : 0;
}

std::size_t matched(std::string_view name, const EngineProfile& engine) {
  std::size_t most = matched(name, engine.name);
  for (const std::string& alias : engine.aliases) most = std::max(most, matched(name, alias));
  return most;
}

}  // namespace

Catalog::Catalog(std::vector<ModelSpec> models, std::vector<GpuType> gpus,
                 std::vector<CatalogOffer> offers, PrecisionPenalty penalty,
                 Coefficients coefficients)
    : models_(std::move(models)),
      gpus_(std::move(gpus)),
      offers_(std::move(offers)),
      model_index_(index_of<ModelId>(models_)),
      gpu_index_(index_of<GpuId>(gpus_)),
      penalty_(std::move(penalty)),
      coefficients_(std::move(coefficients)) {
  for (const CoefficientEntry& entry : coefficients_.engines) {
    engines_.push_back(resolve_engine(coefficients_, entry));
  }
}

std::optional<ModelId> Catalog::find_model(std::string_view name) const {
  return find_in(model_index_, name);
}

std::optional<GpuId> Catalog::find_gpu(std::string_view name) const {
  return find_in(gpu_index_, name);
}

const EngineProfile* Catalog::find_engine(std::string_view name, const GpuType& gpu) const {
  const std::string lower = to_lower(trim(name));
  const EngineProfile* best = nullptr;
  std::pair<std::size_t, int> best_match{0, 0};
  for (const EngineProfile& engine : engines_) {
    const std::pair<std::size_t, int> match{matched(lower, engine), fitness(engine, gpu)};
    if (match.first == 0 || match.second == 0 || match <= best_match) continue;
    best = &engine;
    best_match = match;
  }
  return best;
}

std::vector<std::string> Catalog::engine_names() const {
  std::vector<std::string> names;
  for (const EngineProfile& engine : engines_) {
    if (std::find(names.begin(), names.end(), engine.name) == names.end()) {
      names.push_back(engine.name);
    }
  }
  return names;
}

std::vector<std::string> Catalog::engine_targets(std::string_view name) const {
  const std::string lower = to_lower(trim(name));
  std::size_t longest = 0;
  for (const EngineProfile& engine : engines_) longest = std::max(longest, matched(lower, engine));
  std::vector<std::string> targets;
  for (const EngineProfile& engine : engines_) {
    if (longest == 0 || matched(lower, engine) != longest) continue;
    const std::string target = engine.on.empty() ? "any GPU" : engine.on;
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
      targets.push_back(target);
    }
  }
  return targets;
}

std::string Catalog::engine_suggestion(std::string_view name) const {
  const std::vector<std::string> targets = engine_targets(name);
  if (targets.empty()) return suggest(name, engine_names());
  std::string text = "it has them for: ";
  for (std::size_t k = 0; k < targets.size(); ++k) text += (k == 0 ? "" : ", ") + targets[k];
  return text;
}

double Catalog::precision_penalty(const ModelSpec& model, Precision precision) const {
  if (model.precisions.empty()) return precision_penalty(precision);
  return std::max(0.0, precision_penalty(precision) - precision_penalty(model.precisions.front()));
}

std::vector<std::string> Catalog::model_names() const { return names_of(models_); }
std::vector<std::string> Catalog::gpu_names() const { return names_of(gpus_); }

}  // namespace berth
