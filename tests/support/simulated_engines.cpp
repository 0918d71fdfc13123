#include "tests/support/simulated_engines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <random>

#include <fmt/format.h>

#include "berth/workload/lengths.h"

namespace berth::testing {
namespace {

// vLLM's own edges, 1-2-5.
constexpr std::array kTokenEdges = {1.0,    2.0,     5.0,     10.0,    20.0,   50.0,
                                    100.0,  200.0,   500.0,   1000.,   2000.0, 5000.0,
                                    10000., 20000.0, 50000.0, 100000.0};
constexpr std::array kTimeEdges = {0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5,
                                   0.75,  1.0,  2.5,  5.0,  7.5,  10.0, 20., 40.0, 80.0};

template <std::size_t N>
void observe(Scrape::Histogram& histogram, const std::array<double, N>& edges, double value) {
  if (histogram.counts.empty()) histogram.counts.resize(N + 1, 0.0);
  const auto bucket = std::lower_bound(edges.begin(), edges.end(), value) - edges.begin();
  histogram.counts[static_cast<std::size_t>(bucket)] += 1.0;
  histogram.sum += value;
  histogram.count += 1.0;
}

/// Evenly spread over 0..1, the same every time.
double spread(std::uint64_t n, double irrational) {
  const double x = static_cast<double>(n + 1) * irrational;
  return x - std::floor(x);
}

class Simulation {
 public:
  explicit Simulation(const SimulatedEngine& engine)
      : engine_(engine),
        prompts_(LengthDistribution::from_moments(engine.prompt_mean, engine.prompt_std)),
        outputs_(LengthDistribution::from_moments(engine.output_mean, engine.output_std)),
        random_(engine.seed) {}

  SimulatedRun run() {
    SimulatedRun run;
    run.engine = engine_;
    clear();
    const auto steps =
        static_cast<std::size_t>(std::floor((engine_.to_s - engine_.from_s) / engine_.interval_s));
    for (std::size_t i = 0; i <= steps; ++i) {
      state_.time_s = engine_.from_s + static_cast<double>(i) * engine_.interval_s;
      if (i > 0) run.arrivals.push_back(advance());
      const bool reset = engine_.reset_at_s >= 0 && state_.time_s >= engine_.reset_at_s && !reset_;
      if (reset) clear();
      reset_ = reset_ || reset;
      if (engine_.scraped(state_.time_s)) run.scrapes.push_back(state_);
    }
    const double n = static_cast<double>(requests_);
    run.prompt_mean = prompt_sum_ / n;
    run.output_mean = output_sum_ / n;
    run.prompt_std = std::sqrt(prompt_squares_ / n - run.prompt_mean * run.prompt_mean);
    run.output_std = std::sqrt(output_squares_ / n - run.output_mean * run.output_mean);
    return run;
  }

 private:
  void clear() {
    const double time = state_.time_s;
    state_ = Scrape{};
    state_.time_s = time;
    for (Scrape::Histogram* histogram : {&state_.prompt, &state_.output}) {
      histogram->counts.assign(kTokenEdges.size() + 1, 0.0);
    }
    for (Scrape::Histogram* histogram : {&state_.ttft, &state_.tpot, &state_.e2e}) {
      histogram->counts.assign(kTimeEdges.size() + 1, 0.0);
    }
  }

  /// One interval on; the arrivals in it.
  double advance() {
    const double expected = engine_.rate(state_.time_s) * engine_.interval_s;
    double arrivals = 0.0;
    if (engine_.seed != 0) {
      arrivals = std::poisson_distribution<int>(expected)(random_);
    } else {
      owed_ += expected;
      arrivals = std::floor(owed_);
      owed_ -= arrivals;
    }
    state_.arrived += arrivals;
    waiting_ += arrivals;
    const double done = std::min(waiting_, std::floor(engine_.capacity * engine_.interval_s));
    waiting_ -= done;
    for (int i = 0; i < static_cast<int>(done); ++i) complete();
    const bool limited = std::isfinite(engine_.capacity);
    state_.running = limited ? std::min(waiting_, 8.0) : 0.0;
    state_.waiting = waiting_ - state_.running;
    if (!limited) state_.waiting = 0.0;
    return arrivals;
  }

  void complete() {
    const double prompt = std::ceil(prompts_.quantile(spread(requests_, 0.6180339887498949)));
    const double output = std::ceil(outputs_.quantile(spread(requests_, 0.4142135623730951)));
    const double vary = 0.5 + spread(requests_, 0.7320508075688772);
    ++requests_;
    state_.completed += 1.0;
    state_.hits += engine_.hit_share * prompt;
    observe(state_.prompt, kTokenEdges, prompt);
    observe(state_.output, kTokenEdges, output);
    observe(state_.ttft, kTimeEdges, engine_.ttft_s * vary);
    observe(state_.tpot, kTimeEdges, engine_.tpot_s * vary);
    observe(state_.e2e, kTimeEdges, (engine_.ttft_s + engine_.tpot_s * (output - 1.0)) * vary);
    prompt_sum_ += prompt;
    prompt_squares_ += prompt * prompt;
    output_sum_ += output;
    output_squares_ += output * output;
  }

  const SimulatedEngine& engine_;
  LengthDistribution prompts_;
  LengthDistribution outputs_;
  std::mt19937_64 random_;
  Scrape state_;
  bool reset_ = false;
  double owed_ = 0.0;
  double waiting_ = 0.0;
  std::uint64_t requests_ = 0;
  double prompt_sum_ = 0.0, prompt_squares_ = 0.0, output_sum_ = 0.0, output_squares_ = 0.0;
};

/// Families one after the other, each with the samples of all runs.
class OpenMetrics {
 public:
  explicit OpenMetrics(const std::vector<SimulatedRun>& runs) : runs_(runs) {}

  void counter(const std::string& family, double Scrape::*value, const std::string& extra = "") {
    type(family, "counter");
    each([&](const std::string& labels, const Scrape& scrape) {
      sample(family + "_total", labels + extra, scrape.*value, scrape.time_s);
    });
  }
  /// Of a histogram's sum.
  void sum_counter(const std::string& family, Scrape::Histogram Scrape::*value) {
    type(family, "counter");
    each([&](const std::string& labels, const Scrape& scrape) {
      sample(family + "_total", labels, (scrape.*value).sum, scrape.time_s);
    });
  }
  void gauge(const std::string& family, const std::function<double(const Scrape&)>& value) {
    type(family, "gauge");
    each([&](const std::string& labels, const Scrape& scrape) {
      sample(family, labels, value(scrape), scrape.time_s);
    });
  }
  template <std::size_t N>
  void histogram(const std::string& family, const std::array<double, N>& edges,
                 Scrape::Histogram Scrape::*value) {
    type(family, "histogram");
    for (const SimulatedRun& run : runs_) {
      for (std::size_t i = 0; i <= N; ++i) {
        const std::string edge = i < N ? fmt::format("{}", edges[i]) : "+Inf";
        const std::string labels = fmt::format("{},le=\"{}\"", run.engine.labels, edge);
        for (const Scrape& scrape : run.scrapes) {
          const std::vector<double>& counts = (scrape.*value).counts;
          double cumulative = 0.0;
          for (std::size_t k = 0; k <= i; ++k) cumulative += counts[k];
          sample(family + "_bucket", labels, cumulative, scrape.time_s);
        }
      }
    }
    each([&](const std::string& labels, const Scrape& scrape) {
      sample(family + "_sum", labels, (scrape.*value).sum, scrape.time_s);
    });
    each([&](const std::string& labels, const Scrape& scrape) {
      sample(family + "_count", labels, (scrape.*value).count, scrape.time_s);
    });
  }
  std::string finish() { return std::move(text_) + "# EOF\n"; }

 private:
  void type(const std::string& family, const char* kind) {
    fmt::format_to(std::back_inserter(text_), "# TYPE {} {}\n", family, kind);
  }
  void sample(const std::string& name, const std::string& labels, double value, double time_s) {
    fmt::format_to(std::back_inserter(text_), "{}{{{}}} {} {:.3f}\n", name, labels, value,
                   kScrapeStart + time_s);
  }
  void each(const std::function<void(const std::string&, const Scrape&)>& f) const {
    for (const SimulatedRun& run : runs_) {
      for (const Scrape& scrape : run.scrapes) f(run.engine.labels, scrape);
    }
  }

  const std::vector<SimulatedRun>& runs_;
  std::string text_;
};

}  // namespace

double SimulatedRun::rate_between(double from_s, double to_s) const {
  double total = 0.0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const double end = engine.from_s + static_cast<double>(i + 1) * engine.interval_s;
    if (end > from_s + 1e-6 && end <= to_s + 1e-6) total += arrivals[i];
  }
  return total / (to_s - from_s);
}

SimulatedRun simulate(const SimulatedEngine& engine) { return Simulation(engine).run(); }

std::string vllm_metrics(const std::vector<SimulatedRun>& runs) {
  OpenMetrics text(runs);
  text.counter("vllm:request_success", &Scrape::completed, ",finished_reason=\"stop\"");
  text.histogram("vllm:request_prompt_tokens", kTokenEdges, &Scrape::prompt);
  text.histogram("vllm:request_generation_tokens", kTokenEdges, &Scrape::output);
  text.sum_counter("vllm:prompt_tokens", &Scrape::prompt);
  text.sum_counter("vllm:generation_tokens", &Scrape::output);
  text.sum_counter("vllm:prefix_cache_queries", &Scrape::prompt);
  text.counter("vllm:prefix_cache_hits", &Scrape::hits);
  text.histogram("vllm:time_to_first_token_seconds", kTimeEdges, &Scrape::ttft);
  text.histogram("vllm:request_time_per_output_token_seconds", kTimeEdges, &Scrape::tpot);
  text.histogram("vllm:e2e_request_latency_seconds", kTimeEdges, &Scrape::e2e);
  text.gauge("vllm:num_requests_running", [](const Scrape& s) { return s.running; });
  text.gauge("vllm:num_requests_waiting", [](const Scrape& s) { return s.waiting; });
  text.gauge("vllm:kv_cache_usage_perc",
             [](const Scrape& s) { return std::min(1.0, s.running / 16.0); });
  return text.finish();
}

std::string llm_d_metrics(const std::vector<SimulatedRun>& runs) {
  OpenMetrics text(runs);
  text.counter("llm_d_epp_request", &Scrape::arrived);
  text.histogram("llm_d_epp_request_input_tokens", kTokenEdges, &Scrape::prompt);
  text.histogram("llm_d_epp_request_output_tokens", kTokenEdges, &Scrape::output);
  text.gauge("llm_d_epp_request_running", [](const Scrape& s) { return s.running + s.waiting; });
  return text.finish();
}

std::string dynamo_metrics(const std::vector<SimulatedRun>& runs) {
  OpenMetrics text(runs);
  text.counter("dynamo_frontend_requests", &Scrape::completed, ",status=\"success\"");
  text.histogram("dynamo_frontend_input_sequence_tokens", kTokenEdges, &Scrape::prompt);
  text.histogram("dynamo_frontend_output_sequence_tokens", kTokenEdges, &Scrape::output);
  text.gauge("dynamo_frontend_inflight_requests",
             [](const Scrape& s) { return s.running + s.waiting; });
  text.gauge("dynamo_frontend_queued_requests", [](const Scrape& s) { return s.waiting; });
  return text.finish();
}

}  // namespace berth::testing
