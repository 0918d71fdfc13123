// berth plan FLEET.yaml [--trace FILE]...: from the user's problem to a checked plan.

#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "apps/cli/replay_progress.h"
#include "apps/cli/robust_options.h"
#include "apps/cli/solver_options.h"
#include "apps/cli/switching_options.h"
#include "berth/evaluate/simulation/simulate.h"
#include "berth/output/report.h"
#include "berth/output/simulation_table.h"
#include "berth/output/table.h"
#include "berth/output/verification.h"
#include "berth/pipeline/verify.h"
#include "berth/plan/plan_json.h"
#include "berth/workload/fit.h"

namespace berth::cli {
namespace {

constexpr double kUsualVerification = 3600.0;  // s

struct PlanArguments {
  FleetInput input;
  SolverArguments solver;
  RobustArguments robust;
  SwitchingArguments switching;
  std::optional<Plan> current;  ///< that runs
  std::string output = "table";
  std::string file;
  std::string report;
  bool verify = false;
  std::string verify_duration;
  std::string verification;
  std::string routing = "random";
};

std::string render(const Plan& plan, const std::string& format, const Console& console) {
  if (format == "json") return to_json(plan);
  if (format == "yaml") return to_yaml(plan);
  return to_table(plan,
                  {.color = console.color(), .wide = format == "wide", .width = console.width()});
}

/// `verified` is null without --verify.
int deliver_plan(const PlanArguments& arguments, const Plan& plan, const VerifiedPlan* verified,
                 Session& session) {
  if (!arguments.file.empty()) {
    const bool yaml = arguments.file.ends_with(".yaml") || arguments.file.ends_with(".yml");
    const int status =
        deliver(session, arguments.file, yaml ? to_yaml(plan) : to_json(plan), "the plan");
    if (status != kSuccess) return status;
  }
  if (!arguments.report.empty()) {
    const std::string page = verified != nullptr ? to_html_report(*verified) : to_html_report(plan);
    const int status = deliver(session, arguments.report, page, "the report");
    if (status != kSuccess) return status;
  }
  if (!arguments.verification.empty() && verified != nullptr) {
    const int status =
        deliver(session, arguments.verification, to_json(*verified), "the verification");
    if (status != kSuccess) return status;
  }
  return deliver(session, "", render(plan, arguments.output, session.console), "the plan");
}

/// The traces that were given, or requests drawn from the fleet's classes.
Result<VerifyRequest> verify_request(const PlanArguments& arguments, const Fleet& fleet,
                                     Seconds& duration) {
  VerifyRequest request;
  request.plan = arguments.solver.request;
  request.simulation.balancing = balancing_of(arguments.routing);
  request.simulation.seed = arguments.solver.request.seed;
  Result<ColumnMap> map = parse_column_map(arguments.input.map);
  Errors errors;
  if (!map) errors = map.errors();
  if (Status read = read_duration("--verify-duration", arguments.verify_duration, duration);
      !read) {
    errors.insert(errors.end(), read.errors().begin(), read.errors().end());
  }
  if (!errors.empty()) return errors;
  std::vector<ReplayedTrace> traces;
  for (const std::string& argument : arguments.input.traces) {
    const TraceSource source = parse_trace_source(argument);
    traces.push_back({source.name, source.path.string()});
  }
  if (traces.empty()) {
    request.simulation.warmup_s = std::min(request.simulation.warmup_s, 0.1 * duration.value);
  }
  TraceOptions options;
  options.map = *std::move(map);
  request.arrivals = [&fleet, traces, options, duration,
                      seed = request.simulation.seed](int k) -> Result<std::unique_ptr<Arrivals>> {
    if (!traces.empty()) return trace_arrivals(fleet, traces, options);
    return generated_arrivals(fleet, {duration.value, seed + static_cast<std::uint64_t>(k)});
  };
  return request;
}

int run_verified(const PlanArguments& arguments, const Fleet& fleet, Session& session) {
  const Console& console = session.console;
  Seconds duration{kUsualVerification};
  Result<VerifyRequest> request = verify_request(arguments, fleet, duration);
  if (!request) return console.fail(request.errors());
  ReplayProgress progress(console, request->replications,
                          arguments.input.traces.empty() ? duration.value : 0.0);
  progress.connect(*request);
  const Result<VerifiedPlan> verified = make_verified_plan(fleet, *request);
  if (!verified) return console.fail(verified.errors());
  const int status = deliver_plan(arguments, verified->outcome.plan, &*verified, session);
  if (status != kSuccess) return status;
  const TableStyle style{
      .color = console.color(), .wide = arguments.output == "wide", .width = console.width()};
  // A machine that asked for JSON gets one document; the figures of the replay go beside it.
  const std::string text = "\n" + to_table(verified->simulation, verified->outcome.plan, style) +
                           "\n" + to_text(*verified);
  if (arguments.output == "table" || arguments.output == "wide") {
    const int said = deliver(session, "", text, "the verification");
    if (said != kSuccess) return said;
  } else {
    console.note(to_text(*verified));
  }
  return verified->holds ? kSuccess : kDifferences;
}

int run_plan(PlanArguments& arguments, Session& session) {
  const Console& console = session.console;
  if (Status ready = prepare(arguments.solver, session); !ready) {
    return console.fail(ready.errors());
  }

  Result<Fleet> fleet = load_fleet(arguments.input);
  if (!fleet) return console.fail(fleet.errors());
  apply_robust_options(arguments.robust, fleet->policy);

  if (Status ready =
          prepare(arguments.switching, *fleet, arguments.current, arguments.solver.request);
      !ready) {
    return console.fail(ready.errors());
  }

  if (arguments.verify) return run_verified(arguments, *fleet, session);
  Result<PlanOutcome> outcome = make_plan(*fleet, arguments.solver.request);
  if (!outcome) return console.fail(outcome.errors());

  return deliver_plan(arguments, outcome->plan, nullptr, session);
}

}  // namespace

void add_plan(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command = app.add_subcommand(
      "plan", "Plan a fleet: models, GPUs, boxes, parallelism, replicas and routes at least cost");
  command->add_option("fleet", arguments->input.file,
                      "FLEET.yaml; with --trace it may be left out: built-in catalog and SLOs");
  add_fleet_options(*command, arguments->input);
  add_solver_options(*command, arguments->solver);
  add_robust_options(*command, arguments->robust);
  add_switching_options(*command, arguments->switching);
  command->add_option("-o", arguments->file,
                      "write the plan to FILE (JSON, or YAML by its ending)");
  command->add_option("--report", arguments->report, "write a self-contained HTML report to FILE");
  CLI::Option* verify = command->add_flag(
      "--verify", arguments->verify,
      "replay the plan request by request and plan again with margins until every "
      "class holds its percentile at 95 % confidence");
  command
      ->add_option("--verify-duration", arguments->verify_duration,
                   "without a trace: so much drawn traffic (default 1h)")
      ->needs(verify);
  command
      ->add_option("--verification", arguments->verification,
                   "write what the replays found (berth.verification/1) to FILE")
      ->needs(verify);
  command->add_option("--routing", arguments->routing, "of --verify: which replica of a deployment")
      ->needs(verify)
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kBalancingNames), std::end(kBalancingNames))))
      ->capture_default_str();
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "wide", "json", "yaml"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_plan(*arguments, session); };
  });
}

}  // namespace berth::cli
