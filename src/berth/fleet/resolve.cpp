// Names of a draft -> indices of the catalog: models, pools, policy.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/fleet/draft.h"

namespace berth::fleet_draft {
namespace {

bool is_glob(std::string_view name) { return name.find_first_of("*?") != std::string_view::npos; }

bool matches(const ModelSpec& model, std::string_view pattern) {
  return matches_glob(model.name, pattern) ||
         std::any_of(model.aliases.begin(), model.aliases.end(),
                     [&](const std::string& alias) { return matches_glob(alias, pattern); });
}

std::vector<std::string> names_and_aliases(const Catalog& catalog) {
  std::vector<std::string> names = catalog.model_names();
  for (const ModelSpec& model : catalog.models()) {
    names.insert(names.end(), model.aliases.begin(), model.aliases.end());
  }
  return names;
}

std::vector<std::string> names_and_aliases_of_gpus(const Catalog& catalog) {
  std::vector<std::string> names = catalog.gpu_names();
  for (const GpuType& gpu : catalog.gpus()) {
    names.insert(names.end(), gpu.aliases.begin(), gpu.aliases.end());
  }
  return names;
}

std::string tell_terms(const std::vector<OfferTerm>& terms) {
  std::string text;
  for (const OfferTerm term : terms)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(term));
  return text;
}

void resolve_region(const RegionDraft& region, Fleet& fleet, Errors& errors) {
  std::set<std::string> clouds;
  std::set<std::string> regions;
  for (const CatalogOffer& offer : fleet.catalog.offers()) {
    clouds.insert(offer.cloud);
    if (offer.cloud == region.cloud) regions.insert(offer.region);
  }
  const auto unknown = [&](std::string_view kind, const std::string& name,
                           const std::set<std::string>& known) {
    const std::vector<std::string> names(known.begin(), known.end());
    errors.push_back({ErrorCode::kUnknownName,
                      fmt::format("the catalog has no {} '{}'", kind, name), region.where,
                      suggest(name, names)});
  };
  if (region.cloud.empty() || region.name.empty()) return;  // reported by the reader
  if (!clouds.contains(region.cloud)) return unknown("cloud", region.cloud, clouds);
  if (!regions.contains(region.name))
    return unknown(region.cloud + " region", region.name, regions);
  std::vector<FleetPool> pools =
      region_pools(fleet.catalog, region.cloud, region.name, region.terms);
  if (pools.empty() && !region.terms.empty()) {
    errors.push_back({ErrorCode::kMissing,
                      fmt::format("the catalog has no {} offer in {} {}", tell_terms(region.terms),
                                  region.cloud, region.name),
                      region.where, "see 'berth catalog offers'"});
  }
  for (FleetPool& pool : pools) {
    const bool named = std::any_of(fleet.pools.begin(), fleet.pools.end(),
                                   [&](const FleetPool& other) { return other.name == pool.name; });
    if (!named) fleet.pools.push_back(std::move(pool));
  }
}

/// Degrees a file asks for that no candidate model can use are a slip, not a preference.
void check_degrees(const FleetDraft& draft, const Fleet& fleet, Errors& errors) {
  const auto any_model = [&](auto accepts) {
    return std::any_of(fleet.models.begin(), fleet.models.end(),
                       [&](ModelId id) { return accepts(fleet.catalog.model(id)); });
  };
  if (fleet.models.empty()) return;  // reported already
  if (!draft.tensor_parallel_where.empty()) {
    for (const int n : fleet.policy.tensor_parallel) {
      if (any_model([n](const ModelSpec& model) { return model.heads % n == 0; })) continue;
      errors.push_back(
          {ErrorCode::kInconsistent,
           fmt::format(
               "tensor-parallel degree {} divides the attention heads of no candidate model", n),
           draft.tensor_parallel_where, "use powers of two, such as [1, 2, 4, 8]"});
    }
  }
  if (!draft.pipeline_parallel_where.empty()) {
    for (const int m : fleet.policy.pipeline_parallel) {
      if (any_model([m](const ModelSpec& model) { return model.layers >= m; })) continue;
      errors.push_back(
          {ErrorCode::kInconsistent,
           fmt::format("pipeline depth {} exceeds the layers of every candidate model", m),
           draft.pipeline_parallel_where,
           {}});
    }
  }
}

/// The policy's engine on each pool's GPU. Its place is named once, however many GPUs lack it.
void resolve_engines(const FleetDraft& draft, Fleet& fleet, Errors& errors) {
  const std::string& where = draft.engine.where.empty() ? draft.where : draft.engine.where;
  std::set<std::string> without;
  for (FleetPool& pool : fleet.pools) {
    const GpuType& gpu = fleet.catalog.gpu(pool.gpu);
    const EngineProfile* engine = fleet.catalog.find_engine(fleet.policy.engine, gpu);
    if (engine == nullptr) {
      without.insert(gpu.name);
    } else {
      pool.engine = static_cast<std::size_t>(engine - fleet.catalog.engines().data());
    }
  }
  if (without.empty()) return;
  const bool exists = !fleet.catalog.engine_targets(fleet.policy.engine).empty();
  errors.push_back({ErrorCode::kUnknownName,
                    exists ? fmt::format("engine '{}' has no coefficients for {}",
                                         fleet.policy.engine, fmt::join(without, ", "))
                           : fmt::format("unknown engine '{}'", fleet.policy.engine),
                    where, fleet.catalog.engine_suggestion(fleet.policy.engine)});
}

}  // namespace

std::optional<Catalog> resolve_catalog(const FleetDraft& draft, Errors& errors) {
  const auto take = [&errors](Result<Catalog> loaded) -> std::optional<Catalog> {
    if (loaded) return *std::move(loaded);
    for (const Error& error : loaded.errors()) errors.push_back(error);
    return std::nullopt;
  };
  if (draft.catalog.empty()) return take(load_builtin_catalog());
  std::vector<std::string> entries;
  for (const Located<std::string>& entry : draft.catalog) entries.push_back(entry.value);
  Result<Catalog> loaded = load_catalog(entries, "");
  if (loaded) return take(std::move(loaded));
  Errors told = std::move(loaded).errors();
  for (const Located<std::string>& entry : draft.catalog) {
    for (Error& error : told) {
      if (error.where == entry.value) error = named_at({error}, entry).front();
    }
  }
  for (Error& error : told) {
    if (error.where.empty()) error.where = draft.catalog.front().where;
  }
  return take(std::move(told));
}

void resolve_models(const FleetDraft& draft, Fleet& fleet, Errors& errors) {
  const Catalog& catalog = fleet.catalog;
  std::set<ModelId> chosen;
  const auto choose = [&](ModelId id) {
    if (chosen.insert(id).second) fleet.models.push_back(id);
  };
  if (!draft.models) {
    for (std::size_t i = 0; i < catalog.models().size(); ++i) choose(ModelId(i));
    if (fleet.models.empty()) {
      errors.push_back({ErrorCode::kMissing, "the catalog has no model", draft.where,
                        "add 'builtin' to 'catalog'"});
    }
    return;
  }
  std::set<ModelId> named;
  for (const Located<std::string>& entry : *draft.models) {
    if (is_glob(entry.value)) {
      bool any = false;
      for (std::size_t i = 0; i < catalog.models().size(); ++i) {
        if (!matches(catalog.models()[i], entry.value)) continue;
        choose(ModelId(i));
        any = true;
      }
      if (!any) {
        errors.push_back({ErrorCode::kUnknownName,
                          fmt::format("no model of the catalog matches '{}'", entry.value),
                          entry.where, "see 'berth catalog models'"});
      }
      continue;
    }
    const auto id = catalog.find_model(entry.value);
    if (!id) {
      errors.push_back({ErrorCode::kUnknownName, fmt::format("unknown model '{}'", entry.value),
                        entry.where, suggest(entry.value, names_and_aliases(catalog))});
    } else if (!named.insert(*id).second) {
      errors.push_back({ErrorCode::kDuplicate,
                        fmt::format("the model '{}' is listed twice", catalog.model(*id).name),
                        entry.where,
                        {}});
    } else {
      choose(*id);
    }
  }
}

void resolve_pools(const FleetDraft& draft, Fleet& fleet, Errors& errors) {
  for (const PoolDraft& pool : draft.pools) {
    if (pool.gpu.value.empty()) continue;  // reported by the reader
    const auto gpu = fleet.catalog.find_gpu(pool.gpu.value);
    if (!gpu) {
      errors.push_back({ErrorCode::kUnknownName, fmt::format("unknown GPU '{}'", pool.gpu.value),
                        pool.gpu.where,
                        suggest(pool.gpu.value, names_and_aliases_of_gpus(fleet.catalog))});
      continue;
    }
    fleet.pools.push_back({pool.name, *gpu, pool.offers});
  }
  if (draft.region) {
    resolve_region(*draft.region, fleet, errors);
  } else if (draft.pools.empty()) {
    RegionDraft region;
    region.where = draft.where;
    resolve_region(region, fleet, errors);
  }
}

void resolve_policy(const FleetDraft& draft, Fleet& fleet, Errors& errors) {
  fleet.policy = draft.policy;
  fleet.budget = draft.budget;
  if (!draft.engine.value.empty()) fleet.policy.engine = draft.engine.value;
  resolve_engines(draft, fleet, errors);
  check_degrees(draft, fleet, errors);
}

}  // namespace berth::fleet_draft
