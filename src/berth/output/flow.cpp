#include "berth/output/flow.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/summary.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

using Values = std::map<std::string, double>;

/// The names with the largest values; everything else goes into "others".
class Column {
 public:
  Column(const Values& values, std::size_t shown, std::string noun) : noun_(std::move(noun)) {
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [name, value] : values) order.emplace_back(-value, name);
    std::sort(order.begin(), order.end());
    // One leftover is better shown by its own name than as "1 other".
    const std::size_t kept = order.size() <= shown + 1 ? order.size() : shown;
    for (std::size_t k = 0; k < order.size(); ++k) {
      if (k < kept) {
        rank_[order[k].second] = k;
      } else {
        ++others_;
      }
    }
  }

  /// Position in the column; others share the one behind the last.
  [[nodiscard]] std::size_t place(const std::string& name) const {
    const auto found = rank_.find(name);
    return found == rank_.end() ? rank_.size() : found->second;
  }
  [[nodiscard]] std::string label(const std::string& name) const {
    return rank_.contains(name) ? name : fmt::format("{} other {}", others_, noun_);
  }
  [[nodiscard]] bool is_other(const std::string& name) const { return !rank_.contains(name); }

 private:
  std::string noun_;
  std::map<std::string, std::size_t> rank_;
  std::size_t others_ = 0;
};

class Builder {
 public:
  FlowGraph take() {
    FlowGraph graph;
    std::map<std::pair<int, std::size_t>, std::size_t> index;
    for (const auto& [key, node] : nodes_) {
      index[key] = graph.nodes.size();
      graph.nodes.push_back(node);
      graph.nodes.back().detail = format_rate(node.value);
    }
    for (const auto& [ends, link] : links_) {
      graph.links.push_back({index[ends.first], index[ends.second], link.value, link.hue});
    }
    return graph;
  }

  using Key = std::pair<int, std::size_t>;

  void add_node(const Key& key, const std::string& label, int hue, double value) {
    FlowNode& node = nodes_[key];
    node.label = label;
    node.column = key.first;
    node.hue = hue;
    node.value += value;
  }

  void add_link(const Key& from, const Key& to, int hue, double value) {
    FlowLink& link = links_[{from, to}];
    link.hue = hue;
    link.value += value;
  }

 private:
  std::map<Key, FlowNode> nodes_;
  std::map<std::pair<Key, Key>, FlowLink> links_;
};

}  // namespace

int pool_hue(const Plan& plan, const std::string& pool) {
  const PlanSummary summary = summarize(plan);
  for (std::size_t k = 0; k < summary.pools.size() && k < static_cast<std::size_t>(kHues); ++k) {
    if (summary.pools[k].name == pool) return static_cast<int>(k);
  }
  return kOtherHue;
}

FlowGraph plan_flows(const Plan& plan, std::size_t shown) {
  std::map<std::string, double> rate_of;
  for (const PlanClass& c : plan.classes) rate_of[c.name] = c.rate;
  std::map<std::string, std::string> pool_of;
  std::map<std::string, int> hue_of;
  for (const PlanDeployment& d : plan.deployments) {
    pool_of[d.name] = d.pool;
    if (!hue_of.contains(d.pool)) hue_of[d.pool] = pool_hue(plan, d.pool);
  }
  Values deployments;
  Values pools;
  for (const PlanRoute& r : plan.routes) {
    const double rate = r.share * rate_of[r.query_class];
    deployments[r.deployment] += rate;
    pools[pool_of[r.deployment]] += rate;
  }
  const Column class_column(rate_of, shown, "classes");
  const Column deployment_column(deployments, shown, "deployments");
  const Column pool_column(pools, shown, "pools");
  Builder builder;
  for (const PlanClass& c : plan.classes) {
    const Builder::Key key{0, class_column.place(c.name)};
    builder.add_node(key, class_column.label(c.name), kOtherHue, c.rate);
    if (c.unmet <= 0.0) continue;
    const Builder::Key refused{1, plan.deployments.size() + 1};
    builder.add_node(refused, "refused", kRefusedHue, c.rate * c.unmet);
    builder.add_link(key, refused, kRefusedHue, c.rate * c.unmet);
  }
  for (const PlanRoute& r : plan.routes) {
    const std::string& pool = pool_of[r.deployment];
    const double rate = r.share * rate_of[r.query_class];
    const Builder::Key from{0, class_column.place(r.query_class)};
    const Builder::Key through{1, deployment_column.place(r.deployment)};
    const Builder::Key to{2, pool_column.place(pool)};
    const int pool_node_hue = pool_column.is_other(pool) ? kOtherHue : hue_of[pool];
    const int hue = deployment_column.is_other(r.deployment) ? kOtherHue : hue_of[pool];
    builder.add_node(through, deployment_column.label(r.deployment), hue, rate);
    builder.add_node(to, pool_column.label(pool), pool_node_hue, rate);
    builder.add_link(from, through, hue, rate);
    builder.add_link(through, to, pool_node_hue, rate);
  }
  return builder.take();
}

}  // namespace berth
