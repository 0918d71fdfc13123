#pragma once
// From a class to the pods that serve it. Private to this room.

#include "berth/manifest/scene.h"

namespace berth::manifest {

/// An InferencePool for each deployment.
void add_pools(const Scene& scene, ManifestTree& tree);

/// The Service of a pool's endpoint picker.
[[nodiscard]] std::string picker_name(const Scene& scene, const std::string& pool);
/// The endpoint pickers themselves, unless the settings say that somebody else runs them. Errors:
/// kDuplicate for a name that a deployment has.
[[nodiscard]] Status add_pickers(const Scene& scene, ManifestTree& tree);

/// What requests of a unit are sent to.
struct Backend {
  std::string pool;
  std::string service;
  int port = 0;  ///< of the service; 0: that of the settings
};
using BackendOf = Backend (*)(const Unit& unit);

/// An HTTPRoute for each class, its weights equal to the plan's shares. Errors: kUnsupported for a
/// class with more routes than a rule may have; kUnknownName for a default class that has none.
[[nodiscard]] Status add_routes(const Scene& scene, BackendOf backend_of, ManifestTree& tree);

}  // namespace berth::manifest
