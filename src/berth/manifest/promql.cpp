#include "berth/manifest/promql.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth::manifest {
namespace {

void keep_larger(double& most, double value) {
  if (std::isfinite(value)) most = std::max(most, value);
}

void keep_tighter(std::optional<double>& least, const std::optional<Seconds>& limit) {
  if (limit) least = std::min(least.value_or(limit->value), limit->value);
}

}  // namespace

std::string promql_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string pod_matchers(const Scene& scene, const Unit& unit) {
  const MetricsDeploy& metrics = scene.settings->metrics;
  // Names of units are a-z, 0-9 and '-': nothing that a regular expression reads otherwise.
  const std::string pods = unit.nodes > 1 ? unit.name + "(-kserve-mn)?-[0-9]+"
                                          : unit.name + "(-kserve)?-[a-z0-9]+-[a-z0-9]{5}";
  return fmt::format("{}={}, {}=~{}", metrics.namespace_label,
                     promql_text(scene.settings->name_space), metrics.pod_label, promql_text(pods));
}

std::string any_name(const Scene& scene, const std::string& source, const std::string& quantity,
                     const std::function<std::string(const std::string&)>& expression) {
  const auto& tables = scene.settings->metrics.names;
  const auto table = tables.find(source);
  if (table == tables.end()) return {};
  const auto names = table->second.find(quantity);
  if (names == table->second.end()) return {};
  std::string out;
  for (const std::string& name : names->second) {
    out += (out.empty() ? "" : " or ") + expression(name);
  }
  return names->second.size() > 1 ? "(" + out + ")" : out;
}

std::string count_replicas(const Scene& scene, const Unit& unit) {
  const std::string pods = pod_matchers(scene, unit);
  for (const char* gauge : {"running", "waiting", "cache_usage"}) {
    std::string count = any_name(scene, unit.engine, gauge, [&](const std::string& name) {
      // A pod has a series for each of its engines where the attention is copied.
      return fmt::format("count(count by ({}) ({}{{{}}}))", scene.settings->metrics.pod_label, name,
                         pods);
    });
    if (!count.empty()) return count;
  }
  return {};
}

std::string quantile_of(const Scene& scene, const std::string& source, const std::string& quantity,
                        const std::string& matchers, double quantile) {
  const std::string& window = scene.settings->metrics.window;
  return any_name(scene, source, quantity, [&](const std::string& name) {
    return fmt::format("histogram_quantile({}, sum by (le) (rate({}_bucket{{{}}}[{}])))",
                       shortest(quantile), name, matchers, window);
  });
}

std::vector<PercentileFacts> percentiles_of(const Scene& scene, std::size_t unit) {
  std::map<std::string, const PlanClass*> classes;
  for (const PlanClass& c : scene.plan->classes) classes[c.name] = &c;
  std::map<double, PercentileFacts> rows;
  for (const PlanRoute& route : scene.plan->routes) {
    const auto found = classes.find(route.query_class);
    if (route.deployment != scene.units[unit].plan->name || found == classes.end()) continue;
    const ServiceLevel& slo = found->second->slo;
    PercentileFacts& row = rows[slo.percentile];
    row.percentile = slo.percentile;
    keep_larger(row.ttft_s, route.ttft_s);
    keep_larger(row.tpot_s, route.tpot_s);
    keep_larger(row.e2e_s, route.e2e_s);
    keep_tighter(row.ttft_limit, slo.ttft);
    keep_tighter(row.tpot_limit, slo.tpot);
    keep_tighter(row.e2e_limit, slo.e2e);
  }
  std::vector<PercentileFacts> facts;
  for (const auto& [percentile, row] : rows) facts.push_back(row);
  return facts;
}

Labels plan_labels(const Scene& scene) {
  Labels labels = {{"namespace", scene.settings->name_space}};
  if (!scene.plan->fleet.empty()) labels["fleet"] = scene.plan->fleet;
  return labels;
}

}  // namespace berth::manifest
