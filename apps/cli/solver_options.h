#pragma once
// The flags that every command with a solver has, and the line that shows how far it is.

#include <string>

#include "apps/cli/command.h"
#include "berth/pipeline/pipeline.h"

namespace berth::cli {

struct SolverArguments {
  std::string time_limit;
  std::string gap;
  PlanRequest request;
};

/// --method, --time-limit, --gap, --nodes, --iterations, --seed, --threads.
void add_solver_options(CLI::App& command, SolverArguments& arguments);

/// Reads the flags' texts into the request; Ctrl-C and, on a terminal, the progress line are
/// connected. The request refers to `session`.
[[nodiscard]] Status prepare(SolverArguments& arguments, Session& session);

}  // namespace berth::cli
