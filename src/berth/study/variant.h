#pragma once
// What a study compares: the registry's methods, or a method with one of its parts changed.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/solve/solver.h"

namespace berth {

struct VariantRun {
  SolveResult result;
  std::optional<std::int64_t> nodes;  ///< of the search tree, where there is one
};

struct Variant {
  std::string family;  ///< the method it belongs to; the first of a family is the whole method
  std::string name;    ///< "gh", "gh without M1"
  std::string what;    ///< one line: what differs
  std::function<VariantRun(const Instance&, std::uint64_t seed, const Limits&)> run;
  /// It gets dominated options too: dropping them is one of its parts.
  bool dominated = false;
  /// Bound of the root relaxation, USD/h, for variants that may move it; may be empty.
  std::function<std::optional<double>(const Instance&, const Limits&)> root = {};
};

/// The methods that the studies of scale and gap compare unless asked otherwise.
[[nodiscard]] std::vector<std::string> default_methods();

/// One variant a method of the registry; "agh@0.2s" gives it a time limit of its own. Errors: one a
/// name that is unknown (kUnsupported) or whose time limit is no duration.
[[nodiscard]] Result<std::vector<Variant>> method_variants(std::span<const std::string> names);

/// Every row of the ablation table, by family.
[[nodiscard]] const std::vector<Variant>& ablations();
[[nodiscard]] std::vector<std::string> ablation_families();
/// The rows of these families. Errors: kUnsupported.
[[nodiscard]] Result<std::vector<Variant>> ablation_variants(std::span<const std::string> families);

}  // namespace berth
