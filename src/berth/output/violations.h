#pragma once
// What `berth check` found.

#include <string>
#include <vector>

#include "berth/plan/check.h"

namespace berth {

[[nodiscard]] std::string violations_to_table(const std::string& subject,
                                              const std::vector<Violation>& violations);
/// {"format":"berth.check/1","valid":..,"violations":[{"rule":..,"where":..,"message":..}]}
[[nodiscard]] std::string violations_to_json(const std::vector<Violation>& violations);

}  // namespace berth
