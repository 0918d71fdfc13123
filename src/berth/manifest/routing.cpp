#include "berth/manifest/routing.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/weights.h"

namespace berth::manifest {
namespace {

constexpr std::size_t kMaxBackends = 16;  // of a rule, Gateway API

Node path_match(const RoutingDeploy& routing) {
  return map_node({{"type", text_node("PathPrefix")}, {"value", text_node(routing.path)}});
}

Node matches(const RoutingDeploy& routing, const Traffic& traffic) {
  const Node header = map_node({{"type", text_node("Exact")},
                                {"name", text_node(routing.class_header)},
                                {"value", text_node(traffic.query_class)}});
  std::vector<Node> items = {
      map_node({{"path", path_match(routing)}, {"headers", list_node({header})}})};
  if (traffic.query_class == routing.default_class) {
    // A match with a header is preferred to one without.
    items.push_back(map_node({{"path", path_match(routing)}}));
  }
  return list_node(std::move(items));
}

Node backends(const Scene& scene, const Traffic& traffic, BackendOf backend_of) {
  const RoutingDeploy& routing = scene.settings->routing;
  std::vector<double> shares;
  for (const auto& [unit, share] : traffic.routes) shares.push_back(share);
  const std::vector<int> weights = exact_weights(shares, routing.weight_total);
  const std::string& version = scene.api_version("InferencePool");
  std::vector<Node> items;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const Backend backend = backend_of(scene.units[traffic.routes[k].first]);
    Fields fields;
    if (routing.backend == "pool") {
      fields.emplace_back("group", text_node(version.substr(0, version.find('/'))));
      fields.emplace_back("kind", text_node("InferencePool"));
      fields.emplace_back("name", text_node(backend.pool));
    } else {
      fields.emplace_back("kind", text_node("Service"));
      fields.emplace_back("name", text_node(backend.service));
      fields.emplace_back("port",
                          integer_node(backend.port > 0 ? backend.port : scene.settings->port));
    }
    fields.emplace_back("weight", integer_node(weights[k]));
    items.push_back(map_node(std::move(fields)));
  }
  return list_node(std::move(items));
}

Node parent(const RoutingDeploy& routing) {
  Fields fields = {{"name", text_node(routing.gateway)}};
  add_text(fields, "namespace", routing.gateway_namespace);
  add_text(fields, "sectionName", routing.gateway_section);
  return map_node(std::move(fields));
}

Node route_spec(const Scene& scene, const Traffic& traffic, BackendOf backend_of) {
  const RoutingDeploy& routing = scene.settings->routing;
  Fields rule = {{"matches", matches(routing, traffic)},
                 {"backendRefs", backends(scene, traffic, backend_of)}};
  if (!routing.timeout.empty()) {
    rule.emplace_back("timeouts", map_node({{"request", text_node(routing.timeout)}}));
  }
  Fields spec = {{"parentRefs", list_node({parent(routing)})}};
  if (!routing.hostnames.empty()) spec.emplace_back("hostnames", texts_node(routing.hostnames));
  spec.emplace_back("rules", list_node({map_node(std::move(rule))}));
  return map_node(std::move(spec));
}

/// A header cannot hold line breaks or other control characters.
bool fits_header(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Errors check_traffic(const Scene& scene) {
  Errors errors;
  std::vector<std::string> names;
  for (const Traffic& traffic : scene.traffic) {
    names.push_back(traffic.query_class);
    if (traffic.routes.size() > kMaxBackends) {
      errors.push_back(
          {ErrorCode::kUnsupported,
           fmt::format("the class '{}' goes to {} deployments, and a rule of an HTTPRoute "
                       "has at most {}",
                       traffic.query_class, traffic.routes.size(), kMaxBackends),
           "/routes", ""});
    }
    if (!fits_header(traffic.query_class)) {
      errors.push_back(
          {ErrorCode::kUnsupported,
           fmt::format("the class '{}' has a name that no header can hold", traffic.name),
           "/classes", "give it one without control characters"});
    }
  }
  const std::string& fallback = scene.settings->routing.default_class;
  if (!fallback.empty() && std::find(names.begin(), names.end(), fallback) == names.end()) {
    errors.push_back({ErrorCode::kUnknownName,
                      "the plan routes no class '" + fallback + "', the default of the settings",
                      "/classes", suggest(fallback, names)});
  }
  return errors;
}

}  // namespace

std::string picker_name(const Scene& scene, const std::string& pool) {
  constexpr std::string_view kPlace = "{pool}";
  std::string name = scene.settings->routing.picker;
  const std::size_t at = name.find(kPlace);
  return at == std::string::npos ? name : name.replace(at, kPlace.size(), pool);
}

void add_pools(const Scene& scene, ManifestTree& tree) {
  const RoutingDeploy& routing = scene.settings->routing;
  for (const Unit& unit : scene.units) {
    const Node picker =
        map_node({{"name", text_node(picker_name(scene, unit.name))},
                  {"port", map_node({{"number", integer_node(routing.picker_port)}})},
                  {"failureMode", text_node(routing.picker_failure)}});
    const Node port = map_node({{"number", integer_node(scene.settings->port)}});
    add_object(
        tree, "inference-pools", unit.name,
        object_node(scene, "InferencePool",
                    metadata(scene, unit.name, unit_labels(unit), unit_annotations(unit)),
                    map_node({{"selector",
                               map_node({{"matchLabels", labels_node(serving_selector(unit))}})},
                              {"targetPorts", list_node({port})},
                              {"endpointPickerRef", picker}})));
  }
}

Status add_routes(const Scene& scene, BackendOf backend_of, ManifestTree& tree) {
  Errors errors = check_traffic(scene);
  if (!errors.empty()) return errors;
  for (const Traffic& traffic : scene.traffic) {
    add_object(
        tree, "http-routes", traffic.name,
        object_node(scene, "HTTPRoute",
                    metadata(scene, traffic.name, {}, {{"berth/class", traffic.query_class}}),
                    route_spec(scene, traffic, backend_of)));
  }
  return Ok{};
}

}  // namespace berth::manifest
