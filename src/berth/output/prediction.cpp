#include "berth/output/prediction.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/output/format.h"

namespace berth {
namespace {

/// `compute` and `memory` are what the kernels compute and read, which overlap; the other keys are
/// the terms that add up to the pass.
nlohmann::ordered_json terms_json(const PassTerms& terms) {
  return {{"compute", terms.matrices.work + terms.experts.work + terms.attention.work},
          {"memory", terms.matrices.read + terms.experts.read + terms.attention.read + terms.head},
          {"matrices", terms.matrices.total()},
          {"experts", terms.experts.total()},
          {"attention", terms.attention.total()},
          {"head", terms.head},
          {"all_reduce", terms.all_reduce},
          {"hand_over", terms.hand_over},
          {"fixed", terms.fixed},
          {"floor", terms.floor}};
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
std::string four_digits(double seconds) {
  constexpr double kShown = 5e-7;  // less is 0.000 ms, and a difference may fall just below zero
  const double ms = std::abs(seconds) < kShown ? 0.0 : seconds * 1e3;
  if (ms >= 999.95) return fmt::format("{:.{}f} s", seconds, seconds >= 99.95 ? 1 : 3);
  return fmt::format("{:.{}f} ms", ms, ms >= 99.95 ? 1 : ms >= 9.995 ? 2 : 3);
}

std::string line(std::string_view name, double seconds, const std::string& origin) {
  return fmt::format("  {:<12}{:>11}{}{}\n", name, four_digits(seconds),
                     origin.empty() ? "" : "   ", origin);
}

/// A term with its share of the whole.
std::string term(std::string_view name, double seconds, double whole, const std::string& origin) {
  return fmt::format("  {:<12}{:>11}{:>6}{}{}\n", name, four_digits(seconds),
                     format_percent(seconds / whole), origin.empty() ? "" : "   ", origin);
}

std::string detail(std::string_view name, double seconds, const std::string& origin) {
  return fmt::format("    {:<10}{:>11}{}{}\n", name, four_digits(seconds),
                     origin.empty() ? "" : "         ", origin);
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
    const double whole = terms.sum();
    std::string text = term("matrices", terms.matrices.total(), whole, overlap(terms.matrices));
    text += matrix_lines(terms, work);
    if (c_.experts > 0.0) {
      text += term("experts", terms.experts.total(), whole, overlap(terms.experts));
      text += expert_lines(terms, work);
    }
    text += term("attention", terms.attention.total(), whole, overlap(terms.attention));
    text += attention_lines(terms, work);
    text += term("head", terms.head, whole, head_origin(terms, work));
    text += term("all-reduce", terms.all_reduce, whole, all_reduce_origin(work));
    text += term("hand-over", terms.hand_over, whole, hand_over_origin(work));
    text += term("fixed", terms.fixed, whole, fixed_origin(terms, sequences));
    text += line("= total", terms.sum(), "");
    if (terms.floor > terms.sum()) {
      text += line("the host's", terms.floor, "which is longer: each layer is launched on its own");
    }
    return text;
  }

 private:
  /// Which of the two decides, and what of the other shows.
  [[nodiscard]] static std::string overlap(const KernelTime& kernel) {
    const bool reading = kernel.read > kernel.work;
    if (std::min(kernel.read, kernel.work) <= 0.0) return {};
    std::string text = reading ? "reading; the arithmetic works meanwhile"
                               : "computing; the memory works meanwhile";
    if (kernel.exposed > 0.0) {
      text += fmt::format(", {} of it shows", format_percent(kernel.exposed));
    }
    return text;
  }

  [[nodiscard]] std::string matrix_lines(const PassTerms& terms, const PassWork& work) const {
    const Precision precision = dense_precision(*deployment_.model, deployment_.precision);
    const ComputeMode mode = compute_mode(*deployment_.gpu, precision);
    const double n = deployment_.tensor_parallel;
    const double half = deployment_.gpu->efficiency.compute_half_tokens;
    const double flop = work.matrix_flop / work.new_tokens * (work.rank_tokens + half);
    return detail("computing", terms.matrices.work,
                  division(flop, "FLOP", n, mode.peak_flops, terms.matrices.work) +
                      fmt::format(", T + {:.0f} tokens", half)) +
           detail("reading", terms.matrices.read,
                  division(work.matrix_bytes, "B", n, deployment_.gpu->bandwidth_bytes_per_s,
                           terms.matrices.read));
  }

  [[nodiscard]] std::string expert_lines(const PassTerms& terms, const PassWork& work) const {
    const ComputeMode mode = compute_mode(*deployment_.gpu, deployment_.precision);
    const double gpus = deployment_.stage_gpus();
    return detail("computing", terms.experts.work,
                  division(work.expert_flop, "FLOP", gpus, mode.peak_flops, terms.experts.work)) +
           detail("reading", terms.experts.read,
                  division(work.expert_bytes, "B", gpus, deployment_.gpu->bandwidth_bytes_per_s,
                           terms.experts.read) +
                      fmt::format(", {} touched", format_percent(work.touched)));
  }

  [[nodiscard]] std::string attention_lines(const PassTerms& terms, const PassWork& work) const {
    std::string text;
    if (terms.attention.work > 0.0) {
      text += detail("computing", terms.attention.work,
                     division(work.attention_flop, "FLOP", deployment_.tensor_parallel,
                              deployment_.gpu->peak(Precision::kBf16), terms.attention.work));
    }
    if (terms.attention.read > 0.0) {
      std::string cache = division(work.cache_bytes, "B", kv_split(deployment_),
                                   deployment_.gpu->bandwidth_bytes_per_s, terms.attention.read);
      if (kv_split(deployment_) < deployment_.tensor_parallel) {
        const int heads = deployment_.model->kv_heads;
        cache += fmt::format(", copied: {} head{}", heads, heads == 1 ? "" : "s");
      }
      text += detail("reading", terms.attention.read, cache);
    }
    return text;
  }

  [[nodiscard]] std::string head_origin(const PassTerms& terms, const PassWork& work) const {
    return division(work.head_bytes, "B", deployment_.stage_gpus(),
                    deployment_.gpu->bandwidth_bytes_per_s, terms.head);
  }

  [[nodiscard]] std::string all_reduce_origin(const PassWork& work) const {
    if (deployment_.stage_gpus() == 1) return "one GPU holds each layer";
    const double tokens = work.rank_tokens * c_.ranks;
    const bool small = c_.small_latency + c_.small_per_token * tokens <=
                       c_.large_latency + c_.large_per_token * tokens;
    const double count = 2.0 * deployment_.model->layers;
    const double latency = (small ? c_.small_latency : c_.large_latency) / count;
    const double per_token = (small ? c_.small_per_token : c_.large_per_token) / count;
    const double n = deployment_.stage_gpus();
    const double volume = 2.0 * (n - 1.0) / n;
    return fmt::format("{:.0f} x ({} + {:.2f} x {} / {})", count, format_microseconds(latency),
                       volume, with_prefix(work.message_bytes, "B"),
                       with_prefix(volume * work.message_bytes / (per_token * tokens), "B/s"));
  }

  [[nodiscard]] std::string hand_over_origin(const PassWork& work) const {
    if (deployment_.pipeline_parallel == 1) return "one stage";
    const double count = deployment_.pipeline_parallel - 1;
    const double bandwidth =
        count * work.message_bytes / (c_.hand_over_per_token * work.rank_tokens * c_.ranks);
    return fmt::format("{:.0f} x ({} + {} / {})", count,
                       format_microseconds(c_.hand_over_latency / count),
                       with_prefix(work.message_bytes, "B"), with_prefix(bandwidth, "B/s"));
  }

  [[nodiscard]] std::string fixed_origin(const PassTerms& terms, double sequences) const {
    const double step = deployment_.gpu->efficiency.host * deployment_.engine->step_s;
    const double layers = deployment_.model->layers;
    const double per_sequence = c_.fixed_per_sequence * sequences;
    return fmt::format("{} a step + {:.0f} layers x {} + {:.4g} sequences x {}", four_digits(step),
                       layers, format_microseconds((terms.fixed - step - per_sequence) / layers),
                       sequences, format_microseconds(c_.fixed_per_sequence));
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
      fmt::format("{} ({}) on {} x {}, TP {}, PP {}", d.model->name, to_string(d.precision),
                  d.gpus(), d.gpu->name, d.tensor_parallel, d.pipeline_parallel);
  if (d.data_parallel > 1) text += fmt::format(", attention copied {} times", d.data_parallel);
  if (d.cache == CacheFormat::k8Bit) text += ", 8-bit cache";
  text += fmt::format(", {}\n{:.10g} prompt tokens", d.engine->name, request.prompt_tokens);
  if (request.prefix_reuse > 0.0) {
    text += fmt::format(" ({} of them cached)", format_percent(request.prefix_reuse));
  }
  text += fmt::format(", {:.10g} output tokens, {:.4g} concurrent requests (at most {:.0f})\n",
                      request.output_tokens, p.clients, std::floor(p.max_batch));
  if (d.gpu->efficiency.extrapolated) {
    text += fmt::format("No measurements of {}: its efficiencies are assumed.\n", d.gpu->name);
  }
  return text;
}

std::string loop_title(const PredictionRequest& request, const Prediction& p) {
  if (request.rate > 0.0) {
    return fmt::format("\n{:.4g} requests/s, {} of the {:.4g} a replica sustains: {:.4g} running\n",
                       request.rate, format_percent(p.utilization), p.capacity, p.batch);
  }
  std::string text = fmt::format("\nClosed loop of {:.4g} clients", p.clients);
  if (p.clients > p.batch) text += fmt::format(", {:.4g} running", p.batch);
  return text + "\n";
}

std::string loop_text(const PredictionRequest& request, const Prediction& p) {
  std::string text = loop_title(request, p);
  text += line("TPOT", p.tpot_s, "decode step + others' prompts between the tokens");
  text += detail("decode", p.decode_step_s, "");
  text += detail("prompts", p.prefill_share_s, "");
  text += line("TTFT", p.ttft_s, "from arrival to the first token");
  text += detail("admission", p.admission_s, "network, tokenizer, scheduler");
  if (p.wait_s > 0.0) text += detail("wait", p.wait_s, "for a slot");
  text += detail("prompts", p.prefill_ahead_s, "of others that are read before");
  text += detail("prefill", p.prefill_s, "");
  text += detail("streaming", p.streaming_s, "the step that runs, the way out");
  text += line("E2E", p.e2e_s, fmt::format("TTFT + {:.10g} x TPOT", request.output_tokens - 1.0));
  const std::string origin =
      request.rate > 0.0 ? "as many as arrive" : fmt::format("{:.4g} clients / E2E", p.clients);
  text += fmt::format("  {:<12}{:>11}   {}, {:.0f} output tokens/s\n", "throughput",
                      fmt::format("{:.3f}/s", p.throughput), origin,
                      p.throughput * request.output_tokens);
  return text;
}

std::string memory_text(const PredictionRequest& request, const Prediction& p) {
  const MemoryUse& use = p.memory;
  return fmt::format(
      "\nMemory of one GPU: {} usable = {} weights + {} activations + {} runtime + {} cache\n"
      "  one request of {:.10g} tokens takes {} of it; the cache of a replica holds {} tokens{}\n",
      with_prefix(use.limit, "B"), with_prefix(use.weights, "B"), with_prefix(use.activations, "B"),
      with_prefix(use.runtime, "B"), with_prefix(use.kv_cache, "B"),
      request.prompt_tokens + request.output_tokens,
      with_prefix(
          kv_bytes_per_gpu(request.deployment, request.prompt_tokens + request.output_tokens), "B"),
      format_count(std::llround(p.kv_capacity_tokens)),
      request.deployment.model->window ? " of sequences within the window" : "");
}

}  // namespace

std::string to_json(const PredictionRequest& request, const Prediction& p) {
  const Deployment& d = request.deployment;
  nlohmann::ordered_json json;
  json["format"] = "berth.prediction/1";
  json["model"] = d.model->name;
  json["gpu"] = d.gpu->name;
  json["tp"] = d.tensor_parallel;
  json["dp"] = d.data_parallel;
  json["pp"] = d.pipeline_parallel;
  json["precision"] = std::string(to_string(d.precision));
  json["kv_cache"] = std::string(to_string(d.cache));
  json["engine"] = d.engine->name;
  json["max_num_seqs"] = d.max_num_seqs;
  json["prompt_tokens"] = request.prompt_tokens;
  json["output_tokens"] = request.output_tokens;
  json["prefix_reuse"] = request.prefix_reuse;
  if (request.rate > 0.0) json["rate"] = request.rate;
  json["clients"] = p.clients;
  json["batch"] = p.batch;
  json["max_batch"] = std::floor(p.max_batch);
  json["prefill"] = p.prefill_s;
  json["decode_step"] = p.decode_step_s;
  json["ttft"] = p.ttft_s;
  json["tpot"] = p.tpot_s;
  json["e2e"] = p.e2e_s;
  json["throughput"] = p.throughput;
  json["kv_capacity_tokens"] = std::floor(p.kv_capacity_tokens);
  if (request.rate > 0.0) {
    json["capacity"] = p.capacity;
    json["utilization"] = p.utilization;
  }
  if (request.rate > 0.0 || p.clients > p.batch) json["wait"] = p.wait_s;
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
