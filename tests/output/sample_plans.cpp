#include "tests/output/sample_plans.h"

#include <cmath>
#include <string>

#include "berth/core/random.h"
#include "berth/plan/engine_args.h"
#include "berth/plan/solution_json.h"

namespace berth::test {
namespace {

CostRate usd(double value) { return CostRate::usd_per_hour(value); }

PlanDeployment deployment(const std::string& model, const std::string& gpu, int tp, int pp,
                          int replicas, double cost) {
  PlanDeployment d;
  d.name = model + "-" + gpu + "-tp" + std::to_string(tp);
  d.model = model;
  d.precision = "fp8";
  d.pool = gpu;
  d.gpu = gpu;
  d.tensor_parallel = tp;
  d.pipeline_parallel = pp;
  d.replicas = replicas;
  d.gpus = replicas * tp * pp;
  d.max_num_seqs = 96;
  d.max_model_len = 8192;
  d.utilization = 0.82;
  d.ttft_s = 0.41;
  d.tpot_s = 0.0375;
  d.tpot_target = Seconds(0.04);
  d.cost = usd(cost);
  d.engine_args = engine_args("vllm", {.model = "vendor/" + model,
                                       .precision = Precision::kFp8,
                                       .tensor_parallel = tp,
                                       .pipeline_parallel = pp,
                                       .max_model_len = d.max_model_len,
                                       .max_num_seqs = d.max_num_seqs,
                                       .memory_utilization = 0.9});
  return d;
}

PlanClass query_class(const std::string& name, double rate, double unmet) {
  PlanClass c;
  c.name = name;
  c.rate = rate;
  c.unmet = unmet;
  c.ttft_s = 0.412;
  c.tpot_s = 0.0375;
  c.e2e_s = 8.31;
  c.error = 0.312;
  c.slo = {Seconds(1.0), Seconds(0.05), Seconds(20.0), 0.95};
  c.max_error = 0.4;
  c.slo_met = true;
  return c;
}

PlanRoute route(const PlanClass& c, const PlanDeployment& d, double share) {
  return {c.name, d.name, share, c.ttft_s, c.tpot_s, c.e2e_s, c.error};
}

}  // namespace

Plan sample_plan() {
  Plan plan;
  plan.fleet = "azure";
  plan.method = "gh";
  plan.status = "feasible";
  plan.cost = {usd(347.585), CostRate(), usd(1.25), usd(3.6), CostRate()};
  plan.lower_bound = 345.0;
  plan.gap = gap_of(plan.cost.total(), plan.lower_bound);
  plan.build_seconds = 0.118;
  plan.solve_seconds = 0.0042;
  plan.deployments = {deployment("llama-3.1-70b", "h100-sxm", 8, 1, 5, 275.2),
                      deployment("qwen2.5-32b", "h100-sxm", 4, 2, 1, 55.04),
                      deployment("llama-3.1-8b", "l40s", 1, 1, 9, 17.345)};
  plan.deployments[0].utilization = 0.963;
  plan.deployments[1].precision = "bf16";
  plan.deployments[1].utilization = 0.41;
  plan.deployments[2].tpot_target.reset();
  plan.offers = {{"h100-sxm", "p5.48xlarge on-demand", 6, 48, usd(330.24)},
                 {"l40s", "g6e.xlarge spot", 1, 1, usd(0.603)},
                 {"l40s", "g6e.12xlarge on-demand", 2, 8, usd(16.742)}};
  plan.classes = {query_class("chat", 12.5, 0.0), query_class("code", 61.25, 0.0),
                  query_class("summarise-long-documents", 0.8, 0.025),
                  query_class("batch", 3.0, 0.0)};
  plan.classes[1].ttft_s = 0.998;
  plan.classes[1].error = 0.395;
  plan.classes[2].slo = {Seconds(4.0), std::nullopt, Seconds(60.0), 0.99};
  plan.classes[2].ttft_s = 3.1;
  plan.classes[2].e2e_s = 48.0;
  plan.classes[3].slo = {std::nullopt, std::nullopt, std::nullopt, 0.95};
  plan.classes[3].max_error = 1.0;
  plan.routes = {route(plan.classes[0], plan.deployments[2], 0.75),
                 route(plan.classes[0], plan.deployments[0], 0.25),
                 route(plan.classes[1], plan.deployments[0], 0.9),
                 route(plan.classes[1], plan.deployments[1], 0.1),
                 route(plan.classes[2], plan.deployments[1], 0.975),
                 route(plan.classes[3], plan.deployments[2], 1.0)};
  plan.warnings = {
      "1 GPU on spot offers may be taken away at any time (1 x g6e.xlarge spot)",
      "planned above 95 % of the load the SLOs allow, so more demand than planned breaks them: "
      "llama-3.1-70b-h100-sxm-tp8"};
  return plan;
}

Plan smallest_plan() {
  Plan plan;
  plan.fleet = "small";
  plan.method = "gh";
  plan.status = "feasible";
  plan.cost.rental = usd(3.722);
  plan.deployments = {deployment("llama-3.1-8b", "l40s", 1, 1, 2, 3.722)};
  plan.offers = {{"l40s", "g6e.xlarge on-demand", 2, 2, usd(3.722)}};
  plan.classes = {query_class("chat", 2.0, 0.0)};
  plan.routes = {route(plan.classes[0], plan.deployments[0], 1.0)};
  return plan;
}

Plan hostile_plan() {
  Plan plan = sample_plan();
  const std::string attack = "<script>alert('x')</script>\"&]]>\x01<b onload=\"y\">${z}";
  plan.fleet = attack;
  plan.method = attack;
  plan.status = attack;
  for (PlanOffer& offer : plan.offers) {
    offer.offer += attack;
    offer.pool += attack;
  }
  for (PlanDeployment& d : plan.deployments) {
    d.name += attack;
    d.model += attack;
    d.precision += attack;
    d.pool += attack;
    d.gpu += attack;
    d.engine_args.push_back(attack);
  }
  for (PlanClass& c : plan.classes) c.name += attack;
  for (PlanRoute& r : plan.routes) {
    r.query_class += attack;
    r.deployment += attack;
  }
  for (std::string& warning : plan.warnings) warning += attack;
  return plan;
}

Plan large_plan(int classes) {
  Random random(7);
  Plan plan = smallest_plan();
  plan.fleet = "large";
  plan.deployments.clear();
  plan.offers.clear();
  plan.classes.clear();
  plan.routes.clear();
  plan.cost = {};
  static constexpr int kDegrees[] = {1, 2, 4, 8};
  static constexpr int kPools = 12;
  int gpus_of[kPools] = {};
  for (int k = 0; k < classes; ++k) {
    const int pool = static_cast<int>(random.below(kPools));
    const int tp = kDegrees[random.below(4)];
    const int replicas = 1 + static_cast<int>(random.below(6));
    PlanDeployment d = deployment("model-" + std::to_string(k), "gpu-" + std::to_string(pool), tp,
                                  1, replicas, 0.0);
    d.cost = usd(2.5) * d.gpus;
    d.utilization = 0.3 + 0.7 * random.uniform();
    gpus_of[pool] += d.gpus;
    PlanClass c = query_class("class-" + std::to_string(k), 20.0 * random.exponential(), 0.0);
    c.ttft_s = 1.02 * random.uniform();
    c.slo_met = c.ttft_s <= 1.0;
    plan.classes.push_back(c);
    plan.deployments.push_back(d);
  }
  for (int k = 0; k < classes; ++k) {
    const std::size_t at = static_cast<std::size_t>(k);
    const std::size_t other = random.below(static_cast<std::uint64_t>(classes));
    const double share = other == at ? 1.0 : 0.7;
    plan.routes.push_back(route(plan.classes[at], plan.deployments[at], share));
    if (other != at) plan.routes.push_back(route(plan.classes[at], plan.deployments[other], 0.3));
  }
  for (int pool = 0; pool < kPools; ++pool) {
    const int boxes = (gpus_of[pool] + 7) / 8;
    if (boxes == 0) continue;
    plan.offers.push_back(
        {"gpu-" + std::to_string(pool), "8-box on-demand", boxes, boxes * 8, usd(20.0) * boxes});
    plan.cost.rental += plan.offers.back().cost;
  }
  return plan;
}

}  // namespace berth::test
