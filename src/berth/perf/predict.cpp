#include "berth/perf/predict.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/perf/queueing.h"

namespace berth {
namespace {

void require(bool holds, const char* flag, std::string message, Errors& errors) {
  if (!holds) errors.push_back({ErrorCode::kOutOfRange, std::move(message), flag, {}});
}

/// The degrees and the reason, of TP x DP where there are copies of the attention.
std::string shape_message(ShapeRejection reason, const Deployment& d) {
  const bool copies = d.data_parallel > 1;
  std::string text =
      fmt::format("{} in {} on {} with TP {}{} and PP {} is not possible: ", d.model->name,
                  to_string(d.precision), d.gpu->name, d.tensor_parallel,
                  copies ? fmt::format(", DP {}", d.data_parallel) : "", d.pipeline_parallel);
  if (copies && reason == ShapeRejection::kTensorParallelDomain) {
    text += fmt::format("TP x DP = {} exceeds the GPUs joined by one link", d.stage_gpus());
  } else {
    text += to_string(reason);
  }
  if (reason == ShapeRejection::kWeightsDoNotFit) {
    const MemoryUse use = memory_use(d);
    text += fmt::format(
        " ({:.1f} GB of weights and {:.1f} GB of activations and runtime a GPU; "
        "{:.1f} GB usable)",
        use.weights / kGiga, (use.activations + use.runtime) / kGiga, use.limit / kGiga);
  }
  return text;
}

std::string shape_suggestion(ShapeRejection reason, const Deployment& d) {
  switch (reason) {
    case ShapeRejection::kTensorParallelHeads:
      return fmt::format("the model has {} attention heads and {} key-value heads", d.model->heads,
                         d.model->kv_heads);
    case ShapeRejection::kTensorParallelDomain:
      return fmt::format("at most {} {}; use pipeline parallelism beyond it",
                         d.data_parallel > 1 ? "TP x DP =" : "TP", d.gpu->fast_domain);
    case ShapeRejection::kPipelineLayers:
      return fmt::format("the model has {} layers", d.model->layers);
    case ShapeRejection::kWeightsDoNotFit: return "a larger TP or PP, or a smaller precision";
    case ShapeRejection::kPrecisionNotOffered: {
      std::string names;
      for (const Precision precision : d.model->precisions) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", to_string(precision));
      }
      return "one of: " + names;
    }
    case ShapeRejection::kPrecisionNotSupported: break;
  }
  return {};
}

Errors request_errors(const PredictionRequest& request) {
  Errors errors;
  const Deployment& d = request.deployment;
  const auto at_least_one = [](double x) { return std::isfinite(x) && x >= 1.0; };
  require(at_least_one(request.prompt_tokens), "--prompt", "must be at least 1 token", errors);
  require(at_least_one(request.output_tokens), "--output-tokens", "must be at least 1 token",
          errors);
  require(request.prefix_reuse >= 0.0 && request.prefix_reuse <= 1.0, "--prefix-reuse",
          "must lie between 0 and 1", errors);
  require(request.batch == 0.0 || at_least_one(request.batch), "--batch",
          "must be at least 1 sequence", errors);
  if (request.tpot) {
    require(std::isfinite(request.tpot->value) && request.tpot->value > 0.0, "--tpot",
            "must be greater than 0", errors);
  }
  const double tokens = request.prompt_tokens + request.output_tokens;
  if (errors.empty()) {
    require(tokens <= d.model->max_context, "--prompt",
            fmt::format("{:.10g} prompt and output tokens exceed the context of {}, {} tokens",
                        tokens, d.model->name, d.model->max_context),
            errors);
  }
  require(std::isfinite(request.rate) && request.rate >= 0.0, "--rate",
          "must be greater than 0 requests/s", errors);
  require(d.data_parallel == 1 || d.model->is_moe(), "--dp",
          "copies of the attention are for mixtures of experts; for a dense model more replicas do "
          "the same",
          errors);
  if (const auto reason = check_shape(d)) {
    errors.push_back(
        {ErrorCode::kInconsistent, shape_message(*reason, d), {}, shape_suggestion(*reason, d)});
  }
  return errors;
}

PassWork work_of(const PhaseModel& physics, double new_tokens, double rank_tokens, double context,
                 double cached) {
  const PassCoefficients& c = physics.coefficients();
  const Deployment& d = physics.deployment();
  const ModelSpec& model = *d.model;
  const ParameterSplit split = split_of(model);
  PassWork work;
  work.new_tokens = new_tokens;
  work.rank_tokens = rank_tokens;
  work.mean_context = c.seen(context);
  work.matrix_bytes = split.dense * bytes_per_parameter(dense_precision(model, d.precision));
  work.matrix_flop = 2.0 * split.dense * new_tokens;
  if (c.experts > 0.0) {
    work.touched = c.touched(new_tokens);
    work.expert_bytes = split.experts * bytes_per_parameter(d.precision) * work.touched;
    work.expert_flop =
        2.0 * split.experts * model.experts->active / model.experts->experts * new_tokens;
  }
  work.cache_bytes = cached * cache_bytes_per_token(d);
  work.attention_flop = 4.0 * model.layers * (1.0 - model.linear_layer_share) * model.heads *
                        model.head_dim * new_tokens * work.mean_context;
  work.head_bytes = split.head * bytes_per_parameter(Precision::kBf16);
  work.message_bytes = rank_tokens * model.hidden * 2.0;
  return work;
}

PassWork decode_work(const PhaseModel& physics, double sequences, double context) {
  const PassCoefficients& c = physics.coefficients();
  const double cached = sequences / c.ranks * c.seen(context);
  PassWork work = work_of(physics, sequences, sequences / c.ranks, context, cached);
  // Decode's attention is bound by the cache; only the latent's arithmetic is modelled.
  const ModelSpec& model = *physics.deployment().model;
  work.attention_flop = model.latent
                            ? 2.0 * model.layers * model.heads *
                                  (2.0 * model.latent->values + model.latent->position) * cached
                            : 0.0;
  return work;
}

Error no_batch(const PredictionRequest& request, const Iteration& iteration, double by_memory) {
  if (by_memory < 1.0) {
    return {
        ErrorCode::kInfeasible,
        fmt::format("not one sequence of {:.10g} tokens fits beside the weights of {}",
                    request.prompt_tokens + request.output_tokens, request.deployment.model->name),
        {},
        "a larger TP or PP, or shorter prompts"};
  }
  return {
      ErrorCode::kInfeasible,
      fmt::format("one sequence alone takes {:.2f} ms a token, more than the target of {:.2f} ms",
                  iteration.seconds(1.0) * 1e3, request.tpot->value * 1e3),
      "--tpot", "a larger TP, a smaller precision or a faster GPU"};
}

/// The parts of both metrics while p.batch requests run.
void set_latencies(Prediction& p, const PredictionRequest& request, const PhaseModel& physics,
                   const PromptTime& prompt, const Iteration& iteration) {
  const double f = request.output_tokens;
  p.tpot_s = iteration.seconds(p.batch);
  p.prefill_share_s = p.tpot_s - p.decode_step_s;
  p.admission_s = request.deployment.engine->admission_s;
  p.streaming_s = 0.5 * request.deployment.engine->stream_steps * p.decode_step_s;
  const double first = physics.first_token_seconds(prompt, p.decode_step_s, p.batch, f);
  p.prefill_ahead_s = std::max(0.0, first - p.prefill_s - p.streaming_s);
}

double first_token(const Prediction& p) {
  return p.admission_s + p.prefill_s + p.prefill_ahead_s + p.streaming_s;
}

/// Metrics of a closed loop of p.clients clients, each sending its next request at once.
void close_loop(Prediction& p, const PredictionRequest& request) {
  const double running_e2e = first_token(p) + (request.output_tokens - 1.0) * p.tpot_s;
  // Clients beyond the running batch wait until one of its requests ends.
  p.throughput = p.batch / running_e2e;
  p.capacity = p.throughput;
  p.wait_s = (p.clients - p.batch) / p.throughput;
  p.ttft_s = p.wait_s + first_token(p);
  p.e2e_s = p.ttft_s + (request.output_tokens - 1.0) * p.tpot_s;
}

/// Requests running at `rate`: Little's law N = rate S(1 + N), where an arrival finds N others. S
/// is a rising line or two in N, so the difference crosses zero once below the largest batch.
double batch_at_rate(const PhaseModel& physics, const PromptTime& prompt,
                     const Iteration& iteration, double rate, double output, double largest) {
  const auto excess = [&](double batch) {
    const double decode = iteration.decode_seconds(batch);
    return rate * physics.service_seconds(prompt, decode, batch, output) - (batch - 1.0);
  };
  if (excess(largest) >= 0.0) return largest;
  double low = 1.0;
  double high = largest;
  constexpr int kHalvings = 60;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = 0.5 * (low + high);
    (excess(middle) > 0.0 ? low : high) = middle;
  }
  return high;
}

/// Mean wait for one of c slots, Poisson arrivals and exponential service (M/M/c).
double mean_slot_wait(double slots, double utilization, double service_s) {
  return erlang_c(slots, utilization) * service_s / (std::floor(slots) * (1.0 - utilization));
}

/// Metrics of requests that arrive on their own.
void open_loop(Prediction& p, const PredictionRequest& request, double service_s, double largest) {
  p.utilization = request.rate / p.capacity;
  p.wait_s = mean_slot_wait(largest, p.utilization, service_s);
  p.ttft_s = p.wait_s + first_token(p);
  p.e2e_s = p.ttft_s + (request.output_tokens - 1.0) * p.tpot_s;
  p.throughput = request.rate;
  p.clients = p.batch;
}

Error too_fast(const PredictionRequest& request, double capacity, double batch) {
  return {ErrorCode::kInfeasible,
          fmt::format("{:.4g} requests/s are more than one replica sustains, {:.4g} at {:.0f} "
                      "concurrent requests",
                      request.rate, capacity, batch),
          "--rate",
          fmt::format("{:.0f} replicas, a larger TP or shorter requests",
                      std::ceil(request.rate / capacity + 1e-9))};
}

/// Sequences that run together before the cache is full: those that run hold a part of their
/// output. At least the whole sequences that fit.
double running_limit(const PhaseModel& physics, const PredictionRequest& request,
                     double max_batch) {
  const double held = request.deployment.engine->output_held * request.output_tokens;
  const double by_memory = physics.max_batch_for_memory(request.prompt_tokens, held);
  return std::max(max_batch, std::min(by_memory, 1.0 * request.deployment.max_num_seqs));
}

void set_passes(Prediction& p, const PredictionRequest& request, const PhaseModel& physics) {
  const double h = request.prompt_tokens;
  const double context = h + 0.5 * request.output_tokens;
  const PassCoefficients& c = physics.coefficients();
  p.prefill = physics.prefill(h, request.prefix_reuse);
  p.prefill_s = p.prefill.total();
  p.decode = physics.decode(p.batch, context);
  p.decode_step_s = p.decode.total();
  const double cached = std::max(0.0, std::min(h * request.prefix_reuse, h - 1.0));
  const double tokens = std::max(1.0, h - cached);
  p.prefill_work = work_of(physics, tokens, tokens, 0.5 * (cached + h), c.seen(cached));
  p.decode_work = decode_work(physics, std::max(c.ranks, p.batch / c.stages), context);
}

}  // namespace

Result<Prediction> predict(const PredictionRequest& request) {
  if (Errors errors = request_errors(request); !errors.empty()) return errors;
  return predict_unchecked(request);
}

Result<Prediction> predict_unchecked(const PredictionRequest& request) {
  const PhaseModel physics(request.deployment);
  const double h = request.prompt_tokens;
  const double f = request.output_tokens;
  const PromptTime prompt = physics.prompt_time(h, request.prefix_reuse);
  const Iteration iteration = physics.iteration_with(prompt.mixed, {f, h + 0.5 * f, 0.0});
  Prediction p;
  p.memory = memory_use(request.deployment);
  p.kv_capacity_tokens = physics.kv_capacity_tokens();

  const double by_memory = physics.max_batch_for_memory(h, f);
  p.max_batch = std::min(by_memory, static_cast<double>(request.deployment.max_num_seqs));
  double largest = p.max_batch;
  if (request.batch == 0.0 && request.tpot) {
    largest = std::min(largest, iteration.max_batch(request.tpot->value));
  }
  if (largest < 1.0) return no_batch(request, iteration, by_memory);

  if (request.rate > 0.0) {
    largest = std::floor(largest);
    p.capacity =
        largest / physics.service_seconds(prompt, iteration.decode_seconds(largest), largest, f);
    if (request.rate >= p.capacity) return too_fast(request, p.capacity, largest);
    p.batch = batch_at_rate(physics, prompt, iteration, request.rate, f, largest);
    set_passes(p, request, physics);
    set_latencies(p, request, physics, prompt, iteration);
    open_loop(p, request, physics.service_seconds(prompt, p.decode_step_s, p.batch, f), largest);
    return p;
  }
  p.clients = request.batch == 0.0 ? std::floor(largest) : request.batch;
  p.batch = std::min(p.clients, running_limit(physics, request, p.max_batch));
  set_passes(p, request, physics);
  set_latencies(p, request, physics, prompt, iteration);
  close_loop(p, request);
  return p;
}

}  // namespace berth
