#include "berth/workload/fitting/class_statistics.h"

#include <algorithm>
#include <cmath>

namespace berth {
namespace {

// Without enough arrivals to tell, they are taken as Poisson.
constexpr double kPoisson = 1.0;

}  // namespace

double RunningMoments::deviation(double count) const {
  const double average = sum / count;
  return std::sqrt(std::max(0.0, squares / count - average * average));
}

void ClassStatistics::add_to_window(double clock_s, std::uint32_t prompt, std::uint32_t output) {
  const auto window = static_cast<std::int64_t>(std::floor(clock_s / window_s_));
  if (window != window_ || count_ == 0) {
    finish();
    window_ = window;
  }
  ++count_;
  ++window_count_;
  window_prompt_.add(static_cast<double>(prompt));
  window_output_.add(static_cast<double>(output));
  window_variability_.add(clock_s - static_cast<double>(window) * window_s_);
}

void ClassStatistics::finish() {
  if (window_count_ == 0) return;
  const auto n = static_cast<double>(window_count_);
  windows_.push_back({window_, window_count_, window_prompt_.mean(n), window_prompt_.deviation(n),
                      window_output_.mean(n), window_output_.deviation(n),
                      window_variability_.value()});
  window_count_ = 0;
  window_prompt_ = {};
  window_output_ = {};
  window_variability_ = {};
}

QueryClass ClassStatistics::query_class(double rate) const {
  QueryClass query;
  query.rate = rate;
  query.prompt_tokens = prompt_.distribution();
  query.output_tokens = output_.distribution();
  query.arrival_variability = variability_.value().value_or(kPoisson);
  const double prompts = prompt_.sum();
  query.prefix_reuse = prompts > 0 ? static_cast<double>(reused_) / prompts : 0.0;
  return query;
}

}  // namespace berth
