#pragma once
// What a fit found, as text.

#include <string>

#include "berth/workload/fit.h"

namespace berth {

[[nodiscard]] std::string to_table(const Fit& fit);
/// The classes alone.
[[nodiscard]] std::string to_table(const Workload& workload);

}  // namespace berth
