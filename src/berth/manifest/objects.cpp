// Parts that every object has, and the list of them for kustomize.

#include "berth/manifest/block_yaml.h"
#include "berth/manifest/names.h"
#include "berth/manifest/scene.h"

namespace berth::manifest {
namespace {

constexpr std::string_view kHeader =
    "# Written by berth export. Changes here are lost with the next plan; change the settings or "
    "patch "
    "it with kustomize.\n";

Labels common_labels(const Scene& scene) {
  Labels labels = scene.settings->labels;
  labels["app.kubernetes.io/managed-by"] = "berth";
  const std::string fleet = label_value(scene.plan->fleet);
  if (!fleet.empty()) labels["app.kubernetes.io/part-of"] = fleet;
  return labels;
}

}  // namespace

Node metadata(const Scene& scene, const std::string& name, Labels labels, Labels annotations) {
  labels.merge(common_labels(scene));
  Labels notes = scene.settings->annotations;
  annotations.merge(notes);
  Fields fields = {{"name", text_node(name)}};
  add_text(fields, "namespace", scene.settings->name_space);
  fields.emplace_back("labels", labels_node(labels));
  if (!annotations.empty()) fields.emplace_back("annotations", labels_node(annotations));
  return map_node(std::move(fields));
}

Labels unit_labels(const Unit& unit) {
  return {{"app.kubernetes.io/name", unit.name},
          {"app.kubernetes.io/component", unit.engine},
          {"berth/model", label_value(unit.plan->model)},
          {"berth/gpu", label_value(unit.plan->gpu)},
          {"berth/pool", label_value(unit.plan->pool)}};
}

Labels unit_annotations(const Unit& unit) {
  return {{"berth/deployment", unit.plan->name},
          {"berth/model", unit.plan->model},
          {"berth/pool", unit.plan->pool},
          {"berth/precision", unit.plan->precision}};
}

Labels serving_selector(const Unit& unit) {
  return {{"app.kubernetes.io/name", unit.name}, {"berth/role", "serving"}};
}

Node object_node(const Scene& scene, const std::string& kind, Node meta, Node spec) {
  return map_node({{"apiVersion", text_node(scene.api_version(kind))},
                   {"kind", text_node(kind)},
                   {"metadata", std::move(meta)},
                   {"spec", std::move(spec)}});
}

void add_object(ManifestTree& tree, const std::string& folder, const std::string& name,
                const Node& object) {
  const std::string path = folder.empty() ? name + ".yaml" : folder + "/" + name + ".yaml";
  tree[path] = std::string(kHeader) + block_yaml(object);
}

void add_kustomization(const Scene& scene, ManifestTree& tree, Fields more) {
  if (scene.settings->create_namespace) {
    add_object(
        tree, "", "namespace",
        map_node({{"apiVersion", text_node(scene.api_version("Namespace"))},
                  {"kind", text_node("Namespace")},
                  {"metadata", map_node({{"name", text_node(scene.settings->name_space)}})}}));
  }
  std::vector<Node> resources;
  for (const auto& [path, content] : tree) {
    if (path.ends_with(".yaml")) resources.push_back(text_node(path));
  }
  Fields fields = {{"apiVersion", text_node(scene.api_version("Kustomization"))},
                   {"kind", text_node("Kustomization")},
                   {"namespace", text_node(scene.settings->name_space)},
                   {"resources", list_node(std::move(resources))}};
  for (auto& field : more) fields.push_back(std::move(field));
  add_object(tree, "", "kustomization", map_node(std::move(fields)));
}

}  // namespace berth::manifest
