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

/// "10 %", "10 %, robust 2" or "survive 1.3"; "-" where nobody knows.
[[nodiscard]] std::string planned_for_text(const StressedMethod& method);
/// "agh, 10 % headroom", "agh, 10 % headroom, robust 2", "agh, survive 1.3"
[[nodiscard]] std::string stressed_name(const StressedMethod& method);

}  // namespace berth
