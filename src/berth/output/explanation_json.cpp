// berth.explanation/1

#include <nlohmann/json.hpp>

#include "berth/output/explanation.h"
#include "berth/output/explanation_words.h"
#include "berth/output/summary.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json json_of(const PlanPrice& price) {
  return {{"cost", price.cost.usd()},
          {"lower_bound", or_null(price.lower_bound)},
          {"optimal", price.optimal}};
}

Json json_of(const std::vector<Limit>& limits) {
  Json rows = Json::array();
  for (const Limit& limit : limits) {
    rows.push_back({{"kind", to_string(limit.kind)},
                    {"subject", limit.subject},
                    {"value", limit.value},
                    {"text", limit_name(limit) + ": " + limit_bound(limit)}});
  }
  return rows;
}

Json json_of(const Saving& saving, bool with_value) {
  Json row = Json::object();
  if (with_value) row["value"] = or_null(saving.value);
  const bool known = saving.basis != Basis::kNotComputed;
  row["saving"] = known ? Json(saving.usd.usd()) : Json(nullptr);
  row["basis"] = to_string(saving.basis);
  return row;
}

Json json_of(const LimitPrice& worth, bool given) {
  Json row = {{"limit", worth.limit}, {"used", or_null(worth.used)}, {"tight", worth.tight}};
  if (given) {
    row["given_used"] = or_null(worth.given_used);
    row["given_tight"] = worth.given_tight;
  }
  row["lifted"] = json_of(worth.lifted, false);
  row["step"] = worth.step ? json_of(*worth.step, true) : Json(nullptr);
  row["first"] = worth.first ? json_of(*worth.first, true) : Json(nullptr);
  row["first_is_smallest"] = worth.first_is_smallest;
  row["dual"] = nullptr;
  if (worth.dual) {
    const bool fixed = worth.dual->source == DualWorth::Source::kRouting;
    row["dual"] = {{"saving_per_unit", worth.dual->usd},
                   {"source", fixed ? "routing" : "relaxation"}};
  }
  return row;
}

Json json_of(const std::vector<Limit>& limits, const Relaxation& relaxation) {
  Json changes = Json::array();
  for (const Change& change : relaxation.changes) {
    changes.push_back({{"limit", change.limit},
                       {"from", limits[change.limit].value},
                       {"to", or_null(change.value)}});
  }
  return {{"text", relaxation_text(limits, relaxation)},
          {"changes", std::move(changes)},
          {"smallest", relaxation.smallest},
          {"plan", relaxation.price ? json_of(*relaxation.price) : Json(nullptr)}};
}

void add_feasible(const Explanation& e, Json& document) {
  document["best"] = e.best ? json_of(*e.best) : Json(nullptr);
  document["given"] = e.given ? Json({{"cost", e.given->usd()}}) : Json(nullptr);
  Json& worths = document["worths"] = Json::array();
  for (const LimitPrice& worth : e.worths) worths.push_back(json_of(worth, e.given.has_value()));
}

void add_infeasible(const Explanation& e, Json& document) {
  Json& conflicts = document["conflicts"] = Json::array();
  for (const Conflict& conflict : e.conflicts) {
    conflicts.push_back({{"limits", conflict.limits}, {"minimal", conflict.minimal}});
  }
  Json& relaxations = document["relaxations"] = Json::array();
  for (const Relaxation& r : e.relaxations) relaxations.push_back(json_of(e.limits, r));
  Json& others = document["not_enough"] = Json::array();
  for (const Relaxation& r : e.not_enough) {
    Json row = json_of(e.limits, r);
    row["proven"] = r.works == Answer::kNo;
    others.push_back(std::move(row));
  }
  Json& uncoverable = document["uncoverable"] = Json::array();
  for (const Error& error : e.uncoverable) {
    uncoverable.push_back(
        {{"message", error.message}, {"where", error.where}, {"suggestion", error.suggestion}});
  }
}

Json promise_rows(const PlanClass& row) {
  Json promises = Json::array();
  for (const Promise& promise : promises_of(row)) {
    promises.push_back({{"metric", promise.metric},
                        {"predicted", promise.predicted},
                        {"limit", or_null(promise.limit)},
                        {"left", or_null(promise.headroom())}});
  }
  return promises;
}

/// Names come from files and may hold any bytes.
std::string text_of(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const Explanation& e) {
  const bool feasible = e.status == Explanation::Status::kFeasible;
  Json document = {{"format", "berth.explanation/1"},
                   {"subject", e.name},
                   {"status", feasible ? "feasible" : "infeasible"},
                   {"limits", json_of(e.limits)}};
  if (feasible) {
    add_feasible(e, document);
  } else {
    add_infeasible(e, document);
  }
  document["notes"] = e.notes;
  document["seconds"] = e.seconds;
  document["solves"] = e.solves;
  return text_of(document);
}

std::string explain_plan_alone_json(const Plan& plan) {
  Json classes = Json::array();
  for (const PlanClass& row : plan.classes) {
    classes.push_back({{"name", row.name},
                       {"slo_met", row.slo_met},
                       {"unmet", row.unmet},
                       {"promises", promise_rows(row)}});
  }
  Json deployments = Json::array();
  for (const PlanDeployment& d : plan.deployments) {
    deployments.push_back({{"name", d.name}, {"utilization", d.utilization}});
  }
  const Json document = {{"format", "berth.explanation/1"},
                         {"subject", plan.fleet},
                         {"status", "plan"},
                         {"cost", plan.cost.total().usd()},
                         {"lower_bound", or_null(plan.lower_bound)},
                         {"classes", std::move(classes)},
                         {"deployments", std::move(deployments)},
                         {"shadow_prices",
                          {{"pools", plan.shadow_prices.pools},
                           {"budget", or_null(plan.shadow_prices.budget)},
                           {"classes", plan.shadow_prices.classes}}},
                         {"notes", {"what limits cost needs the fleet: --against FLEET.yaml"}}};
  return text_of(document);
}

}  // namespace berth
