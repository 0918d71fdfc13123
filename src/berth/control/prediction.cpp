#include "berth/control/prediction.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <variant>

#include "berth/instance/build.h"
#include "berth/manifest/render.h"
#include "berth/plan/resolve_plan.h"

namespace berth {
namespace {

/// One route of a plan with its physics when replicas are full.
struct RunningRoute {
  std::size_t deployment = 0;
  ClassId query_class;
  double share = 0.0;
  PairPhysics physics;
};

std::vector<RunningRoute> routes_of(const Fleet& fleet, const Plan& plan,
                                    const ResolvedPlan& resolved) {
  std::vector<RunningRoute> routes;
  for (std::size_t k = 0; k < plan.routes.size(); ++k) {
    const ResolvedRoute& at = resolved.routes[k];
    const auto physics = evaluate_pair(fleet, resolved.deployments[at.deployment], at.query_class);
    if (const auto* accepted = std::get_if<PairPhysics>(&physics)) {
      routes.push_back({at.deployment, at.query_class, plan.routes[k].share, *accepted});
    }
  }
  return routes;
}

const ClassLatency* latency_of(const std::vector<ClassLatency>& rows, const std::string& name) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const ClassLatency& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

/// The measured time at a percentile; absent where the buckets do not reach it.
std::optional<double> at_percentile(const MeasuredTime& time, double percentile) {
  const auto at =
      std::lower_bound(kLatencyQuantiles.begin(), kLatencyQuantiles.end(), percentile - 1e-9);
  const auto k = static_cast<std::size_t>(std::min(at, std::prev(kLatencyQuantiles.end())) -
                                          kLatencyQuantiles.begin());
  if (time.beyond[k]) return std::nullopt;
  return time.quantiles[k];
}

StoredCalibration& row_of(std::vector<StoredCalibration>& rows, const std::string& query_class,
                          const char* quantity) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const StoredCalibration& row) {
    return row.query_class == query_class && row.quantity == quantity;
  });
  if (found != rows.end()) return *found;
  return rows.emplace_back(StoredCalibration{query_class, quantity, 1.0, 0.0});
}

void learn(StoredCalibration& row, double measured, double predicted,
           const LearningOptions& options) {
  if (!(measured > 0.0) || !(predicted > 0.0)) return;
  const double factor = std::clamp(measured / predicted, options.least_factor, options.most_factor);
  // The first windows count alike, later ones by the weight.
  const double weight = std::max(options.weight, 1.0 / (row.samples + 1.0));
  row.factor += weight * (factor - row.factor);
  row.samples += 1.0;
}

/// Enough requests with a mean gap of their own: the percentile of single gaps between tokens is
/// not that of a request's.
bool teaches(const ClassLatency* latency, const LearningOptions& options) {
  return latency != nullptr && latency->tpot && latency->tpot->count >= options.least_count &&
         !latency->tpot_of_tokens;
}

/// Measured over predicted for a class, from the deployments that serve it.
struct ServedFactors {
  std::optional<double> tpot;
  std::optional<double> load;
};

ServedFactors served_factors(std::size_t query_class, double percentile,
                             const std::vector<ClassLatency>& deployments,
                             const RunningPrediction& predicted, const LearningOptions& options) {
  double all = 0.0;
  double tpot_share = 0.0;
  double load_share = 0.0;
  double tpot = 0.0;
  double load = 0.0;
  const auto bounded = [&options](double measured, double expected) {
    return std::clamp(measured / expected, options.least_factor, options.most_factor);
  };
  for (const PredictedRoute& route : predicted.routes) {
    if (route.query_class != query_class) continue;
    all += route.share;
    const PredictedDeployment& row = predicted.deployments[route.deployment];
    const ClassLatency* latency = latency_of(deployments, row.object);
    if (!teaches(latency, options)) continue;
    const auto measured = at_percentile(*latency->tpot, percentile);
    if (measured && *measured > 0.0 && row.tpot_mean_s > 0.0) {
      tpot += route.share * bounded(*measured, row.tpot_mean_s);
      tpot_share += route.share;
    }
    if (latency->running_mean && *latency->running_mean > 0.0 && row.running > 0.0) {
      load += route.share * bounded(*latency->running_mean, row.running);
      load_share += route.share;
    }
  }
  const auto factor = [&](double sum, double share) -> std::optional<double> {
    if (!(share > 0.0) || share < options.least_share * all) return std::nullopt;
    return sum / share;
  };
  return {factor(tpot, tpot_share), factor(load, load_share)};
}

/// 1 within the band, else the factor rounded up, at most the largest margin.
double careful(double factor, const LearningOptions& options) {
  if (factor <= 1.0 + options.band) return 1.0;
  const double rounded = std::ceil(factor / options.step - 1e-9) * options.step;
  return std::min(rounded, options.most_margin);
}

}  // namespace

Result<RunningPrediction> predict_running(const Fleet& fleet, const Plan& plan) {
  Fleet as_it_comes = fleet;
  as_it_comes.policy.headroom = 0.0;
  for (FleetClass& c : as_it_comes.classes) c.margin = {};
  const Result<ResolvedPlan> resolved = resolve_plan(as_it_comes, plan);
  if (!resolved) return resolved.errors();
  RunningPrediction prediction;
  for (const FleetClass& c : fleet.classes) prediction.classes.push_back({c.traffic.name});
  const std::vector<std::string> objects = object_names(plan);
  for (std::size_t d = 0; d < plan.deployments.size(); ++d) {
    const PlanDeployment& of = plan.deployments[d];
    PredictedDeployment& row = prediction.deployments.emplace_back();
    row.name = of.name;
    row.object = objects[d];
    row.slots = 1.0 * of.replicas * of.max_num_seqs;
  }
  const std::vector<RunningRoute> routes = routes_of(as_it_comes, plan, *resolved);
  std::vector<double> load(plan.deployments.size(), 0.0);
  std::vector<double> requests(plan.deployments.size(), 0.0);
  std::vector<double> served(fleet.classes.size(), 0.0);
  for (const RunningRoute& route : routes) {
    load[route.deployment] += route.share * route.physics.load;
    requests[route.deployment] +=
        route.share * fleet.classes[route.query_class.index()].traffic.rate;
    served[route.query_class.index()] += route.share;
  }
  for (const RunningRoute& route : routes) {
    const int replicas = plan.deployments[route.deployment].replicas;
    const double fill = replicas > 0 ? std::min(1.0, load[route.deployment] / replicas) : 1.0;
    const auto settled = evaluate_pair(as_it_comes, resolved->deployments[route.deployment],
                                       route.query_class, fill);
    const auto* physics = std::get_if<PairPhysics>(&settled);
    if (physics == nullptr) continue;
    PredictedClass& row = prediction.classes[route.query_class.index()];
    const double weight = route.share / served[route.query_class.index()];
    row.ttft_s += weight * physics->ttft_s;
    row.tpot_s += weight * physics->tpot_s;
    const double busy = route.share * route.physics.load * route.physics.utilization_max;
    row.running += busy * route.physics.concurrency;
    PredictedDeployment& deployment = prediction.deployments[route.deployment];
    if (replicas > 0) deployment.utilization += busy / replicas;
    deployment.ttft_s = std::max(deployment.ttft_s, physics->ttft_s);
    deployment.tpot_s = std::max(deployment.tpot_s, physics->tpot_s);
    deployment.running += busy * route.physics.concurrency;
    prediction.routes.push_back({route.query_class.index(), route.deployment, route.share});
    if (!(requests[route.deployment] > 0.0)) continue;
    const double part = route.share * fleet.classes[route.query_class.index()].traffic.rate /
                        requests[route.deployment];
    deployment.ttft_mean_s += part * physics->ttft_s;
    deployment.tpot_mean_s += part * physics->tpot_s;
  }
  return prediction;
}

std::vector<StoredCalibration> learned(std::vector<StoredCalibration> before,
                                       const LatencyReading& measured,
                                       const RunningPrediction& predicted, const Fleet& fleet,
                                       const std::vector<ClassLatency>& deployments,
                                       const LearningOptions& options) {
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const FleetClass& c = fleet.classes[i];
    const ServedFactors served =
        served_factors(i, c.slo.percentile, deployments, predicted, options);
    if (served.tpot) learn(row_of(before, c.traffic.name, "tpot"), *served.tpot, 1.0, options);
    if (served.load) learn(row_of(before, c.traffic.name, "load"), *served.load, 1.0, options);
    const ClassLatency* latency = latency_of(measured.classes, c.traffic.name);
    if (!teaches(latency, options)) continue;
    const auto tpot = at_percentile(*latency->tpot, c.slo.percentile);
    if (tpot && !served.tpot) {
      learn(row_of(before, c.traffic.name, "tpot"), *tpot, predicted.classes[i].tpot_s, options);
    }
    if (latency->running && !served.load) {
      learn(row_of(before, c.traffic.name, "load"), *latency->running, predicted.classes[i].running,
            options);
    }
  }
  return before;
}

void apply_calibrations(const std::vector<StoredCalibration>& calibrations, Fleet& fleet,
                        const Plan* running, const LearningOptions& options) {
  constexpr double kLeastSamples = 3.0;
  for (FleetClass& c : fleet.classes) {
    for (const StoredCalibration& row : calibrations) {
      if (row.samples < kLeastSamples || row.query_class != c.traffic.name) continue;
      if (row.quantity == "tpot") c.margin.tpot = 1.0 / careful(row.factor, options);
      if (row.quantity == "load") c.margin.load = careful(row.factor, options);
    }
    if (running == nullptr) continue;
    const auto in_force =
        std::find_if(running->classes.begin(), running->classes.end(),
                     [&c](const PlanClass& row) { return row.name == c.traffic.name; });
    if (in_force == running->classes.end()) continue;
    const auto near = [&options](double wanted, double now) {
      return std::abs(wanted / now - 1.0) <= options.band;
    };
    if (near(c.margin.tpot, in_force->margin.tpot)) c.margin.tpot = in_force->margin.tpot;
    if (near(c.margin.load, in_force->margin.load)) c.margin.load = in_force->margin.load;
  }
}

}  // namespace berth
