// berth solve INSTANCE.json: the optimisation problem alone.

#include <chrono>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/solver_options.h"
#include "berth/instance/instance_json.h"
#include "berth/output/solution_table.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

struct SolveArguments {
  std::string instance;
  SolverArguments solver;
  std::string output = "table";
  std::string file;
};

int run_solve(SolveArguments& arguments, Session& session) {
  const Console& console = session.console;
  if (Status ready = prepare(arguments.solver, session); !ready) {
    return console.fail(ready.errors());
  }

  const auto start = std::chrono::steady_clock::now();
  const Result<Instance> instance = read_instance(arguments.instance);
  if (!instance) return console.fail(instance.errors());
  const double read_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const Result<SolveResult> result = solve_instance(*instance, arguments.solver.request);
  if (!result) return console.fail(result.errors());

  const SolutionFile file = to_solution_file(*result, read_seconds);
  if (!arguments.file.empty()) {
    const int status = deliver(session, arguments.file, to_json(file), "the solution");
    if (status != kSuccess) return status;
  }
  const std::string text =
      arguments.output == "json" ? to_json(file) : to_table(*instance, *result);
  const int status = deliver(session, "", text, "the solution");
  if (status != kSuccess || result->solution) return status;
  switch (result->termination.reason) {
    case TerminationReason::kLimit: return exit_status(ErrorCode::kLimitReached);
    case TerminationReason::kUnbounded:
    case TerminationReason::kError: return exit_status(ErrorCode::kInternal);
    default: return exit_status(ErrorCode::kInfeasible);
  }
}

}  // namespace

void add_solve(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<SolveArguments>();
  CLI::App* command = app.add_subcommand("solve", "Solve a berth.instance/1 problem");
  command->add_option("instance", arguments->instance, "INSTANCE.json")->required();
  add_solver_options(*command, arguments->solver);
  command->add_option("-o", arguments->file, "write the solution (JSON) to FILE");
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_solve(*arguments, session); };
  });
}

}  // namespace berth::cli
