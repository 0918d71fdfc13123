#pragma once
// What a calibration found, as text for a terminal and as berth.calibration/1.

#include <string>

#include "berth/calibrate/calibration.h"
#include "berth/output/table.h"

namespace berth {

/// Errors in sample and held out, then the coefficients that moved most for what was believed of
/// them. `all`: every coefficient.
[[nodiscard]] std::string to_table(const Calibration& calibration, const TableStyle& style = {},
                                   bool all = false);

[[nodiscard]] std::string to_json(const Calibration& calibration);

}  // namespace berth
