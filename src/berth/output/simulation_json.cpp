// berth.simulation/1 and berth.verification/1

#include <algorithm>
#include <cctype>
#include <cmath>

#include <nlohmann/json.hpp>

#include "berth/output/simulation_table.h"
#include "berth/output/simulation_words.h"
#include "berth/output/verification.h"

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
            {"p99", estimate_json(l.p99)["half_width"]},
            {"at_percentile", estimate_json(l.at_slo)["half_width"]}}}};
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

Json timeline_json(const DeploymentReport& row, double measured_s) {
  Json json = {{"seconds", row.timeline_s},
               {"busy", Json::array()},
               {"running", Json::array()},
               {"waiting", Json::array()},
               {"kv_usage", Json::array()}};
  for (const Occupancy& point : replica_means(row, measured_s)) {
    json["busy"].push_back(point.busy);
    json["running"].push_back(point.running);
    json["waiting"].push_back(point.waiting);
    json["kv_usage"].push_back(point.blocks);
  }
  return json;
}

Json simulation_document(const SimulationReport& report, const Plan& plan) {
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
    one["timeline"] = timeline_json(row, report.simulated_s);
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
  return json;
}

double usd_of(CostRate cost) { return static_cast<double>(cost.micros()) / 1e6; }

}  // namespace

std::string to_json(const SimulationReport& report, const Plan& plan,
                    const SimulationFacts& facts) {
  Json json = simulation_document(report, plan);
  if (!facts.empty()) {
    json["made"] = Json::object();
    for (const auto& [name, value] : facts) {
      std::string key = name;
      std::transform(key.begin(), key.end(), key.begin(), [](char c) {
        return c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(c));
      });
      json["made"][key] = value;
    }
  }
  return json.dump(1) + "\n";
}

std::string to_json(const VerifiedPlan& verified) {
  const CostRate first = verified.rounds.front().cost;
  const CostRate last = verified.outcome.plan.cost.total();
  Json json;
  json["format"] = "berth.verification/1";
  json["holds"] = verified.holds;
  json["why_not"] = verified.holds ? Json(nullptr) : Json(verified.why_not);
  json["cost"] = {
      {"first", usd_of(first)}, {"verified", usd_of(last)}, {"correction", usd_of(last - first)}};
  json["rounds"] = Json::array();
  for (const VerifyRound& round : verified.rounds) {
    const bool all = round.worst.empty();
    json["rounds"].push_back({{"usd_per_hour", usd_of(round.cost)},
                              {"holding", round.holding},
                              {"worst", all ? Json(nullptr) : Json(round.worst)},
                              {"worst_share", all ? Json(nullptr) : Json(round.worst_share)}});
  }
  json["simulation"] = simulation_document(verified.simulation, verified.outcome.plan);
  return json.dump(1) + "\n";
}

}  // namespace berth
