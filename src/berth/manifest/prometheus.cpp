// A plan's recording rules, alerts and dashboard: as files, and as objects for their operators.

#include "berth/manifest/block_yaml.h"
#include "berth/manifest/names.h"
#include "berth/manifest/promql.h"
#include "berth/manifest/render.h"

namespace berth {
namespace manifest {
namespace {

/// Engines and endpoint pickers, by the names of their ports.
Node pod_monitor_spec(const Scene& scene) {
  std::vector<std::string> components = {"endpoint-picker"};
  for (const auto& [engine, deploy] : scene.settings->engines) components.push_back(engine);
  const Node pods = map_node({{"key", text_node("app.kubernetes.io/component")},
                              {"operator", text_node("In")},
                              {"values", texts_node(components)}});
  const auto endpoint = [](const std::string& port) {
    return map_node({{"port", text_node(port)}, {"path", text_node("/metrics")}});
  };
  return map_node({{"selector", map_node({{"matchExpressions", list_node({pods})}})},
                   {"podMetricsEndpoints", list_node({endpoint("http"), endpoint("metrics")})}});
}

}  // namespace
}  // namespace manifest

Result<Manifests> render_prometheus(const Plan& plan, const DeployFacts& facts,
                                    const DeploySettings& settings, const RenderOptions& options) {
  using namespace manifest;
  Result<Scene> scene = prepare(plan, facts, settings, options);
  if (!scene) return scene.errors();
  Manifests manifests;
  const Node rules = rule_groups(*scene);
  const std::string name = unique_labels({"berth-" + plan.fleet}, kMaxWorkloadName).front();
  add_object(manifests.files, "", "prometheus-rule",
             object_node(*scene, "PrometheusRule",
                         metadata(*scene, name, settings.metrics.rule_labels), rules));
  add_object(manifests.files, "", "pod-monitor",
             object_node(*scene, "PodMonitor", metadata(*scene, name, settings.metrics.rule_labels),
                         pod_monitor_spec(*scene)));
  const Node dashboard = map_node(
      {{"name", text_node(name + "-dashboard")},
       {"files", texts_node({"dashboard.json"})},
       {"options", map_node({{"disableNameSuffixHash", boolean_node(true)},
                             {"labels", labels_node(settings.metrics.dashboard_labels)}})}});
  add_kustomization(*scene, manifests.files, {{"configMapGenerator", list_node({dashboard})}});
  // Not an object: after the list of those.
  manifests.files["rules.yaml"] = block_yaml(rules);
  manifests.files["dashboard.json"] = json_text(dashboard_node(*scene));
  manifests.warnings = std::move(scene->warnings);
  return manifests;
}

}  // namespace berth
