#include "apps/cli/fleet_input.h"

#include <CLI/CLI.hpp>

#include "berth/core/text.h"
#include "berth/workload/fit.h"

namespace berth::cli {
namespace {

constexpr double kMaxHeadroom = 10.0;

/// CLI::Range lets NaN through. Empty = fine.
std::string finite_share(const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (value && *value >= 0.0 && *value <= kMaxHeadroom) return {};
  return "expected a number from 0 to 10, found '" + text + "'";
}

}  // namespace

void add_fleet_options(CLI::App& command, FleetInput& input) {
  const auto repeatable = CLI::MultiOptionPolicy::TakeAll;
  command
      .add_option("--trace", input.traces,
                  "[NAME=]FILE: this measured traffic instead of the file's, one class a trace "
                  "(repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command
      .add_option("--map", input.map,
                  "name=column of a trace whose header is not known (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command
      .add_option("--headroom", input.headroom,
                  "plan for this much more demand, e.g. 0.1 (overrides the fleet file)")
      ->check(finite_share);
}

namespace {

Result<Fleet> read_with_traces(const FleetInput& input) {
  if (input.traces.empty()) return read_fleet(input.file);

  Result<FitOptions> options = fit_options(input.map, std::nullopt);
  if (!options) return std::move(options).errors();
  Result<Workload> workload = fit_workload(input.traces, *options);
  if (!workload) return std::move(workload).errors();
  return input.file.empty() ? default_fleet(*workload) : read_fleet(input.file, &*workload);
}

}  // namespace

Result<Fleet> load_fleet(const FleetInput& input) {
  if (input.file.empty() && input.traces.empty()) {
    return Error{ErrorCode::kUsage, "no fleet: expected a FLEET.yaml, a --trace, or both", "",
                 "try 'berth plan data/fleets/demo.yaml'"};
  }
  Result<Fleet> fleet = read_with_traces(input);
  if (fleet && input.headroom) fleet->policy.headroom = *input.headroom;
  return fleet;
}

}  // namespace berth::cli
