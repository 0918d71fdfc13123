// berth.simulation/1

#include <cmath>

#include <nlohmann/json.hpp>

#include "berth/output/simulation_table.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

Json estimate_json(const Estimate& e) {
  return {{"value", e.value}, {"half_width", std::isfinite(e.half) ? Json(e.half) : Json(nullptr)}};
}

Json latency_json(const LatencyEstimate& l) {
  return {{"mean", l.mean.value},
          {"p50", l.p50.value},
          {"p90", l.p90.value},
          {"p95", l.p95.value},
          {"p99", l.p99.value},
          {"at_percentile", l.at_slo.value},
          {"half_width",
           {{"mean", estimate_json(l.mean)["half_width"]},
            {"p50", estimate_json(l.p50)["half_width"]},
            {"p90", estimate_json(l.p90)["half_width"]},
            {"p95", estimate_json(l.p95)["half_width"]},
            {"p99", estimate_json(l.p99)["half_width"]}}}};
}

Json gaps_json(const LogHistogram& itl) {
  return {{"p50", itl.quantile(0.50)},
          {"p90", itl.quantile(0.90)},
          {"p95", itl.quantile(0.95)},
          {"p99", itl.quantile(0.99)}};
}

Json requests_json(const RequestCounts& r) {
  return {
      {"arrived", r.arrived}, {"served", r.served}, {"queued", r.queued}, {"dropped", r.dropped}};
}

void add_latency(Json& json, const LatencyReport& l) {
  json["measured"] = l.measured;
  json["ttft"] = latency_json(l.ttft);
  json["tpot"] = latency_json(l.tpot);
  json["e2e"] = latency_json(l.e2e);
  json["itl"] = gaps_json(l.itl);
  json["goodput"] = l.goodput;
  json["token_goodput"] = l.token_goodput;
  json["tokens_per_s"] = l.tokens_per_s;
}

Json class_json(const ClassReport& row, const Plan& plan) {
  Json json;
  json["name"] = row.name;
  json["requests"] = requests_json(row.requests);
  add_latency(json, row.latency);
  json["percentile"] = row.percentile;
  json["attainment"] = row.latency.attainment.value;
  json["within"] = {{"all", estimate_json(row.latency.attainment)},
                    {"ttft", estimate_json(row.latency.ttft_within)},
                    {"tpot", estimate_json(row.latency.tpot_within)},
                    {"e2e", estimate_json(row.latency.e2e_within)}};
  json["slo_met"] = row.slo_met;
  json["proven"] = row.proven;
  json["predicted"] = nullptr;
  for (const PlanClass& planned : plan.classes) {
    if (planned.name != row.name) continue;
    json["predicted"] = {
        {"ttft", planned.ttft_s}, {"tpot", planned.tpot_s}, {"e2e", planned.e2e_s}};
  }
  return json;
}

Json timeline_json(const DeploymentReport& row) {
  Json json = {{"seconds", row.timeline_s},
               {"running", Json::array()},
               {"waiting", Json::array()},
               {"kv_usage", Json::array()}};
  const double whole = row.timeline_s * std::max(1, row.replicas);
  for (const Occupancy& point : row.timeline) {
    json["running"].push_back(point.running / whole);
    json["waiting"].push_back(point.waiting / whole);
    json["kv_usage"].push_back(point.blocks / whole);
  }
  return json;
}

}  // namespace

std::string to_json(const SimulationReport& report, const Plan& plan) {
  Json json;
  json["format"] = "berth.simulation/1";
  json["requests"] = requests_json(report.requests);
  json["requests"]["unassigned"] = report.unassigned;
  json["replications"] = report.replications;
  json["simulated_seconds"] = report.simulated_s;
  json["wall_seconds"] = report.wall_s;
  json["classes"] = Json::array();
  for (const ClassReport& row : report.classes) json["classes"].push_back(class_json(row, plan));
  json["deployments"] = Json::array();
  for (const DeploymentReport& row : report.deployments) {
    Json one = {{"name", row.name},
                {"pool", row.pool},
                {"replicas", row.replicas},
                {"requests", requests_json(row.requests)},
                {"utilization", row.utilization},
                {"mean_batch", row.mean_running},
                {"mean_queue", row.mean_waiting},
                {"kv_usage", row.kv_usage},
                {"preemptions", row.preemptions}};
    add_latency(one, row.latency);
    one["timeline"] = timeline_json(row);
    json["deployments"].push_back(std::move(one));
  }
  json["pools"] = Json::array();
  for (const PoolReport& row : report.pools) {
    Json one = {{"name", row.name},
                {"replicas", row.replicas},
                {"requests", requests_json(row.requests)},
                {"utilization", row.utilization},
                {"kv_usage", row.kv_usage},
                {"preemptions", row.preemptions}};
    add_latency(one, row.latency);
    json["pools"].push_back(std::move(one));
  }
  return json.dump(1) + "\n";
}

}  // namespace berth
