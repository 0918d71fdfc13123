#pragma once
// A model as text that other solvers read: MPS (free format) and LP (CPLEX's). docs/milp.md.
// O(entries); numbers in the shortest form that reads back as the same double.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/model.h"

namespace berth::milp {

enum class ModelFormat { kMps, kLp };

/// The objective's name in both formats; no row has it.
inline constexpr const char* kObjectiveName = "cost";

/// CBC's LP reader takes 100 characters, other readers 255; the writers may add a few.
inline constexpr std::size_t kLongestName = 90;

/// Names that `format` can hold, each different: what it cannot hold becomes '_', and a name that
/// is too long or there already ends in "#" and its index. None is kObjectiveName or a keyword.
[[nodiscard]] std::vector<std::string> safe_names(
    ModelFormat format, std::size_t count, const std::function<std::string(std::size_t)>& name);

/// REQUIRES: one name a column and a row, from safe_names.
[[nodiscard]] std::string to_mps(const Model& model, const std::vector<std::string>& columns,
                                 const std::vector<std::string>& rows);
[[nodiscard]] std::string to_lp(const Model& model, const std::vector<std::string>& columns,
                                const std::vector<std::string>& rows);

/// What solve_milp hands to its solver: without dominated options, bounded by GH's plan, as far as
/// `options` ask for it. Rows that the solve adds lazily are all there. Named by column_name and
/// row_name. Errors: kUnsupported for a model without variables in LP.
[[nodiscard]] Result<std::string> write_model(const Instance& instance, const MilpOptions& options,
                                              ModelFormat format);

}  // namespace berth::milp
