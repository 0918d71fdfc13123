#pragma once
// The charts of the HTML report, each as the inside of its panel.

#include <string>

#include "berth/plan/plan.h"

namespace berth {

[[nodiscard]] std::string deployment_cost_chart(const Plan& plan);
[[nodiscard]] std::string cost_parts_chart(const Plan& plan);
[[nodiscard]] std::string flow_panel(const Plan& plan);
[[nodiscard]] std::string headroom_panel(const Plan& plan);

}  // namespace berth
