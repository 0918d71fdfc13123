#pragma once
// Measured rows as the table that read_measured reads (docs/validate.md).

#include <span>
#include <string>

#include "berth/measure/measured_row.h"

namespace berth {

/// CSV with a header, a line for each row; times in ms, numbers with 12 digits. What a row does not
/// state is empty, as is a batch or length below 1, which the table cannot hold. REQUIRES: no row
/// is a kBatchE2e (tables say e2e_ms with a note) and none has infinite numbers.
[[nodiscard]] std::string to_csv(std::span<const MeasuredRow> rows);

}  // namespace berth
