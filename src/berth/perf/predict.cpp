#include "berth/perf/predict.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace berth {
namespace {

void require(bool holds, const char* flag, std::string message, Errors& errors) {
  if (!holds) errors.push_back({ErrorCode::kOutOfRange, std::move(message), flag, {}});
}

std::string shape_message(ShapeRejection reason, const Deployment& d) {
  std::string text = fmt::format("{} in {} on {} with TP {} and PP {} is not possible: {}",
                                 d.model->name, to_string(d.precision), d.gpu->name,
                                 d.tensor_parallel, d.pipeline_parallel, to_string(reason));
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
      return fmt::format("at most TP {}; use pipeline parallelism beyond it", d.gpu->fast_domain);
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
            fmt::format("{:.0f} prompt and output tokens exceed the context of {}, {} tokens",
                        tokens, d.model->name, d.model->max_context),
            errors);
  }
  if (request.engine != "vllm") {
    errors.push_back({ErrorCode::kUnsupported,
                      fmt::format("no coefficients for engine '{}'", request.engine), "--engine",
                      "one of: vllm"});
  }
  if (const auto reason = check_shape(d)) {
    errors.push_back(
        {ErrorCode::kInconsistent, shape_message(*reason, d), {}, shape_suggestion(*reason, d)});
  }
  return errors;
}

PassWork work_of(const PhaseModel& physics, double new_tokens, double context, double cached) {
  const PassCoefficients& c = physics.coefficients();
  const ModelSpec& model = *physics.deployment().model;
  const double bytes = bytes_per_parameter(physics.deployment().precision);
  const double expert_parameters = model.experts ? model.experts->expert_parameters : 0.0;
  const double touched = -std::expm1(-c.expert_decay * new_tokens);
  PassWork work;
  work.new_tokens = new_tokens;
  work.mean_context = c.seen(context);
  work.matrix_flop = 2.0 * model.active_parameters * new_tokens;
  work.attention_flop =
      4.0 * model.layers * model.heads * model.head_dim * new_tokens * work.mean_context;
  work.weight_bytes = bytes * (model.parameters - expert_parameters +
                               (c.experts > 0.0 ? touched : 1.0) * expert_parameters);
  work.cache_bytes = cached * model.kv_bytes_per_token;
  work.message_bytes = new_tokens * model.hidden * 2.0;
  work.matrix_s = c.compute_fixed + new_tokens * c.compute_per_token;
  work.attention_s = new_tokens * work.mean_context * c.attention_per_pair;
  work.weights_s = c.weights + touched * c.experts;
  work.cache_s = cached * c.kv_per_token;
  return work;
}

Error no_batch(const PredictionRequest& request, const Iteration& iteration, double by_memory) {
  if (by_memory < 1.0) {
    return {
        ErrorCode::kInfeasible,
        fmt::format("not one sequence of {:.0f} tokens fits beside the weights of {}",
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

/// Metrics of a closed loop of `clients` clients, each sending its next request at once.
void close_loop(Prediction& p, const PredictionRequest& request, const Iteration& iteration) {
  const double stages = request.deployment.pipeline_parallel;
  const double f = request.output_tokens;
  p.tpot_s = iteration.seconds(p.batch);
  const double others = p.batch - 1.0;
  const double running_ttft =
      p.prefill_s * (1.0 + kPrefillQueueShare * others / stages) + kAdmissionSeconds;
  const double running_e2e = running_ttft + (f - 1.0) * p.tpot_s;
  // Clients beyond the running batch wait until one of its requests ends.
  p.throughput = p.batch / running_e2e;
  p.ttft_s = running_ttft + (p.clients - p.batch) / p.throughput;
  p.e2e_s = p.ttft_s + (f - 1.0) * p.tpot_s;
}

}  // namespace

Result<Prediction> predict(const PredictionRequest& request) {
  if (Errors errors = request_errors(request); !errors.empty()) return errors;
  const PhaseModel physics(request.deployment);
  const double h = request.prompt_tokens;
  const double f = request.output_tokens;
  Prediction p;
  p.memory = memory_use(request.deployment);
  p.prefill = physics.prefill(h, request.prefix_reuse);
  p.prefill_s = p.prefill.total();
  const Iteration iteration = physics.iteration_with(p.prefill_s, h, f);

  const double by_memory = physics.max_batch_for_memory(h, f);
  p.max_batch = std::min(by_memory, static_cast<double>(request.deployment.max_num_seqs));
  double largest = p.max_batch;
  if (request.batch == 0.0 && request.tpot) {
    largest = std::min(largest, iteration.max_batch(request.tpot->value));
  }
  if (largest < 1.0) return no_batch(request, iteration, by_memory);
  p.clients = request.batch == 0.0 ? std::floor(largest) : request.batch;
  p.batch = std::min(p.clients, p.max_batch);

  const double context = h + 0.5 * f;
  p.decode = physics.decode(p.batch, context);
  p.decode_step_s = p.decode.total();
  const PassCoefficients& c = physics.coefficients();
  const double cached = std::max(0.0, std::min(h * request.prefix_reuse, h - 1.0));
  const double sequences = std::max(1.0, p.batch / c.stages);
  p.prefill_work = work_of(physics, std::max(1.0, h - cached), 0.5 * (cached + h), c.seen(cached));
  p.decode_work = work_of(physics, sequences, context, sequences * c.seen(context));
  close_loop(p, request, iteration);
  return p;
}

}  // namespace berth
