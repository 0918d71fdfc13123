#include "berth/plan/plan.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "berth/core/tolerance.h"
#include "berth/plan/deployment_name.h"
#include "berth/plan/engine_args.h"
#include "berth/plan/robustness.h"
#include "berth/plan/running.h"
#include "berth/plan/solution_json.h"
#include "berth/plan/warnings.h"

namespace berth {
namespace {

/// Engines reserve the context in blocks; a round number also reads better.
constexpr int kContextStep = 256;

/// The routes of one class into one deployment, with its physics.
struct Flow {
  ClassId query_class;
  std::size_t deployment = 0;  ///< index into Assembly::deployments
  double share = 0.0;
  PairPhysics physics;
};

struct Draft {
  OptionSpec option;
  CostRate fixed_cost;
  PlanDeployment row;
};

/// How much of the load its SLOs allow a deployment carries. Rounding may put it a little above 1.
double filled_share(double load, int replicas) {
  return replicas > 0 ? std::min(1.0, load / replicas) : 1.0;
}

/// Two options of the instance that mean the same become one deployment.
auto key_of(const OptionSpec& o) {
  return std::tuple(o.model, o.pool, o.precision, o.tensor_parallel, o.pipeline_parallel,
                    o.tpot_target.has_value(), o.tpot_target.value_or(Seconds{}));
}

class Assembler {
 public:
  Assembler(const Fleet& fleet, const BuiltInstance& built, const Solution& solution,
            const Plan* running)
      : fleet_(fleet), built_(built), solution_(solution), running_(running) {
    if (fleet.policy.survival.asked()) usual_ = usual_day(fleet);
  }

  void fill(Plan& plan) {
    find_deployments();
    find_flows();
    settle_latencies();
    for (std::size_t d = 0; d < drafts_.size(); ++d) describe(d);
    share_rental();
    std::vector<PlanDeployment> rows;
    for (const Draft& draft : drafts_) rows.push_back(draft.row);
    const std::vector<std::string> names = deployment_names(rows);
    for (std::size_t d = 0; d < drafts_.size(); ++d) drafts_[d].row.name = names[d];
    add_offers(plan);
    add_routes(plan);
    add_classes(plan);
    for (Draft& draft : drafts_) plan.deployments.push_back(std::move(draft.row));
    std::sort(plan.deployments.begin(), plan.deployments.end(),
              [](const PlanDeployment& a, const PlanDeployment& b) {
                return a.cost != b.cost ? a.cost > b.cost : a.name < b.name;
              });
  }

 private:
  /// The fleet whose figures are reported.
  [[nodiscard]] const Fleet& usual() const { return usual_ ? *usual_ : fleet_; }

  void find_deployments() {
    deployment_of_.assign(built_.options.size(), kNone);
    const auto open = [this](std::size_t option) {
      if (deployment_of_[option] != kNone) return;
      const OptionSpec& spec = built_.options[option];
      const auto same = [&spec](const Draft& d) { return key_of(d.option) == key_of(spec); };
      const auto found = std::find_if(drafts_.begin(), drafts_.end(), same);
      deployment_of_[option] = static_cast<std::size_t>(found - drafts_.begin());
      if (found == drafts_.end()) drafts_.push_back({spec, CostRate{}, {}});
      drafts_[deployment_of_[option]].fixed_cost +=
          built_.instance.columns().options.fixed_cost[option];
    };
    for (std::size_t option = 0; option < built_.options.size(); ++option) {
      if (solution_.replicas[option] == 0) continue;
      open(option);
      drafts_[deployment_of_[option]].row.replicas += solution_.replicas[option];
    }
    for (const Route& route : solution_.routes) open(route.option.index());
  }

  void find_flows() {
    for (const Route& route : solution_.routes) {
      const std::size_t deployment = deployment_of_[route.option.index()];
      const auto found = std::find_if(flows_.begin(), flows_.end(), [&](const Flow& flow) {
        return flow.query_class == route.query_class && flow.deployment == deployment;
      });
      if (found != flows_.end()) {
        found->share += route.share;
        continue;
      }
      const auto physics = evaluate_pair(usual(), drafts_[deployment].option, route.query_class);
      const PairPhysics* accepted = std::get_if<PairPhysics>(&physics);
      // The instance has this pair, so the readable evaluation has it too, or the build is wrong;
      // the zeros then shown are what check_plan rejects.
      assert(accepted != nullptr);
      flows_.push_back({route.query_class, deployment, route.share,
                        accepted != nullptr ? *accepted : PairPhysics{}});
    }
  }

  [[nodiscard]] double load_of(std::size_t deployment) const {
    double load = 0.0;
    for (const Flow& flow : flows_) {
      if (flow.deployment == deployment) load += flow.share * flow.physics.load;
    }
    return load;
  }

  /// Times depend on how full a deployment is, which is known once all its routes are.
  void settle_latencies() {
    for (Flow& flow : flows_) {
      const Draft& draft = drafts_[flow.deployment];
      const double fill = filled_share(load_of(flow.deployment), draft.row.replicas);
      const auto settled = evaluate_pair(usual(), draft.option, flow.query_class, fill);
      if (const auto* physics = std::get_if<PairPhysics>(&settled)) {
        flow.physics.ttft_s = physics->ttft_s;
        flow.physics.tpot_s = physics->tpot_s;
        flow.physics.e2e_s = physics->e2e_s;
      }
    }
  }

  void describe(std::size_t index) {
    const OptionSpec& option = drafts_[index].option;
    PlanDeployment& row = drafts_[index].row;
    const FleetPool& pool = fleet_.pools[option.pool.index()];
    const ModelSpec& model = fleet_.catalog.model(option.model);
    row.model = model.name;
    row.precision = to_string(option.precision);
    row.pool = pool.name;
    row.gpu = fleet_.catalog.gpu(pool.gpu).name;
    row.tensor_parallel = option.tensor_parallel;
    row.pipeline_parallel = option.pipeline_parallel;
    row.tpot_target = option.tpot_target;
    row.gpus = row.replicas * option.tensor_parallel * option.pipeline_parallel;
    add_traffic(index, row);
    row.max_model_len = std::min(row.max_model_len, model.max_context);
    if (running_ != nullptr) go_on_as_started(row);
    row.engine_args = engine_args(fleet_.catalog.engines()[pool.engine].name,
                                  {.model = engine_model(model),
                                   .precision = option.precision,
                                   .tensor_parallel = option.tensor_parallel,
                                   .pipeline_parallel = option.pipeline_parallel,
                                   .max_model_len = row.max_model_len,
                                   .max_num_seqs = row.max_num_seqs,
                                   .memory_utilization = fleet_.policy.memory_utilization,
                                   .kv_cache = fleet_.policy.kv_cache,
                                   .has_bf16 = has_bf16(fleet_.catalog.gpu(pool.gpu))});
  }

  /// Replicas that run keep their arguments where these still do.
  void go_on_as_started(PlanDeployment& row) const {
    const auto same = [&row](const PlanDeployment& other) {
      return other.replicas > 0 && other.model == row.model && other.pool == row.pool &&
             other.precision == row.precision && other.tensor_parallel == row.tensor_parallel &&
             other.pipeline_parallel == row.pipeline_parallel &&
             other.tpot_target == row.tpot_target;
    };
    const auto found =
        std::find_if(running_->deployments.begin(), running_->deployments.end(), same);
    if (found == running_->deployments.end()) return;
    const double ratio = static_cast<double>(found->max_num_seqs) / row.max_num_seqs;
    if (ratio >= 1.0 - kSameConcurrency && ratio <= 1.0 + kMoreConcurrency) {
      row.max_num_seqs = found->max_num_seqs;
    }
    row.max_model_len = std::max(row.max_model_len, found->max_model_len);
  }

  /// What the routes into a deployment ask of it.
  void add_traffic(std::size_t index, PlanDeployment& row) {
    const double load = load_of(index);
    double weighted_concurrency = 0.0;
    double longest = 0.0;
    for (const Flow& flow : flows_) {
      if (flow.deployment != index) continue;
      const QueryClass& traffic = fleet_.classes[flow.query_class.index()].traffic;
      weighted_concurrency += flow.share * flow.physics.load * flow.physics.concurrency;
      longest = std::max(longest, traffic.prompt_tokens.max() + traffic.output_tokens.max());
      row.ttft_s = std::max(row.ttft_s, flow.physics.ttft_s);
      row.tpot_s = std::max(row.tpot_s, flow.physics.tpot_s);
    }
    if (row.replicas > 0) row.utilization = load / row.replicas;
    const double concurrency = load > 0.0 ? weighted_concurrency / load : 1.0;
    row.max_num_seqs = std::clamp(static_cast<int>(std::floor(concurrency * (1.0 + 1e-12))), 1,
                                  std::max(1, fleet_.policy.max_num_seqs));
    const double steps = std::ceil(std::max(1.0, longest) / kContextStep);
    row.max_model_len = static_cast<int>(std::min(steps * kContextStep, 1e9));
  }

  /// A pool's rental divided by GPUs; cumulative, so that the parts sum to it to the micro-dollar.
  void share_rental() {
    for (std::size_t pool = 0; pool < fleet_.pools.size(); ++pool) {
      CostRate rental;
      const auto& offers = built_.instance.columns().offers;
      for (std::size_t o = 0; o < offers.name.size(); ++o) {
        if (offers.pool[o].index() == pool) rental += offers.cost[o] * solution_.boxes[o];
      }
      double gpus = 0.0;
      for (const Draft& draft : drafts_) {
        if (draft.option.pool.index() == pool) gpus += draft.row.gpus;
      }
      double before = 0.0;
      for (Draft& draft : drafts_) {
        if (draft.option.pool.index() != pool) continue;
        draft.row.cost = draft.fixed_cost;
        if (gpus == 0.0) continue;
        const double after = before + draft.row.gpus;
        draft.row.cost += rental.share(after / gpus) - rental.share(before / gpus);
        before = after;
      }
    }
  }

  void add_offers(Plan& plan) const {
    const auto& offers = built_.instance.columns().offers;
    for (std::size_t o = 0; o < offers.name.size(); ++o) {
      const std::int32_t boxes = solution_.boxes[o];
      if (boxes == 0) continue;
      plan.offers.push_back({fleet_.pools[offers.pool[o].index()].name, offer_name(o), boxes,
                             boxes * offers.lot[o], offers.cost[o] * boxes});
    }
  }

  /// The fleet's own name of the instance's o-th offer: its rank among the offers of its pool.
  std::string offer_name(std::size_t o) const {
    const auto& offers = built_.instance.columns().offers;
    const PoolId pool = offers.pool[o];
    std::size_t rank = 0;
    for (std::size_t k = 0; k < o; ++k) {
      if (offers.pool[k] == pool) ++rank;
    }
    return fleet_.pools[pool.index()].offers[rank].name;
  }

  void add_routes(Plan& plan) const {
    std::vector<const Flow*> order;
    for (const Flow& flow : flows_) order.push_back(&flow);
    std::sort(order.begin(), order.end(), [this](const Flow* a, const Flow* b) {
      return std::tuple(a->query_class, -a->share, drafts_[a->deployment].row.name) <
             std::tuple(b->query_class, -b->share, drafts_[b->deployment].row.name);
    });
    for (const Flow* flow : order) {
      const PairPhysics& p = flow->physics;
      plan.routes.push_back({fleet_.classes[flow->query_class.index()].traffic.name,
                             drafts_[flow->deployment].row.name, flow->share, p.ttft_s, p.tpot_s,
                             p.e2e_s, p.error});
    }
  }

  void add_classes(Plan& plan) const {
    for (std::size_t i = 0; i < fleet_.classes.size(); ++i) {
      const FleetClass& query_class = fleet_.classes[i];
      PlanClass row;
      row.name = query_class.traffic.name;
      row.rate = query_class.traffic.rate;
      row.unmet = solution_.unmet[i];
      row.slo = query_class.slo;
      row.margin = query_class.margin;
      row.max_error = 1.0 - query_class.quality.min;
      double served = 0.0;
      for (const Flow& flow : flows_) {
        if (flow.query_class != ClassId(i)) continue;
        row.ttft_s = std::max(row.ttft_s, flow.physics.ttft_s);
        row.tpot_s = std::max(row.tpot_s, flow.physics.tpot_s);
        row.e2e_s = std::max(row.e2e_s, flow.physics.e2e_s);
        row.error += flow.share * flow.physics.error;
        served += flow.share;
      }
      if (served > 0.0) row.error /= served;
      row.slo_met = keeps_promises(row, query_class);
      plan.classes.push_back(std::move(row));
    }
  }

  static bool keeps_promises(const PlanClass& row, const FleetClass& query_class) {
    const auto within = [](double value, const std::optional<Seconds>& limit) {
      return !limit || value <= limit->value * (1.0 + tolerance::kReported);
    };
    return within(row.ttft_s, row.slo.ttft) && within(row.tpot_s, row.slo.tpot) &&
           within(row.e2e_s, row.slo.e2e) && row.error <= row.max_error + tolerance::kAverage &&
           row.unmet <= query_class.max_unmet + tolerance::kShare;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  const Fleet& fleet_;
  std::optional<Fleet> usual_;  // where the plan survives more than that
  const BuiltInstance& built_;
  const Solution& solution_;
  const Plan* running_;
  std::vector<Draft> drafts_;
  std::vector<std::size_t> deployment_of_;  // by option
  std::vector<Flow> flows_;
};

/// By name; a pool whose limits cost nothing is left out.
ShadowPrices shadow_prices(const Fleet& fleet, const RelaxationWorth& worth) {
  ShadowPrices prices;
  for (std::size_t r = 0; r < fleet.pools.size(); ++r) {
    if (worth.pool[r] > 0.0) prices.pools[fleet.pools[r].name] = worth.pool[r];
  }
  if (fleet.budget) prices.budget = worth.budget;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    prices.classes[fleet.classes[i].traffic.name] = worth.demand[i];
  }
  return prices;
}

}  // namespace

Plan assemble_plan(const Fleet& fleet, const BuiltInstance& built, const Solution& solution,
                   const SolverReport& report, const Plan* running) {
  Plan plan;
  plan.fleet = fleet.name;
  plan.method = report.method;
  plan.status = report.status;
  plan.cost = price(built.instance, solution);
  plan.lower_bound = report.lower_bound;
  plan.gap = gap_of(plan.cost.total(), report.lower_bound);
  plan.build_seconds = built.seconds;
  plan.solve_seconds = report.solve_seconds;
  plan.bound_seconds = report.bound_seconds;
  Assembler(fleet, built, solution, running).fill(plan);
  if (running != nullptr) plan.switching = switching_between(fleet, *running, plan);
  if (report.worth) plan.shadow_prices = shadow_prices(fleet, *report.worth);
  plan.robust = robustness_of(fleet.policy);
  plan.warnings = plan_warnings(fleet, plan);
  return plan;
}

}  // namespace berth
