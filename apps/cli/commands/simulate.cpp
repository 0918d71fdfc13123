// berth simulate PLAN.json --against FLEET.yaml: the plan, request by request.

#include "berth/evaluate/simulation/simulate.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "apps/cli/replay_progress.h"
#include "berth/core/text.h"
#include "berth/output/format.h"
#include "berth/output/simulation_report.h"
#include "berth/output/simulation_table.h"
#include "berth/plan/plan_json.h"
#include "berth/workload/fit.h"

namespace berth::cli {
namespace {

constexpr double kMostLoad = 1000.0;
constexpr double kUsualDuration = 3600.0;
constexpr double kUsualWarmUp = 60.0;
constexpr double kLongest = 366.0 * 86400.0;

struct SimulateArguments {
  std::string plan;
  std::string against;
  std::vector<std::string> traces;
  std::vector<std::string> map;
  std::string duration;
  std::string warm_up;
  std::string start_up;
  std::string recovery;
  std::string fail_at;
  std::string fail_pool;
  std::string routing = "random";
  std::string arrivals = kArrivalProcessNames[0];
  std::string output = "table";
  std::string file;
  std::string report;
  int fail = 0;
  int replications = 1;
  int threads = 0;
  std::uint64_t seed = 1;
  double load = 1.0;
};

struct Prepared {
  Fleet fleet;
  Plan plan;
  SimulatedPlan simulated;
  SimulationOptions options;
  TraceOptions trace;
  std::vector<ReplayedTrace> traces;
  double duration_s = kUsualDuration;
};

void add_errors(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}

std::string positive_factor(const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (value && *value > 0.0 && *value <= kMostLoad) return {};
  return "expected a number above 0 and up to 1000, found '" + text + "'";
}

/// Flags that are durations, all errors at once.
void read_times(const SimulateArguments& a, Prepared& p, Errors& errors) {
  const auto read = [&](const char* flag, const std::string& text, double usual) {
    Seconds value{usual};
    if (text == "0" || text == "0s") return 0.0;
    if (Status status = read_duration(flag, text, value); !status.ok()) {
      add_errors(errors, status.errors());
    }
    return value.value;
  };
  p.duration_s = read("--duration", a.duration, kUsualDuration);
  if (p.duration_s > kLongest || (!a.duration.empty() && !(p.duration_s > 0.0))) {
    errors.push_back(
        {ErrorCode::kOutOfRange, "expected a duration up to a year", "--duration", ""});
  }
  const bool drawn = a.traces.empty();
  // A tenth at most, so that a short run measures something.
  const double usual = drawn ? std::min(kUsualWarmUp, 0.1 * p.duration_s) : kUsualWarmUp;
  p.options.warmup_s = read("--warm-up", a.warm_up, usual);
  p.options.start_up_s = read("--start-up", a.start_up, 0.0);
  if (a.fail == 0 && a.fail_pool.empty()) {
    if (a.fail_at.empty() && a.recovery.empty()) return;
    errors.push_back({ErrorCode::kUsage, "nothing fails", "--fail-at, --recovery",
                      "say what does: --fail N or --fail-pool POOL"});
    return;
  }
  if (!drawn && a.fail_at.empty()) {
    errors.push_back({ErrorCode::kUsage, "--fail-at is required with --trace", "",
                      "how long a trace lasts is known at its end only"});
  }
  Failure failure;
  failure.replicas = a.fail;
  failure.pool = a.fail_pool;
  failure.at_s = read("--fail-at", a.fail_at, 0.5 * p.duration_s);
  failure.recovery_s = read("--recovery", a.recovery, failure.recovery_s);
  p.options.failures.push_back(failure);
}

/// A failure that cannot happen is a mistake.
void check_failure(const SimulateArguments& a, const Prepared& p, Errors& errors) {
  if (p.options.failures.empty()) return;
  int replicas = 0;
  for (const SimulatedDeployment& d : p.simulated.deployments) {
    if (a.fail_pool.empty() || d.pool == a.fail_pool) replicas += d.replicas;
  }
  if (a.fail > replicas && replicas > 0) {
    errors.push_back({ErrorCode::kOutOfRange,
                      fmt::format("there are {} replicas{}", replicas,
                                  a.fail_pool.empty() ? "" : " in '" + a.fail_pool + "'"),
                      "--fail", ""});
  }
  if (a.traces.empty() && p.options.failures.front().at_s >= p.duration_s) {
    errors.push_back({ErrorCode::kOutOfRange, "after the end of the simulation", "--fail-at",
                      "a longer --duration"});
  }
  if (a.fail_pool.empty() || replicas > 0) return;
  std::vector<std::string> pools;
  for (const SimulatedDeployment& d : p.simulated.deployments) pools.push_back(d.pool);
  const auto close = closest_match(a.fail_pool, pools);
  errors.push_back({ErrorCode::kUnknownName,
                    "the plan has nothing in the pool '" + a.fail_pool + "'", "--fail-pool",
                    close ? "did you mean '" + *close + "'?" : ""});
}

void check_arguments(const SimulateArguments& a, const Prepared& p, Errors& errors) {
  if (a.against.empty() && a.traces.empty()) {
    errors.push_back({ErrorCode::kUsage, "--against is required", "",
                      "name the FLEET.yaml of the plan, or the --trace it was made from"});
  }
  if (!a.traces.empty() && !a.duration.empty()) {
    errors.push_back({ErrorCode::kUsage, "--duration does not go with --trace", "",
                      "a trace lasts as long as it does"});
  }
  if (!a.traces.empty() && a.arrivals != kArrivalProcessNames[0]) {
    errors.push_back({ErrorCode::kUsage, "--arrivals does not go with --trace", "",
                      "a trace says when its requests arrive"});
  }
  if (a.traces.empty() && p.options.warmup_s >= p.duration_s) {
    errors.push_back({ErrorCode::kOutOfRange,
                      "nothing is measured: the warm-up is not shorter than "
                      "the simulation",
                      "--warm-up", "a longer --duration"});
  }
  check_failure(a, p, errors);
}

Result<Prepared> prepare(const SimulateArguments& a) {
  Prepared p;
  Errors errors;
  Result<Plan> plan = read_plan(a.plan);
  if (!plan) add_errors(errors, plan.errors());
  FleetInput input;
  input.file = a.against;
  if (a.against.empty()) {
    input.traces = a.traces;
    input.map = a.map;
  }
  if (!a.against.empty() || !a.traces.empty()) {
    Result<Fleet> fleet = load_fleet(input);
    if (!fleet)
      add_errors(errors, fleet.errors());
    else
      p.fleet = *std::move(fleet);
  }
  Result<ColumnMap> map = parse_column_map(a.map);
  if (!map) add_errors(errors, map.errors());
  if (!errors.empty()) return errors;
  p.plan = *std::move(plan);
  p.trace.map = *std::move(map);
  for (const std::string& argument : a.traces) {
    const TraceSource source = parse_trace_source(argument);
    p.traces.push_back({source.name, source.path.string()});
  }
  if (!a.against.empty() || !a.traces.empty()) {
    Result<SimulatedPlan> simulated = simulated_plan(p.fleet, p.plan);
    if (!simulated)
      add_errors(errors, simulated.errors());
    else
      p.simulated = *std::move(simulated);
  }
  read_times(a, p, errors);
  p.options.balancing = balancing_of(a.routing);
  p.options.seed = a.seed;
  p.options.threads = a.threads;
  if (errors.empty()) check_arguments(a, p, errors);
  if (!errors.empty()) return errors;
  return p;
}

/// What the page says of how it was made.
SimulationFacts facts_of(const SimulateArguments& a, const Prepared& p) {
  SimulationFacts facts = {{"Plan", a.plan}};
  if (!a.against.empty()) facts.emplace_back("Fleet", a.against);
  std::string requests;
  for (const std::string& trace : a.traces) requests += (requests.empty() ? "" : ", ") + trace;
  if (requests.empty()) {
    requests = format_seconds(p.duration_s) + " drawn from the classes, " + a.arrivals + " gaps";
  }
  facts.emplace_back("Requests", requests);
  facts.emplace_back("Seed", std::to_string(a.seed));
  if (a.load != 1.0) facts.emplace_back("Load", fmt::format("times {:g}", a.load));
  facts.emplace_back("Warm-up", format_seconds(p.options.warmup_s));
  if (p.options.start_up_s > 0.0) {
    facts.emplace_back("Start-up", format_seconds(p.options.start_up_s));
  }
  facts.emplace_back("Routing", a.routing);
  for (const Failure& failure : p.options.failures) {
    std::string what = failure.replicas > 0 ? format_count(failure.replicas, "replica", "replicas")
                                            : std::string("all replicas");
    if (!failure.pool.empty()) what += " of " + failure.pool;
    facts.emplace_back("Failure",
                       fmt::format("{} after {}, back after {}", what, format_seconds(failure.at_s),
                                   format_seconds(failure.recovery_s)));
  }
  return facts;
}

int deliver_simulation(const SimulateArguments& a, const Prepared& p,
                       const SimulationReport& report, Session& session) {
  if (!a.file.empty()) {
    const int status =
        deliver(session, a.file, to_json(report, p.plan, facts_of(a, p)), "the simulation");
    if (status != kSuccess) return status;
  }
  if (!a.report.empty()) {
    const int status =
        deliver(session, a.report, to_html_report(report, p.plan, facts_of(a, p)), "the report");
    if (status != kSuccess) return status;
  }
  const TableStyle style{.color = session.console.color(),
                         .wide = a.output == "wide",
                         .width = session.console.width()};
  return deliver(session, "",
                 a.output == "json" ? to_json(report, p.plan, facts_of(a, p))
                                    : to_table(report, p.plan, style),
                 "");
}

int run_simulate(const SimulateArguments& a, Session& session) {
  const Console& console = session.console;
  const Result<Prepared> prepared = prepare(a);
  if (!prepared) return console.fail(prepared.errors());
  const Prepared& p = *prepared;
  const auto arrivals = [&](int k) -> Result<std::unique_ptr<Arrivals>> {
    if (!p.traces.empty()) return trace_arrivals(p.fleet, p.traces, p.trace, a.load);
    return generated_arrivals(
        p.fleet,
        {p.duration_s, a.seed + static_cast<std::uint64_t>(k), arrival_process_of(a.arrivals)},
        a.load);
  };
  ReplayProgress progress(console, a.replications, p.traces.empty() ? p.duration_s : 0.0);
  const Result<SimulationReport> report =
      simulate(p.simulated, progress.watch(arrivals), a.replications, p.options);
  if (!report) return console.fail(report.errors());
  return deliver_simulation(a, p, *report, session);
}

void add_failure_options(CLI::App& command, SimulateArguments& a) {
  constexpr int kMostReplicas = 1'000'000;
  command
      .add_option("--fail", a.fail, "so many replicas die at once; what they held is sent again")
      ->check(CLI::Range(0, kMostReplicas));
  command.add_option("--fail-pool", a.fail_pool,
                     "only replicas of this pool; without --fail: all of it");
  command.add_option("--fail-at", a.fail_at, "when, e.g. 10m (default without a trace: half-way)");
  command.add_option("--recovery", a.recovery, "until they serve again (default 5m)");
}

}  // namespace

void add_simulate(CLI::App& app, Session& session) {
  auto a = std::make_shared<SimulateArguments>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Replay a plan request by request: percentiles beside those it predicts");
  command->add_option("plan", a->plan, "PLAN.json")->required();
  command->add_option("--against", a->against, "FLEET.yaml of the plan");
  const auto repeatable = CLI::MultiOptionPolicy::TakeAll;
  command->add_option("--trace", a->traces, "[NAME=]FILE: replay these requests (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command
      ->add_option("--map", a->map, "name=column of a trace whose header is not known (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command->add_option("--duration", a->duration,
                      "without a trace: draw so long from the fleet's classes (default 1h)");
  command->add_option("--warm-up", a->warm_up,
                      "requests that come before are not measured (default 60s)");
  command->add_option("--start-up", a->start_up, "replicas are there after this long (default 0s)");
  command
      ->add_option("--arrivals", a->arrivals,
                   "without a trace: gaps of the class's variability, or as if it were 1")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kArrivalProcessNames),
                                                     std::end(kArrivalProcessNames))))
      ->capture_default_str();
  command->add_option("--load", a->load, "so many times the requests, e.g. 1.2")
      ->check(positive_factor)
      ->capture_default_str();
  command->add_option("--routing", a->routing, "which replica of a deployment")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kBalancingNames), std::end(kBalancingNames))))
      ->capture_default_str();
  add_failure_options(*command, *a);
  constexpr int kMostReplications = 1'000;  // each keeps its segments, some MB
  command->add_option("--replications", a->replications, "runs, with seeds that follow each other")
      ->check(CLI::Range(1, kMostReplications))
      ->capture_default_str();
  command->add_option("--seed", a->seed, "seed of the random choices")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--threads", a->threads, "threads to use; 0 = all cores")
      ->check(CLI::Range(0, 1024));
  command->add_option("-o", a->file, "write the result (berth.simulation/1) into this file");
  command->add_option("--report", a->report, "write a self-contained HTML report to this file");
  command->add_option("--output", a->output, "what to print")
      ->check(CLI::IsMember({"table", "wide", "json"}))
      ->capture_default_str();
  command->callback(
      [a, &session] { session.run = [a, &session] { return run_simulate(*a, session); }; });
}

}  // namespace berth::cli
