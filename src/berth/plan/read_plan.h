#pragma once
// A parsed document as a plan; parse_plan and read_plan of plan_json.h get the document.

#include "berth/core/result.h"
#include "berth/document/node.h"
#include "berth/plan/plan.h"

namespace berth {

[[nodiscard]] Result<Plan> plan_from(const Document& document);

}  // namespace berth
