// A plan as Deployments, Services, InferencePools and HTTPRoutes.

#include "berth/manifest/render.h"
#include "berth/manifest/routing.h"
#include "berth/manifest/scene.h"
#include "berth/manifest/workload.h"

namespace berth {

Result<Manifests> render_kubernetes(const Plan& plan, const DeployFacts& facts,
                                    const DeploySettings& settings, const RenderOptions& options) {
  using manifest::Scene;
  Result<Scene> scene = manifest::prepare(plan, facts, settings, options);
  if (!scene) return scene.errors();
  Manifests manifests;
  manifest::add_workloads(*scene, manifests.files);
  if (settings.routing.backend == "pool") {
    manifest::add_pools(*scene, manifests.files);
    const Status picked = manifest::add_pickers(*scene, manifests.files);
    if (!picked) return picked.errors();
  }
  const Status routed = manifest::add_routes(
      *scene,
      [](const manifest::Unit& unit) {
        return manifest::Backend{unit.name, unit.name};
      },
      manifests.files);
  if (!routed) return routed.errors();
  if (options.scaled) manifest::add_scaled_objects(*scene, manifests.files);
  manifest::add_kustomization(*scene, manifests.files);
  manifests.warnings = std::move(scene->warnings);
  return manifests;
}

}  // namespace berth
