// ScaledObjects that read Berth's target endpoint, or its metrics in Prometheus, so that a plan
// that changes scales by itself.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/promql.h"
#include "berth/manifest/render.h"
#include "berth/manifest/scene.h"
#include "berth/manifest/workload.h"

namespace berth {
namespace manifest {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// RFC 3986: a text as one segment of a path.
std::string path_segment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += is_unreserved(c) ? std::string(1, c)
                            : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string without_slashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// One number, of one deployment: as an average over the replicas with a target of 1 it is the
// number of replicas itself.

Labels target_query(const Scene& scene, const Unit& unit) {
  return {{"url",
           fmt::format("{}/v1/targets/{}/{}", without_slashes(scene.settings->scaling.target_url),
                       path_segment(scene.settings->name_space), path_segment(unit.plan->name))},
          {"valueLocation", "desired"},
          {"targetValue", "1"},
          {"format", "json"}};
}

/// What is applied counts first, as at the target endpoint: while a change lasts it asks for more
/// than the plan. No series is an error, not 0 replicas, so that the fallback takes over.
Labels metric_query(const Scene& scene, const Unit& unit) {
  const std::string labels = fmt::format(
      "namespace={}, variant={}", promql_text(scene.settings->name_space), promql_text(unit.name));
  return {{"serverAddress", without_slashes(scene.settings->scaling.prometheus_url)},
          {"query", fmt::format("max(berth_current_replicas{{{0}}} or "
                                "berth_desired_replicas{{{0}}})",
                                labels)},
          {"threshold", "1"},
          {"ignoreNullValues", "false"}};
}

bool reads_prometheus(const Scene& scene) { return scene.settings->scaling.source == "prometheus"; }

/// Empty: no token is asked for.
std::string authentication_name(const Scene& scene) {
  const ScalingDeploy& scaling = scene.settings->scaling;
  if (!scaling.authentication.empty() || scaling.token_secret.empty()) {
    return scaling.authentication;
  }
  return "berth-scaling";
}

Node trigger(const Scene& scene, const Unit& unit) {
  const bool prometheus = reads_prometheus(scene);
  Labels data = prometheus ? metric_query(scene, unit) : target_query(scene, unit);
  const std::string authentication = authentication_name(scene);
  if (!authentication.empty()) data[prometheus ? "authModes" : "authMode"] = "bearer";
  Fields fields = {{"type", text_node(prometheus ? "prometheus" : "metrics-api")},
                   {"metricType", text_node("AverageValue")},
                   {"metadata", labels_node(data)}};
  if (!authentication.empty()) {
    fields.emplace_back("authenticationRef", map_node({{"name", text_node(authentication)}}));
  }
  return map_node(std::move(fields));
}

/// Says the token by the name that the kind of trigger asks for.
void add_authentication(const Scene& scene, ManifestTree& tree) {
  const ScalingDeploy& scaling = scene.settings->scaling;
  if (scaling.token_secret.empty()) return;
  const std::string name = authentication_name(scene);
  const Node token =
      map_node({{"parameter", text_node(reads_prometheus(scene) ? "bearerToken" : "token")},
                {"name", text_node(scaling.token_secret)},
                {"key", text_node(scaling.token_key)}});
  add_object(tree, "", "trigger-authentication",
             object_node(scene, "TriggerAuthentication", metadata(scene, name),
                         map_node({{"secretTargetRef", list_node({token})}})));
}

/// The plan has decided already: no window in which the autoscaler waits for another opinion.
Node behavior(const ScalingDeploy& scaling) {
  const auto direction = [&scaling] {
    Fields fields = {{"stabilizationWindowSeconds", integer_node(0)}};
    if (scaling.tolerance)
      fields.emplace_back("tolerance", text_node(shortest(*scaling.tolerance)));
    return map_node(std::move(fields));
  };
  return map_node({{"horizontalPodAutoscalerConfig",
                    map_node({{"behavior", map_node({{"scaleUp", direction()},
                                                     {"scaleDown", direction()}})}})}});
}

Node scaled_object_spec(const Scene& scene, const Unit& unit) {
  const ScalingDeploy& scaling = scene.settings->scaling;
  const int planned = unit.plan->replicas;
  const int least = std::min(scaling.min_replicas, planned);
  const int most = std::max({1, least, static_cast<int>(std::ceil(planned * scaling.max_factor))});
  const std::string kind = unit.nodes > 1 ? "LeaderWorkerSet" : "Deployment";
  const auto seconds = [](Seconds time) {
    return integer_node(std::max(1LL, std::llround(time.value)));
  };
  return map_node(
      {{"scaleTargetRef", map_node({{"apiVersion", text_node(scene.api_version(kind))},
                                    {"kind", text_node(kind)},
                                    {"name", text_node(unit.name)}})},
       {"pollingInterval", seconds(scaling.polling)},
       {"cooldownPeriod", seconds(scaling.cooldown)},
       {"minReplicaCount", integer_node(least)},
       {"maxReplicaCount", integer_node(most)},
       {"fallback", map_node({{"failureThreshold", integer_node(scaling.fallback_after)},
                              {"replicas", integer_node(planned)}})},
       {"advanced", behavior(scaling)},
       {"triggers", list_node({trigger(scene, unit)})}});
}

}  // namespace

void add_scaled_objects(const Scene& scene, ManifestTree& tree) {
  add_authentication(scene, tree);
  for (const Unit& unit : scene.units) {
    add_object(tree, "scaled-objects", unit.name,
               object_node(scene, "ScaledObject",
                           metadata(scene, unit.name, unit_labels(unit), unit_annotations(unit)),
                           scaled_object_spec(scene, unit)));
  }
}

}  // namespace manifest

Result<Manifests> render_keda(const Plan& plan, const DeployFacts& facts,
                              const DeploySettings& settings, const RenderOptions& options) {
  using namespace manifest;
  Result<Scene> scene = prepare(plan, facts, settings, options);
  if (!scene) return scene.errors();
  Manifests manifests;
  add_scaled_objects(*scene, manifests.files);
  add_kustomization(*scene, manifests.files);
  manifests.warnings = std::move(scene->warnings);
  return manifests;
}

}  // namespace berth
