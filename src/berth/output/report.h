#pragma once
// One self-contained HTML page: no network, light and dark, charts as inline SVG.

#include <string>

#include "berth/pipeline/verify.h"
#include "berth/plan/plan.h"

namespace berth {

[[nodiscard]] std::string to_html_report(const Plan& plan);
/// With what the replays found.
[[nodiscard]] std::string to_html_report(const VerifiedPlan& verified);

}  // namespace berth
