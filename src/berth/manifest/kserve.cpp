// A plan as KServe's LLMInferenceServices. KServe makes the pods, their InferencePools and endpoint
// pickers; where each class goes stays an HTTPRoute of ours.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/engine_words.h"
#include "berth/manifest/names.h"
#include "berth/manifest/pod.h"
#include "berth/manifest/render.h"
#include "berth/manifest/routing.h"
#include "berth/manifest/scene.h"

namespace berth {
namespace manifest {
namespace {

/// Where KServe's storage initializer puts a model.
constexpr std::string_view kModelPath = "/mnt/models";

constexpr std::string_view kSglangPreset = "kserve-config-llm-sglang-template";
constexpr int kKservePort = 8000;

/// What KServe makes of a service. Names of units are short enough that it does not cut them.
Backend kserve_backend(const Unit& unit) {
  return {unit.name + "-inference-pool", unit.name + "-kserve-workload-svc", kKservePort};
}

std::string model_uri(const std::string& load) {
  if (load.find("://") != std::string::npos) return load;
  return "hf://" + load;
}

/// KServe's presets hand these to a shell.
bool is_shell_safe(std::string_view text) {
  constexpr std::string_view kSafe = "-_./+:@=";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSafe.find(c) != std::string_view::npos;
  });
}

/// What KServe's presets do not say themselves: they give model, port, parallelism and nodes.
std::vector<std::string> extra_args(const Unit& unit) {
  std::vector<std::string> args;
  for (std::size_t k = 2; k < unit.args.size(); ++k) args.push_back(unexpanded(unit.args[k]));
  std::vector<std::string> names;
  for (const std::string& name : unit.served_names) {
    if (is_shell_safe(name)) names.push_back(name);
  }
  if (unit.engine == "vllm" && names.size() > 1) {
    args.emplace_back("--served-model-name");
    args.insert(args.end(), names.begin(), names.end());
  }
  args.insert(args.end(), unit.deploy->args.begin(), unit.deploy->args.end());
  return args;
}

/// The container "main" over that of KServe's preset: its command and mounts stay.
Node main_container(const Scene& scene, const Unit& unit, PodRole role,
                    const std::vector<std::string>& args) {
  const Node whole = engine_container(scene, unit, role, "main");
  Fields fields;
  for (const auto& [key, value] : whole.fields) {
    if (key == "command" || key == "ports" || key == "volumeMounts") continue;
    fields.emplace_back(key, key == "args" ? texts_node(args) : value);
  }
  return map_node(std::move(fields));
}

/// KServe serves on its own port, and by the scheme of its presets, which stays: only the path and
/// how long it waits are ours.
void point_probes(Node& container) {
  for (auto& [key, value] : container.fields) {
    if (!key.ends_with("Probe")) continue;
    for (auto& [name, field] : value.fields) {
      if (name != "httpGet") continue;
      for (auto& [part, target] : field.fields) {
        if (part == "port") target = integer_node(kKservePort);
      }
    }
  }
}

Node pod_spec(const Scene& scene, const Unit& unit, PodRole role,
              const std::vector<std::string>& args) {
  Node container = main_container(scene, unit, role, args);
  point_probes(container);
  Fields spec = {{"containers", list_node({std::move(container)})}};
  add_pod_fields(scene, unit, spec);
  // The volumes and the service account are KServe's.
  std::erase_if(spec, [](const auto& field) {
    return field.first == "volumes" || field.first == "automountServiceAccountToken";
  });
  return map_node(std::move(spec));
}

Node router(const Scene& scene, const Unit& unit) {
  std::vector<Node> refs;
  for (const Traffic& traffic : scene.traffic) {
    const bool here =
        std::any_of(traffic.routes.begin(), traffic.routes.end(),
                    [&](const auto& route) { return &scene.units[route.first] == &unit; });
    if (here) refs.push_back(map_node({{"name", text_node(traffic.name)}}));
  }
  Fields fields;
  if (!refs.empty()) {
    fields.emplace_back("route",
                        map_node({{"http", map_node({{"refs", list_node(std::move(refs))}})}}));
  }
  fields.emplace_back("scheduler", map_node({}));
  return map_node(std::move(fields));
}

Node service_spec(const Scene& scene, const Unit& unit) {
  const std::vector<std::string> args = extra_args(unit);
  Fields parallelism = {{"tensor", integer_node(unit.plan->tensor_parallel)}};
  if (unit.plan->pipeline_parallel > 1) {
    parallelism.emplace_back("pipeline", integer_node(unit.plan->pipeline_parallel));
  }
  const std::string name = unit.served_names.empty() ? unit.name : unit.served_names.front();
  Fields spec;
  if (unit.engine == "sglang") {
    spec.emplace_back("baseRefs",
                      list_node({map_node({{"name", text_node(std::string(kSglangPreset))}})}));
  }
  spec.emplace_back("model",
                    map_node({{"uri", text_node(model_uri(unit.load))},
                              {"name", text_node(is_shell_safe(name) ? name : unit.name)}}));
  if (!scene.settings->omit_replicas) {
    spec.emplace_back("replicas", integer_node(unit.plan->replicas));
  }
  spec.emplace_back("parallelism", map_node(std::move(parallelism)));
  spec.emplace_back("router", router(scene, unit));
  spec.emplace_back("template", pod_spec(scene, unit, PodRole::kServing, args));
  if (unit.nodes > 1) spec.emplace_back("worker", pod_spec(scene, unit, PodRole::kWorker, args));
  return map_node(std::move(spec));
}

/// Names that no deployment answers to, for a shell would read them otherwise.
void note_unsafe_names(Scene& scene) {
  std::set<std::string> unsafe;
  for (const Unit& unit : scene.units) {
    for (const std::string& name : unit.served_names) {
      if (!is_shell_safe(name)) unsafe.insert(name);
    }
  }
  for (const std::string& name : unsafe) {
    scene.warnings.push_back("no deployment answers to the name '" + name +
                             "', which KServe would hand to a shell");
  }
}

/// A pod a pipeline stage, as KServe splits replicas. Errors where a stage does not fit on a node.
Errors split_as_kserve_does(Scene& scene) {
  Errors errors;
  for (std::size_t k = 0; k < scene.units.size(); ++k) {
    Unit& unit = scene.units[k];
    const auto fail = [&](const std::string& message) {
      errors.push_back({ErrorCode::kUnsupported, message, fmt::format("/deployments/{}", k),
                        "berth export kubernetes writes it without KServe"});
    };
    if (unit.engine == "trtllm") {
      fail("KServe has no preset for trtllm");
    } else if (unit.nodes > 1 && unit.engine != "vllm") {
      fail(fmt::format("KServe has no preset that runs a replica of {} on several nodes",
                       unit.engine));
    } else if (unit.plan->tensor_parallel > unit.facts->node_gpus) {
      fail(fmt::format("a tensor-parallel group of '{}' spans nodes, and KServe puts each on one",
                       unit.plan->name));
    } else if (unit.nodes > 1) {
      unit.nodes = unit.plan->pipeline_parallel;
      unit.pod_gpus = unit.plan->tensor_parallel;
    }
  }
  return errors;
}

}  // namespace
}  // namespace manifest

Result<Manifests> render_kserve(const Plan& plan, const DeployFacts& facts,
                                const DeploySettings& settings, const RenderOptions& options) {
  using namespace manifest;
  Result<Scene> scene = prepare(plan, facts, settings, options);
  if (!scene) return scene.errors();
  const Errors errors = split_as_kserve_does(*scene);
  if (!errors.empty()) return errors;
  note_unsafe_names(*scene);
  Manifests manifests;
  for (const Unit& unit : scene->units) {
    add_object(manifests.files, "inference-services", unit.name,
               object_node(*scene, "LLMInferenceService",
                           metadata(*scene, unit.name, unit_labels(unit), unit_annotations(unit)),
                           service_spec(*scene, unit)));
  }
  const Status routed = add_routes(*scene, kserve_backend, manifests.files);
  if (!routed) return routed.errors();
  add_kustomization(*scene, manifests.files);
  manifests.warnings = std::move(scene->warnings);
  return manifests;
}

}  // namespace berth
