#include "berth/manifest/scene.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/engine_words.h"
#include "berth/manifest/names.h"
#include "berth/plan/engine_args.h"

namespace berth::manifest {
namespace {

std::string at(std::string_view list, std::size_t index, std::string_view key) {
  return fmt::format("/{}/{}/{}", list, index, key);
}

/// Engine, its settings, its image and its arguments.
void choose_engine(const DeploySettings& settings, const RenderOptions& options, std::size_t index,
                   Unit& unit, Errors& errors) {
  const PlanDeployment& d = *unit.plan;
  const std::string where = at("deployments", index, "engine_args");
  const auto planned = engine_of(d.engine_args);
  if (!planned || d.engine_args.size() < 2) {
    errors.push_back({ErrorCode::kMissing,
                      fmt::format("'{}' has no arguments of an engine that Berth knows", d.name),
                      where, "plan with policy: {engine: vllm}, sglang or trtllm"});
    return;
  }
  unit.engine = options.engine.empty() ? *planned : options.engine;
  const auto deploy = settings.engines.find(unit.engine);
  if (deploy == settings.engines.end()) {
    errors.push_back({ErrorCode::kUnknownName, "unknown engine '" + unit.engine + "'", "--engine",
                      suggest(unit.engine, engine_names())});
    return;
  }
  unit.deploy = &deploy->second;
  const auto image = unit.deploy->images.find(to_lower(unit.facts->vendor));
  if (image == unit.deploy->images.end()) {
    errors.push_back({ErrorCode::kMissing,
                      fmt::format("the settings have no image of {} for GPUs of {}", unit.engine,
                                  unit.facts->vendor),
                      at("deployments", index, "gpu"),
                      fmt::format("add to the settings engines: {{{}: {{images: {{{}: ..}}}}}}",
                                  unit.engine, to_lower(unit.facts->vendor))});
  } else {
    unit.image = image->second;
  }
  unit.args = args_for(unit.engine, d);
  unit.load = loaded_model(unit.args);
}

/// What the settings load instead; a warning where weights of that format are published nowhere.
void choose_checkpoint(Scene& scene, Unit& unit) {
  const auto& table = scene.settings->checkpoints;
  const std::string& precision = unit.plan->precision;
  for (const std::string& name : {unit.plan->model, unit.facts->model}) {
    const auto row = table.find(to_lower(name));
    if (row == table.end()) continue;
    for (const std::string& key : {precision, std::string("*")}) {
      const auto found = row->second.find(key);
      if (found == row->second.end()) continue;
      unit.load = found->second;
      return;
    }
  }
  if (unit.facts->native_precision) return;
  scene.warnings.push_back(fmt::format(
      "{} runs {} weights and {} may not have them: name a checkpoint that does with checkpoints: "
      "{{{}: {{{}: ..}}}}",
      unit.plan->name, precision, unit.load, unit.plan->model, precision));
}

void split_over_nodes(std::size_t index, Unit& unit, Errors& errors) {
  const PlanDeployment& d = *unit.plan;
  const int gpus = d.tensor_parallel * d.pipeline_parallel;
  unit.pod_gpus = gpus_per_pod(d.tensor_parallel, d.pipeline_parallel, unit.facts->node_gpus);
  unit.nodes = gpus / unit.pod_gpus;
  if (unit.nodes == 1 || unit.engine.empty() || spans_nodes(unit.engine)) return;
  errors.push_back({ErrorCode::kUnsupported,
                    fmt::format("a replica of '{}' spans {} nodes, which {} cannot without a "
                                "launcher of its own",
                                d.name, unit.nodes, unit.engine),
                    at("deployments", index, "pp"), "--engine vllm or --engine sglang"});
}

/// Routes by class, in the plan's order of classes.
void gather_traffic(Scene& scene, Errors& errors) {
  const Plan& plan = *scene.plan;
  std::map<std::string, std::size_t> units;
  for (std::size_t k = 0; k < plan.deployments.size(); ++k) {
    if (units.emplace(plan.deployments[k].name, k).second) continue;
    errors.push_back({ErrorCode::kDuplicate,
                      "two deployments are called '" + plan.deployments[k].name + "'",
                      at("deployments", k, "name"), ""});
  }
  std::map<std::string, std::size_t> rows;
  const auto row_of = [&](const std::string& name) -> Traffic& {
    const auto [row, fresh] = rows.emplace(name, scene.traffic.size());
    if (fresh) scene.traffic.push_back({"", name, nullptr, {}});
    return scene.traffic[row->second];
  };
  for (const PlanClass& c : plan.classes) row_of(c.name).plan = &c;
  for (std::size_t k = 0; k < plan.routes.size(); ++k) {
    const PlanRoute& route = plan.routes[k];
    const auto unit = units.find(route.deployment);
    if (unit == units.end()) {
      errors.push_back({ErrorCode::kUnknownName,
                        "the plan has no deployment '" + route.deployment + "'",
                        at("routes", k, "deployment"), ""});
      continue;
    }
    if (!(route.share > 0.0)) continue;
    row_of(route.query_class).routes.emplace_back(unit->second, route.share);
    Unit& target = scene.units[unit->second];
    if (std::isfinite(route.e2e_s)) target.longest_s = std::max(target.longest_s, route.e2e_s);
  }
  std::erase_if(scene.traffic, [](const Traffic& t) { return t.routes.empty(); });
}

void name_classes(Scene& scene) {
  std::vector<std::string> names;
  for (const Traffic& traffic : scene.traffic) names.push_back(traffic.query_class);
  const std::vector<std::string> labels = unique_labels(names, kMaxLabel);
  for (std::size_t k = 0; k < labels.size(); ++k) scene.traffic[k].name = labels[k];
}

/// All classes, not those that are routed here: names are arguments of the engine, and a plan that
/// only routes otherwise must not restart it.
std::vector<std::string> class_names(const Scene& scene) {
  std::vector<std::string> names;
  for (const PlanClass& c : scene.plan->classes) names.push_back(c.name);
  for (const PlanRoute& route : scene.plan->routes) names.push_back(route.query_class);
  return names;
}

/// Without repetition, in the order the settings ask for.
void name_services(Scene& scene) {
  const std::vector<std::string> classes = class_names(scene);
  for (Unit& unit : scene.units) {
    std::vector<std::string> names;
    for (const std::string& word : scene.settings->served_names) {
      if (word == "model") names.push_back(unit.plan->model);
      if (word == "repository") names.push_back(unit.facts->repository);
      if (word == "deployment") names.push_back(unit.plan->name);
      if (word == "classes") names.insert(names.end(), classes.begin(), classes.end());
    }
    std::set<std::string> seen;
    for (const std::string& name : names) {
      // A name that begins with '-' would be taken for a flag.
      if (name.empty() || name.starts_with("-") || !seen.insert(name).second) continue;
      unit.served_names.push_back(name);
    }
  }
}

/// What runs gets the time that it was promised to take. No prediction decides it: that changes
/// from plan to plan, and would restart every pod.
void choose_drain(Scene& scene) {
  double drain = scene.facts->switching.drain.value;
  for (const PlanClass& c : scene.plan->classes) {
    if (c.slo.e2e) drain = std::max(drain, c.slo.e2e->value);
  }
  if (scene.settings->drain) drain = scene.settings->drain->value;
  scene.drain_seconds = static_cast<int>(std::ceil(drain));
  for (const Unit& unit : scene.units) {
    if (unit.longest_s <= scene.drain_seconds) continue;
    scene.warnings.push_back(
        fmt::format("requests on {} may take {:.0f} s, and a replica that stops gets {} s: set "
                    "drain to keep them",
                    unit.plan->name, unit.longest_s, scene.drain_seconds));
  }
}

/// The same message once: many deployments may lack the same entry.
void keep_first(Errors& errors) {
  std::set<std::string> seen;
  std::erase_if(errors, [&](const Error& error) { return !seen.insert(error.message).second; });
}

}  // namespace

Result<Scene> prepare(const Plan& plan, const DeployFacts& facts, const DeploySettings& settings,
                      const RenderOptions& options) {
  assert(facts.deployments.size() == plan.deployments.size());
  Scene scene;
  scene.plan = &plan;
  scene.facts = &facts;
  scene.settings = &settings;
  Errors errors;
  const std::vector<std::string> names = object_names(plan);
  for (std::size_t k = 0; k < plan.deployments.size(); ++k) {
    Unit& unit = scene.units.emplace_back();
    unit.plan = &plan.deployments[k];
    unit.facts = &facts.deployments[k];
    unit.name = names[k];
    choose_engine(settings, options, k, unit, errors);
    choose_checkpoint(scene, unit);
    place_unit(settings, k, unit, errors);
    split_over_nodes(k, unit, errors);
  }
  gather_traffic(scene, errors);
  name_classes(scene);
  name_services(scene);
  choose_drain(scene);
  keep_first(errors);
  if (!errors.empty()) return errors;
  return scene;
}

}  // namespace berth::manifest
