#pragma once
// A flow graph as a Sankey chart in SVG: nodes in columns, links as bands as wide as their value.

#include <string>
#include <string_view>
#include <vector>

#include "berth/output/flow.h"

namespace berth {

/// `headings` stand above the columns.
[[nodiscard]] std::string sankey_chart(std::string_view id, std::string_view title,
                                       std::string_view description, const FlowGraph& graph,
                                       const std::vector<std::string>& headings);

}  // namespace berth
