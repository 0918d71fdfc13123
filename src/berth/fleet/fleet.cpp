#include "berth/fleet/fleet.h"

#include <algorithm>

#include "berth/core/file.h"
#include "berth/embedded/embedded_schema.h"
#include "berth/fleet/draft.h"
#include "berth/fleet/schema.h"

namespace berth {
namespace {

using namespace fleet_draft;

// SLOs of a fleet without a file: an interactive service that nobody has described yet.
constexpr Seconds kDefaultTtft{2.0};
constexpr Seconds kDefaultTpot{0.08};
// A floor on the general task that rules out models of about a billion parameters, which would
// otherwise win every plan that asks for no quality at all.
constexpr double kDefaultQuality = 0.65;

/// Errors in file order of discovery, each once (a file may be named from two places).
Errors unique(Errors errors) {
  Errors once;
  for (Error& error : errors) {
    if (std::find(once.begin(), once.end(), error) == once.end()) once.push_back(std::move(error));
  }
  return once;
}

Result<Fleet> resolve(std::string name, const FleetDraft& draft, const Workload* workload,
                      Errors errors) {
  Fleet fleet;
  fleet.name = std::move(name);
  if (auto catalog = resolve_catalog(draft, errors)) {
    fleet.catalog = *std::move(catalog);
    resolve_models(draft, fleet, errors);
    resolve_pools(draft, fleet, errors);
    resolve_policy(draft, fleet, errors);
    check_tasks(draft, fleet, errors);
  }
  resolve_classes(draft, workload, fleet, errors);
  if (!errors.empty()) return unique(std::move(errors));
  return fleet;
}

std::string stem_of(const std::filesystem::path& path) { return path.stem().string(); }

Result<Fleet> read_from(const Document& document, const std::filesystem::path& directory,
                        const std::filesystem::path& path, const Workload* workload) {
  FleetDraft draft;
  Errors errors;
  read_files(document, directory, path, draft, errors);
  // Without a map at the top there is nothing to resolve, and no more to say.
  if (document.root.kind != Node::Kind::kMap) return errors;
  return resolve(stem_of(path), draft, workload, std::move(errors));
}

}  // namespace

Result<Fleet> read_fleet(const std::filesystem::path& path, const Workload* workload) {
  const Result<Document> document = read_document(path);
  if (!document) return document.errors();
  return read_from(*document, path.parent_path(), path, workload);
}

Result<Fleet> parse_fleet(const std::string& name, std::string_view yaml,
                          const std::filesystem::path& base_directory, const Workload* workload) {
  const Result<Document> document = parse_document(name, yaml);
  if (!document) return document.errors();
  return read_from(*document, base_directory, base_directory / name, workload);
}

Result<Fleet> default_fleet(const Workload& workload) {
  FleetDraft draft;
  draft.where = "default fleet";
  draft.defaults.ttft = {true, kDefaultTtft};
  draft.defaults.tpot = {true, kDefaultTpot};
  draft.defaults.min_score = kDefaultQuality;
  return resolve("default", draft, &workload, {});
}

std::string_view fleet_schema() { return embedded_schema().front().content; }

}  // namespace berth
