#include "berth/manifest/pod.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/engine_words.h"

namespace berth::manifest {
namespace {

constexpr std::string_view kWaitForLeader =
    "until getent hosts \"$LWS_LEADER_ADDRESS\" > /dev/null; do sleep 1; done; exec \"$@\"";

bool takes_model_as_argument(const Unit& unit) {
  return unit.engine == "vllm" && unit.deploy->command.back() == "serve";
}

/// The engine, once the leader's name resolves: the nodes of a replica look for it at once.
Node command_node(const Unit& unit) {
  std::vector<std::string> words;
  if (unit.nodes > 1) words = {"/bin/sh", "-c", std::string(kWaitForLeader), "sh"};
  for (const std::string& word : unit.deploy->command) words.push_back(unexpanded(word));
  return texts_node(words);
}

Node args_node(const Scene& scene, const Unit& unit, PodRole role) {
  std::vector<std::string> args =
      serve_args(unit.args, {.engine = unit.engine,
                             .load = unit.load,
                             .served_names = unit.served_names,
                             .port = scene.settings->port,
                             .nodes = unit.nodes,
                             .worker = role == PodRole::kWorker,
                             .positional = takes_model_as_argument(unit)});
  args.insert(args.end(), unit.deploy->args.begin(), unit.deploy->args.end());
  return texts_node(args);
}

Node environment(const Scene& scene, const Unit& unit) {
  const DeploySettings& settings = *scene.settings;
  std::vector<Node> items;
  if (!settings.token.secret.empty()) {
    items.push_back(
        map_node({{"name", text_node(settings.token.env)},
                  {"valueFrom",
                   map_node({{"secretKeyRef", map_node({{"name", text_node(settings.token.secret)},
                                                        {"key", text_node(settings.token.key)},
                                                        {"optional", boolean_node(true)}})}})}}));
  }
  Labels variables = {{"HF_HOME", settings.cache.mount}};
  const auto add = [&variables](const Labels& more) {
    for (const auto& [name, value] : more) variables[name] = value;
  };
  add(unit.deploy->env);
  add(settings.pods.env);
  if (unit.nodes > 1) add(settings.pods.multi_node_env);
  for (Node& item : environment_items(variables)) items.push_back(std::move(item));
  return list_node(std::move(items));
}

Node resources(const Scene& scene, const Unit& unit) {
  const PodDeploy& pods = scene.settings->pods;
  Fields requests;
  if (!pods.cpu_per_gpu.empty()) {
    const double cores = parse_number(pods.cpu_per_gpu).value_or(0.0);
    const double milli = cores * unit.pod_gpus * 1000.0;
    const auto whole = static_cast<long long>(std::llround(milli));
    requests.emplace_back("cpu", text_node(whole % 1000 == 0 ? std::to_string(whole / 1000)
                                                             : std::to_string(whole) + "m"));
  }
  if (pods.memory_per_gpu_bytes > 0.0) {
    requests.emplace_back("memory",
                          text_node(quantity_text(pods.memory_per_gpu_bytes * unit.pod_gpus)));
  }
  Fields limits = {{unit.resource, text_node(std::to_string(unit.pod_gpus))}};
  if (unit.nodes > 1) {
    for (const auto& [name, value] : pods.multi_node_resources) {
      limits.emplace_back(name, text_node(value));
    }
  }
  Fields fields;
  if (!requests.empty()) fields.emplace_back("requests", map_node(std::move(requests)));
  fields.emplace_back("limits", map_node(std::move(limits)));
  return map_node(std::move(fields));
}

Node shared_memory_volume(const Scene& scene) {
  return map_node(
      {{"name", text_node("shared-memory")},
       {"emptyDir", map_node({{"medium", text_node("Memory")},
                              {"sizeLimit", text_node(quantity_text(
                                                scene.settings->pods.shared_memory_bytes))}})}});
}

Node cache_volume(const ModelCache& cache) {
  Fields fields = {{"name", text_node("models")}};
  if (cache.kind == "claim") {
    fields.emplace_back("persistentVolumeClaim", map_node({{"claimName", text_node(cache.claim)}}));
  } else if (cache.kind == "host_path") {
    fields.emplace_back("hostPath", map_node({{"path", text_node(cache.host_path)},
                                              {"type", text_node("DirectoryOrCreate")}}));
  } else {
    Fields limit;
    if (cache.size_bytes > 0.0) {
      limit.emplace_back("sizeLimit", text_node(quantity_text(cache.size_bytes)));
    }
    fields.emplace_back("emptyDir", map_node(std::move(limit)));
  }
  return map_node(std::move(fields));
}

Node mount(const std::string& name, const std::string& path) {
  return map_node({{"name", text_node(name)}, {"mountPath", text_node(path)}});
}

Node toleration_node(const Toleration& toleration) {
  Fields fields;
  add_text(fields, "key", toleration.key);
  add_text(fields, "operator", toleration.operation);
  add_text(fields, "value", toleration.value);
  add_text(fields, "effect", toleration.effect);
  return map_node(std::move(fields));
}

/// One product is a node selector; several are any of them.
void add_placement(const Unit& unit, Fields& spec) {
  Labels selector = unit.place.node_selector;
  if (unit.place.products.size() == 1) selector[unit.product_label] = unit.place.products[0];
  if (!selector.empty()) spec.emplace_back("nodeSelector", labels_node(selector));
  if (unit.place.products.size() > 1) {
    const Node term = map_node({{"key", text_node(unit.product_label)},
                                {"operator", text_node("In")},
                                {"values", texts_node(unit.place.products)}});
    const Node terms = list_node({map_node({{"matchExpressions", list_node({term})}})});
    spec.emplace_back(
        "affinity",
        map_node({{"nodeAffinity", map_node({{"requiredDuringSchedulingIgnoredDuringExecution",
                                              map_node({{"nodeSelectorTerms", terms}})}})}}));
  }
  if (unit.place.tolerations.empty()) return;
  std::vector<Node> tolerations;
  for (const Toleration& toleration : unit.place.tolerations) {
    tolerations.push_back(toleration_node(toleration));
  }
  spec.emplace_back("tolerations", list_node(std::move(tolerations)));
}

Labels pod_labels(const Scene& scene, const Unit& unit, PodRole role) {
  Labels labels = unit_labels(unit);
  labels["berth/role"] = role == PodRole::kServing ? "serving" : "worker";
  labels["app.kubernetes.io/managed-by"] = "berth";
  Labels own = scene.settings->labels;
  labels.merge(own);
  return labels;
}

}  // namespace

std::string quantity_text(double bytes) {
  constexpr std::array kUnits = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};
  auto whole = static_cast<long long>(std::llround(bytes));
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && whole != 0 && whole % 1024 == 0) {
    whole /= 1024;
    ++unit;
  }
  return std::to_string(whole) + kUnits.at(unit);
}

Node engine_container(const Scene& scene, const Unit& unit, PodRole role, const std::string& name) {
  Fields fields = {{"name", text_node(name)},
                   {"image", text_node(unit.image)},
                   {"command", command_node(unit)},
                   {"args", args_node(scene, unit, role)},
                   {"env", environment(scene, unit)}};
  if (role == PodRole::kServing) {
    fields.emplace_back("ports",
                        list_node({map_node({{"name", text_node("http")},
                                             {"containerPort", integer_node(scene.settings->port)},
                                             {"protocol", text_node("TCP")}})}));
  }
  fields.emplace_back("resources", resources(scene, unit));
  if (role == PodRole::kServing) add_probes(scene, unit, fields);
  add_drain(scene, fields);
  fields.emplace_back("volumeMounts", list_node({mount("shared-memory", "/dev/shm"),
                                                 mount("models", scene.settings->cache.mount)}));
  return map_node(std::move(fields));
}

void add_pod_fields(const Scene& scene, const Unit& unit, Fields& spec) {
  const PodDeploy& pods = scene.settings->pods;
  add_placement(unit, spec);
  spec.emplace_back("terminationGracePeriodSeconds",
                    integer_node(scene.drain_seconds + kStopSeconds));
  add_text(spec, "serviceAccountName", pods.service_account);
  add_text(spec, "priorityClassName", pods.priority_class);
  add_text(spec, "runtimeClassName", pods.runtime_class);
  if (!pods.pull_secrets.empty()) {
    std::vector<Node> secrets;
    for (const std::string& secret : pods.pull_secrets) {
      secrets.push_back(map_node({{"name", text_node(secret)}}));
    }
    spec.emplace_back("imagePullSecrets", list_node(std::move(secrets)));
  }
  // Variables of Services confuse engines: one called vllm would set VLLM_PORT.
  spec.emplace_back("enableServiceLinks", boolean_node(false));
  spec.emplace_back("automountServiceAccountToken", boolean_node(false));
  spec.emplace_back("volumes",
                    list_node({shared_memory_volume(scene), cache_volume(scene.settings->cache)}));
}

Node pod_template(const Scene& scene, const Unit& unit, PodRole role) {
  Fields spec = {{"containers", list_node({engine_container(scene, unit, role, "engine")})}};
  add_pod_fields(scene, unit, spec);
  Fields meta = {{"labels", labels_node(pod_labels(scene, unit, role))}};
  if (!scene.settings->pods.annotations.empty()) {
    meta.emplace_back("annotations", labels_node(scene.settings->pods.annotations));
  }
  return map_node({{"metadata", map_node(std::move(meta))}, {"spec", map_node(std::move(spec))}});
}

}  // namespace berth::manifest
