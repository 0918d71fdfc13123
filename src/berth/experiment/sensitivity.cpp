// What each limit and price is worth: section 7 of the paper's studies.

#include <algorithm>
#include <array>
#include <cmath>
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

double scale_budget(Fleet& fleet, double factor) {
  if (fleet.budget) fleet.budget = CostRate::usd_per_hour(fleet.budget->usd() * factor);
  return factor;
}
double scale_delay(Fleet& fleet, double factor) {
  for (FleetClass& c : fleet.classes) {
    scale_limit(c.slo.ttft, factor);
    scale_limit(c.slo.tpot, factor);
    scale_limit(c.slo.e2e, factor);
  }
  return factor;
}
double scale_error(Fleet& fleet, double factor) {
  for (FleetClass& c : fleet.classes) {
    if (c.quality.min <= 0.0) continue;
    c.quality.min = std::clamp(1.0 - factor * (1.0 - c.quality.min), 0.0, 1.0);
  }
  return factor;
}
double scale_prices(Fleet& fleet, double factor) {
  for (FleetPool& pool : fleet.pools) {
    for (FleetOffer& offer : pool.offers) {
      offer.cost = CostRate::usd_per_hour(offer.cost.usd() * factor);
    }
  }
  return factor;
}
/// No more than all of the memory.
double scale_memory(Fleet& fleet, double factor) {
  double& share = fleet.policy.memory_utilization;
  const double now = share;
  share = std::clamp(now * factor, 0.05, 1.0);
  return share / now;
}

struct Knob {
  const char* name;
  const char* words;
  double (*turn)(Fleet&, double);  ///< the factor that it could be turned by
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

Result<Turned> planned(const ExperimentRequest& request, const Fleet& fleet) {
  PlanRequest planning;
  planning.limits.time = request.time_limit;
  planning.limits.stop = request.stop;
  planning.seed = request.seed;
  Result<PlanOutcome> outcome = make_plan(fleet, planning);
  if (outcome) return Turned{outcome->plan.status, std::move(outcome->plan)};
  if (!only_no_plan(outcome.errors())) return outcome.errors();
  const ErrorCode code = outcome.errors().front().code;
  return Turned{code == ErrorCode::kInfeasible ? "infeasible" : "none", std::nullopt};
}

std::string optional_number(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "";
}

/// Turns one knob after the other.
class SensitivityStudy {
 public:
  SensitivityStudy(const ExperimentRequest& request, const Fleet& fleet, Experiment& experiment)
      : request_(request), fleet_(fleet), experiment_(experiment) {}

  Status run() {
    Result<Turned> base = planned(request_, fleet_);
    if (!base) return base.errors();
    base_ = *std::move(base);
    if (!base_.plan) {
      return Error{ErrorCode::kInfeasible, "the fleet as it is has no plan", "", "another --seed"};
    }
    usual_ = base_.plan->cost.total().usd();
    for (std::size_t k = 0; k < kKnobs.size(); ++k) {
      if (Status status = turn(kKnobs[k], static_cast<int>(k)); !status) return status;
    }
    std::size_t none = 0;
    for (const auto& row : experiment_.rows) none += row[3].empty() ? 1U : 0U;
    experiment_.answers.push_back(fmt::format(
        "As it is the fleet costs ${:.2f} an hour. What moves the cost most is {} ({:+.0f} %); {} "
        "of {} steps leave no plan.",
        usual_, most_, 100.0 * most_change_, none, experiment_.rows.size()));
    return Ok{};
  }

 private:
  Status turn(const Knob& knob, int hue) {
    ExperimentChart chart;
    chart.name = fmt::format("cost-{}", knob.name);
    chart.heading = fmt::format("Cost by {}", knob.words);
    chart.note = "USD per hour of the best plan found";
    double last = 0.0;
    for (const double wanted : steps(request_.quick)) {
      if (stopped(request_)) return stopped_error();
      Fleet fleet = fleet_;
      const double factor = knob.turn(fleet, wanted);
      if (factor == last) continue;
      last = factor;
      step(request_, fmt::format("{} x {:.3g}", knob.name, factor));
      const Result<Turned> turned =
          factor == 1.0 ? Result<Turned>(base_) : planned(request_, fleet);
      if (!turned) return turned.errors();
      if (stopped(request_)) return stopped_error();
      add(knob, factor, *turned, hue, chart);
    }
    experiment_.charts.push_back(std::move(chart));
    return Ok{};
  }

  void add(const Knob& knob, double factor, const Turned& turned, int hue, ExperimentChart& chart) {
    std::vector<std::string> row = {knob.name, fmt::format("{:.3g}", factor), turned.status};
    ExperimentBar bar{fmt::format("x {:.3g}", factor), turned.status, "no plan", 0.0, hue};
    if (turned.plan) {
      const double cost = turned.plan->cost.total().usd();
      const double change = cost / usual_ - 1.0;
      const double unmet = unmet_share(*turned.plan);
      int gpus = 0;
      for (const PlanDeployment& d : turned.plan->deployments) gpus += d.gpus;
      row.insert(row.end(), {fmt::format("{:.6g}", cost), optional_number(turned.plan->lower_bound),
                             optional_number(turned.plan->gap), fmt::format("{:.6g}", change),
                             std::to_string(gpus), fmt::format("{:.6g}", unmet)});
      bar.detail = fmt::format("{:+.1f} %, {:.1f} % refused", 100.0 * change, 100.0 * unmet);
      bar.value_text = fmt::format("${:.2f}", cost);
      bar.value = cost;
      if (std::abs(change) > std::abs(most_change_)) {
        most_change_ = change;
        most_ = fmt::format("{} x {:.3g}", knob.name, factor);
      }
    }
    row.resize(experiment_.columns.size());
    experiment_.rows.push_back(std::move(row));
    chart.bars.push_back(std::move(bar));
  }

  static double unmet_share(const Plan& plan) {
    double unmet = 0.0;
    double rate = 0.0;
    for (const PlanClass& row : plan.classes) {
      unmet += row.unmet * row.rate;
      rate += row.rate;
    }
    return rate > 0.0 ? unmet / rate : 0.0;
  }

  const ExperimentRequest& request_;
  const Fleet& fleet_;
  Experiment& experiment_;
  Turned base_;
  double usual_ = 0.0;
  double most_change_ = 0.0;
  std::string most_ = "nothing";
};

}  // namespace

Result<Experiment> sensitivity_experiment(const ExperimentRequest& request) {
  Experiment experiment;
  experiment.title = "What is each limit and price worth?";
  experiment.question =
      "One limit or price at a time, made tighter and looser: what does the best plan cost then, "
      "and when is there none?";
  Result<GeneratedFleet> paper = paper_fleet(request.seed);
  if (!paper) return paper.errors();
  experiment.set_up = {
      {"Fleet", "the paper's classes, models and GPUs (--preset paper)"},
      {"Method", fmt::format("auto, at most {:g} s a plan", request.time_limit.value)},
      {"Steps", "factors on the limit or price; 1 is the fleet as it is"}};
  experiment.columns = {"knob", "factor", "status", "cost_usd_per_hour", "lower_bound",
                        "gap",  "change", "gpus",   "unmet_share"};
  SensitivityStudy study(request, paper->fleet, experiment);
  if (Status status = study.run(); !status) return status.errors();
  return experiment;
}

}  // namespace berth
