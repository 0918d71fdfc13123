#pragma once
// What a deployment says to its engine beyond the plan: names, ports, the nodes of a replica.
// Private to this room.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/plan/plan.h"

namespace berth::manifest {

/// Of the engine whose arguments these are ("vllm"); nullopt if of none.
[[nodiscard]] std::optional<std::string> engine_of(std::span<const std::string> args);

/// The same settings in the words of `engine`, which is one of engine_names(). Those of a plan in
/// that engine's words are returned as they are.
[[nodiscard]] std::vector<std::string> args_for(const std::string& engine,
                                                const PlanDeployment& deployment);

/// What the arguments load.
[[nodiscard]] std::string loaded_model(std::span<const std::string> args);

struct ServeWords {
  std::string engine;
  std::string load;                       ///< model, path or repository
  std::vector<std::string> served_names;  ///< engines that take one name get the first
  int port = 0;
  int nodes = 1;
  bool worker = false;      ///< of a replica's nodes, one that answers no requests
  bool positional = false;  ///< the model is no flag but the first argument: "vllm serve MODEL"
};

/// The whole argument list of a pod. `args` are the engine's own.
[[nodiscard]] std::vector<std::string> serve_args(std::vector<std::string> args,
                                                  const ServeWords& words);

/// False: replicas of this engine cannot span nodes without a launcher of their own.
[[nodiscard]] bool spans_nodes(std::string_view engine);

/// `text` as it must stand in `command` or `args` so that Kubernetes does not expand "$(NAME)".
[[nodiscard]] std::string unexpanded(std::string_view text);

}  // namespace berth::manifest
