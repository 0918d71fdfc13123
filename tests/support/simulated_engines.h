#pragma once
// Engines and gateways that never ran, and what a Prometheus would have scraped from them, as
// OpenMetrics. The generator knows the truth that the readers have to find again.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace berth::testing {

/// 2026-01-05T00:00:00Z
inline constexpr double kScrapeStart = 1767571200.0;

struct SimulatedEngine {
  std::string labels;   ///< `model_name="m",instance="a"`
  double from_s = 0.0;  ///< since kScrapeStart
  double to_s = 0.0;    ///< the last scrape is not after it
  double interval_s = 15.0;
  std::function<double(double)> rate;  ///< arrivals/s at a time since kScrapeStart
  std::uint64_t seed = 0;              ///< 0: arrivals as even as can be; else Poisson
  double capacity = std::numeric_limits<double>::infinity();  ///< completions/s
  double prompt_mean = 800.0, prompt_std = 600.0;             ///< log-normal
  double output_mean = 200.0, output_std = 120.0;
  double hit_share = 0.0;              ///< of prompt tokens, in the prefix cache
  double ttft_s = 0.3, tpot_s = 0.02;  ///< means; every request varies by half of it
  std::function<bool(double)> scraped = [](double) { return true; };
  double reset_at_s = -1.0;  ///< all counters begin again from zero
};

/// Everything counted so far, at one scrape.
struct Scrape {
  double time_s = 0.0;  ///< since kScrapeStart
  double arrived = 0.0, completed = 0.0, running = 0.0, waiting = 0.0;
  double hits = 0.0;
  struct Histogram {
    std::vector<double> counts;  ///< by bucket, not cumulative; the last has no upper edge
    double sum = 0.0;
    double count = 0.0;
  };
  Histogram prompt, output, ttft, tpot, e2e;
};

struct SimulatedRun {
  SimulatedEngine engine;
  std::vector<Scrape> scrapes;  ///< those that were scraped
  // The truth, whatever was scraped.
  std::vector<double> arrivals;  ///< by scrape interval
  double prompt_mean = 0.0, prompt_std = 0.0, output_mean = 0.0, output_std = 0.0;

  /// Arrivals/s between two times since kScrapeStart, multiples of the interval.
  [[nodiscard]] double rate_between(double from_s, double to_s) const;
};

[[nodiscard]] SimulatedRun simulate(const SimulatedEngine& engine);

/// vLLM's metrics of these engines.
[[nodiscard]] std::string vllm_metrics(const std::vector<SimulatedRun>& runs);
/// The llm-d endpoint picker's; arrivals are counted as they come.
[[nodiscard]] std::string llm_d_metrics(const std::vector<SimulatedRun>& runs);
/// NVIDIA Dynamo's frontend's; labels must name `model`.
[[nodiscard]] std::string dynamo_metrics(const std::vector<SimulatedRun>& runs);

}  // namespace berth::testing
