#pragma once
// The pods of a deployment. Private to this room.

#include "berth/manifest/scene.h"

namespace berth::manifest {

/// Of a replica's pods: one answers requests; where it spans nodes, the others work for it.
enum class PodRole { kServing, kWorker };

/// {metadata, spec}
[[nodiscard]] Node pod_template(const Scene& scene, const Unit& unit, PodRole role);

/// What a container of the unit has besides its command: image, env, resources, mounts, probes.
[[nodiscard]] Node engine_container(const Scene& scene, const Unit& unit, PodRole role,
                                    const std::string& name);

/// Node selector, affinity, tolerations, volumes, and what the settings say of pods.
void add_pod_fields(const Scene& scene, const Unit& unit, Fields& spec);

// Probes and shutdown (probes.cpp).

/// Seconds a replica may take until it answers: start of the engine and loading of the weights,
/// with slack.
[[nodiscard]] int start_up_budget(const Scene& scene, const Unit& unit);
/// From SIGTERM on, after the drain.
inline constexpr int kStopSeconds = 30;
void add_probes(const Scene& scene, const Unit& unit, Fields& container);
void add_drain(const Scene& scene, Fields& container);

/// "16Gi": exact where a power of 1024 divides it, else bytes.
[[nodiscard]] std::string quantity_text(double bytes);

}  // namespace berth::manifest
