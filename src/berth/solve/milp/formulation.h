#pragma once
// Instance -> rows and columns, FORMULATION section 3, tightened. docs/milp.md derives every row.
// O(size of the instance); the strong rows are one per pair, the box rows at most one per class,
// pool and number of units.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/solve/milp/model.h"

namespace berth::milp {

enum class StrongRows {
  kNone,     ///< only for the ablation
  kUpFront,  ///< all of them
  kLazy,     ///< those that the relaxation violates, found by solving it in rounds
  kAutomatic,
};

struct FormulationOptions {
  StrongRows strong_rows = StrongRows::kAutomatic;
  bool box_rows = true;      ///< a class served from a pool of boxes needs a whole box
  bool tight_bounds = true;  ///< on replicas and boxes; off: only max_replicas and the offers' max
  /// USD/h that some known plan costs: no better plan rents more. Sharpens the tight bounds.
  std::optional<double> known_cost;
};

/// What a row of the model says, and the index of what it says it about.
enum class RowKind : std::uint8_t {
  kDemand,        ///< class
  kCapacity,      ///< option
  kActive,        ///< option: v <= y
  kReplicas,      ///< option: y <= Y v
  kStrong,        ///< pair
  kBoxes,         ///< class * pools + pool
  kPool,          ///< pool
  kGroup,         ///< group
  kAverageDelay,  ///< class
  kAverageError,  ///< class
  kBudget,        ///< 0
  kStarts,        ///< option: y = now + started - stopped
  kRents,         ///< offer: N <= now + rented anew
  kChanges,       ///< 0
  kRise,          ///< pair: z + q >= what its load may rise by
};

inline constexpr std::int32_t kNoColumn = -1;

/// The model and where each variable and row of the instance stands in it.
struct Formulation {
  Model model;
  // Columns. x by pair; y by option; v by option or kNoColumn where nothing needs it; N by offer;
  // u by class.
  std::vector<std::int32_t> share;
  std::vector<std::int32_t> replicas;
  std::vector<std::int32_t> active;
  std::vector<std::int32_t> boxes;
  std::vector<std::int32_t> unmet;
  // Where something runs: started and stopped by option, boxes rented anew by offer; kNoColumn
  // where nothing of it runs now, so that all of y or N is new.
  std::vector<std::int32_t> started;
  std::vector<std::int32_t> stopped;
  std::vector<std::int32_t> rented;
  // Where loads may rise (docs/robust.md): z by option and q by pair, kNoColumn where the capacity
  // row says it with coefficients alone; empty without uncertainty.
  std::vector<std::int32_t> threshold;
  std::vector<std::int32_t> beyond;
  // Rows of `model`, by row.
  std::vector<RowKind> row_kind;
  std::vector<std::uint32_t> row_subject;
};

/// With kLazy the strong rows and box rows are left out except where they are needed for more than
/// strength (loads so small that a solver's tolerance would hide them); strong_rows() has them all.
/// REQUIRES: strong_rows is not kAutomatic (see choose_strong_rows).
[[nodiscard]] Formulation formulate(const Instance& instance, const FormulationOptions& options);

/// The rows that only strengthen the relaxation, over the same columns as `formulation`.
[[nodiscard]] Model strengthening_rows(const Instance& instance, const Formulation& formulation,
                                       const FormulationOptions& options);

/// Y_d and the most boxes of each offer that some optimal plan may use.
struct Bounds {
  std::vector<double> replicas;  ///< by option, whole
  std::vector<double> boxes;     ///< by offer, whole or kInfinity
};
[[nodiscard]] Bounds count_bounds(const Instance& instance, const FormulationOptions& options);

/// "x[chat,llama-3.1-8b:bf16@h100 tp1]": what people and other solvers read. Not yet made safe for
/// a file format.
[[nodiscard]] std::string column_name(const Instance& instance, const Formulation& formulation,
                                      std::size_t column);
[[nodiscard]] std::string row_name(const Instance& instance, const Formulation& formulation,
                                   std::size_t row);

}  // namespace berth::milp
