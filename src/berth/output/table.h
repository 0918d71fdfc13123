#pragma once
// The plan as text a person enjoys reading.

#include <string>

#include "berth/plan/plan.h"

namespace berth {

struct TableStyle {
  bool color = false;  ///< ANSI colours; the caller honours NO_COLOR and terminals
  bool wide = false;   ///< engine arguments, every column, nothing shortened
  int width = 100;     ///< columns of the terminal
};

[[nodiscard]] std::string to_table(const Plan& plan, const TableStyle& style = {});

}  // namespace berth
