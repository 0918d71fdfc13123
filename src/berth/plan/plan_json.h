#pragma once
// berth.plan/1 in and out (docs/plan.md).

#include <filesystem>
#include <string>
#include <string_view>

#include "berth/core/result.h"
#include "berth/plan/plan.h"
#include "berth/plan/solution_json.h"

namespace berth {

/// Deterministic; doubles in the shortest form that reads back as the same bits, money exact.
[[nodiscard]] std::string to_json(const Plan& plan);
/// The same keys and values as YAML.
[[nodiscard]] std::string to_yaml(const Plan& plan);

/// JSON, or the YAML of to_yaml. All errors at once, each with "name:line: /json/pointer".
/// Values are read, not judged: check_plan says whether they are true.
[[nodiscard]] Result<Plan> parse_plan(const std::string& name, std::string_view text);
[[nodiscard]] Result<Plan> read_plan(const std::filesystem::path& path);

}  // namespace berth
