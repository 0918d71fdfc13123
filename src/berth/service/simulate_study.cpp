// A plan, request by request.

#include <algorithm>

#include <fmt/format.h>

#include "berth/evaluate/simulation/simulate.h"
#include "berth/output/format.h"
#include "berth/output/simulation_table.h"
#include "berth/service/studies.h"

namespace berth {
namespace {

constexpr double kUsualWarmUp = 60.0;  // s
constexpr double kMostRequests = 2e7;  // of all replications: ten seconds of work
constexpr std::size_t kProgressParts = 1000;

/// Arrivals that tell how far they are and end when they are asked to.
class WatchedArrivals : public Arrivals {
 public:
  WatchedArrivals(std::unique_ptr<Arrivals> inner, double duration_s, JobContext& context)
      : inner_(std::move(inner)), duration_s_(duration_s), context_(context) {}

  Status next(std::vector<Arrival>& block) override {
    if (context_.stop()->stop_requested()) {
      return Error{ErrorCode::kLimitReached, "the simulation was cancelled", "", ""};
    }
    Status read = inner_->next(block);
    if (read && !block.empty()) {
      const double share = std::clamp(block.back().time / duration_s_, 0.0, 1.0);
      context_.progress(static_cast<std::size_t>(share * kProgressParts), kProgressParts);
    }
    return read;
  }

 private:
  std::unique_ptr<Arrivals> inner_;
  double duration_s_;
  JobContext& context_;
};

Status check_size(const Fleet& fleet, double duration, double load, double replications) {
  double rate = 0.0;
  for (const FleetClass& c : fleet.classes) rate += c.traffic.rate;
  const double requests = rate * load * duration * replications;
  if (requests <= kMostRequests) return Ok{};
  return Error{ErrorCode::kOutOfRange,
               fmt::format("these are {:.2g} requests, and at most {:.0g} are simulated here",
                           requests, kMostRequests),
               "line 1: /duration", "a shorter duration, or fewer replications"};
}

SimulationFacts simulated_facts(const StudySubject& subject, const Call& call, double duration) {
  SimulationFacts facts = {{"Plan", fmt::format("{}", subject.id)},
                           {"Requests", format_seconds(duration) + " drawn from the classes"},
                           {"Seed", fmt::format("{}", call.integer("seed"))},
                           {"Routing", call.text("routing")}};
  if (call.number("rate") != 1.0) {
    facts.emplace_back("Load", fmt::format("times {:g}", call.number("rate")));
  }
  return facts;
}

Result<SimulationOptions> simulation_options(const Call& call, const SimulatedPlan& plan,
                                             double duration, int threads) {
  SimulationOptions options;
  options.balancing = balancing_of(call.text("routing"));
  options.seed = static_cast<std::uint64_t>(call.integer("seed"));
  options.warmup_s = std::min(kUsualWarmUp, 0.1 * duration);
  options.threads = threads;
  const auto fail = static_cast<int>(call.integer("fail"));
  if (fail == 0) return options;
  int replicas = 0;
  for (const SimulatedDeployment& d : plan.deployments) replicas += d.replicas;
  if (fail > replicas) {
    return Error{ErrorCode::kOutOfRange, fmt::format("the plan has {} replicas", replicas),
                 "line 1: /fail", ""};
  }
  Failure failure;
  failure.at_s = 0.5 * duration;
  failure.replicas = fail;
  failure.recovery_s = call.number("recovery");
  options.failures.push_back(failure);
  return options;
}

}  // namespace

std::vector<RouteParameter> simulate_fields() {
  return {
      {.name = "duration",
       .type = ParameterType::kDuration,
       .about = "of drawn traffic",
       .min = 1,
       .max = 604800,
       .fallback = "600"},
      {.name = "seed",
       .type = ParameterType::kInteger,
       .about = "of the drawn traffic",
       .max = 1e15,
       .fallback = "1"},
      {.name = "replications",
       .type = ParameterType::kInteger,
       .about = "independent runs",
       .min = 1,
       .max = 64,
       .fallback = "1"},
      {.name = "routing",
       .type = ParameterType::kChoice,
       .about = "which replica of a deployment",
       .choices = {std::begin(kBalancingNames), std::end(kBalancingNames)},
       .fallback = "\"random\""},
      {.name = "rate",
       .type = ParameterType::kNumber,
       .about = "times the stated rates",
       .max = 1000,
       .above = true,
       .fallback = "1"},
      {.name = "fail",
       .type = ParameterType::kInteger,
       .about = "replicas that die in the middle",
       .max = 1e6,
       .fallback = "0"},
      {.name = "recovery",
       .type = ParameterType::kDuration,
       .about = "until they serve again",
       .max = 86400,
       .fallback = "300"},
  };
}

Result<std::string> run_simulate(const StudySubject& subject, const Call& call,
                                 JobContext& context) {
  const double duration = call.number("duration");
  const double load = call.number("rate");
  const auto replications = static_cast<int>(call.integer("replications"));
  if (Status small = check_size(subject.fleet, duration, load, replications); !small) {
    return small.errors();
  }
  const Result<SimulatedPlan> plan = simulated_plan(subject.fleet, subject.plan);
  if (!plan) return plan.errors();
  const Result<SimulationOptions> options =
      simulation_options(call, *plan, duration, subject.options.threads);
  if (!options) return options.errors();
  const ArrivalsOf arrivals = [&](int k) -> Result<std::unique_ptr<Arrivals>> {
    auto drawn = generated_arrivals(
        subject.fleet, {duration, options->seed + static_cast<std::uint64_t>(k)}, load);
    return std::unique_ptr<Arrivals>(
        std::make_unique<WatchedArrivals>(std::move(drawn), duration, context));
  };
  const Result<SimulationReport> report = simulate(*plan, arrivals, replications, *options);
  if (!report) return report.errors();
  return to_json(*report, subject.plan, simulated_facts(subject, call, duration));
}

}  // namespace berth
