// One pair, step by step, in the order and the words of docs/formulation.md. The build computes the
// same for millions of pairs (pair_sizing.h); a test holds the two together.

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <variant>

#include "berth/instance/build.h"
#include "berth/instance/supply.h"
#include "berth/instance/tpot_targets.h"
#include "berth/instance/waiting.h"
#include "berth/perf/phase_model.h"
#include "berth/perf/queueing.h"

namespace berth {
namespace {

/// e_id = 1 - score of the model for the class's task + what the precision adds; 1 without a score.
double error_of(const Fleet& fleet, const OptionSpec& option, const QualityFloor& quality) {
  const ModelSpec& model = fleet.catalog.model(option.model);
  const auto score = model.quality.find(quality.task);
  if (score == model.quality.end()) return 1.0;
  const double penalty = fleet.catalog.precision_penalty(model, option.precision);
  return std::clamp(1.0 - score->second + penalty, 0.0, 1.0);
}

/// Below a strict floor, or unscored while any floor is asked.
bool quality_fails(const Fleet& fleet, const OptionSpec& option, const QualityFloor& quality) {
  if (quality.min <= 0.0) return false;
  const ModelSpec& model = fleet.catalog.model(option.model);
  if (model.quality.count(quality.task) == 0) return true;
  return quality.mode == QualityFloor::Mode::kStrict &&
         error_of(fleet, option, quality) > 1.0 - quality.min;
}

/// cs^2 of S, whose part beyond the own prefill grows with the output, when prompts and outputs
/// vary independently.
double service_variability(const QueryClass& traffic, double prefill, double decode) {
  const double service = prefill + decode;
  return (decode * decode * traffic.output_tokens.squared_variation() +
          prefill * prefill * traffic.prompt_tokens.squared_variation()) /
         (service * service);
}

/// W at the percentile: the t with P(W > t) = 1 - p.
double wait_quantile(double slots, double utilization, double service_s, double ca2, double cs2,
                     double percentile) {
  const double variability = 0.5 * (ca2 + cs2);
  const double busy = erlang_c(slots, utilization);
  if (busy <= 1.0 - percentile || variability <= 0.0) return 0.0;
  return std::log(busy / (1.0 - percentile)) * variability * service_s /
         (slots * (1.0 - utilization));
}

/// rho_max under the SLOs there are, or the one that leaves no time to wait.
template <class MaxUtilization>
std::variant<double, PairRejection> busiest_within(const ServiceLevel& slo, double first_token,
                                                   double later_tokens,
                                                   const MaxUtilization& max_utilization_for) {
  double rho = kMaxUtilization;
  if (slo.ttft) {
    rho = max_utilization_for(slo.ttft->value - first_token);
    if (rho < kMinUtilization) return PairRejection::kTtft;
  }
  if (slo.e2e) {
    rho = std::min(rho, max_utilization_for(slo.e2e->value - first_token - later_tokens));
    if (rho < kMinUtilization) return PairRejection::kE2e;
  }
  return rho;
}

/// The tests that need no speed, in order.
std::optional<PairRejection> reject_early(const Fleet& fleet, const OptionSpec& option,
                                          const FleetClass& c, const Deployment& deployment) {
  const PoolStock stock = pool_stock(fleet.pools[option.pool.index()]);
  const double longest = c.traffic.prompt_tokens.max() + c.traffic.output_tokens.max();
  if (!target_allowed(option.tpot_target, tpot_limit(c))) return PairRejection::kTargetTooSlow;
  if (check_shape(deployment)) return PairRejection::kShape;
  if (!stock.holds(option.tensor_parallel, option.pipeline_parallel)) {
    return PairRejection::kAvailability;
  }
  if (longest > deployment.model->max_context) return PairRejection::kContext;
  if (quality_fails(fleet, option, c.quality)) return PairRejection::kQuality;
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

}  // namespace

std::variant<PairPhysics, PairRejection> evaluate_pair(const Fleet& fleet, const OptionSpec& option,
                                                       ClassId query_class, double fill) {
  assert(fill >= 0.0 && fill <= 1.0);
  const FleetClass& c = fleet.classes[query_class.index()];
  const QueryClass& traffic = c.traffic;
  const Deployment deployment = deployment_of(fleet, option);
  if (const auto reason = reject_early(fleet, option, c, deployment)) return *reason;

  const PhaseModel model(deployment);
  const double p = c.slo.percentile;
  const double h = std::max(1.0, traffic.prompt_tokens.mean());
  const double f = std::max(1.0, traffic.output_tokens.mean());
  const double h_p = std::max(1.0, traffic.prompt_tokens.quantile(p));
  const double f_p = std::max(1.0, traffic.output_tokens.quantile(p));
  const double r = traffic.prefix_reuse;

  double batch = memory_batch(model, traffic, h, f);
  if (batch < 1.0) return PairRejection::kMemory;
  const PromptTime prompt = model.prompt_time(h, r);
  const double prefill_p = deployment.engine->admission_s + model.prefill_seconds(h_p, r);
  if (c.slo.ttft && prefill_p >= c.slo.ttft->value) return PairRejection::kTtft;

  // B*, whole sequences.
  PairPhysics result;
  const Iteration iteration = model.iteration_with(prompt.mixed, h, f);
  if (option.tpot_target) {
    batch = std::min(batch, iteration.max_batch(option.tpot_target->value));
  }
  result.concurrency = std::floor(batch);
  if (result.concurrency < 1.0) return PairRejection::kTpot;
  const double step = iteration.decode_seconds(result.concurrency);
  const double service = model.service_seconds(prompt, step, result.concurrency, f);
  result.tpot_s = iteration.seconds(result.concurrency);
  result.throughput = result.concurrency / service;

  // rho_max: how busy a replica may be while the percentile of the wait stays within the slack.
  const double ca2 = traffic.arrival_variability;
  const double cs2 = service_variability(traffic, prompt.alone, service - prompt.alone);
  const double beside_prefill =
      model.first_token_seconds(prompt, step, result.concurrency, f) - prompt.alone;
  const double first_token = prefill_p + beside_prefill;
  const double later_tokens = (f_p - 1.0) * result.tpot_s;
  const auto busiest = busiest_within(c.slo, first_token, later_tokens, [&](double slack) {
    return max_utilization(slack, result.concurrency, service, ca2, cs2, p);
  });
  if (const auto* reason = std::get_if<PairRejection>(&busiest)) return *reason;
  const double rho = std::get<double>(busiest);

  result.utilization_max = rho;
  result.load =
      traffic.rate * (1.0 + fleet.policy.headroom) * c.margin.load / (rho * result.throughput);
  result.ttft_s = wait_quantile(result.concurrency, rho * fill, service, ca2, cs2, p) + first_token;
  result.e2e_s = result.ttft_s + later_tokens;
  const double wait = mean_wait(result.concurrency, rho, service, ca2, cs2);
  const double mean_first_token = deployment.engine->admission_s + prompt.alone + beside_prefill;
  result.mean_delay_s = wait + mean_first_token + (f - 1.0) * result.tpot_s;
  result.error = error_of(fleet, option, c.quality);
  return result;
}

}  // namespace berth
