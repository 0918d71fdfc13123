#pragma once
// What keeps a deployment's replicas running. Private to this room.

#include "berth/manifest/scene.h"

namespace berth::manifest {

/// A Deployment, or a LeaderWorkerSet where a replica spans nodes; its Service; its
/// PodDisruptionBudget. Notes in the scene where an update needs GPUs that the plan does not rent.
void add_workloads(Scene& scene, ManifestTree& tree);

/// How many replicas an update may take away and add at once: one is taken away only where the
/// others carry the planned load.
struct Rollout {
  int max_unavailable = 0;
  int max_surge = 1;
};
[[nodiscard]] Rollout rollout_of(const PlanDeployment& deployment);

/// A ScaledObject for each of them, which reads its replicas from Berth's target endpoint.
void add_scaled_objects(const Scene& scene, ManifestTree& tree);

}  // namespace berth::manifest
