#include "berth/perf/prompt_queue.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "berth/core/infinity.h"
#include "berth/perf/queueing.h"

namespace berth {
namespace {

/// ln E[exp(s G)] of a Gamma variable with mean m and squared variation v, and its slope in s.
/// REQUIRES: s m v < 1.
struct LogTransform {
  LogTransform(double s, double mean, double variation) {
    constexpr double kConstant = 1e-9;
    const bool constant = variation < kConstant;
    value = constant ? s * mean : -std::log1p(-s * mean * variation) / variation;
    slope = constant ? mean : mean / (1.0 - s * mean * variation);
  }
  double value = 0.0;
  double slope = 0.0;
};

/// The positive root of the transforms' product = 1; infinity where nobody waits. Its logarithm is
/// convex, 0 at 0 and falling there. Newton's steps, or halving where they leave the bracket.
double decay_rate(double load, double arrival_variability, double prompt_variation) {
  const double variability = arrival_variability + prompt_variation;
  constexpr double kNone = 1e-6;
  if (variability < kNone) return kInfinity;
  double low = 0.0;
  double high = prompt_variation > kNone ? (1.0 - 1e-12) / prompt_variation : kInfinity;
  double eta = std::min(2.0 * (1.0 - load) / variability, 0.5 * high);  // heavy traffic's
  constexpr int kMostSteps = 60;
  for (int step = 0; step < kMostSteps; ++step) {
    const LogTransform gap(-eta, 1.0 / load, arrival_variability);
    const LogTransform prompt(eta, 1.0, prompt_variation);
    const double drift = gap.value + prompt.value;
    (drift < 0.0 ? low : high) = eta;
    double next = eta - drift / (prompt.slope - gap.slope);
    if (!(next > low && next < high)) next = std::isinf(high) ? 2.0 * eta : 0.5 * (low + high);
    if (std::abs(next - eta) <= 1e-12 * eta) break;
    eta = next;
  }
  return eta;
}

}  // namespace

double prompt_wait(double load, double arrival_variability, double prompt_variation,
                   double percentile) {
  if (!(load > 0.0)) return 0.0;
  const double eta = decay_rate(load, arrival_variability, prompt_variation);
  if (std::isinf(eta)) return 0.0;
  const double waits = std::max(load, 1.0 - 0.5 * eta * (1.0 + prompt_variation));
  return std::max(0.0, std::log(waits / (1.0 - percentile))) / eta;
}

PromptQueue::PromptQueue(double arrival_variability, double prompt_variation, double percentile) {
  const auto exact = [&](double load) {
    return prompt_wait(load, arrival_variability, prompt_variation, percentile);
  };
  double begin = 0.0;  // of waiting
  double above = kMaxUtilization;
  constexpr int kHalvings = 24;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = 0.5 * (begin + above);
    (exact(middle) > 0.0 ? above : begin) = middle;
  }
  // Waits grow like 1 / (1 - load), and steeply where they begin.
  const double ratio = (1.0 - kMaxUtilization) / (1.0 - begin);
  for (std::size_t k = 1; k < kNodes; ++k) {
    const double share = static_cast<double>(k) / (kNodes - 1);
    loads_[k] = 1.0 - (1.0 - begin) * std::pow(ratio, std::pow(share, 1.5));
    waits_[k] = exact(loads_[k]);
  }
  loads_[0] = begin;
}

double PromptQueue::wait(double load) const {
  if (loads_.back() <= 0.0 || load <= loads_.front()) return 0.0;
  if (load > loads_.back()) return kInfinity;
  const auto at = std::lower_bound(loads_.begin(), loads_.end(), load);
  const auto k = static_cast<std::size_t>(at - loads_.begin());
  const double share = (load - loads_[k - 1]) / (loads_[k] - loads_[k - 1]);
  return waits_[k - 1] + share * (waits_[k] - waits_[k - 1]);
}

double PromptQueue::max_load(double wait) const {
  if (waits_.back() <= wait) return kMaxUtilization;
  // The last node that waits no longer, by halving: without branches, which pairs mispredict.
  static_assert(((kNodes - 1) & (kNodes - 2)) == 0, "the steps below add up to kNodes - 2");
  std::size_t k = 0;
  for (std::size_t width = (kNodes - 1) / 2; width > 0; width /= 2) {
    k += waits_[k + width] <= wait ? width : 0;
  }
  return loads_[k] + (loads_[k + 1] - loads_[k]) * (wait - waits_[k]) / (waits_[k + 1] - waits_[k]);
}

PromptQueues::PromptQueues(double arrival_variability, double prompt_variation, double percentile) {
  double replicas = 1.0;
  for (std::size_t k = 0; k < kTables; ++k, replicas *= 2.0) {
    const double part = k + 1 < kTables ? replicas : kInfinity;
    tables_[k] = PromptQueue(thinned(arrival_variability, part), prompt_variation, percentile);
    if (arrival_variability != 1.0) continue;
    tables_.fill(tables_[0]);  // Poisson stays Poisson
    return;
  }
}

const PromptQueues& remembered_prompt_queues(double arrival_variability, double prompt_variation,
                                             double percentile) {
  struct Remembered {
    std::array<double, 3> of{};
    PromptQueues queues;
  };
  constexpr std::size_t kMost = 32;  // classes, about
  thread_local std::vector<Remembered> known;
  thread_local std::size_t oldest = 0;
  const std::array<double, 3> of = {arrival_variability, prompt_variation, percentile};
  for (const Remembered& one : known) {
    if (one.of == of) return one.queues;
  }
  Remembered made{of, PromptQueues(arrival_variability, prompt_variation, percentile)};
  if (known.size() < kMost) {
    known.push_back(std::move(made));
    return known.back().queues;
  }
  known[oldest] = std::move(made);
  const PromptQueues& queues = known[oldest].queues;
  oldest = (oldest + 1) % kMost;
  return queues;
}

double PromptQueues::max_load(double wait, double replicas) const {
  double above = 1.0;  // 1 / replicas of the table before
  std::size_t k = 0;
  while (k + 2 < kTables && replicas * above > 2.0) {
    above *= 0.5;
    ++k;
  }
  const double below = k + 2 < kTables ? 0.5 * above : 0.0;
  const double share = (above - 1.0 / replicas) / (above - below);
  const double before = tables_[k].max_load(wait);
  if (share <= 0.0) return before;
  return before + share * (tables_[k + 1].max_load(wait) - before);
}

double PromptQueues::wait(double load, double replicas) const {
  if (load > kMaxUtilization) return kInfinity;
  if (max_load(0.0, replicas) >= load) return 0.0;
  double low = 0.0;
  double high = 1.0;
  while (max_load(high, replicas) < load) high *= 2.0;
  constexpr int kHalvings = 60;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = 0.5 * (low + high);
    (max_load(middle, replicas) < load ? low : high) = middle;
  }
  return low;
}

}  // namespace berth
