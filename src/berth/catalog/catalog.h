#pragma once
// The facts Berth plans with: models, GPUs, offers. Built in (data/catalog/*.yaml, embedded in the
// binary) and overridden by name from user files. Immutable once loaded.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/catalog/coefficients.h"
#include "berth/catalog/engine_profile.h"
#include "berth/catalog/gpu_type.h"
#include "berth/catalog/model_spec.h"
#include "berth/catalog/offer.h"
#include "berth/core/id.h"
#include "berth/core/result.h"
#include "berth/document/node.h"

namespace berth {

/// Error (0..1) that a weight format adds to 1 - quality, by Precision.
struct PrecisionPenalty {
  std::array<double, kPrecisions.size()> error{};
  Source source;
};

class Catalog {
 public:
  Catalog() = default;
  /// REQUIRES: names and aliases unique (load_catalog checks).
  Catalog(std::vector<ModelSpec> models, std::vector<GpuType> gpus,
          std::vector<CatalogOffer> offers, PrecisionPenalty penalty = {},
          Coefficients coefficients = {});

  [[nodiscard]] std::span<const ModelSpec> models() const { return models_; }
  [[nodiscard]] std::span<const GpuType> gpus() const { return gpus_; }
  [[nodiscard]] std::span<const CatalogOffer> offers() const { return offers_; }

  [[nodiscard]] const ModelSpec& model(ModelId id) const { return models_[id.index()]; }
  [[nodiscard]] const GpuType& gpu(GpuId id) const { return gpus_[id.index()]; }

  /// By canonical name or alias, case-insensitive. O(log n).
  [[nodiscard]] std::optional<ModelId> find_model(std::string_view name) const;
  [[nodiscard]] std::optional<GpuId> find_gpu(std::string_view name) const;

  [[nodiscard]] std::span<const EngineProfile> engines() const { return engines_; }
  /// The profile of engine `name` on GPUs like `gpu`: by name or alias, or the longest of them that
  /// `name` starts with ("vllm-0.12.0" -> "vllm"); the most specific to the GPU. Null if unknown,
  /// or if the engine has no profile for such GPUs. The catalog must outlive the result.
  [[nodiscard]] const EngineProfile* find_engine(std::string_view name, const GpuType& gpu) const;
  [[nodiscard]] std::vector<std::string> engine_names() const;  ///< without repetition
  /// Vendors and architectures that engine `name` has profiles for; empty if `name` is unknown.
  [[nodiscard]] std::vector<std::string> engine_targets(std::string_view name) const;
  /// What to tell of an engine that has no profile for some GPU: those it is for, or a name that is
  /// close to `name`.
  [[nodiscard]] std::string engine_suggestion(std::string_view name) const;
  /// What the GPUs' efficiencies and the engines were made of.
  [[nodiscard]] const Coefficients& coefficients() const { return coefficients_; }

  /// Error that weights in `precision` add to a 16-bit model's.
  [[nodiscard]] double precision_penalty(Precision precision) const {
    return penalty_.error[static_cast<std::size_t>(precision)];
  }
  /// The same beyond the model's native format, whose quality is the measured one: 0 for gpt-oss in
  /// fp4.
  [[nodiscard]] double precision_penalty(const ModelSpec& model, Precision precision) const;
  [[nodiscard]] const Source& precision_penalty_source() const { return penalty_.source; }

  [[nodiscard]] std::vector<std::string> model_names() const;  ///< for suggestions
  [[nodiscard]] std::vector<std::string> gpu_names() const;

 private:
  std::vector<ModelSpec> models_;
  std::vector<GpuType> gpus_;
  std::vector<CatalogOffer> offers_;
  std::vector<std::pair<std::string, ModelId>> model_index_;  // sorted, lower case, with aliases
  std::vector<std::pair<std::string, GpuId>> gpu_index_;
  PrecisionPenalty penalty_;
  Coefficients coefficients_;
  std::vector<EngineProfile> engines_;
};

/// The built-in catalog. Errors only if the embedded data is broken (a test loads it).
[[nodiscard]] Result<Catalog> load_builtin_catalog();

/// Reads `documents` in order; later entries override earlier ones by name (and may add aliases);
/// a file may hold `models:`, `gpus:`, `offers:` (format: berth.catalog/1). A GPU that overrides
/// only some keys keeps the others. Cross-checked at the end: unknown GPU of an offer, kv_heads
/// not dividing heads, active > total parameters, duplicate aliases, non-positive sizes, ...
[[nodiscard]] Result<Catalog> load_catalog(std::span<const Document> documents);

/// The built-in catalog without its coefficients, for files that state all of them.
inline constexpr std::string_view kBuiltinFacts = "builtin-facts";

/// As a fleet names it: "builtin", "builtin-facts" or a path (relative to `base`). All errors of
/// all files at once.
[[nodiscard]] Result<Catalog> load_catalog(std::span<const std::string> entries,
                                           const std::string& base_directory);

}  // namespace berth
