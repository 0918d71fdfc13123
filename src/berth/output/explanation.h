#pragma once
// What `berth explain` says, for people and as berth.explanation/1 (docs/explain.md).

#include <string>

#include "berth/explain/explanation.h"
#include "berth/output/table.h"
#include "berth/plan/plan.h"

namespace berth {

[[nodiscard]] std::string to_table(const Explanation& explanation, const TableStyle& style = {});
[[nodiscard]] std::string to_json(const Explanation& explanation);

/// What a plan says of itself, without its fleet: what is left of each promise, how full each
/// deployment is, the shadow prices it holds.
[[nodiscard]] std::string explain_plan_alone(const Plan& plan, const TableStyle& style = {});
[[nodiscard]] std::string explain_plan_alone_json(const Plan& plan);

}  // namespace berth
