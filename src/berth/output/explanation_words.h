#pragma once
// Limits and their changes in the user's words.

#include <string>
#include <string_view>
#include <vector>

#include "berth/explain/explanation.h"

namespace berth {

/// "TTFT", "quota", "budget"
[[nodiscard]] std::string_view kind_name(LimitKind kind);

/// "TTFT of chat", "quota of h100", "budget"
[[nodiscard]] std::string limit_name(const Limit& limit);

/// A value of the limit's kind: "1.4 s", "0.8", "5 %", "16 GPUs", "$400.00/h"
[[nodiscard]] std::string limit_value(LimitKind kind, double value);

/// What the limit says: "at most 1 s", "at least 0.8", "none"
[[nodiscard]] std::string limit_bound(const Limit& limit);

/// "raise the quota of h100 by 8 GPUs, to 16", "TTFT of chat 1 s -> 1.4 s"
[[nodiscard]] std::string change_text(const Limit& limit, const Change& change);
/// All of them, joined by "; "
[[nodiscard]] std::string relaxation_text(const std::vector<Limit>& limits,
                                          const Relaxation& relaxation);

/// The change from the limit to `value`: "+1 ms", "-0.01", "+8 GPUs"
[[nodiscard]] std::string step_text(const Limit& limit, double value);

}  // namespace berth
