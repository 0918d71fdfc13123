#pragma once
// What a stress test found: berth.stress/1, and a table for the terminal.

#include <string>

#include "berth/output/table.h"
#include "berth/stress/stress.h"

namespace berth {

/// A row for each method and headroom. REQUIRES: each method has rows.
[[nodiscard]] std::string to_table(const StressResult& result, const TableStyle& style);

/// berth.stress/1, with the row of every scenario, so that parts can be merged.
[[nodiscard]] std::string to_json(const StressResult& result);

/// "10 %", or "-" where nobody knows.
[[nodiscard]] std::string headroom_text(const StressedMethod& method);
/// "agh, 10 % headroom"
[[nodiscard]] std::string stressed_name(const StressedMethod& method);

}  // namespace berth
