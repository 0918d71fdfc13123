// One pair, step by step, in the order and the words of docs/formulation.md. The build computes the
// same for millions of pairs (pair_sizing.h); a test holds the two together.

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <variant>

#include "berth/instance/build.h"
#include "berth/instance/planned_for.h"
#include "berth/instance/supply.h"
#include "berth/instance/tpot_spread.h"
#include "berth/instance/tpot_targets.h"
#include "berth/instance/waiting.h"
#include "berth/perf/phase_model.h"
#include "berth/perf/prompt_queue.h"
#include "berth/perf/queueing.h"

namespace berth {

double pair_error(const Fleet& fleet, const OptionSpec& option, const QualityFloor& quality) {
  const ModelSpec& model = fleet.catalog.model(option.model);
  const auto score = model.quality.find(quality.task);
  if (score == model.quality.end()) return 1.0;
  const double penalty = fleet.catalog.precision_penalty(model, option.precision);
  return std::clamp(1.0 - score->second + penalty, 0.0, 1.0);
}

namespace {

/// Below a strict floor, or unscored while any floor is asked.
bool quality_fails(const Fleet& fleet, const OptionSpec& option, const FleetClass& c) {
  const QualityFloor& quality = c.quality;
  if (quality.min <= 0.0) return false;
  const ModelSpec& model = fleet.catalog.model(option.model);
  if (model.quality.count(quality.task) == 0) return true;
  return quality.mode == QualityFloor::Mode::kStrict &&
         pair_error(fleet, option, quality) >
             strict_error_limit(planned_for(fleet.policy, c.margin), quality);
}

/// cs^2 of S, whose part beyond the own prefill grows with the output, when prompts and outputs
/// vary independently.
double service_variability(const QueryClass& traffic, double prefill, double decode) {
  const double service = prefill + decode;
  return (decode * decode * traffic.output_tokens.squared_variation() +
          prefill * prefill * traffic.prompt_tokens.squared_variation()) /
         (service * service);
}

/// rho_max under the SLOs there are, or the one that leaves no time to wait.
template <class MaxUtilization>
std::variant<double, PairRejection> busiest_within(const ServiceLevel& slo, double times,
                                                   double first_token, double later_tokens,
                                                   const MaxUtilization& max_utilization_for) {
  double rho = kMaxUtilization;
  if (slo.ttft) {
    rho = std::min(rho, max_utilization_for(slo.ttft->value / times - first_token));
    if (rho < kMinUtilization) return PairRejection::kTtft;
  }
  if (slo.e2e) {
    rho = std::min(rho, max_utilization_for(slo.e2e->value / times - first_token - later_tokens));
    if (rho < kMinUtilization) return PairRejection::kE2e;
  }
  return rho;
}

/// What the SLOs leave for waiting, s, when all is planned `times` as long; infinite without them.
double shortest_slack(const ServiceLevel& slo, double times, double first_token,
                      double later_tokens) {
  double slack = kNoLimit;
  if (slo.ttft) slack = slo.ttft->value / times - first_token;
  if (slo.e2e) slack = std::min(slack, slo.e2e->value / times - first_token - later_tokens);
  return slack;
}

/// The tests that need no speed, in order.
std::optional<PairRejection> reject_early(const Fleet& fleet, const OptionSpec& option,
                                          const FleetClass& c, const Deployment& deployment) {
  const PoolStock stock = pool_stock(fleet.pools[option.pool.index()]);
  const double longest = c.traffic.prompt_tokens.max() + c.traffic.output_tokens.max();
  if (!target_allowed(option.tpot_target, planned_tpot_limit(fleet.policy, c))) {
    return PairRejection::kTargetTooSlow;
  }
  if (check_shape(deployment)) return PairRejection::kShape;
  if (!stock.holds(option.tensor_parallel, option.pipeline_parallel)) {
    return PairRejection::kAvailability;
  }
  if (longest > deployment.model->max_context) return PairRejection::kContext;
  if (quality_fails(fleet, option, c)) return PairRejection::kQuality;
  return std::nullopt;
}

/// min(B_mem, max_num_seqs); 0 if the longest request does not even fit alone.
double memory_batch(const PhaseModel& model, const QueryClass& traffic, double h, double f) {
  const double longest_alone =
      model.max_batch_for_memory(traffic.prompt_tokens.max(), traffic.output_tokens.max());
  if (longest_alone < 1.0) return 0.0;
  return std::min(model.max_batch_for_memory(h, f),
                  static_cast<double>(model.deployment().max_num_seqs));
}

/// One class on one deployment: what evaluate_pair works out, step by step.
struct PairModel {
  PairModel(const FleetClass& c, double planned, const PhaseModel& physics)
      : terms(c),
        planned_rate(planned),
        model(physics),
        p(c.slo.percentile),
        h(std::max(1.0, c.traffic.prompt_tokens.mean())),
        f(std::max(1.0, c.traffic.output_tokens.mean())),
        later_p(std::max(1.0, c.traffic.output_tokens.quantile(p)) - 1.0),
        prompt_variation(c.traffic.prompt_tokens.squared_variation()),
        prompt(physics.prompt_time(h, c.traffic.prefix_reuse)),
        prefill_p(physics.prefill_seconds(std::max(1.0, c.traffic.prompt_tokens.quantile(p)),
                                          c.traffic.prefix_reuse)),
        admission(physics.deployment().engine->admission_s),
        iteration(physics.iteration_with(prompt.mixed, running_kind(c))),
        prompts(remembered_prompt_queues(c.traffic.arrival_variability, prompt_variation, p)) {}

  /// ca^2 as each of `replicas` sees it.
  [[nodiscard]] double ca2() const { return thinned(terms.traffic.arrival_variability, replicas); }
  /// S(B): how long a request holds its slot among B.
  [[nodiscard]] double service(double batch) const {
    return model.service_seconds(prompt, iteration.decode_seconds(batch), batch, f);
  }
  /// TTFT at the percentile of a request that waits for nobody.
  [[nodiscard]] double first_token(double batch) const {
    return admission + prefill_p + model.streaming_seconds(iteration.decode_seconds(batch));
  }
  /// Part of the time that prompts are read.
  [[nodiscard]] double reading(double batch, double utilization) const {
    return model.reading_load(prompt, rate(batch, utilization));
  }
  /// Wait at the percentile: the longer of those for the prompts before and for a slot.
  [[nodiscard]] double wait(double batch, double utilization) const {
    const double service_s = service(batch);
    const double cs2 = service_variability(terms.traffic, prompt.alone, service_s - prompt.alone);
    return std::max(prompt.mixed * prompts.wait(reading(batch, utilization), replicas),
                    wait_quantile(batch, utilization, service_s, ca2(), cs2, p));
  }
  /// The largest utilisation at which that wait stays within `slack`.
  [[nodiscard]] double busiest_within(double batch, double slack) const {
    if (!(slack > 0.0)) return 0.0;
    if (std::isinf(slack)) return kMaxUtilization;
    const double service_s = service(batch);
    const double cs2 = service_variability(terms.traffic, prompt.alone, service_s - prompt.alone);
    return std::min(prompts.max_load(slack / prompt.mixed, replicas) / reading(batch, 1.0),
                    max_utilization(slack, batch, service_s, ca2(), cs2, p));
  }
  /// Settles how many replicas share the bursts when the wait may take `slack`.
  void share_bursts(double batch, double slack) {
    replicas = sharing_replicas(planned_rate / (batch / service(batch)),
                                terms.traffic.arrival_variability, [&](double shared) {
                                  replicas = shared;
                                  return busiest_within(batch, slack);
                                });
  }
  /// Requests/s of a replica at `utilization` of X(B).
  [[nodiscard]] double rate(double batch, double utilization) const {
    return utilization * batch / service(batch);
  }
  /// Sequences that run at a busy moment of a replica with `utilization` of what it can do at B:
  /// Little's law N = rate S(1 + N), and bursts of z N around it.
  [[nodiscard]] double running(double batch, double utilization) const {
    if (!(utilization > 0.0)) return 1.0;
    const double arriving = rate(batch, utilization);
    double low = 0.0;
    double high = batch;
    constexpr int kHalvings = 50;
    for (int step = 0; step < kHalvings; ++step) {
      const double others = 0.5 * (low + high);
      (arriving * service(std::min(batch, 1.0 + others)) > others ? low : high) = others;
    }
    constexpr double kDeviations = 1.645;
    return std::min(batch, 1.0 + high + kDeviations * std::sqrt(high * peakedness(ca2())));
  }
  /// TPOT at the percentile among `sequences`: arrivals are bursty, and a request that is held up
  /// by prompts meets more of them (a delay busy period); never beyond that of full slots.
  [[nodiscard]] double tpot(double batch, double utilization, double sequences) const {
    const double mean = iteration.seconds(sequences);
    const double meets = rate(batch, utilization) * mean * (ca2() + prompt_variation);
    const double spread = iteration.spread * std::sqrt(f * meets / (1.0 + prompt_variation));
    return std::min(iteration.slow_seconds(batch),
                    mean + spread * mean / iteration.decode_seconds(sequences));
  }

  const FleetClass& terms;
  double planned_rate;    ///< requests/s
  double replicas = 1.0;  ///< that the class's arrivals are dealt out to: settled below
  const PhaseModel& model;
  double p;
  double h;
  double f;
  double later_p;  ///< f_p - 1
  double prompt_variation;
  PromptTime prompt;
  double prefill_p;
  double admission;
  Iteration iteration;
  const PromptQueues& prompts;
};

}  // namespace

std::variant<PairPhysics, PairRejection> evaluate_pair(const Fleet& fleet, const OptionSpec& option,
                                                       ClassId query_class, double fill) {
  assert(fill >= 0.0 && fill <= 1.0);
  const FleetClass& c = fleet.classes[query_class.index()];
  const Deployment deployment = deployment_of(fleet, option);
  if (const auto reason = reject_early(fleet, option, c, deployment)) return *reason;
  const PhaseModel physics(deployment);
  const PlannedFor planned = planned_for(fleet.policy, c.margin);
  const double rate = c.traffic.rate * planned.demand;
  PairModel pair(c, rate, physics);
  double batch = memory_batch(physics, c.traffic, pair.h, pair.f);
  if (batch < 1.0) return PairRejection::kMemory;
  if (c.slo.ttft && pair.admission + pair.prefill_p >= c.slo.ttft->value / planned.times) {
    return PairRejection::kTtft;
  }

  // B*, whole sequences: TPOT at the percentile stays within the target.
  PairPhysics result;
  if (option.tpot_target) {
    batch = std::min(batch, pair.iteration.max_batch(option.tpot_target->value));
  }
  batch = std::floor(batch);
  if (batch < 1.0) return PairRejection::kTpot;
  result.concurrency = batch;
  result.throughput = batch / pair.service(batch);

  // rho_max: how busy a replica may be while the percentile of the wait stays within the slack.
  const double first_token = pair.first_token(batch);
  const double mean_step = pair.iteration.seconds(batch);
  const double later = pair.later_p * mean_step;
  pair.share_bursts(batch, shortest_slack(c.slo, planned.times, first_token, later));
  const auto busiest = busiest_within(c.slo, planned.times, first_token, later, [&](double slack) {
    return pair.busiest_within(batch, slack);
  });
  if (const auto* reason = std::get_if<PairRejection>(&busiest)) return *reason;
  const double rho =
      shared_utilization(std::get<double>(busiest), rate / result.throughput, pair.replicas);
  result.utilization_max = rho;
  result.load = rate / (rho * result.throughput);

  // As it runs with the load it is given.
  const double running = pair.running(batch, rho * fill);
  result.tpot_s = pair.tpot(batch, rho * fill, running);
  result.ttft_s = pair.wait(batch, rho * fill) + pair.first_token(running);
  result.e2e_s = result.ttft_s + pair.later_p * pair.iteration.seconds(running);

  const double service = pair.service(batch);
  const double cs2 = service_variability(c.traffic, pair.prompt.alone, service - pair.prompt.alone);
  const double ca2 = pair.ca2();
  const double waits =
      mean_wait(batch, rho, service, ca2, cs2) +
      pair.prompt.mixed * mean_prompt_wait(pair.reading(batch, rho), ca2, pair.prompt_variation);
  result.mean_delay_s = waits + pair.admission + pair.prompt.alone +
                        physics.streaming_seconds(pair.iteration.decode_seconds(batch)) +
                        (pair.f - 1.0) * mean_step;
  result.error = pair_error(fleet, option, c.quality);
  return result;
}

}  // namespace berth
