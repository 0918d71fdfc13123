#pragma once
// The plan in the user's words: berth.plan/1. Assembled from a solution; every number in it is
// recomputed from the fleet, none is copied from a solver. docs/plan.md explains each.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/money.h"
#include "berth/core/units.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/build.h"
#include "berth/plan/price.h"
#include "berth/plan/solution.h"
#include "berth/plan/worth.h"

namespace berth {

struct PlanDeployment {
  std::string name;  ///< "llama-3.1-8b-l40s-tp1", made unique and DNS-safe (at most 63 characters)
  std::string model;
  std::string precision;
  std::string pool;
  std::string gpu;
  int tensor_parallel = 1;
  int pipeline_parallel = 1;
  std::optional<Seconds> tpot_target;
  int replicas = 0;
  int gpus = 0;              ///< replicas * tp * pp
  int max_num_seqs = 0;      ///< load-weighted B* of the classes it serves, per replica
  int max_model_len = 0;     ///< longest request it may receive, rounded up to a multiple of 256
  double utilization = 0.0;  ///< planned load / replicas, 0..1, of the load allowed by rho_max
  double tpot_s = 0.0;       ///< worst over its routes
  double ttft_s = 0.0;
  CostRate cost;  ///< its share of the pool's rental (by GPUs) + fixed cost
  std::vector<std::string> engine_args;

  friend bool operator==(const PlanDeployment&, const PlanDeployment&) = default;
};

struct PlanOffer {
  std::string pool;
  std::string offer;
  int boxes = 0;
  int gpus = 0;   ///< boxes * lot
  CostRate cost;  ///< of all these boxes

  friend bool operator==(const PlanOffer&, const PlanOffer&) = default;
};

struct PlanRoute {
  std::string query_class;
  std::string deployment;
  double share = 0.0;
  double ttft_s = 0.0;
  double tpot_s = 0.0;
  double e2e_s = 0.0;
  double error = 0.0;

  friend bool operator==(const PlanRoute&, const PlanRoute&) = default;
};

struct PlanClass {
  std::string name;
  double rate = 0.0;
  double unmet = 0.0;
  double ttft_s = 0.0;  ///< worst over its routes, at the percentile; 0 without routes
  double tpot_s = 0.0;
  double e2e_s = 0.0;
  double error = 0.0;  ///< average over its served share
  ServiceLevel slo;
  ClassMargin margin;  ///< what it was planned with beyond that
  double max_error = 1.0;
  bool slo_met = false;  ///< every route keeps every limit, the error and unmet limits hold

  friend bool operator==(const PlanClass&, const PlanClass&) = default;
};

/// What one more unit of each limit would save in the linear relaxation, USD/h. Empty unless the
/// method computed a bound; pools without a price are left out.
struct ShadowPrices {
  std::map<std::string, double> pools;    ///< per GPU
  std::optional<double> budget;           ///< per USD/h
  std::map<std::string, double> classes;  ///< of the whole demand of the class

  friend bool operator==(const ShadowPrices&, const ShadowPrices&) = default;
};

/// How a plan follows from one that runs (berth plan --current). Absent for a first plan.
struct PlanSwitching {
  std::string from;   ///< the running plan's fleet
  bool kept = false;  ///< nothing starts or stops: a better plan would not save enough
  int started = 0;    ///< replicas
  int stopped = 0;
  int boxes = 0;         ///< rented anew
  double usd = 0.0;      ///< once, for all of it; Cost::switching is this over hold_s
  double hold_s = 0.0;   ///< how long the plan is kept
  double ready_s = 0.0;  ///< until the last replica that starts serves

  friend bool operator==(const PlanSwitching&, const PlanSwitching&) = default;
};

/// What a plan was made to withstand (docs/robust.md). Absent: no more than headroom.
struct PlanRobustness {
  UncertaintyPolicy uncertainty;  ///< its budget is 0 where the plan survives a factor instead
  Survival survival;

  friend bool operator==(const PlanRobustness&, const PlanRobustness&) = default;
};

struct Plan {
  std::string fleet;
  std::string method;
  std::string status;  ///< "optimal", "feasible", "limit"
  Cost cost;
  std::optional<double> lower_bound;
  std::optional<double> gap;  ///< (objective - lower_bound) / objective
  double build_seconds = 0.0;
  double solve_seconds = 0.0;
  double bound_seconds = 0.0;
  std::vector<PlanDeployment> deployments;  ///< descending cost, then name
  std::vector<PlanOffer> offers;            ///< rented ones, in the fleet's order
  std::vector<PlanRoute> routes;            ///< by class order of the fleet, then descending share
  std::vector<PlanClass> classes;
  ShadowPrices shadow_prices;
  std::vector<std::string> warnings;
  std::optional<PlanSwitching> switching;
  std::optional<PlanRobustness> robust;

  friend bool operator==(const Plan&, const Plan&) = default;
};

/// What the solver said of itself; its numbers are shown, never trusted.
struct SolverReport {
  std::string method;
  std::string status;
  std::optional<double> lower_bound;
  double solve_seconds = 0.0;
  double bound_seconds = 0.0;
  std::optional<RelaxationWorth> worth = std::nullopt;
};

/// A running deployment's concurrency may differ from the best one by this share: changing it would
/// restart every replica.
inline constexpr double kSameConcurrency = 0.10;  ///< below the best
inline constexpr double kMoreConcurrency =
    0.30;  ///< above it: reached only beyond the planned load

/// `running`, if not null, is the plan that runs now: deployments that go on keep the engine
/// arguments they were started with where those still do (kSameConcurrency, and room for the
/// longest request), and Plan::switching says what changes. REQUIRES: check(built.instance,
/// solution) finds nothing, and `built` comes from `fleet` (and, with `running`, from
/// with_running).
[[nodiscard]] Plan assemble_plan(const Fleet& fleet, const BuiltInstance& built,
                                 const Solution& solution, const SolverReport& report,
                                 const Plan* running = nullptr);

}  // namespace berth
