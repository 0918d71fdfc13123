#pragma once
// berth.workload/1, a fitted workload as people read and edit it. docs/workload.md.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/document/node.h"
#include "berth/document/reader.h"
#include "berth/workload/query_class.h"

namespace berth {

/// Accepted rates (requests/s) and arrival variabilities, in fleet and workload files alike.
inline constexpr Range kRateRange{.min = 0.0, .max = 1e9, .exclusive_min = true};
inline constexpr Range kVariabilityRange{.min = 0.0, .max = 1e4};

[[nodiscard]] Result<Workload> parse_workload(const Document& document);

/// A workload (YAML or JSON) or a demand series (CSV; its mean), told apart by content.
[[nodiscard]] Result<Workload> read_workload(const std::filesystem::path& path);

/// Moments, rates and variabilities read back exactly; shares of a histogram to 6 digits.
[[nodiscard]] std::string to_yaml(const Workload& workload);

/// A token length: a number, {mean: 1155, std: 1109}, {histogram: [[upper edge, share], ...]}, or
/// a histogram with its exact mean and std. A first entry with share 0 sets the lower end. Records
/// what is wrong in the value's error list.
[[nodiscard]] std::optional<LengthDistribution> read_lengths(const ValueReader& value);

/// "azure-2023" and whatever else data/workloads holds. Errors: kUnknownName with a suggestion.
[[nodiscard]] Result<Workload> builtin_workload(std::string_view name);
[[nodiscard]] std::vector<std::string> builtin_workload_names();

}  // namespace berth
