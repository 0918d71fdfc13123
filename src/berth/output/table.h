#pragma once
// The plan as text a person enjoys reading.

#include <algorithm>
#include <cstddef>
#include <string>

#include "berth/plan/plan.h"

namespace berth {

struct TableStyle {
  bool color = false;  ///< ANSI colours; the caller honours NO_COLOR and terminals
  bool wide = false;   ///< engine arguments, every column, nothing shortened
  int width = 100;     ///< columns of the terminal

  /// Cells of the terminal that a table may fill; a very narrow one is not obeyed.
  [[nodiscard]] std::size_t terminal() const {
    constexpr int kLeast = 60;
    return static_cast<std::size_t>(std::max(kLeast, width));
  }
  /// The same for a table that shortens nothing when it is wide.
  [[nodiscard]] std::size_t cells() const {
    constexpr std::size_t kEndless = 100'000;
    return wide ? kEndless : terminal();
  }
};

[[nodiscard]] std::string to_table(const Plan& plan, const TableStyle& style = {});

}  // namespace berth
