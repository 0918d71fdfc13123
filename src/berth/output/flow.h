#pragma once
// Where requests flow: classes -> deployments -> pools, as a graph a chart can draw.

#include <cstddef>
#include <string>
#include <vector>

#include "berth/plan/plan.h"

namespace berth {

struct FlowNode {
  std::string label;
  std::string detail;
  int column = 0;  ///< 0 classes, 1 deployments, 2 pools
  int hue = 0;     ///< svg.h
  double value = 0.0;
};

struct FlowLink {
  std::size_t from = 0;
  std::size_t to = 0;
  double value = 0.0;  ///< requests/s
  int hue = 0;
};

struct FlowGraph {
  std::vector<FlowNode> nodes;  ///< by column, then descending value; sums of the rest last
  std::vector<FlowLink> links;
};

/// Requests/s. At most `shown` nodes a column by name; the rest are summed up in one more. Refused
/// requests flow into a node of their own. A pool and its deployments share a hue.
[[nodiscard]] FlowGraph plan_flows(const Plan& plan, std::size_t shown);

/// The hue of each pool that a chart of this plan uses, by descending cost; those beyond the
/// palette share the last resort, kOtherHue.
[[nodiscard]] int pool_hue(const Plan& plan, const std::string& pool);

}  // namespace berth
