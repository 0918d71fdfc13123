#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/catalog/draft.h"
#include "berth/catalog/name_clashes.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

/// Without these a pass would cost its kernels alone, and no two of them would mix.
constexpr std::array<std::string_view, 3> kNeeded = {"step", "layer", "mixing"};

/// Vendors and architectures, each once.
std::vector<std::string> kinds_of_gpus(const CatalogDraft& draft) {
  std::vector<std::string> kinds;
  const auto add = [&kinds](const std::string& kind) {
    const auto same = [&kind](const std::string& other) {
      return to_lower(other) == to_lower(kind);
    };
    if (!kind.empty() && std::none_of(kinds.begin(), kinds.end(), same)) kinds.push_back(kind);
  };
  for (const GpuDraft& entry : draft.gpus) add(entry.gpu.vendor);
  for (const GpuDraft& entry : draft.gpus) add(entry.gpu.architecture);
  for (const CoefficientEntry& entry : draft.coefficients.architectures) add(entry.name);
  return kinds;
}

void check_target(const CoefficientEntry& entry, const Places& places,
                  const std::vector<std::string>& kinds, Errors& errors) {
  if (entry.on.empty()) return;
  const std::string on = to_lower(entry.on);
  const auto same = [&on](const std::string& kind) { return to_lower(kind) == on; };
  if (std::any_of(kinds.begin(), kinds.end(), same)) return;
  errors.push_back({ErrorCode::kUnknownName,
                    fmt::format("engine '{}' is for '{}', which is neither a vendor nor an "
                                "architecture of a GPU",
                                entry.name, entry.on),
                    places.of("on"), suggest(entry.on, kinds)});
}

void check_times(const CatalogDraft& draft, const CoefficientEntry& entry, const Places& places,
                 Errors& errors) {
  if (places.has("like")) return;
  std::vector<std::string_view> missing;
  for (const std::string_view key : kNeeded) {
    if (!places.has(key)) missing.push_back(key);
  }
  if (missing.empty()) return;
  // An entry of the same name for other GPUs is its nearest relative.
  const CoefficientEntry* relative = nullptr;
  for (const CoefficientEntry& other : draft.coefficients.engines) {
    if (&other == &entry) break;
    if (relative == nullptr || to_lower(other.name) == to_lower(entry.name)) relative = &other;
  }
  errors.push_back(
      {ErrorCode::kMissing,
       fmt::format("engine '{}' is like no other and has no '{}'", entry.id(),
                   fmt::join(missing, "', '")),
       places.entry(),
       relative == nullptr
           ? std::string("state them")
           : fmt::format("state them, or start from another: 'like: {}'", relative->id())});
}

}  // namespace

void check_engines(const CatalogDraft& draft, Errors& errors) {
  const std::vector<std::string> kinds = kinds_of_gpus(draft);
  std::vector<Naming> names;
  for (const CoefficientEntry& entry : draft.coefficients.engines) {
    const auto found = draft.engine_places.find(to_lower(entry.id()));
    if (found == draft.engine_places.end()) continue;  // every entry that was read has places
    const Places& places = found->second;
    names.push_back({&entry.name, &entry.aliases, &places});
    check_target(entry, places, kinds, errors);
    check_times(draft, entry, places, errors);
  }
  check_name_clashes(names, "engine", errors);
}

}  // namespace berth::catalog_draft
