#pragma once
// How a state of a migration reaches a cluster.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/manifest/settings.h"
#include "berth/manifest/tree.h"
#include "berth/plan/plan.h"

namespace berth {

class Applier {
 public:
  Applier() = default;
  Applier(const Applier&) = delete;
  Applier& operator=(const Applier&) = delete;
  virtual ~Applier() = default;

  /// Whether the state could be applied at all, and what to know before that. Nothing is changed.
  virtual Result<std::vector<std::string>> check(const Plan& state) const = 0;
  /// Brings the cluster to the state; the same again changes nothing more.
  virtual Status apply(const Plan& state) = 0;
  /// Whether all replicas of the state serve. An applier that cannot know says yes: then the
  /// expected start-up time alone is waited for.
  virtual Result<bool> ready(const Plan& state) = 0;
};

struct ManifestTarget {
  bool kserve = false;  ///< LLMInferenceServices instead of Deployments
  bool keda = false;    ///< of Deployments: ScaledObjects as well, which own the replicas
  std::string engine;   ///< in whose words; empty: those of the plan
};

/// --apply none: renders, and changes nothing.
[[nodiscard]] std::unique_ptr<Applier> make_dry_applier(const Fleet& fleet, DeploySettings settings,
                                                        const ManifestTarget& target);
/// --apply dir: keeps the directory's manifests as the state asks (write_tree). For whoever takes
/// them to the cluster from there: GitOps, or a person.
[[nodiscard]] std::unique_ptr<Applier> make_directory_applier(const Fleet& fleet,
                                                              DeploySettings settings,
                                                              const ManifestTarget& target,
                                                              std::filesystem::path directory);
/// --apply kubectl: the directory, and `kubectl apply --server-side` of it. Objects that the state
/// no longer has are deleted after that. Ready is what the cluster says is ready.
[[nodiscard]] std::unique_ptr<Applier> make_kubectl_applier(const Fleet& fleet,
                                                            DeploySettings settings,
                                                            const ManifestTarget& target,
                                                            std::filesystem::path directory,
                                                            std::string kubectl);

/// The manifests of a state.
[[nodiscard]] Result<Manifests> render_state(const Plan& state, const Fleet& fleet,
                                             const DeploySettings& settings,
                                             const ManifestTarget& target);

}  // namespace berth
