// What each limit and price is worth: section 7 of the paper's studies.

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "berth/experiment/parts.h"
#include "berth/fleet/generate.h"
#include "berth/pipeline/pipeline.h"

namespace berth {
namespace {

void scale_limit(std::optional<Seconds>& limit, double factor) {
  if (limit) limit = Seconds{limit->value * factor};
}

void scale_budget(Fleet& fleet, double factor) {
  if (fleet.budget) fleet.budget = CostRate::usd_per_hour(fleet.budget->usd() * factor);
}
void scale_delay(Fleet& fleet, double factor) {
  for (FleetClass& c : fleet.classes) {
    scale_limit(c.slo.ttft, factor);
    scale_limit(c.slo.tpot, factor);
    scale_limit(c.slo.e2e, factor);
  }
}
void scale_error(Fleet& fleet, double factor) {
  for (FleetClass& c : fleet.classes) {
    if (c.quality.min <= 0.0) continue;
    c.quality.min = std::clamp(1.0 - factor * (1.0 - c.quality.min), 0.0, 1.0);
  }
}
void scale_prices(Fleet& fleet, double factor) {
  for (FleetPool& pool : fleet.pools) {
    for (FleetOffer& offer : pool.offers) {
      offer.cost = CostRate::usd_per_hour(offer.cost.usd() * factor);
    }
  }
}
void scale_memory(Fleet& fleet, double factor) {
  fleet.policy.memory_utilization = std::clamp(fleet.policy.memory_utilization * factor, 0.05, 1.0);
}

struct Knob {
  const char* name;
  const char* words;
  void (*turn)(Fleet&, double);
};
constexpr std::array kKnobs = {
    Knob{"budget", "the budget", scale_budget},
    Knob{"delay", "every TTFT, TPOT and end-to-end limit", scale_delay},
    Knob{"error", "every class's allowed error", scale_error},
    Knob{"price", "every box's price", scale_prices},
    Knob{"memory", "the share of GPU memory the engine may use", scale_memory},
};

std::vector<double> steps(bool quick) {
  if (quick) return {0.7, 1.0, 1.5};
  return {0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0};
}

struct Turned {
  std::string status;
  std::optional<Plan> plan;
};

Turned planned(const ExperimentRequest& request, const Fleet& fleet) {
  PlanRequest planning;
  planning.limits.time = request.time_limit;
  planning.limits.stop = request.stop;
  planning.seed = request.seed;
  Result<PlanOutcome> outcome = make_plan(fleet, planning);
  if (outcome) return {outcome->plan.status, std::move(outcome->plan)};
  const ErrorCode code = outcome.errors().front().code;
  return {code == ErrorCode::kInfeasible ? "infeasible" : "none", std::nullopt};
}

std::string optional_number(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "";
}

}  // namespace

Result<Experiment> sensitivity_experiment(const ExperimentRequest& request) {
  Experiment experiment;
  experiment.title = "What is each limit and price worth?";
  experiment.question =
      "One limit or price at a time, made tighter and looser: what does the best plan cost then, "
      "and when is "
      "there none?";
  Result<GeneratedFleet> paper = paper_fleet(request.seed);
  if (!paper) return paper.errors();
  experiment.set_up = {
      {"Fleet", "the paper's classes, models and GPUs (--preset paper)"},
      {"Method", fmt::format("auto, at most {:g} s a plan", request.time_limit.value)},
      {"Steps", "factors on the limit or price; 1 is the fleet as it is"}};
  experiment.columns = {"knob", "factor", "status", "cost_usd_per_hour", "lower_bound",
                        "gap",  "change", "gpus",   "unmet_share"};
  const Turned base = planned(request, paper->fleet);
  if (!base.plan) {
    return Error{ErrorCode::kInfeasible, "the fleet as it is has no plan", "", "another --seed"};
  }
  const double usual = base.plan->cost.total().usd();
  std::string most;
  double most_change = 0.0;
  for (std::size_t k = 0; k < kKnobs.size(); ++k) {
    const Knob& knob = kKnobs[k];
    ExperimentChart chart;
    chart.name = fmt::format("cost-{}", knob.name);
    chart.heading = fmt::format("Cost by {}", knob.words);
    chart.note = "USD per hour of the best plan found";
    for (const double factor : steps(request.quick)) {
      if (stopped(request)) return stopped_error();
      step(request, fmt::format("{} x {:g}", knob.name, factor));
      Fleet fleet = paper->fleet;
      knob.turn(fleet, factor);
      const Turned turned = factor == 1.0 ? base : planned(request, fleet);
      std::optional<double> cost;
      std::optional<double> change;
      int gpus = 0;
      double unmet = 0.0;
      if (turned.plan) {
        cost = turned.plan->cost.total().usd();
        change = *cost / usual - 1.0;
        for (const PlanDeployment& row : turned.plan->deployments) gpus += row.gpus;
        double rate = 0.0;
        for (const PlanClass& row : turned.plan->classes) {
          unmet += row.unmet * row.rate;
          rate += row.rate;
        }
        unmet /= rate;
        if (std::abs(*change) > std::abs(most_change)) {
          most_change = *change;
          most = fmt::format("{} x {:g}", knob.name, factor);
        }
      }
      experiment.rows.push_back(
          {knob.name, fmt::format("{:g}", factor), turned.status, optional_number(cost),
           optional_number(turned.plan ? turned.plan->lower_bound : std::nullopt),
           optional_number(turned.plan ? turned.plan->gap : std::nullopt), optional_number(change),
           std::to_string(gpus), turned.plan ? fmt::format("{:.6g}", unmet) : ""});
      chart.bars.push_back(
          {fmt::format("x {:g}", factor),
           turned.plan ? fmt::format("{:+.1f} %, {:.1f} % refused", 100.0 * *change, 100.0 * unmet)
                       : turned.status,
           cost ? fmt::format("${:.2f}", *cost) : "no plan", cost.value_or(0.0),
           static_cast<int>(k)});
    }
    experiment.charts.push_back(std::move(chart));
  }
  std::size_t none = 0;
  for (const auto& row : experiment.rows) none += row[3].empty() ? 1 : 0;
  experiment.answer = fmt::format(
      "As it is the fleet costs ${:.2f} an hour. What moves the cost most is {} ({:+.0f} %); {} of "
      "{} steps leave no "
      "plan.",
      usual, most, 100.0 * most_change, none, experiment.rows.size());
  return experiment;
}

}  // namespace berth
