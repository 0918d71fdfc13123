#include "berth/output/prediction.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/output/format.h"

namespace berth {
namespace {

nlohmann::ordered_json terms_json(const PassTerms& terms) {
  return {{"compute", terms.compute},
          {"memory", terms.memory},
          {"all_reduce", terms.all_reduce},
          {"hand_over", terms.hand_over},
          {"fixed", terms.fixed}};
}

/// "141 TFLOP", "16.4 MB": three digits and a decimal prefix.
std::string with_prefix(double value, std::string_view unit) {
  static constexpr std::array kPrefixes = {"", "k", "M", "G", "T", "P", "E"};
  std::size_t step = 0;
  while (value >= 999.5 && step + 1 < kPrefixes.size()) {
    value /= 1e3;
    ++step;
  }
  const int decimals = value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
  return fmt::format("{:.{}f} {}{}", value, decimals, kPrefixes[step], unit);
}

/// Four digits, so that the sums can be checked by eye.
std::string time_text(double seconds) {
  const double ms = seconds * 1e3;
  if (ms >= 999.95) return fmt::format("{:.{}f} s", seconds, seconds >= 99.95 ? 1 : 3);
  return fmt::format("{:.{}f} ms", ms, ms >= 99.95 ? 1 : ms >= 9.995 ? 2 : 3);
}

std::string line(std::string_view name, double seconds, const std::string& origin) {
  return fmt::format("  {:<12}{:>11}{}{}\n", name, time_text(seconds), origin.empty() ? "" : "   ",
                     origin);
}

std::string detail(std::string_view name, double seconds, const std::string& origin) {
  return fmt::format("    {:<10}{:>11}   {}\n", name, time_text(seconds), origin);
}

/// "149 TFLOP / (4 x 989 TFLOP/s x 0.81)". The efficiency is the one that gives this time.
std::string division(double amount, std::string_view unit, double gpus, double per_gpu,
                     double seconds) {
  if (!(seconds > 0.0)) return "nothing";
  return fmt::format("{} / ({:.0f} x {}/s x {:.3f})", with_prefix(amount, unit), gpus,
                     with_prefix(per_gpu, unit), amount / (gpus * per_gpu * seconds));
}

class PhaseText {
 public:
  PhaseText(const PredictionRequest& request, const PhaseModel& physics)
      : deployment_(request.deployment), c_(physics.coefficients()) {}

  [[nodiscard]] std::string lines(const PassTerms& terms, const PassWork& work,
                                  double sequences) const {
    const bool computing = terms.compute > terms.memory;
    std::string text = line("compute", terms.compute, "= matrices + attention");
    text += compute_lines(work);
    text += line("memory", terms.memory, "= weights + key-value cache");
    text += memory_lines(work);
    text += line("the larger", std::max(terms.compute, terms.memory),
                 computing ? "compute: the memory works meanwhile"
                           : "memory: the arithmetic works meanwhile");
    text += line("+ all-reduce", terms.all_reduce, all_reduce_origin(work));
    text += line("+ hand-over", terms.hand_over, hand_over_origin(work));
    text += line("+ fixed", terms.fixed, fixed_origin(sequences));
    return text + line("= total", terms.total(), "");
  }

 private:
  [[nodiscard]] std::string compute_lines(const PassWork& work) const {
    const ComputeMode mode = compute_mode(*deployment_.gpu, deployment_.precision);
    const double n = deployment_.tensor_parallel;
    const double half = deployment_.gpu->efficiency.compute_half_tokens;
    const double per_token = work.matrix_flop / work.new_tokens;
    return detail("matrices", work.matrix_s,
                  division(per_token * (work.new_tokens + half), "FLOP", n, mode.peak_flops,
                           work.matrix_s) +
                      fmt::format(", 2 A (T + {:.0f})", half)) +
           detail("attention", work.attention_s,
                  division(work.attention_flop, "FLOP", n, deployment_.gpu->peak(Precision::kBf16),
                           work.attention_s));
  }

  [[nodiscard]] std::string memory_lines(const PassWork& work) const {
    const double bandwidth = deployment_.gpu->bandwidth_bytes_per_s;
    std::string weights =
        division(work.weight_bytes, "B", deployment_.tensor_parallel, bandwidth, work.weights_s);
    if (deployment_.model->is_moe()) weights += ", experts touched";
    std::string cache =
        division(work.cache_bytes, "B", kv_split(deployment_), bandwidth, work.cache_s);
    if (work.cache_s > 0.0 && kv_split(deployment_) < deployment_.tensor_parallel) {
      cache += fmt::format(", copied: {} heads", deployment_.model->kv_heads);
    }
    return detail("weights", work.weights_s, weights) + detail("cache", work.cache_s, cache);
  }

  [[nodiscard]] std::string all_reduce_origin(const PassWork& work) const {
    if (deployment_.tensor_parallel == 1) return "one GPU holds each layer";
    const bool small = c_.small_latency + c_.small_per_token * work.new_tokens <=
                       c_.large_latency + c_.large_per_token * work.new_tokens;
    const double count = 2.0 * deployment_.model->layers;
    const double latency = (small ? c_.small_latency : c_.large_latency) / count;
    const double per_token = (small ? c_.small_per_token : c_.large_per_token) / count;
    const double n = deployment_.tensor_parallel;
    const double volume = 2.0 * (n - 1.0) / n;
    return fmt::format(
        "{:.0f} x ({} + {:.2f} x {} / {})", count, format_microseconds(latency), volume,
        with_prefix(work.message_bytes, "B"),
        with_prefix(volume * work.message_bytes / (per_token * work.new_tokens), "B/s"));
  }

  [[nodiscard]] std::string hand_over_origin(const PassWork& work) const {
    if (deployment_.pipeline_parallel == 1) return "one stage";
    const double count = deployment_.pipeline_parallel - 1;
    const double bandwidth =
        count * work.message_bytes / (c_.hand_over_per_token * work.new_tokens);
    return fmt::format("{:.0f} x ({} + {} / {})", count,
                       format_microseconds(c_.hand_over_latency / count),
                       with_prefix(work.message_bytes, "B"), with_prefix(bandwidth, "B/s"));
  }

  [[nodiscard]] std::string fixed_origin(double sequences) const {
    const double step = deployment_.gpu->efficiency.step_s;
    const double layers = deployment_.model->layers;
    return fmt::format("{} a step + {:.0f} layers x {} + {:.4g} sequences x {}", time_text(step),
                       layers, format_microseconds((c_.fixed - step) / layers), sequences,
                       format_microseconds(c_.fixed_per_sequence));
  }

  [[nodiscard]] static std::string format_microseconds(double seconds) {
    return fmt::format("{:.3g} us", seconds * 1e6);
  }

  const Deployment& deployment_;
  const PassCoefficients& c_;
};

std::string title(const PredictionRequest& request, const Prediction& p) {
  const Deployment& d = request.deployment;
  std::string text =
      fmt::format("{} ({}) on {} x {}, TP {}, PP {}, {}\n", d.model->name, to_string(d.precision),
                  d.gpus(), d.gpu->name, d.tensor_parallel, d.pipeline_parallel, request.engine);
  text += fmt::format("{:.0f} prompt tokens", request.prompt_tokens);
  if (request.prefix_reuse > 0.0) {
    text += fmt::format(" ({} of them cached)", format_percent(request.prefix_reuse));
  }
  text += fmt::format(", {:.0f} output tokens, {:.4g} concurrent requests (at most {:.0f})\n",
                      request.output_tokens, p.clients, std::floor(p.max_batch));
  if (d.gpu->efficiency.extrapolated) {
    text += fmt::format("No measurements of {}: its efficiencies are assumed.\n", d.gpu->name);
  }
  return text;
}

std::string loop_text(const PredictionRequest& request, const Prediction& p) {
  const double stages = request.deployment.pipeline_parallel;
  std::string text = fmt::format("\nClosed loop of {:.4g} clients", p.clients);
  if (p.clients > p.batch) text += fmt::format(", {:.4g} running", p.batch);
  text += "\n";
  text += line(
      "TPOT", p.tpot_s,
      fmt::format("decode step + {:.4g} / ({:.0f} x {:.0f}) x prefill: prompts share the steps",
                  p.batch, stages, request.output_tokens));
  std::string first = fmt::format("prefill x (1 + {:.3g} x {:.4g}) + {:.0f} ms", kPrefillQueueShare,
                                  (p.batch - 1.0) / stages, kAdmissionSeconds * 1e3);
  if (p.clients > p.batch) first += " + wait for a slot";
  text += line("TTFT", p.ttft_s, first);
  text += line("E2E", p.e2e_s, fmt::format("TTFT + {:.0f} x TPOT", request.output_tokens - 1.0));
  text += fmt::format("  {:<12}{:>11}   {:.4g} clients / E2E, {:.0f} output tokens/s\n",
                      "throughput", fmt::format("{:.3f}/s", p.throughput), p.clients,
                      p.throughput * request.output_tokens);
  return text;
}

std::string memory_text(const PredictionRequest& request, const Prediction& p) {
  const MemoryUse& use = p.memory;
  return fmt::format(
      "\nMemory of one GPU: {} usable = {} weights + {} activations + {} runtime + {} cache\n"
      "  one request of {:.0f} tokens takes {} of it\n",
      with_prefix(use.limit, "B"), with_prefix(use.weights, "B"), with_prefix(use.activations, "B"),
      with_prefix(use.runtime, "B"), with_prefix(use.kv_cache, "B"),
      request.prompt_tokens + request.output_tokens,
      with_prefix(
          kv_bytes_per_gpu(request.deployment, request.prompt_tokens + request.output_tokens),
          "B"));
}

}  // namespace

std::string to_json(const PredictionRequest& request, const Prediction& p) {
  const Deployment& d = request.deployment;
  nlohmann::ordered_json json;
  json["format"] = "berth.prediction/1";
  json["model"] = d.model->name;
  json["gpu"] = d.gpu->name;
  json["tp"] = d.tensor_parallel;
  json["pp"] = d.pipeline_parallel;
  json["precision"] = std::string(to_string(d.precision));
  json["engine"] = request.engine;
  json["batch"] = p.batch;
  json["max_batch"] = std::floor(p.max_batch);
  json["prefill"] = p.prefill_s;
  json["decode_step"] = p.decode_step_s;
  json["ttft"] = p.ttft_s;
  json["tpot"] = p.tpot_s;
  json["e2e"] = p.e2e_s;
  json["throughput"] = p.throughput;
  json["terms"] = {{"prefill", terms_json(p.prefill)}, {"decode", terms_json(p.decode)}};
  return json.dump(2) + "\n";
}

std::string to_table(const PredictionRequest& request, const Prediction& p) {
  const PhaseModel physics(request.deployment);
  const PhaseText phase(request, physics);
  const double sequences = p.decode_work.new_tokens;
  std::string text = title(request, p);
  text += fmt::format("\nPrefill of one prompt: T = {:.0f} new tokens, mean context {:.0f}\n",
                      p.prefill_work.new_tokens, p.prefill_work.mean_context);
  text += phase.lines(p.prefill, p.prefill_work, 1.0);
  text += fmt::format("\nDecode step: T = {:.4g} sequences{}, mean context {:.0f}\n", sequences,
                      request.deployment.pipeline_parallel > 1 ? " a micro-batch" : "",
                      p.decode_work.mean_context);
  text += phase.lines(p.decode, p.decode_work, sequences);
  return text + loop_text(request, p) + memory_text(request, p);
}

}  // namespace berth
