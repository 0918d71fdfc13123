#pragma once
// A fleet as the command line names it: a FLEET.yaml, measured traces, or both.

#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"

namespace CLI {
class App;
}

namespace berth::cli {

struct FleetInput {
  std::string file;                 ///< may be empty when there are traces
  std::vector<std::string> traces;  ///< "[NAME=]FILE"
  std::vector<std::string> map;     ///< "name=column"
  std::optional<double> headroom;   ///< overrides the fleet's policy
};

/// --trace, --map and --headroom.
void add_fleet_options(CLI::App& command, FleetInput& input);

/// Without a file: the built-in catalog, the pools of one cloud region, default SLOs.
[[nodiscard]] Result<Fleet> load_fleet(const FleetInput& input);

}  // namespace berth::cli
