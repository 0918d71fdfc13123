#pragma once
// The coefficients of the delay model as a file states them: an entry per architecture and per
// engine, each with the values it has of its own; the others are those of the entry it is `like`.
// `berth calibrate` fits the values an entry has of its own, and nothing else, so the file says
// what is pooled with what.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/engine_profile.h"
#include "berth/catalog/gpu_type.h"

namespace berth {

enum class CoefficientUnit : std::uint8_t { kShare, kFactor, kTokens, kSeconds };

/// A number of GpuEfficiency or EngineProfile under its key in files.
template <class Owner>
struct CoefficientField {
  std::string_view key;   ///< "compute_8bit"
  std::string_view text;  ///< for people: "compute, 8 bit, of compute"
  double Owner::*member;
  CoefficientUnit unit;
  double min;  ///< what a file may state and a fit may reach
  double max;
};
[[nodiscard]] std::span<const CoefficientField<GpuEfficiency>> efficiency_fields();
[[nodiscard]] std::span<const CoefficientField<EngineProfile>> engine_fields();

struct CoefficientEntry {
  std::string name;  ///< "hopper", "vllm"
  std::vector<std::string> aliases;
  std::string on;    ///< engines: a vendor or architecture; empty = any
  std::string like;  ///< where values it lacks come from; empty = the defaults of the struct
  std::map<std::string, double, std::less<>> values;      ///< by key, in SI units
  std::map<std::string, double, std::less<>> confidence;  ///< standard error of ln(value)
  std::map<std::string, double, std::less<>> spread;      ///< of ln(value) before a fit sees runs
  std::vector<std::string> measured;                      ///< GPUs whose runs are in the fit
  double watts_per_tflops = 0.0;  ///< power behind the 16-bit peak at which `compute` holds
  double rows = 0.0;              ///< measured numbers behind it
  Source source;
  std::string note;

  /// "engine vllm-2024 on cdna3" without the kind: a name that is unique among its kind.
  [[nodiscard]] std::string id() const { return on.empty() ? name : name + "@" + on; }
};

struct Coefficients {
  std::vector<CoefficientEntry> architectures;
  std::vector<CoefficientEntry> engines;
};

/// Values of the entry and of those it is like, nearest first. REQUIRES: `like` names an entry (by
/// id) before it, or nothing.
[[nodiscard]] EngineProfile resolve_engine(const Coefficients& coefficients,
                                           const CoefficientEntry& entry);

/// The architecture's values on this GPU: a card with less power behind its peak than `compute` was
/// fitted at runs its matrices slower, with the square root. Links of `gpu` are kept.
[[nodiscard]] GpuEfficiency resolve_efficiency(const Coefficients& coefficients,
                                               const CoefficientEntry& architecture,
                                               const GpuType& gpu);

/// Null if there is none.
[[nodiscard]] const CoefficientEntry* find_entry(std::span<const CoefficientEntry> entries,
                                                 std::string_view id);

}  // namespace berth
