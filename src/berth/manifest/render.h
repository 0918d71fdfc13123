#pragma once
// A plan as manifests: pure functions, same input, same bytes. docs/export.md.

#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/manifest/facts.h"
#include "berth/manifest/settings.h"
#include "berth/manifest/tree.h"
#include "berth/plan/plan.h"

namespace berth {

struct RenderOptions {
  std::string engine;   ///< in whose words; empty: those of the plan
  bool scaled = false;  ///< render_kubernetes: with the ScaledObjects of render_keda
};

// REQUIRES of all: `facts` are those of `plan`. Errors (all at once, `where` = JSON pointer into
// the plan): a GPU or engine without an entry in the settings (the suggestion names the key), a
// deployment without engine arguments, a route that leads nowhere.

/// Deployments (LeaderWorkerSets where a replica spans nodes), Services, PodDisruptionBudgets,
/// InferencePools, HTTPRoutes, ScaledObjects where asked for, and kustomization.yaml.
[[nodiscard]] Result<Manifests> render_kubernetes(const Plan& plan, const DeployFacts& facts,
                                                  const DeploySettings& settings,
                                                  const RenderOptions& options = {});

/// LLMInferenceServices and the HTTPRoutes to them.
[[nodiscard]] Result<Manifests> render_kserve(const Plan& plan, const DeployFacts& facts,
                                              const DeploySettings& settings,
                                              const RenderOptions& options = {});

/// ScaledObjects that read Berth's target endpoint.
[[nodiscard]] Result<Manifests> render_keda(const Plan& plan, const DeployFacts& facts,
                                            const DeploySettings& settings,
                                            const RenderOptions& options = {});

/// rules.yaml and dashboard.json, and both as objects for their operators.
[[nodiscard]] Result<Manifests> render_prometheus(const Plan& plan, const DeployFacts& facts,
                                                  const DeploySettings& settings,
                                                  const RenderOptions& options = {});

/// Names of the objects of each deployment, parallel to the plan's: RFC 1035 labels (they name
/// Services and hosts), unique, short enough for what controllers append. A plan's name that is
/// one already stays; else dots become '-', and a hash tells apart what would be alike.
[[nodiscard]] std::vector<std::string> object_names(const Plan& plan);

}  // namespace berth
