#pragma once
// A plan with everything resolved that its manifests need. Private to this room.

#include <string>
#include <utility>
#include <vector>

#include "berth/manifest/build.h"
#include "berth/manifest/render.h"

namespace berth::manifest {

/// One deployment as it is rendered.
struct Unit {
  const PlanDeployment* plan = nullptr;
  const DeploymentFacts* facts = nullptr;
  std::string name;    ///< of its objects
  std::string engine;  ///< "vllm"
  const EngineDeploy* deploy = nullptr;
  std::string image;
  std::vector<std::string> args;  ///< the engine's
  std::string load;               ///< what it loads
  std::vector<std::string> served_names;
  std::string resource;  ///< "nvidia.com/gpu"
  std::string product_label;
  Placement place;       ///< of vendor, GPU and pool together
  int nodes = 1;         ///< that a replica spans
  int pod_gpus = 1;      ///< GPUs of each of its pods
  double longest_s = 0;  ///< the longest request that is predicted on it
};

/// A class and where its requests go.
struct Traffic {
  std::string name;  ///< of its objects
  std::string query_class;
  const PlanClass* plan = nullptr;                     ///< null: only routes name it
  std::vector<std::pair<std::size_t, double>> routes;  ///< unit, share
};

struct Scene {
  const Plan* plan = nullptr;
  const DeployFacts* facts = nullptr;
  const DeploySettings* settings = nullptr;
  std::vector<Unit> units;       ///< parallel to the plan's deployments
  std::vector<Traffic> traffic;  ///< classes with a route, in the plan's order
  int drain_seconds = 0;         ///< that a replica which stops goes on serving what it runs
  std::vector<std::string> warnings;

  [[nodiscard]] const std::string& api_version(const std::string& kind) const {
    return settings->api_versions.at(kind);
  }
};

[[nodiscard]] Result<Scene> prepare(const Plan& plan, const DeployFacts& facts,
                                    const DeploySettings& settings, const RenderOptions& options);

/// The GPU's and the pool's places together; errors where the settings say nothing about a GPU.
void place_unit(const DeploySettings& settings, std::size_t index, Unit& unit, Errors& errors);

/// GPUs of each pod of a replica on nodes of `node_gpus`: all of them where they fit, else the
/// largest equal part in which tensor-parallel groups stay whole, or are split evenly.
[[nodiscard]] int gpus_per_pod(int tensor_parallel, int pipeline_parallel, int node_gpus);

// Parts that every object has.
[[nodiscard]] Node metadata(const Scene& scene, const std::string& name, Labels labels = {},
                            Labels annotations = {});
[[nodiscard]] Labels unit_labels(const Unit& unit);
[[nodiscard]] Labels unit_annotations(const Unit& unit);
/// Of the pods that answer requests.
[[nodiscard]] Labels serving_selector(const Unit& unit);
/// {apiVersion, kind, metadata, spec}
[[nodiscard]] Node object_node(const Scene& scene, const std::string& kind, Node meta, Node spec);

/// Adds an object as the file `folder/name.yaml`, or `name.yaml` where there is no folder.
void add_object(ManifestTree& tree, const std::string& folder, const std::string& name,
                const Node& object);
/// kustomization.yaml over all objects of the tree, and the Namespace where it is asked for.
void add_kustomization(const Scene& scene, ManifestTree& tree, Fields more = {});

}  // namespace berth::manifest
