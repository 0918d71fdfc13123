#pragma once
// Private to this room: expressions of PromQL.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/telemetry/mapping.h"

namespace berth::promql {

/// `{namespace="prod",model_name=~"a|b"}`, values escaped; empty without matches.
[[nodiscard]] std::string selector(std::span<const LabelMatch> match);

/// "300000ms"
[[nodiscard]] std::string duration(double seconds);

/// `(f(first) or f(second))`: of every instance the first name that it has, with `suffix` behind
/// each name. REQUIRES: names not empty.
[[nodiscard]] std::string first_of(std::span<const std::string> names, std::string_view suffix,
                                   std::span<const LabelMatch> match,
                                   const std::function<std::string(const std::string&)>& f);

/// `sum by (a, b) (expression)`
[[nodiscard]] std::string aggregate(std::string_view operation, std::span<const std::string> labels,
                                    std::string_view expression);

}  // namespace berth::promql
