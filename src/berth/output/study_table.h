#pragma once
// A study as a short table for a terminal.

#include <string>

#include "berth/output/table.h"
#include "berth/study/study.h"

namespace berth {

[[nodiscard]] std::string to_table(const Study& study, const TableStyle& style = {});

}  // namespace berth
