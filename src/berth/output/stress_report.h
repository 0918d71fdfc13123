#pragma once
// A stress test as one self-contained page: the frontier of cost and robustness, and the figures.

#include <string>

#include "berth/stress/stress.h"

namespace berth {

/// REQUIRES: each method has rows.
[[nodiscard]] std::string to_html_report(const StressResult& result);

/// "AGH with 20 % headroom breaks the fewest promises, 0.3 %, for $12.40 an hour expected; ..."
[[nodiscard]] std::string stress_answer(const StressResult& result);

}  // namespace berth
