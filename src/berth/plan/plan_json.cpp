#include "berth/plan/plan_json.h"

#include "berth/core/text.h"
#include "berth/plan/document_text.h"
#include "berth/plan/read_plan.h"

namespace berth {
namespace {

Node cost_node(const Plan& plan) {
  const Cost& cost = plan.cost;
  std::vector<std::pair<std::string, Node>> parts = {{"total", money_node(cost.total())},
                                                     {"rental", money_node(cost.rental)},
                                                     {"delay", money_node(cost.delay)},
                                                     {"unmet", money_node(cost.unmet)},
                                                     {"fixed", money_node(cost.fixed)}};
  if (plan.switching) parts.emplace_back("switching", money_node(cost.switching));
  return map_node(std::move(parts));
}

Node switching_node(const PlanSwitching& switching) {
  return map_node({{"from", text_node(switching.from)},
                   {"kept", boolean_node(switching.kept)},
                   {"started", integer_node(switching.started)},
                   {"stopped", integer_node(switching.stopped)},
                   {"boxes", integer_node(switching.boxes)},
                   {"usd", number_node(switching.usd)},
                   {"hold", number_node(switching.hold_s)},
                   {"ready", number_node(switching.ready_s)}});
}

Node robust_node(const PlanRobustness& robust) {
  if (robust.survival.asked()) {
    return map_node({{"survive", number_node(robust.survival.factor)}});
  }
  return map_node({{"budget", number_node(robust.uncertainty.budget)},
                   {"load", number_node(robust.uncertainty.load)},
                   {"delay", number_node(robust.uncertainty.delay)},
                   {"error", number_node(robust.uncertainty.error)}});
}

Node deployment_node(const PlanDeployment& deployment) {
  return map_node({{"name", text_node(deployment.name)},
                   {"model", text_node(deployment.model)},
                   {"precision", text_node(deployment.precision)},
                   {"pool", text_node(deployment.pool)},
                   {"gpu", text_node(deployment.gpu)},
                   {"tp", integer_node(deployment.tensor_parallel)},
                   {"pp", integer_node(deployment.pipeline_parallel)},
                   {"tpot_target", seconds_node(deployment.tpot_target)},
                   {"replicas", integer_node(deployment.replicas)},
                   {"gpus", integer_node(deployment.gpus)},
                   {"max_num_seqs", integer_node(deployment.max_num_seqs)},
                   {"max_model_len", integer_node(deployment.max_model_len)},
                   {"utilization", number_node(deployment.utilization)},
                   {"tpot", number_node(deployment.tpot_s)},
                   {"ttft", number_node(deployment.ttft_s)},
                   {"cost", money_node(deployment.cost)},
                   {"engine_args", texts_node(deployment.engine_args)}});
}

Node offer_node(const PlanOffer& offer) {
  return map_node({{"pool", text_node(offer.pool)},
                   {"offer", text_node(offer.offer)},
                   {"boxes", integer_node(offer.boxes)},
                   {"gpus", integer_node(offer.gpus)},
                   {"cost", money_node(offer.cost)}});
}

Node route_node(const PlanRoute& route) {
  return map_node({{"class", text_node(route.query_class)},
                   {"deployment", text_node(route.deployment)},
                   {"share", number_node(route.share)},
                   {"ttft", number_node(route.ttft_s)},
                   {"tpot", number_node(route.tpot_s)},
                   {"e2e", number_node(route.e2e_s)},
                   {"error", number_node(route.error)}});
}

Node slo_node(const ServiceLevel& slo) {
  return map_node({{"ttft", seconds_node(slo.ttft)},
                   {"tpot", seconds_node(slo.tpot)},
                   {"e2e", seconds_node(slo.e2e)},
                   {"percentile", number_node(slo.percentile)}});
}

Node class_node(const PlanClass& row) {
  std::vector<std::pair<std::string, Node>> fields = {{"name", text_node(row.name)},
                                                      {"rate", number_node(row.rate)},
                                                      {"unmet", number_node(row.unmet)},
                                                      {"ttft", number_node(row.ttft_s)},
                                                      {"tpot", number_node(row.tpot_s)},
                                                      {"e2e", number_node(row.e2e_s)},
                                                      {"error", number_node(row.error)},
                                                      {"slo", slo_node(row.slo)},
                                                      {"max_error", number_node(row.max_error)},
                                                      {"slo_met", boolean_node(row.slo_met)}};
  if (!row.margin.none()) {
    fields.emplace_back("margin", map_node({{"load", number_node(row.margin.load)},
                                            {"tpot", number_node(row.margin.tpot)}}));
  }
  return map_node(std::move(fields));
}

Node prices_node(const std::map<std::string, double>& prices) {
  std::vector<std::pair<std::string, Node>> fields;
  for (const auto& [name, price] : prices) fields.emplace_back(name, number_node(price));
  return map_node(std::move(fields));
}

template <class Row>
Node rows_node(const std::vector<Row>& rows, Node (*to_node)(const Row&)) {
  std::vector<Node> items;
  items.reserve(rows.size());
  for (const Row& row : rows) items.push_back(to_node(row));
  return list_node(std::move(items));
}

Node plan_node(const Plan& plan) {
  std::vector<std::pair<std::string, Node>> fields = {
      {"format", text_node("berth.plan/1")},
      {"fleet", text_node(plan.fleet)},
      {"method", text_node(plan.method)},
      {"status", text_node(plan.status)},
      {"cost", cost_node(plan)},
      {"lower_bound", number_node(plan.lower_bound)},
      {"gap", number_node(plan.gap)},
      {"seconds", map_node({{"build", number_node(plan.build_seconds)},
                            {"solve", number_node(plan.solve_seconds)},
                            {"bound", number_node(plan.bound_seconds)}})},
      {"deployments", rows_node(plan.deployments, deployment_node)},
      {"offers", rows_node(plan.offers, offer_node)},
      {"routes", rows_node(plan.routes, route_node)},
      {"classes", rows_node(plan.classes, class_node)},
      {"shadow_prices", map_node({{"pools", prices_node(plan.shadow_prices.pools)},
                                  {"budget", number_node(plan.shadow_prices.budget)},
                                  {"classes", prices_node(plan.shadow_prices.classes)}})},
      {"warnings", texts_node(plan.warnings)},
  };
  if (plan.switching) fields.emplace_back("switching", switching_node(*plan.switching));
  if (plan.robust) fields.emplace_back("robust", robust_node(*plan.robust));
  return map_node(std::move(fields));
}

}  // namespace

std::string to_json(const Plan& plan) { return json_text(plan_node(plan)); }

std::string to_yaml(const Plan& plan) { return yaml_text(plan_node(plan)); }

Result<Plan> parse_plan(const std::string& name, std::string_view text) {
  const std::string_view body = trim(text);
  const bool json = !body.empty() && (body.front() == '{' || body.front() == '[');
  const Result<Document> document = json ? parse_json(name, text) : parse_yaml(name, text);
  if (!document) return document.errors();
  return plan_from(*document);
}

Result<Plan> read_plan(const std::filesystem::path& path) {
  const Result<Document> document = read_document(path);
  if (!document) return document.errors();
  return plan_from(*document);
}

}  // namespace berth
