// berth stress FLEET.yaml: plans under scenarios that they were not made for.

#include "berth/stress/stress.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "apps/cli/robust_options.h"
#include "apps/cli/shard.h"
#include "berth/core/text.h"
#include "berth/output/format.h"
#include "berth/output/stress_report.h"
#include "berth/output/stress_table.h"
#include "berth/pipeline/pipeline.h"
#include "berth/plan/plan_json.h"
#include "berth/solve/registry.h"
#include "berth/stress/stress_file.h"

namespace berth::cli {
namespace {

constexpr double kMostFactor = 100.0;
constexpr double kMostHeadroom = 10.0;
constexpr std::size_t kMostScenarios = 10'000'000;

struct StressArguments {
  FleetInput fleet;
  std::string methods = "gh,agh,milp";
  std::string headrooms;
  std::string budgets;
  std::string factors;
  std::vector<std::string> plans;
  std::size_t scenarios = 500;
  std::string demand = "0.8:1.5";
  std::string delay = "1.5";
  std::string error = "1.5";
  std::string shape = kScenarioShapeNames[0];
  std::string delay_kind = kDelayKindNames[0];
  std::uint64_t seed = 1;
  int threads = 0;
  std::string time_limit = "5s";
  std::string shard;
  std::string file;
  std::string report;
  std::string output = "table";
};

/// "0.8:1.5", or "1.5" for all from 1 to that.
Status read_factors(const char* flag, const std::string& text, FactorRange& range) {
  const std::size_t colon = text.find(':');
  const auto low =
      colon == std::string::npos ? std::optional(1.0) : parse_number(text.substr(0, colon));
  const auto high = parse_number(colon == std::string::npos ? text : text.substr(colon + 1));
  if (!low || !high || !(*low > 0.0) || !(*high >= *low) || *high > kMostFactor) {
    return Error{
        ErrorCode::kUsage,
        "expected LOW:HIGH or HIGH (then from 1), above 0 and up to 100, found '" + text + "'",
        flag, std::string(flag) + " 1.2:1.5"};
  }
  range = {*low, *high};
  return Ok{};
}

std::vector<std::string> listed(const std::string& list) {
  std::vector<std::string> words;
  for (const std::string& word : split(list, ',')) words.emplace_back(trim(word));
  return words;
}

/// "0,0.1,0.2"; the fleet's own where nothing is said, and none at all beside it.
Status read_headrooms(const std::string& text, double own, std::vector<double>& headrooms) {
  if (text.empty()) {
    headrooms = own > 0.0 ? std::vector<double>{0.0, own} : std::vector<double>{0.0};
    return Ok{};
  }
  for (const std::string& word : listed(text)) {
    const std::optional<double> value = parse_number(word);
    if (!value || !(*value >= 0.0) || *value > kMostHeadroom) {
      return Error{ErrorCode::kUsage, "expected shares such as 0,0.1,0.5, found '" + word + "'",
                   "--headroom", ""};
    }
    headrooms.push_back(*value);
  }
  return Ok{};
}

Status check_methods(const std::vector<std::string>& asked) {
  Errors errors;
  std::vector<std::string> known;
  for (const Method& method : methods()) known.emplace_back(method.name);
  for (const std::string& method : asked) {
    if (std::find(known.begin(), known.end(), method) != known.end()) continue;
    const auto close = closest_match(method, known);
    errors.push_back({ErrorCode::kUnknownName, "unknown method '" + method + "'", "--methods",
                      close ? "did you mean '" + *close + "'?" : ""});
  }
  if (!errors.empty()) return errors;
  return Ok{};
}

void append_errors(Errors& errors, const Status& status) {
  if (status) return;
  errors.insert(errors.end(), status.errors().begin(), status.errors().end());
}

/// Every headroom with every budget of uncertainty, then every factor to survive.
Status read_policies(const StressArguments& a, const FleetPolicy& own,
                     std::vector<FleetPolicy>& policies) {
  std::vector<double> headrooms;
  std::vector<double> budgets;
  std::vector<double> factors;
  Errors errors;
  append_errors(errors, read_headrooms(a.headrooms, own.headroom, headrooms));
  append_errors(errors, read_budgets(a.budgets, budgets));
  append_errors(errors, read_survivals(a.factors, factors));
  if (!errors.empty()) return errors;
  if (budgets.empty()) budgets = {own.uncertainty.budget};
  for (const double budget : budgets) {
    for (const double headroom : headrooms) {
      FleetPolicy policy = own;
      policy.headroom = headroom;
      policy.uncertainty.budget = budget;
      policies.push_back(std::move(policy));
    }
  }
  for (const double factor : factors) {
    FleetPolicy policy = own;
    ask_to_survive(factor, policy);
    policies.push_back(std::move(policy));
  }
  return Ok{};
}

std::string words_of(const FleetPolicy& policy) {
  if (policy.survival.asked()) return fmt::format("survive {:g}", policy.survival.factor);
  std::string words = fmt::format("{:g} % headroom", 100.0 * policy.headroom);
  if (policy.uncertainty.budget > 0.0) {
    words += fmt::format(", robust {:g}", policy.uncertainty.budget);
  }
  return words;
}

struct PlannedStress {
  Fleet fleet;
  std::vector<std::string> methods;
  std::vector<FleetPolicy> policies;  ///< each method plans with each
  StressRequest request;
  PlanRequest planning;
};

Result<PlannedStress> plan_stress(const StressArguments& a, Session& session) {
  PlannedStress p;
  Errors errors;
  Result<Fleet> fleet = load_fleet(a.fleet);
  if (fleet) {
    p.fleet = *std::move(fleet);
  } else {
    errors = fleet.errors();
  }
  append_errors(errors, read_factors("--demand", a.demand, p.request.ranges.demand));
  append_errors(errors, read_factors("--delay", a.delay, p.request.ranges.delay));
  append_errors(errors, read_factors("--error", a.error, p.request.ranges.error));
  append_errors(errors, read_policies(a, p.fleet.policy, p.policies));
  append_errors(errors, read_shard(a.shard, p.request.shard.index, p.request.shard.count));
  append_errors(errors, read_duration("--time-limit", a.time_limit, p.planning.limits.time));
  if (a.plans.empty()) {
    p.methods = listed(a.methods);
    append_errors(errors, check_methods(p.methods));
  }
  if (p.request.shard.count > a.scenarios) {
    errors.push_back({ErrorCode::kUsage, "more parts than scenarios", "--shard", ""});
  }
  if (!errors.empty()) return errors;
  p.request.ranges.shape = scenario_shape_of(a.shape);
  p.request.ranges.delay_kind = delay_kind_of(a.delay_kind);
  p.request.scenarios = a.scenarios;
  p.request.seed = a.seed;
  p.request.threads = a.threads;
  stop_on_interrupt(session);
  p.request.stop = &session.stop;
  p.planning.limits.stop = &session.stop;
  p.planning.limits.threads = a.threads;
  p.planning.seed = a.seed;
  return p;
}

/// The plans of every method and headroom. A plan that does not exist is told and left out.
Result<std::vector<StressCandidate>> made_plans(const PlannedStress& p, Session& session) {
  std::vector<StressCandidate> candidates;
  Errors missing;
  for (const std::string& method : p.methods) {
    for (const FleetPolicy& policy : p.policies) {
      session.console.progress("planning: " + method + ", " + words_of(policy));
      Fleet fleet = p.fleet;
      fleet.policy = policy;
      PlanRequest planning = p.planning;
      planning.method = method;
      Result<PlanOutcome> outcome = make_plan(fleet, planning);
      if (outcome) {
        candidates.push_back({method, policy.headroom, std::move(outcome->plan)});
        continue;
      }
      session.console.note(fmt::format("no plan of {} with {}: {}", method, words_of(policy),
                                       outcome.errors().front().message));
      missing.insert(missing.end(), outcome.errors().begin(), outcome.errors().end());
    }
  }
  if (candidates.empty()) return missing;
  return candidates;
}

Result<std::vector<StressCandidate>> given_plans(const std::vector<std::string>& files) {
  std::vector<StressCandidate> candidates;
  Errors errors;
  for (const std::string& file : files) {
    Result<Plan> plan = read_plan(file);
    if (!plan) {
      errors.insert(errors.end(), plan.errors().begin(), plan.errors().end());
      continue;
    }
    candidates.push_back({file, std::nullopt, *std::move(plan)});
  }
  if (!errors.empty()) return errors;
  return candidates;
}

int deliver_stress(const StressResult& result, const std::string& file, const std::string& report,
                   const std::string& output, Session& session) {
  if (!file.empty()) {
    const int status = deliver(session, file, to_json(result), "the stress test");
    if (status != kSuccess) return status;
  }
  if (!report.empty()) {
    const int status = deliver(session, report, to_html_report(result), "the report");
    if (status != kSuccess) return status;
  }
  const TableStyle style{
      .color = session.console.color(), .wide = false, .width = session.console.width()};
  return deliver(session, "", output == "json" ? to_json(result) : to_table(result, style), "");
}

int run_stress_command(const StressArguments& a, Session& session) {
  Result<PlannedStress> planned = plan_stress(a, session);
  if (!planned) return session.console.fail(planned.errors());
  PlannedStress& p = *planned;
  const Result<std::vector<StressCandidate>> candidates =
      a.plans.empty() ? made_plans(p, session) : given_plans(a.plans);
  if (!candidates) return session.console.fail(candidates.errors());
  if (session.console.shows_progress()) {
    p.request.on_progress = [&session, &a](std::size_t done) {
      session.console.progress(fmt::format("{} of {} scenarios", done, a.scenarios));
    };
  }
  const Result<StressResult> result = run_stress(p.fleet, *candidates, p.request);
  if (!result) return session.console.fail(result.errors());
  return deliver_stress(*result, a.file, a.report, a.output, session);
}

struct MergeArguments {
  std::vector<std::string> parts;
  std::string file;
  std::string report;
  std::string output = "table";
};

int run_merge(const MergeArguments& a, Session& session) {
  std::vector<StressResult> parts;
  Errors errors;
  for (const std::string& file : a.parts) {
    Result<StressResult> part = read_stress(file);
    if (part) {
      parts.push_back(*std::move(part));
    } else {
      errors.insert(errors.end(), part.errors().begin(), part.errors().end());
    }
  }
  if (!errors.empty()) return session.console.fail(errors);
  const Result<StressResult> whole = merge_stress(parts);
  if (!whole) return session.console.fail(whole.errors());
  return deliver_stress(*whole, a.file, a.report, a.output, session);
}

void add_outputs(CLI::App& command, std::string& file, std::string& report, std::string& output) {
  command.add_option("-o", file, "write the result (berth.stress/1) into this file");
  command.add_option("--report", report, "write a self-contained HTML report to FILE");
  command.add_option("--output", output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

void add_scenario_options(CLI::App& command, StressArguments& a) {
  command.add_option("--scenarios", a.scenarios, "how many")
      ->check(CLI::Range(std::size_t{1}, kMostScenarios))
      ->capture_default_str();
  command.add_option("--demand", a.demand, "factors on a class's rate, LOW:HIGH")
      ->capture_default_str();
  command
      .add_option("--delay", a.delay, "factors on the times of a pool's replicas, HIGH or LOW:HIGH")
      ->capture_default_str();
  command.add_option("--error", a.error, "factors on a model's error, HIGH or LOW:HIGH")
      ->capture_default_str();
  command
      .add_option("--delay-kind", a.delay_kind,
                  "service: slower replicas, which carry less; latency: later answers alone")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kDelayKindNames), std::end(kDelayKindNames))))
      ->capture_default_str();
  command
      .add_option("--shape", a.shape,
                  "how factors are drawn: each alone, with a common part, or with a heavy tail")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kScenarioShapeNames), std::end(kScenarioShapeNames))))
      ->capture_default_str();
  command.add_option("--seed", a.seed, "the same seed gives the same scenarios")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

}  // namespace

void add_stress(CLI::App& app, Session& session) {
  auto a = std::make_shared<StressArguments>();
  CLI::App* command = app.add_subcommand(
      "stress", "What plans cost and break when demand, delay and error are not as planned");
  const auto repeatable = CLI::MultiOptionPolicy::TakeAll;
  command->add_option("fleet", a->fleet.file, "FLEET.yaml; with --trace it may be left out");
  command->add_option("--trace", a->fleet.traces, "[NAME=]FILE: measured traffic (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command->add_option("--map", a->fleet.map, "name=column of a trace (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  CLI::Option* methods =
      command->add_option("--methods", a->methods, "methods to plan with, separated by commas")
          ->capture_default_str();
  CLI::Option* headroom = command->add_option(
      "--headroom", a->headrooms,
      "plan each for so much more demand, e.g. 0,0.1,0.2,0.3 (default 0 and the fleet's)");
  CLI::Option* budgets = command->add_option(
      "--robust", a->budgets,
      "and so that so many classes at once may turn out worse, e.g. 0,2,4 (default the fleet's)");
  CLI::Option* factors = command->add_option(
      "--survive", a->factors,
      "and, without headroom, to survive demand, times and errors so many times as stated, e.g. "
      "1.2,1.5");
  command->add_option("--plan", a->plans, "PLAN.json to test instead (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable)
      ->excludes(methods)
      ->excludes(headroom)
      ->excludes(budgets)
      ->excludes(factors);
  add_scenario_options(*command, *a);
  command->add_option("--time-limit", a->time_limit, "of each plan")->capture_default_str();
  command->add_option("--threads", a->threads, "threads to use; 0 = all cores")
      ->check(CLI::Range(0, 1024));
  command->add_option("--shard", a->shard,
                      "run part i of n only, i from 0: i/n, or n with i from "
                      "JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID");
  add_outputs(*command, a->file, a->report, a->output);
  command->callback(
      [a, &session] { session.run = [a, &session] { return run_stress_command(*a, session); }; });
}

void add_merge(CLI::App& study, Session& session) {
  auto a = std::make_shared<MergeArguments>();
  CLI::App* command =
      study.add_subcommand("merge", "Join the parts of a sharded stress test into one result");
  command->add_option("parts", a->parts, "PART.json, one of each --shard")->required();
  add_outputs(*command, a->file, a->report, a->output);
  command->callback(
      [a, &session] { session.run = [a, &session] { return run_merge(*a, session); }; });
}

}  // namespace berth::cli
