#pragma once
// A plan's rows for a spreadsheet (RFC 4180): base units, a header line, no thousands separators.

#include <string>

#include "berth/plan/plan.h"

namespace berth {

[[nodiscard]] std::string deployments_csv(const Plan& plan);
[[nodiscard]] std::string routes_csv(const Plan& plan);
[[nodiscard]] std::string classes_csv(const Plan& plan);

}  // namespace berth
