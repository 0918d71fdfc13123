// A plan's recording rules, alerts and dashboard: as files, and as objects for their operators.

#include "berth/manifest/block_yaml.h"
#include "berth/manifest/names.h"
#include "berth/manifest/promql.h"
#include "berth/manifest/render.h"

namespace berth {

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
