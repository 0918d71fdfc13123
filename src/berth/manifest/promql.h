#pragma once
// Expressions over the metrics of engines and gateways. Private to this room.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/manifest/scene.h"

namespace berth::manifest {

/// In double quotes, escaped as PromQL wants it.
[[nodiscard]] std::string promql_text(std::string_view text);

/// namespace="..", pod=~"..": the pods of a unit that answer requests, whoever made them from its
/// manifests (a Deployment, a LeaderWorkerSet, KServe).
[[nodiscard]] std::string pod_matchers(const Scene& scene, const Unit& unit);

/// `expression` of each name the settings have for a quantity of `source`, joined by "or", so that
/// older spellings count where today's has no samples. Empty where there is no name.
[[nodiscard]] std::string any_name(
    const Scene& scene, const std::string& source, const std::string& quantity,
    const std::function<std::string(const std::string&)>& expression);

/// The pods of a unit that report, by a gauge that the settings have a name for. Empty: none has.
[[nodiscard]] std::string count_replicas(const Scene& scene, const Unit& unit);

/// histogram_quantile over the rates of name_bucket{matchers}.
[[nodiscard]] std::string quantile_of(const Scene& scene, const std::string& source,
                                      const std::string& quantity, const std::string& matchers,
                                      double quantile);

/// Percentiles of the classes that a unit serves, each with the worst its routes predict and the
/// tightest limit of those classes.
struct PercentileFacts {
  double percentile = 0.0;
  double ttft_s = 0.0, tpot_s = 0.0, e2e_s = 0.0;  ///< predicted
  std::optional<double> ttft_limit, tpot_limit, e2e_limit;
};
[[nodiscard]] std::vector<PercentileFacts> percentiles_of(const Scene& scene, std::size_t unit);

/// {groups: [..]} with recording rules and alerts.
[[nodiscard]] Node rule_groups(const Scene& scene);
/// {name, rules}
[[nodiscard]] Node alert_group(const Scene& scene);
/// What Grafana reads.
[[nodiscard]] Node dashboard_node(const Scene& scene);

/// Labels that every series of the plan has.
[[nodiscard]] Labels plan_labels(const Scene& scene);

}  // namespace berth::manifest
