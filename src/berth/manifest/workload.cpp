#include "berth/manifest/workload.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "berth/manifest/pod.h"

namespace berth::manifest {
namespace {

constexpr int kProgressSlack = 300;  // s: to schedule a pod and pull its image
constexpr int kKeptRevisions = 3;

void add_replicas(const Scene& scene, const Unit& unit, Fields& spec) {
  if (!scene.settings->omit_replicas) {
    spec.emplace_back("replicas", integer_node(unit.plan->replicas));
  }
}

Node rolling_update(const Unit& unit) {
  const Rollout rollout = rollout_of(*unit.plan);
  return map_node({{"maxUnavailable", integer_node(rollout.max_unavailable)},
                   {"maxSurge", integer_node(rollout.max_surge)}});
}

Node deployment_spec(const Scene& scene, const Unit& unit) {
  Fields spec;
  add_replicas(scene, unit, spec);
  spec.emplace_back("revisionHistoryLimit", integer_node(kKeptRevisions));
  spec.emplace_back("progressDeadlineSeconds",
                    integer_node(start_up_budget(scene, unit) + kProgressSlack));
  spec.emplace_back("strategy", map_node({{"type", text_node("RollingUpdate")},
                                          {"rollingUpdate", rolling_update(unit)}}));
  spec.emplace_back("selector", map_node({{"matchLabels", labels_node(serving_selector(unit))}}));
  spec.emplace_back("template", pod_template(scene, unit, PodRole::kServing));
  return map_node(std::move(spec));
}

Node leader_worker_spec(const Scene& scene, const Unit& unit) {
  Fields spec;
  add_replicas(scene, unit, spec);
  spec.emplace_back("rolloutStrategy",
                    map_node({{"type", text_node("RollingUpdate")},
                              {"rollingUpdateConfiguration", rolling_update(unit)}}));
  spec.emplace_back("startupPolicy", text_node("LeaderCreated"));
  spec.emplace_back("leaderWorkerTemplate",
                    map_node({{"size", integer_node(unit.nodes)},
                              {"restartPolicy", text_node("RecreateGroupOnPodRestart")},
                              {"leaderTemplate", pod_template(scene, unit, PodRole::kServing)},
                              {"workerTemplate", pod_template(scene, unit, PodRole::kWorker)}}));
  return map_node(std::move(spec));
}

void add_service(const Scene& scene, const Unit& unit, ManifestTree& tree) {
  const Node port = map_node({{"name", text_node("http")},
                              {"port", integer_node(scene.settings->port)},
                              {"targetPort", text_node("http")},
                              {"protocol", text_node("TCP")},
                              {"appProtocol", text_node("http")}});
  add_object(tree, "services", unit.name,
             object_node(scene, "Service",
                         metadata(scene, unit.name, unit_labels(unit), unit_annotations(unit)),
                         map_node({{"type", text_node("ClusterIP")},
                                   {"selector", labels_node(serving_selector(unit))},
                                   {"ports", list_node({port})}})));
}

/// Drains of nodes take one replica at a time; 0 would never let one go.
void add_disruption_budget(const Scene& scene, const Unit& unit, ManifestTree& tree) {
  add_object(
      tree, "disruption-budgets", unit.name,
      object_node(scene, "PodDisruptionBudget",
                  metadata(scene, unit.name, unit_labels(unit), unit_annotations(unit)),
                  map_node({{"maxUnavailable", integer_node(1)},
                            {"unhealthyPodEvictionPolicy", text_node("AlwaysAllow")},
                            {"selector",
                             map_node({{"matchLabels", labels_node(serving_selector(unit))}})}})));
}

void add_claim(const Scene& scene, ManifestTree& tree) {
  const ModelCache& cache = scene.settings->cache;
  if (!cache.create) return;
  Fields spec = {{"accessModes", texts_node({cache.access_mode})}};
  add_text(spec, "storageClassName", cache.storage_class);
  // The pod's shared-memory size and this one are written the same way.
  spec.emplace_back(
      "resources",
      map_node(
          {{"requests", map_node({{"storage", text_node(quantity_text(cache.size_bytes))}})}}));
  add_object(tree, "", "model-cache",
             object_node(scene, "PersistentVolumeClaim", metadata(scene, cache.claim),
                         map_node(std::move(spec))));
}

/// Pools whose rented boxes have no room for the replica that an update adds.
void note_tight_pools(Scene& scene) {
  std::map<std::string, int> idle;
  for (const PlanOffer& offer : scene.plan->offers) idle[offer.pool] += offer.gpus;
  for (const PlanDeployment& d : scene.plan->deployments) {
    if (idle.contains(d.pool)) idle[d.pool] -= d.gpus;
  }
  std::string names;
  std::set<std::string> pools;
  for (const Unit& unit : scene.units) {
    const auto spare = idle.find(unit.plan->pool);
    const int gpus = unit.plan->tensor_parallel * unit.plan->pipeline_parallel;
    if (rollout_of(*unit.plan).max_surge == 0 || spare == idle.end() || spare->second >= gpus) {
      continue;
    }
    names += (names.empty() ? "" : ", ") + unit.plan->name;
    pools.insert(unit.plan->pool);
  }
  if (names.empty()) return;
  std::string where;
  for (const std::string& pool : pools) where += (where.empty() ? "" : ", ") + pool;
  scene.warnings.push_back(
      fmt::format("an update of {} starts a replica before it stops one, for the plan needs all of "
                  "them, and waits for GPUs: the plan rents none idle in {}",
                  names, where));
}

}  // namespace

Rollout rollout_of(const PlanDeployment& deployment) {
  const double others = deployment.replicas - 1;
  if (others >= 1.0 && deployment.utilization * deployment.replicas <= others) {
    return {.max_unavailable = 1, .max_surge = 0};
  }
  return {};
}

void add_workloads(Scene& scene, ManifestTree& tree) {
  for (const Unit& unit : scene.units) {
    const Node meta = metadata(scene, unit.name, unit_labels(unit), unit_annotations(unit));
    const bool spans = unit.nodes > 1;
    const std::string kind = spans ? "LeaderWorkerSet" : "Deployment";
    add_object(tree, "deployments", unit.name,
               object_node(scene, kind, meta,
                           spans ? leader_worker_spec(scene, unit) : deployment_spec(scene, unit)));
    add_service(scene, unit, tree);
    add_disruption_budget(scene, unit, tree);
  }
  add_claim(scene, tree);
  note_tight_pools(scene);
}

}  // namespace berth::manifest
