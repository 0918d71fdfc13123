#include "tests/plan/small_plans.h"

namespace berth::test {

PlanDeployment small_deployment(const std::string& name, int replicas, int tp) {
  PlanDeployment row;
  row.name = name;
  row.model = "m";
  row.precision = "bf16";
  row.pool = "p";
  row.gpu = "g";
  row.tensor_parallel = tp;
  row.replicas = replicas;
  row.gpus = replicas * tp;
  row.max_num_seqs = 32;
  row.max_model_len = 4096;
  row.utilization = 1.0;
  row.engine_args = {"--model", "m"};
  return row;
}

void add_route(Plan& plan, const std::string& query_class, const std::string& deployment,
               double share) {
  plan.routes.push_back({query_class, deployment, share, 0.1, 0.01, 1.0, 0.1});
}

void add_class(Plan& plan, const std::string& name, double rate) {
  PlanClass row;
  row.name = name;
  row.rate = rate;
  plan.classes.push_back(row);
}

void set_boxes(Plan& plan, int boxes) {
  plan.offers = {{"p", "on-demand", boxes, boxes, CostRate::usd_per_hour(1.0) * boxes}};
  plan.cost.rental = plan.offers[0].cost;
}

Plan small_plan(int replicas) {
  Plan plan;
  plan.fleet = "small";
  plan.method = "gh";
  plan.status = "feasible";
  plan.deployments = {small_deployment("a", replicas)};
  add_class(plan, "chat", 10.0);
  add_route(plan, "chat", "a", 1.0);
  set_boxes(plan, replicas);
  return plan;
}

}  // namespace berth::test
