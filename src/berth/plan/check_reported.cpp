#include "berth/plan/check_reported.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/core/tolerance.h"
#include "berth/instance/tpot_targets.h"
#include "berth/plan/deployment_name.h"
#include "berth/plan/document_text.h"
#include "berth/plan/engine_args.h"
#include "berth/plan/warnings.h"

namespace berth {
namespace {

/// Below this a difference is compared as it is, not relative to the value (s, shares, rates).
constexpr double kSmallValue = 1e-6;

std::string words(const std::optional<double>& value) { return value ? shortest(*value) : "null"; }

std::string words(const std::optional<Seconds>& value) {
  return value ? shortest(value->value) : "null";
}

class Comparison {
 public:
  Comparison(const Fleet& fleet, const Plan& plan, const ResolvedPlan& resolved,
             const RoutePhysics& physics)
      : fleet_(fleet),
        plan_(plan),
        resolved_(resolved),
        physics_(physics),
        targets_(option_targets(fleet)) {}

  std::vector<Violation> run() {
    compare_cost();
    compare_bound();
    for (std::size_t d = 0; d < plan_.deployments.size(); ++d) compare_deployment(d);
    compare_rental_shares();
    compare_offers();
    compare_routes();
    for (std::size_t i = 0; i < plan_.classes.size(); ++i) compare_class(i);
    compare_warnings();
    return std::move(violations_);
  }

 private:
  void report(std::string where, std::string message) {
    violations_.push_back({Rule::kReported, std::move(where), std::move(message)});
  }

  void number(const std::string& where, std::string_view what, double reported, double expected) {
    const double scale = std::max(std::abs(expected), kSmallValue);
    if (std::abs(reported - expected) <= tolerance::kReported * scale) return;
    report(where, fmt::format("{} is reported as {}, recomputed {}", what, shortest(reported),
                              shortest(expected)));
  }

  void integer(const std::string& where, std::string_view what, long long reported,
               long long expected) {
    if (reported == expected) return;
    report(where, fmt::format("{} is reported as {}, recomputed {}", what, reported, expected));
  }

  void money(const std::string& where, std::string_view what, CostRate reported,
             CostRate expected) {
    if (reported == expected) return;
    report(where, fmt::format("{} is reported as {} USD/h, recomputed {}", what,
                              exact_usd(reported), exact_usd(expected)));
  }

  void compare_cost() {
    CostRate rental;
    for (std::size_t k = 0; k < plan_.offers.size(); ++k) {
      rental += offer(k).cost * plan_.offers[k].boxes;
    }
    CostRate delay;
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (!physics_[k]) continue;
      const FleetClass& query_class = fleet_.classes[resolved_.routes[k].query_class.index()];
      delay += delay_cost(query_class, *physics_[k]).share(plan_.routes[k].share);
    }
    CostRate unmet;
    for (std::size_t i = 0; i < plan_.classes.size(); ++i) {
      const FleetClass& query_class = fleet_.classes[resolved_.classes[i].index()];
      unmet += unmet_cost(query_class).share(plan_.classes[i].unmet);
    }
    money("cost", "rental", plan_.cost.rental, rental);
    if (!delay_agrees(plan_.cost.delay, delay, plan_.routes.size())) {
      money("cost", "delay", plan_.cost.delay, delay);
    }
    money("cost", "unmet", plan_.cost.unmet, unmet);
    if (plan_.cost.switching < CostRate() ||
        (!plan_.switching && plan_.cost.switching > CostRate())) {
      money("cost", "switching", plan_.cost.switching, CostRate());
    }
    // No fleet states a fixed cost for an active option.
    money("cost", "fixed", plan_.cost.fixed, CostRate());
  }

  void compare_bound() {
    std::optional<double> gap;
    if (plan_.lower_bound) {
      const double total = static_cast<double>(plan_.cost.total().micros()) / 1e6;
      gap = total == 0.0 ? 0.0 : (total - *plan_.lower_bound) / total;
    }
    if (gap.has_value() != plan_.gap.has_value()) {
      report("gap", fmt::format("is reported as {}, recomputed {}", words(plan_.gap), words(gap)));
    } else if (gap) {
      number("gap", "the gap", *plan_.gap, *gap);
    }
    if (plan_.status == "optimal" && !(gap && *gap <= tolerance::kOptimalGap)) {
      report("status", "is 'optimal', but the lower bound does not prove it");
    }
  }

  const FleetOffer& offer(std::size_t row) const {
    const ResolvedOffer& id = resolved_.offers[row];
    return fleet_.pools[id.pool.index()].offers[id.rank];
  }

  void compare_deployment(std::size_t d) {
    const PlanDeployment& row = plan_.deployments[d];
    const OptionSpec& option = resolved_.deployments[d];
    const ModelSpec& model = fleet_.catalog.model(option.model);
    const std::string& gpu = fleet_.catalog.gpu(fleet_.pools[option.pool.index()].gpu).name;
    if (!is_dns_name(row.name)) report(row.name, "the name is not a DNS name (RFC 1123)");
    if (row.gpu != gpu) {
      report(row.name, fmt::format("gpu is '{}', the pool's is '{}'", row.gpu, gpu));
    }
    if (row.precision != to_string(option.precision)) {
      report(row.name, fmt::format("precision is written '{}', its name is '{}'", row.precision,
                                   to_string(option.precision)));
    }
    compare_policy(row, option);
    if (row.replicas < 1) report(row.name, "is listed without a replica");
    integer(row.name, "gpus", row.gpus,
            static_cast<long long>(row.replicas) * row.tensor_parallel * row.pipeline_parallel);
    compare_traffic(d, row, model);
    const FleetPool& pool = fleet_.pools[option.pool.index()];
    const EngineSettings settings{.model = engine_model(model),
                                  .precision = option.precision,
                                  .tensor_parallel = row.tensor_parallel,
                                  .pipeline_parallel = row.pipeline_parallel,
                                  .max_model_len = row.max_model_len,
                                  .max_num_seqs = row.max_num_seqs,
                                  .memory_utilization = fleet_.policy.memory_utilization,
                                  .kv_cache = fleet_.policy.kv_cache,
                                  .has_bf16 = has_bf16(fleet_.catalog.gpu(pool.gpu))};
    if (engine_args(fleet_.catalog.engines()[pool.engine].name, settings) != row.engine_args) {
      report(row.name, "engine_args do not say what the deployment says");
    }
  }

  /// What the fleet's policy lets a deployment be.
  void compare_policy(const PlanDeployment& row, const OptionSpec& option) {
    const FleetPolicy& policy = fleet_.policy;
    const auto allowed = [](const auto& list, auto value) {
      return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    if (!allowed(policy.tensor_parallel, option.tensor_parallel)) {
      report(row.name, fmt::format("the policy does not allow tp {}", option.tensor_parallel));
    }
    if (!allowed(policy.pipeline_parallel, option.pipeline_parallel)) {
      report(row.name, fmt::format("the policy does not allow pp {}", option.pipeline_parallel));
    }
    if (!allowed(policy.precisions, option.precision)) {
      report(row.name, fmt::format("the policy does not allow {}", row.precision));
    }
    const auto same = [&option](const std::optional<Seconds>& target) {
      if (!target || !option.tpot_target) return target == option.tpot_target;
      return std::abs(target->value - option.tpot_target->value) <=
             tolerance::kReported * target->value;
    };
    if (std::none_of(targets_.begin(), targets_.end(), same)) {
      report(row.name,
             fmt::format("tpot_target {} is none of this fleet's", words(row.tpot_target)));
    }
  }

  void compare_traffic(std::size_t d, const PlanDeployment& row, const ModelSpec& model) {
    double load = 0.0;
    double slots = 0.0;
    double tokens = 1.0;
    double ttft = 0.0;
    double tpot = 0.0;
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (resolved_.routes[k].deployment != d || !physics_[k]) continue;
      const PairPhysics& p = *physics_[k];
      const QueryClass& traffic = fleet_.classes[resolved_.routes[k].query_class.index()].traffic;
      const double part = plan_.routes[k].share * p.load;
      load += part;
      slots += part * p.concurrency;
      tokens = std::max(tokens, traffic.prompt_tokens.max() + traffic.output_tokens.max());
      ttft = std::max(ttft, p.ttft_s);
      tpot = std::max(tpot, p.tpot_s);
    }
    number(row.name, "utilization", row.utilization, row.replicas > 0 ? load / row.replicas : 0.0);
    number(row.name, "ttft", row.ttft_s, ttft);
    number(row.name, "tpot", row.tpot_s, tpot);
    compare_concurrency(row, load > 0.0 ? slots / load : 1.0);
    const double rounded = 256.0 * std::ceil(tokens / 256.0);
    const auto least =
        static_cast<long long>(std::min(rounded, static_cast<double>(model.max_context)));
    // A deployment that goes on from an earlier plan may have been started for longer requests.
    const bool goes_on =
        plan_.switching && row.max_model_len > least && row.max_model_len <= model.max_context;
    if (!goes_on) integer(row.name, "max_model_len", row.max_model_len, least);
  }

  /// The whole number below the mean concurrency; on the edge either neighbour.
  void compare_concurrency(const PlanDeployment& row, double mean) {
    const double cap = std::max(1, fleet_.policy.max_num_seqs);
    // A deployment that goes on from an earlier plan keeps what it was started with, if near.
    const double rounding = mean * tolerance::kReported;
    const double less = plan_.switching ? 1.0 + kSameConcurrency * mean : rounding;
    const double more = plan_.switching ? 1.0 + kMoreConcurrency * mean : rounding;
    const double low = std::clamp(std::floor(mean - less), 1.0, cap);
    const double high = std::clamp(std::floor(mean + more), 1.0, cap);
    if (row.max_num_seqs >= low && row.max_num_seqs <= high) return;
    report(row.name, fmt::format("max_num_seqs is reported as {}, recomputed {}", row.max_num_seqs,
                                 static_cast<long long>(high)));
  }

  /// By GPUs, each to within the rounding of two cumulative cuts, and nothing lost in the sum.
  void compare_rental_shares() {
    for (std::size_t p = 0; p < fleet_.pools.size(); ++p) {
      CostRate rental;
      for (std::size_t k = 0; k < plan_.offers.size(); ++k) {
        if (resolved_.offers[k].pool.index() == p) rental += offer(k).cost * plan_.offers[k].boxes;
      }
      double gpus = 0.0;
      CostRate shared;
      for (std::size_t d = 0; d < plan_.deployments.size(); ++d) {
        if (resolved_.deployments[d].pool.index() != p) continue;
        gpus += plan_.deployments[d].gpus;
        shared += plan_.deployments[d].cost;
      }
      if (gpus <= 0.0) continue;
      if (shared != rental) {
        report(fleet_.pools[p].name,
               fmt::format("its deployments cost {} USD/h together, its boxes {}",
                           exact_usd(shared), exact_usd(rental)));
      }
      for (std::size_t d = 0; d < plan_.deployments.size(); ++d) {
        const PlanDeployment& row = plan_.deployments[d];
        if (resolved_.deployments[d].pool.index() != p) continue;
        const CostRate fair = rental.share(row.gpus / gpus);
        if (std::abs((row.cost - fair).micros()) <= 2) continue;
        money(row.name, "cost", row.cost, fair);
      }
    }
  }

  void compare_offers() {
    for (std::size_t k = 0; k < plan_.offers.size(); ++k) {
      const PlanOffer& row = plan_.offers[k];
      const std::string where = row.pool + "/" + row.offer;
      if (row.boxes == 0) report(where, "is listed without a box");
      integer(where, "gpus", row.gpus, static_cast<long long>(row.boxes) * offer(k).lot);
      money(where, "cost", row.cost, offer(k).cost * row.boxes);
    }
  }

  void compare_routes() {
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (!physics_[k]) continue;
      const PlanRoute& row = plan_.routes[k];
      const std::string where = row.query_class + " -> " + row.deployment;
      number(where, "ttft", row.ttft_s, physics_[k]->ttft_s);
      number(where, "tpot", row.tpot_s, physics_[k]->tpot_s);
      number(where, "e2e", row.e2e_s, physics_[k]->e2e_s);
      number(where, "error", row.error, physics_[k]->error);
    }
  }

  void compare_class(std::size_t row_index) {
    const PlanClass& row = plan_.classes[row_index];
    const ClassId id = resolved_.classes[row_index];
    const FleetClass& query_class = fleet_.classes[id.index()];
    double ttft = 0.0;
    double tpot = 0.0;
    double e2e = 0.0;
    double error = 0.0;
    double served = 0.0;
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (resolved_.routes[k].query_class != id || !physics_[k]) continue;
      ttft = std::max(ttft, physics_[k]->ttft_s);
      tpot = std::max(tpot, physics_[k]->tpot_s);
      e2e = std::max(e2e, physics_[k]->e2e_s);
      error += plan_.routes[k].share * physics_[k]->error;
      served += plan_.routes[k].share;
    }
    if (served > 0.0) error /= served;
    number(row.name, "rate", row.rate, query_class.traffic.rate);
    number(row.name, "ttft", row.ttft_s, ttft);
    number(row.name, "tpot", row.tpot_s, tpot);
    number(row.name, "e2e", row.e2e_s, e2e);
    number(row.name, "error", row.error, error);
    number(row.name, "max_error", row.max_error, 1.0 - query_class.quality.min);
    compare_slo(row, query_class.slo);
    const auto kept = [](double value, const std::optional<Seconds>& limit) {
      return !limit || value <= limit->value * (1.0 + tolerance::kReported);
    };
    const bool met = kept(ttft, query_class.slo.ttft) && kept(tpot, query_class.slo.tpot) &&
                     kept(e2e, query_class.slo.e2e) &&
                     error <= 1.0 - query_class.quality.min + tolerance::kAverage &&
                     row.unmet <= query_class.max_unmet + tolerance::kShare;
    if (row.slo_met != met) {
      report(row.name, fmt::format("slo_met is reported as {}, recomputed {}", row.slo_met, met));
    }
  }

  void compare_slo(const PlanClass& row, const ServiceLevel& slo) {
    const auto limit = [&](std::string_view what, const std::optional<Seconds>& reported,
                           const std::optional<Seconds>& stated) {
      if (reported == stated) return;
      report(row.name, fmt::format("slo.{} is reported as {}, the fleet says {}", what,
                                   words(reported), words(stated)));
    };
    limit("ttft", row.slo.ttft, slo.ttft);
    limit("tpot", row.slo.tpot, slo.tpot);
    limit("e2e", row.slo.e2e, slo.e2e);
    number(row.name, "slo.percentile", row.slo.percentile, slo.percentile);
  }

  void compare_warnings() {
    const std::vector<std::string> expected = plan_warnings(fleet_, plan_);
    for (const std::string& warning : expected) {
      if (std::find(plan_.warnings.begin(), plan_.warnings.end(), warning) ==
          plan_.warnings.end()) {
        report("warnings", "missing: " + warning);
      }
    }
    for (const std::string& warning : plan_.warnings) {
      if (std::find(expected.begin(), expected.end(), warning) == expected.end() &&
          !tells_of_lost(warning)) {
        report("warnings", "unfounded: " + warning);
      }
    }
  }

  /// What a re-plan says of the plan before it, which is not known here: no more than it stopped.
  [[nodiscard]] bool tells_of_lost(const std::string& warning) const {
    const long long lost = std::strtoll(warning.c_str(), nullptr, 10);
    return plan_.switching && lost >= 1 && lost <= plan_.switching->stopped &&
           warning == lost_warning(static_cast<int>(lost));
  }

  const Fleet& fleet_;
  const Plan& plan_;
  const ResolvedPlan& resolved_;
  const RoutePhysics& physics_;
  std::vector<std::optional<Seconds>> targets_;
  std::vector<Violation> violations_;
};

}  // namespace

CostRate unmet_cost(const FleetClass& query_class) {
  return CostRate::usd_per_hour(query_class.unmet_cost_per_request * query_class.traffic.rate *
                                kSecondsPerHour);
}

CostRate delay_cost(const FleetClass& query_class, const PairPhysics& physics) {
  return CostRate::usd_per_hour(query_class.delay_cost_per_second * query_class.traffic.rate *
                                kSecondsPerHour * physics.mean_delay_s);
}

bool delay_agrees(CostRate reported, CostRate recomputed, std::size_t routes) {
  const double difference = std::abs(static_cast<double>((reported - recomputed).micros()));
  return difference <=
         static_cast<double>(routes) +
             tolerance::kReported * std::abs(static_cast<double>(recomputed.micros()));
}

std::vector<Violation> check_reported(const Fleet& fleet, const Plan& plan,
                                      const ResolvedPlan& resolved, const RoutePhysics& physics) {
  return Comparison(fleet, plan, resolved, physics).run();
}

}  // namespace berth
