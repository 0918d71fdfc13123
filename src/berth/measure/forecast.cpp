#include "berth/measure/forecast.h"

#include <algorithm>
#include <cmath>

#include "berth/perf/phase_model.h"
#include "berth/perf/predict.h"

namespace berth {
namespace {

Forecast refuse(std::string reason) { return {std::nullopt, std::move(reason)}; }

bool is_bare_pass(Metric metric) {
  return metric == Metric::kPrefill || metric == Metric::kDecodeStep;
}

/// What the row would have to say and does not; empty = nothing.
std::string missing(const RunSetting& s) {
  if (s.tensor_parallel < 1) return "the tensor-parallel degree is not stated";
  if (!(s.prompt_tokens >= 1.0)) return "the prompt length is not stated";
  if (!is_bare_pass(s.metric) && !(s.output_tokens >= 1.0))
    return "the output length is not stated";
  const bool any_batch = s.metric == Metric::kPrefill || s.load == Load::kSaturated;
  if (!any_batch && !(s.batch >= 1.0)) return "the number of sequences is not stated";
  return {};
}

/// The first prompt's pass and what the others add to it. With m stages those behind the first take
/// 1/m of their time.
double batch_prefill(const PhaseModel& physics, const RunSetting& s) {
  const PromptTime prompt = physics.prompt_time(s.prompt_tokens);
  const double others = std::max(1.0, s.batch) - 1.0;
  return prompt.alone + others * prompt.mixed / s.pipeline_parallel;
}

/// A batch given at once: prefill, then the other tokens; what does not fit runs in turns.
double batch_seconds(const PhaseModel& physics, const RunSetting& s, double largest) {
  const double running = std::min(s.batch, largest);
  const double step = physics.decode_seconds(running, s.prompt_tokens + 0.5 * s.output_tokens);
  return batch_prefill(physics, s) + s.batch / running * (s.output_tokens - 1.0) * step;
}

double tokens_of_rate(const RunSetting& s) {
  return s.output_tokens + (s.rate_counts_prompts ? s.prompt_tokens : 0.0);
}

/// A replica that always runs as many requests as fit: each costs its prompt, mixed into the steps,
/// and its share of f steps. The beams of a search share their prompt's keys and values.
double saturated_rate(const PhaseModel& physics, const RunSetting& s, double largest) {
  const double running = s.batch >= 1.0 ? std::min(s.batch, largest) : largest;
  const double context = s.prompt_tokens / s.beams + 0.5 * s.output_tokens;
  const double step = physics.decode_seconds(running * s.beams, context);
  const double prompt = physics.prompt_time(s.prompt_tokens).mixed / s.pipeline_parallel;
  const double requests = 1.0 / (s.output_tokens * step / running + prompt);
  if (s.metric == Metric::kRequestRate) return requests;
  return requests * tokens_of_rate(s) / physics.deployment().gpus();
}

/// The engine as this run shows it: medians see another part of the queue than means do, and
/// beams cost the host more.
EngineProfile engine_of_run(const EngineProfile& engine, const RunSetting& s) {
  EngineProfile run = engine;
  if (s.medians) {
    run.prefill_ahead = engine.median_prefill_ahead;
    run.admission_s = engine.median_admission_s;
  }
  if (s.beams > 1) run.sequence_s += engine.beam_s;
  return run;
}

Forecast closed_loop(const RunSetting& s, const Deployment& deployment) {
  PredictionRequest request;
  request.deployment = deployment;
  request.prompt_tokens = s.prompt_tokens;
  request.output_tokens = s.output_tokens;
  request.batch = s.batch;
  const Result<Prediction> predicted = predict_unchecked(request);
  if (!predicted) return refuse(predicted.errors().front().message);
  switch (s.metric) {
    case Metric::kTtft: return {predicted->ttft_s, {}};
    case Metric::kTpot: return {predicted->tpot_s, {}};
    case Metric::kE2e: return {predicted->e2e_s, {}};
    case Metric::kRequestRate: return {predicted->throughput, {}};
    case Metric::kTokenRate:
      return {predicted->throughput * tokens_of_rate(s) / deployment.gpus(), {}};
    case Metric::kPrefill:
    case Metric::kDecodeStep:
    case Metric::kBatchE2e: break;
  }
  return refuse("no closed loop has this metric");
}

}  // namespace

Forecast forecast(const RunSetting& s, Deployment deployment) {
  if (!s.unsupported.empty()) return refuse("not modelled: " + s.unsupported);
  if (std::string reason = missing(s); !reason.empty()) return refuse(std::move(reason));
  const EngineProfile engine = engine_of_run(*deployment.engine, s);
  deployment.engine = &engine;
  deployment.cache = s.cache;
  deployment.tensor_parallel = s.tensor_parallel;
  deployment.data_parallel = s.data_parallel;
  deployment.pipeline_parallel = s.pipeline_parallel;
  // Benchmarks raise the engine's own limit to their number of clients.
  deployment.max_num_seqs = std::max(deployment.max_num_seqs, static_cast<int>(std::ceil(s.batch)));
  const auto rejected = check_layout(deployment);
  // A layer alone needs no room for the others.
  const bool room_matters = s.load != Load::kLayerProfile;
  if (rejected && (room_matters || *rejected != ShapeRejection::kWeightsDoNotFit)) {
    return refuse(std::string(to_string(*rejected)));
  }
  const PhaseModel physics(deployment);
  if (s.metric == Metric::kPrefill) return {batch_prefill(physics, s), {}};
  if (s.metric == Metric::kDecodeStep) {
    return {physics.decode_seconds(s.batch, s.prompt_tokens + 0.5 * s.output_tokens), {}};
  }
  if (s.prompt_tokens + s.output_tokens > deployment.model->max_context) {
    return refuse("longer than the model's context");
  }
  const double held = engine.output_held * s.beams * s.output_tokens;
  const double largest = std::min(physics.max_batch_for_memory(s.prompt_tokens, held),
                                  static_cast<double>(deployment.max_num_seqs));
  if (largest < 1.0) return refuse("not one sequence fits beside the weights");
  if (s.metric == Metric::kBatchE2e) return {batch_seconds(physics, s, largest), {}};
  const bool rate = s.metric == Metric::kTokenRate || s.metric == Metric::kRequestRate;
  if (s.load == Load::kSaturated && rate) return {saturated_rate(physics, s, largest), {}};
  return closed_loop(s, deployment);
}

}  // namespace berth
