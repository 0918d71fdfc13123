// The endpoint picker of each InferencePool: what chooses the replica for a request.

#include <set>

#include "berth/manifest/pod.h"
#include "berth/manifest/routing.h"

namespace berth::manifest {
namespace {

constexpr const char* kAccount = "berth-endpoint-picker";
constexpr int kHealthPort = 9003;
constexpr int kMetricsPort = 9090;
constexpr const char* kHealthService = "envoy.service.ext_proc.v3.ExternalProcessor";

Labels picker_labels(const Unit& unit, const std::string& name) {
  return {{"app.kubernetes.io/name", name},
          {"app.kubernetes.io/component", "endpoint-picker"},
          {"berth/pool-of", unit.name}};
}

Labels picker_selector(const std::string& name) {
  return {{"app.kubernetes.io/name", name}, {"app.kubernetes.io/component", "endpoint-picker"}};
}

/// Today's name of a metric that the picker reads of the engine.
std::string first_name(const Scene& scene, const Unit& unit, const std::string& quantity) {
  const auto& tables = scene.settings->metrics.names;
  const auto table = tables.find(unit.engine);
  if (table == tables.end()) return {};
  const auto names = table->second.find(quantity);
  return names == table->second.end() || names->second.empty() ? "" : names->second.front();
}

Node picker_args(const Scene& scene, const Unit& unit) {
  const RoutingDeploy& routing = scene.settings->routing;
  std::vector<std::string> args = {"--pool-name",        unit.name,
                                   "--pool-namespace",   scene.settings->name_space,
                                   "--grpc-port",        std::to_string(routing.picker_port),
                                   "--grpc-health-port", std::to_string(kHealthPort),
                                   "--config-text",      routing.picker_config};
  const auto add = [&args](const std::string& flag, const std::string& metric) {
    if (!metric.empty()) args.insert(args.end(), {flag, metric});
  };
  add("--total-queued-requests-metric", first_name(scene, unit, "waiting"));
  add("--kv-cache-usage-percentage-metric", first_name(scene, unit, "cache_usage"));
  args.insert(args.end(), routing.picker_args.begin(), routing.picker_args.end());
  return texts_node(args);
}

Node port_node(const std::string& name, int port) {
  return map_node({{"name", text_node(name)},
                   {"containerPort", integer_node(port)},
                   {"protocol", text_node("TCP")}});
}

Node health_probe() {
  return map_node({{"grpc", map_node({{"port", integer_node(kHealthPort)},
                                      {"service", text_node(kHealthService)}})},
                   {"initialDelaySeconds", integer_node(5)},
                   {"periodSeconds", integer_node(10)}});
}

Node picker_container(const Scene& scene, const Unit& unit) {
  const RoutingDeploy& routing = scene.settings->routing;
  return map_node(
      {{"name", text_node("endpoint-picker")},
       {"image", text_node(routing.picker_image)},
       {"args", picker_args(scene, unit)},
       {"ports",
        list_node({port_node("grpc", routing.picker_port), port_node("grpc-health", kHealthPort),
                   port_node("metrics", kMetricsPort)})},
       {"resources", map_node({{"requests", map_node({{"cpu", text_node("500m")},
                                                      {"memory", text_node("512Mi")}})}})},
       {"readinessProbe", health_probe()},
       {"livenessProbe", health_probe()}});
}

/// One of each pool: two would know nothing of each other's choices.
Node picker_spec(const Scene& scene, const Unit& unit, const std::string& name) {
  const Node labels = labels_node(picker_labels(unit, name));
  const Node pod = map_node({{"serviceAccountName", text_node(kAccount)},
                             {"containers", list_node({picker_container(scene, unit)})}});
  return map_node(
      {{"replicas", integer_node(1)},
       {"selector", map_node({{"matchLabels", labels_node(picker_selector(name))}})},
       {"template", map_node({{"metadata", map_node({{"labels", labels}})}, {"spec", pod}})}});
}

Node picker_service(const Scene& scene, const std::string& name) {
  const RoutingDeploy& routing = scene.settings->routing;
  const Node grpc = map_node({{"name", text_node("grpc")},
                              {"port", integer_node(routing.picker_port)},
                              {"targetPort", text_node("grpc")},
                              {"appProtocol", text_node("http2")}});
  const Node metrics = map_node({{"name", text_node("metrics")},
                                 {"port", integer_node(kMetricsPort)},
                                 {"targetPort", text_node("metrics")}});
  return map_node(
      {{"selector", labels_node(picker_selector(name))}, {"ports", list_node({grpc, metrics})}});
}

Node access_rule(const std::string& group, const std::vector<std::string>& resources) {
  return map_node({{"apiGroups", texts_node({group})},
                   {"resources", texts_node(resources)},
                   {"verbs", texts_node({"get", "list", "watch"})}});
}

/// An object without a spec.
Node bare_object(const Scene& scene, const std::string& kind, Fields more) {
  Fields fields = {{"apiVersion", text_node(scene.api_version(kind))},
                   {"kind", text_node(kind)},
                   {"metadata", metadata(scene, kAccount)}};
  for (auto& field : more) fields.push_back(std::move(field));
  return map_node(std::move(fields));
}

/// All pickers may see the pods and pools of the namespace.
void add_account(const Scene& scene, ManifestTree& tree) {
  const std::string& version = scene.api_version("InferencePool");
  add_object(tree, "", "endpoint-picker-account", bare_object(scene, "ServiceAccount", {}));
  add_object(tree, "", "endpoint-picker-role",
             bare_object(
                 scene, "Role",
                 {{"rules",
                   list_node({access_rule("", {"pods"}),
                              access_rule(version.substr(0, version.find('/')), {"inferencepools"}),
                              access_rule("inference.networking.x-k8s.io",
                                          {"inferenceobjectives", "inferencemodelrewrites"})})}}));
  const Node subject = map_node({{"kind", text_node("ServiceAccount")},
                                 {"name", text_node(kAccount)},
                                 {"namespace", text_node(scene.settings->name_space)}});
  add_object(
      tree, "", "endpoint-picker-role-binding",
      bare_object(scene, "RoleBinding",
                  {{"roleRef", map_node({{"apiGroup", text_node("rbac.authorization.k8s.io")},
                                         {"kind", text_node("Role")},
                                         {"name", text_node(kAccount)}})},
                   {"subjects", list_node({subject})}}));
}

}  // namespace

Status add_pickers(const Scene& scene, ManifestTree& tree) {
  if (!scene.settings->routing.picker_deploy || scene.units.empty()) return Ok{};
  add_account(scene, tree);
  std::set<std::string> taken;
  for (const Unit& unit : scene.units) taken.insert(unit.name);
  for (const Unit& unit : scene.units) {
    const std::string name = picker_name(scene, unit.name);
    if (!taken.insert(name).second) {
      return Error{ErrorCode::kDuplicate,
                   "the endpoint picker of '" + unit.plan->name + "' would be called '" + name +
                       "', as a deployment is",
                   "/deployments", "another name in routing: {endpoint_picker: {service: ..}}"};
    }
    const Labels labels = picker_labels(unit, name);
    add_object(tree, "endpoint-pickers", name,
               object_node(scene, "Deployment", metadata(scene, name, labels),
                           picker_spec(scene, unit, name)));
    add_object(
        tree, "endpoint-picker-services", name,
        object_node(scene, "Service", metadata(scene, name, labels), picker_service(scene, name)));
  }
  return Ok{};
}

}  // namespace berth::manifest
