#pragma once
// Private to this room: what fleet files say, before any name is looked up. Files are read one
// after the other into the same draft (included files first), so what a later file says wins.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/error.h"
#include "berth/document/reader.h"
#include "berth/fleet/fleet.h"

namespace berth::fleet_draft {

template <class T>
struct Located {
  T value{};
  std::string where;  ///< "fleet.yaml:12: /pools/0/gpu"
};

/// A limit that may be set, lifted ("tpot: null") or left alone, which means the default's.
template <class T>
struct Setting {
  bool given = false;
  std::optional<T> value;

  [[nodiscard]] const Setting& or_else(const Setting& fallback) const {
    return given ? *this : fallback;
  }
};

/// What classes and `defaults` both may say.
struct Terms {
  Setting<Seconds> ttft;
  Setting<Seconds> tpot;
  Setting<Seconds> e2e;
  std::optional<double> percentile;
  std::string slo_where;
  std::optional<Located<std::string>> task;
  std::optional<double> min_score;
  std::optional<QualityFloor::Mode> mode;
  std::optional<double> max_unmet;
  std::optional<double> unmet_cost;
  std::optional<double> delay_cost;
};

struct ClassDraft {
  std::string name;
  std::string where;
  Terms terms;
  std::optional<double> rate;
  std::optional<LengthDistribution> prompt_tokens;
  std::optional<LengthDistribution> output_tokens;
  std::optional<double> arrival_variability;
  std::optional<double> prefix_reuse;
};

struct PoolDraft {
  std::string name;
  Located<std::string> gpu;
  std::vector<FleetOffer> offers;
};

struct RegionDraft {
  std::string cloud{kDefaultCloud};
  std::string name{kDefaultRegion};
  std::vector<OfferTerm> terms{kDefaultTerms.begin(), kDefaultTerms.end()};
  std::string where;
};

struct FleetDraft {
  std::vector<Located<std::string>> catalog;  ///< "builtin" or a path; empty = the built-in one
  std::optional<std::vector<Located<std::string>>> models;
  std::vector<PoolDraft> pools;
  std::optional<RegionDraft> region;
  std::vector<ClassDraft> classes;
  std::optional<Located<std::string>> workload;  ///< a path, or the name of a built-in one
  bool workload_is_builtin = false;
  std::optional<Located<double>> at;  ///< s since the start of the demand series
  Terms defaults;
  std::optional<CostRate> budget;
  Located<std::string> engine;  ///< of the policy; empty = its default
  FleetPolicy policy;
  std::string tensor_parallel_where;  ///< empty = the default list
  std::string pipeline_parallel_where;
  std::string where;  ///< the file planned, for what is missing altogether
};

using KeyTable = std::map<std::string, std::vector<std::string>>;

/// One file on its way into the draft.
struct FileReader {
  FleetDraft& draft;
  Errors& errors;
  std::filesystem::path directory;  ///< relative paths start here
  KeyTable* keys = nullptr;         ///< if set, collects what is asked for

  /// Rejects what nobody asked for in this map.
  void finish(const MapReader& map, const std::string& section) const;
};

/// All keys but `include`, which `read_files` follows.
void read_file(const Document& document, FileReader& reader);
void read_classes(MapReader& root, FileReader& reader);
void read_defaults(MapReader& root, FileReader& reader);
void read_policy(MapReader& root, FileReader& reader);
void read_pools(MapReader& root, FileReader& reader);

/// The document after the files it includes. Records unreadable files and circles.
void read_files(const Document& document, const std::filesystem::path& directory,
                const std::filesystem::path& path, FleetDraft& draft, Errors& errors);

/// A name of a class, pool or offer: 1..63 characters of [A-Za-z0-9._/+-]. Records what is wrong.
[[nodiscard]] std::optional<std::string> read_name(MapReader& map);

// The steps of resolving; each records errors and leaves out what it could not resolve.
[[nodiscard]] std::optional<Catalog> resolve_catalog(const FleetDraft& draft, Errors& errors);
void resolve_models(const FleetDraft& draft, Fleet& fleet, Errors& errors);
void resolve_pools(const FleetDraft& draft, Fleet& fleet, Errors& errors);
void resolve_policy(const FleetDraft& draft, Fleet& fleet, Errors& errors);
/// `measured` replaces the file's workload and the classes' traffic.
void resolve_classes(const FleetDraft& draft, const Workload* measured, Fleet& fleet,
                     Errors& errors);
/// The task of each class's quality floor against the candidates' scores. REQUIRES: models
/// resolved.
void check_tasks(const FleetDraft& draft, const Fleet& fleet, Errors& errors);

/// A file named in a fleet: its errors that name only the file are told where it was named.
[[nodiscard]] Errors named_at(Errors errors, const Located<std::string>& file);

}  // namespace berth::fleet_draft
