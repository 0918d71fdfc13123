#pragma once
// A catalog while its files are being read: values together with the place each was written, so
// that a check across entries and files can still point at a line. Private to this room.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/catalog/coefficients.h"
#include "berth/document/reader.h"

namespace berth::catalog_draft {

/// The places an entry's keys were written at; a later file's place replaces an earlier one's.
class Places {
 public:
  void set_entry(std::string where) { entry_ = std::move(where); }
  void set(std::string_view key, std::string where) {
    places_.insert_or_assign(std::string(key), std::move(where));
  }
  [[nodiscard]] bool has(std::string_view key) const { return places_.find(key) != places_.end(); }
  [[nodiscard]] const std::string& entry() const { return entry_; }
  /// Of the key, or of the entry when the key was not written.
  [[nodiscard]] const std::string& of(std::string_view key) const {
    const auto found = places_.find(key);
    return found == places_.end() ? entry_ : found->second;
  }

 private:
  std::string entry_;
  std::map<std::string, std::string, std::less<>> places_;
};

using SourceTable = std::map<std::string, Source, std::less<>>;

/// What the entries of one file share.
struct FileContext {
  std::string name;
  SourceTable sources;             ///< `sources:`, by id
  std::optional<Source> fallback;  ///< `source:` of the file, for entries that name none
};

struct GpuDraft {
  GpuType gpu;
  Places places;
  const FileContext* last_file =
      nullptr;  ///< the file that wrote it last: the same twice is an error
  bool has_efficiency = false;
};

struct ModelDraft {
  ModelSpec model;
  Places places;
  const FileContext* last_file = nullptr;
  bool expert_layers_given = false;  ///< otherwise all layers have experts
};

struct OfferDraft {
  CatalogOffer offer;
  std::string where;
  std::string gpu_where;
  std::string lot_where;
  const FileContext* last_file = nullptr;
};

/// An `efficiencies:` entry or a GPU's inline `efficiency:` map, read once all GPUs are known.
struct PendingEfficiency {
  ValueReader value;
  std::string gpu;  ///< owner of an inline map; empty: the map's own `gpu` key names it
  const FileContext* file = nullptr;
};

struct CatalogDraft {
  std::deque<FileContext> files;  ///< a deque: the others keep pointers into it
  std::vector<GpuDraft> gpus;
  std::vector<ModelDraft> models;
  std::vector<OfferDraft> offers;
  std::vector<PendingEfficiency> efficiencies;
  PrecisionPenalty penalty;
  Coefficients coefficients;
  std::map<std::string, Places, std::less<>> engine_places;  ///< by id, lower case
  /// "cloud\nregion\ninstance" -> its rows in `offers`, one a term.
  std::map<std::string, std::vector<std::size_t>, std::less<>> offers_of_box;

  /// By canonical name or alias, case-insensitive; null if unknown.
  [[nodiscard]] GpuDraft* find_gpu(std::string_view name);
  [[nodiscard]] ModelDraft* find_model(std::string_view name);
  [[nodiscard]] std::vector<std::string> gpu_names() const;
};

// One function per section of a berth.catalog/1 file. They record errors and go on.
[[nodiscard]] SourceTable read_sources(MapReader& root);
void read_gpus(MapReader& root, const FileContext& file, CatalogDraft& draft);
void read_models(MapReader& root, const FileContext& file, CatalogDraft& draft);
void read_precision_penalty(MapReader& root, const FileContext& file, CatalogDraft& draft);
void read_offers(MapReader& root, const FileContext& file, CatalogDraft& draft);
void read_coefficients(MapReader& root, const FileContext& file, CatalogDraft& draft);
/// Gives each GPU its architecture's coefficients, then what entries of its own say.
void read_efficiencies(CatalogDraft& draft);

/// `source: id`, or a map {text, date, verified}. Errors are recorded at the value.
[[nodiscard]] std::optional<Source> read_source(const ValueReader& value,
                                                const SourceTable& sources);

// Checks across keys, entries and files, once everything is read.
void check_gpus(const CatalogDraft& draft, Errors& errors);
void check_models(const CatalogDraft& draft, Errors& errors);
void check_engines(const CatalogDraft& draft, Errors& errors);
/// Also replaces aliases by canonical GPU names.
void check_offers(CatalogDraft& draft, Errors& errors);

}  // namespace berth::catalog_draft
