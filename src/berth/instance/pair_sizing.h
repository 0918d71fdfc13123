#pragma once
// The arithmetic of one (class, deployment) pair, arranged for the build's inner loop: what does
// not depend on the TPOT target is computed once, the iteration time is a line or two, and a target
// that memory or the engine's limit already meets costs one comparison. evaluate_pair is the
// readable version; docs/formulation.md the text.

#include <algorithm>
#include <cmath>

#include "berth/instance/class_terms.h"
#include "berth/instance/instance.h"
#include "berth/instance/options.h"
#include "berth/instance/waiting.h"
#include "berth/perf/phase_model.h"
#include "berth/perf/queueing.h"

namespace berth {

/// Which limit a pair missed and by how much; kCount = none.
struct Miss {
  PairRejection reason = PairRejection::kCount;
  double value = 0.0;
  double limit = 0.0;
};

struct Sizing {
  double batch = 0.0;     ///< B*
  double step = 0.0;      ///< T_it(B*), s
  double capacity = 0.0;  ///< X(B*), requests/s
  double service = 0.0;   ///< S, s
  double service_variability = 0.0;
  double utilization = 0.0;  ///< rho_max
  double load = 0.0;         ///< a_id
  double replicas = 1.0;     ///< that share the class's arrivals if all of it goes there
  double arrivals = 1.0;     ///< ca^2 that each of them sees
};

class PairSizing {
 public:
  /// Everything that holds at any target. A miss here rejects the deployment for the class. `model`
  /// must outlive the sizing.
  Miss prepare(const PhaseModel& model, const ClassTerms& c) {
    const double longest = model.max_batch_for_memory(c.longest_prompt, c.longest_output);
    if (longest < 1.0) {
      return {PairRejection::kMemory, c.longest_prompt + c.longest_output,
              model.kv_capacity_tokens()};
    }
    const double memory = model.max_batch_for_memory(c.prompt, c.output);
    batch_limit_ =
        std::floor(std::min(memory, static_cast<double>(model.deployment().max_num_seqs)));
    if (batch_limit_ < 1.0) {
      return {PairRejection::kMemory, c.prompt + c.output, model.kv_capacity_tokens()};
    }
    model_ = &model;
    admission_ = model.deployment().engine->admission_s;
    prefill_p_ = admission_ + model.prefill_seconds(c.prompt_p, c.prefix_reuse);
    if (prefill_p_ >= c.ttft) return {PairRejection::kTtft, prefill_p_, c.ttft};
    prompt_ = model.prompt_time(c.prompt, c.prefix_reuse);
    iteration_ = model.iteration_with(prompt_.mixed, c.kind);
    slowest_at_limit_ = iteration_.slow_seconds(batch_limit_);
    sized_batch_ = 0.0;
    return {};
  }

  /// At one target (infinity = none). After a successful prepare for the same class; ascending
  /// targets that end at the same B* share the result.
  Miss size(const ClassTerms& c, double target) {
    const double batch = batch_at(target);
    if (batch < 1.0) return {PairRejection::kTpot, iteration_.slow_seconds(1.0), target};
    if (batch == sized_batch_) return miss_;
    sized_batch_ = batch;
    miss_ = size_at(c, batch);
    return miss_;
  }

  [[nodiscard]] const Sizing& sizing() const { return sizing_; }

  /// D_id at rho_max: mean waits + first token + (f - 1) T_it.
  [[nodiscard]] double mean_delay(const ClassTerms& c) const {
    const double reading = model_->reading_load(prompt_, sizing_.utilization * sizing_.capacity);
    return mean_wait(sizing_.batch, sizing_.utilization, sizing_.service, sizing_.arrivals,
                     sizing_.service_variability) +
           prompt_.mixed * mean_prompt_wait(reading, sizing_.arrivals, c.prompt_variation) +
           admission_ + prompt_.alone + streaming_ + (c.output - 1.0) * sizing_.step;
  }

 private:
  [[nodiscard]] double batch_at(double target) const {
    if (slowest_at_limit_ <= target) return batch_limit_;
    return std::floor(std::min(batch_limit_, iteration_.max_batch(target)));
  }

  /// The class's arrivals, dealt out to so many replicas.
  void share(const ClassTerms& c, double replicas) {
    sizing_.replicas = replicas;
    sizing_.arrivals = thinned(c.arrival_variability, replicas);
  }

  /// rho_max where so much time is left to wait, for the other prompts and for a slot.
  [[nodiscard]] double busiest_within(const ClassTerms& c, double slack) const {
    if (std::isinf(slack)) return kMaxUtilization;
    if (!(slack > 0.0)) return 0.0;
    const double reading = model_->reading_load(prompt_, sizing_.capacity);  // at utilisation 1
    const double by_prompts = c.prompts.max_load(slack / prompt_.mixed, sizing_.replicas) / reading;
    return std::min(by_prompts,
                    max_utilization(slack, sizing_.batch, sizing_.service, sizing_.arrivals,
                                    sizing_.service_variability, c.percentile));
  }

  Miss size_at(const ClassTerms& c, double batch) {
    Sizing& s = sizing_;
    s.batch = batch;
    const double decode_step = iteration_.decode_seconds(batch);
    s.step = decode_step + iteration_.prefill_slope * (batch - 1.0);
    const double prefill = prompt_.alone;
    s.service = model_->service_seconds(prompt_, decode_step, batch, c.output);
    s.capacity = batch / s.service;
    const double rest = s.service - prefill;
    s.service_variability =
        (rest * rest * c.output_variation + prefill * prefill * c.prompt_variation) /
        (s.service * s.service);
    streaming_ = model_->streaming_seconds(decode_step);
    const double first_token = prefill_p_ + streaming_;
    const double end_to_end = first_token + c.later_p * s.step;
    // The smaller slack decides, as utilisation rises with slack.
    const double ttft_slack = c.ttft - first_token;
    const double e2e_slack = c.e2e - end_to_end;
    const double slack = std::min(ttft_slack, e2e_slack);
    share(c, sharing_replicas(c.planned_rate / s.capacity, c.arrival_variability, [&](double y) {
            share(c, y);
            return busiest_within(c, slack);
          }));
    s.utilization =
        shared_utilization(busiest_within(c, slack), c.planned_rate / s.capacity, s.replicas);
    if (s.utilization < kMinUtilization) {
      // As evaluate_pair asks TTFT first: it is the reason whenever it fails on its own.
      const bool by_ttft =
          ttft_slack <= e2e_slack || busiest_within(c, ttft_slack) < kMinUtilization;
      return by_ttft ? Miss{PairRejection::kTtft, first_token, c.ttft}
                     : Miss{PairRejection::kE2e, end_to_end, c.e2e};
    }
    s.load = c.planned_rate / (s.utilization * s.capacity);
    return {};
  }

  double batch_limit_ = 0.0;
  const PhaseModel* model_ = nullptr;
  PromptTime prompt_;
  double admission_ = 0.0;
  double prefill_p_ = 0.0;  ///< with admission
  double streaming_ = 0.0;  ///< of the first token, at the batch that was sized last
  double slowest_at_limit_ = 0.0;
  double sized_batch_ = 0.0;
  Iteration iteration_;
  Sizing sizing_;
  Miss miss_;
};

}  // namespace berth
