#include "berth/plan/resolve_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

/// Far above any real engine, far below what could overflow.
constexpr int kMaxDegree = 4096;

using Names = std::vector<std::string>;

class Resolver {
 public:
  Resolver(const Fleet& fleet, const Plan& plan) : fleet_(fleet), plan_(plan) {
    for (const FleetPool& pool : fleet.pools) pool_names_.push_back(pool.name);
    for (const FleetClass& c : fleet.classes) class_names_.push_back(c.traffic.name);
    for (const PlanDeployment& d : plan.deployments) deployment_names_.push_back(d.name);
    for (const ModelId model : fleet.models) {
      model_names_.push_back(fleet.catalog.model(model).name);
    }
  }

  Result<ResolvedPlan> resolve() {
    resolve_deployments();
    resolve_offers();
    resolve_classes();
    resolve_routes();
    if (!errors_.empty()) return errors_;
    return plan_rows_;
  }

 private:
  void fail(ErrorCode code, std::string where, std::string message, std::string suggestion = {}) {
    errors_.push_back({code, std::move(message), std::move(where), std::move(suggestion)});
  }

  std::size_t find(const Names& names, const std::string& name, const std::string& where,
                   std::string_view kind, std::string_view owner) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      fail(ErrorCode::kUnknownName, where, fmt::format("{} has no {} '{}'", owner, kind, name),
           suggest(name, names));
      return 0;
    }
    return static_cast<std::size_t>(found - names.begin());
  }

  void check_degree(const std::string& where, int degree) {
    if (degree >= 1 && degree <= kMaxDegree) return;
    fail(ErrorCode::kOutOfRange, where,
         fmt::format("{} is not a degree of parallelism (1 to {})", degree, kMaxDegree));
  }

  void resolve_deployments() {
    std::set<std::string> seen;
    for (std::size_t k = 0; k < plan_.deployments.size(); ++k) {
      const PlanDeployment& row = plan_.deployments[k];
      const std::string where = fmt::format("/deployments/{}", k);
      if (!seen.insert(row.name).second) {
        fail(ErrorCode::kDuplicate, where + "/name",
             fmt::format("a second deployment '{}'", row.name));
      }
      OptionSpec option;
      const std::size_t model =
          find(model_names_, row.model, where + "/model", "model", "the fleet");
      if (model < fleet_.models.size()) option.model = fleet_.models[model];
      option.pool = PoolId(find(pool_names_, row.pool, where + "/pool", "pool", "the fleet"));
      if (const auto precision = precision_from(row.precision)) {
        option.precision = *precision;
      } else {
        Names names;
        for (const Precision known : kPrecisions) names.emplace_back(to_string(known));
        fail(ErrorCode::kUnknownName, where + "/precision",
             fmt::format("unknown precision '{}'", row.precision), suggest(row.precision, names));
      }
      check_degree(where + "/tp", row.tensor_parallel);
      check_degree(where + "/pp", row.pipeline_parallel);
      option.tensor_parallel = row.tensor_parallel;
      option.pipeline_parallel = row.pipeline_parallel;
      if (row.tpot_target && !(row.tpot_target->value > 0.0)) {
        fail(ErrorCode::kOutOfRange, where + "/tpot_target", "must be greater than 0");
      }
      option.tpot_target = row.tpot_target;
      plan_rows_.deployments.push_back(option);
    }
  }

  void resolve_offers() {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t k = 0; k < plan_.offers.size(); ++k) {
      const PlanOffer& row = plan_.offers[k];
      const std::string where = fmt::format("/offers/{}", k);
      if (!seen.emplace(row.pool, row.offer).second) {
        fail(ErrorCode::kDuplicate, where,
             fmt::format("a second row for offer '{}' of pool '{}'", row.offer, row.pool));
      }
      const std::size_t errors_before = errors_.size();
      const std::size_t pool = find(pool_names_, row.pool, where + "/pool", "pool", "the fleet");
      if (errors_.size() > errors_before) continue;
      Names names;
      for (const FleetOffer& offer : fleet_.pools[pool].offers) names.push_back(offer.name);
      const std::size_t rank = find(names, row.offer, where + "/offer", "offer",
                                    fmt::format("pool '{}' of the fleet", row.pool));
      plan_rows_.offers.push_back({PoolId(pool), rank});
    }
  }

  void resolve_classes() {
    std::set<std::string> seen;
    for (std::size_t k = 0; k < plan_.classes.size(); ++k) {
      const std::string& name = plan_.classes[k].name;
      const std::string where = fmt::format("/classes/{}/name", k);
      if (!seen.insert(name).second) {
        fail(ErrorCode::kDuplicate, where, fmt::format("a second row for class '{}'", name));
      }
      plan_rows_.classes.emplace_back(find(class_names_, name, where, "class", "the fleet"));
    }
    for (const std::string& name : class_names_) {
      if (seen.contains(name)) continue;
      fail(ErrorCode::kInconsistent, "/classes",
           fmt::format("the fleet has a class '{}', the plan has not", name));
    }
  }

  void resolve_routes() {
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      const PlanRoute& row = plan_.routes[k];
      const std::string where = fmt::format("/routes/{}", k);
      ResolvedRoute route;
      route.query_class =
          ClassId(find(class_names_, row.query_class, where + "/class", "class", "the fleet"));
      route.deployment =
          find(deployment_names_, row.deployment, where + "/deployment", "deployment", "the plan");
      plan_rows_.routes.push_back(route);
    }
  }

  const Fleet& fleet_;
  const Plan& plan_;
  Names pool_names_;
  Names class_names_;
  Names model_names_;
  Names deployment_names_;
  ResolvedPlan plan_rows_;
  Errors errors_;
};

}  // namespace

Result<ResolvedPlan> resolve_plan(const Fleet& fleet, const Plan& plan) {
  return Resolver(fleet, plan).resolve();
}

}  // namespace berth
