#include "berth/output/summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/core/tolerance.h"
#include "berth/output/format.h"

namespace berth {

PlanSummary summarize(const Plan& plan) {
  PlanSummary summary;
  std::map<std::string, PoolSummary> pools;
  for (const PlanOffer& offer : plan.offers) {
    PoolSummary& pool = pools[offer.pool];
    pool.rented += offer.gpus;
    pool.boxes += offer.boxes;
    pool.cost += offer.cost;
    pool.offers.push_back(&offer);
    summary.gpus += offer.gpus;
    summary.boxes += offer.boxes;
  }
  for (const PlanDeployment& deployment : plan.deployments) {
    PoolSummary& pool = pools[deployment.pool];
    pool.gpu = deployment.gpu;
    pool.used += deployment.gpus;
    pool.deployments.push_back(&deployment);
  }
  for (auto& [name, pool] : pools) {
    pool.name = name;
    summary.idle += pool.idle();
    summary.pools.push_back(std::move(pool));
  }
  std::stable_sort(summary.pools.begin(), summary.pools.end(),
                   [](const PoolSummary& a, const PoolSummary& b) { return a.cost > b.cost; });
  summary.classes_met = static_cast<std::size_t>(std::count_if(
      plan.classes.begin(), plan.classes.end(), [](const PlanClass& c) { return c.slo_met; }));
  return summary;
}

bool Promise::kept() const {
  if (!limit) return true;
  // The tolerances plans are assembled and checked with.
  const double slack = is_share ? tolerance::kAverage : *limit * tolerance::kReported;
  return predicted <= *limit + slack;
}

std::optional<double> Promise::headroom() const {
  if (!limit) return std::nullopt;
  if (*limit <= 0.0) return kept() ? 0.0 : -1.0;
  const double left = (*limit - predicted) / *limit;
  return kept() ? std::max(0.0, left) : left;
}

std::string Promise::predicted_text() const {
  return is_share ? format_percent(predicted) : format_seconds(predicted);
}

std::string Promise::limit_text() const {
  if (!limit) return "no limit";
  return is_share ? format_percent(*limit) : format_seconds(*limit);
}

std::vector<Promise> promises_of(const PlanClass& row) {
  const auto seconds = [](const std::optional<Seconds>& limit) {
    return limit ? std::optional(limit->value) : std::nullopt;
  };
  // An error of 1 is no floor at all.
  const std::optional<double> max_error =
      row.max_error < 1.0 ? std::optional(row.max_error) : std::nullopt;
  return {{"TTFT", row.ttft_s, seconds(row.slo.ttft), false},
          {"TPOT", row.tpot_s, seconds(row.slo.tpot), false},
          {"E2E", row.e2e_s, seconds(row.slo.e2e), false},
          {"Error", row.error, max_error, true}};
}

bool is_served(const PlanClass& row) { return row.unmet < 1.0 - tolerance::kShare; }

double least_headroom(const PlanClass& row) {
  double least = 1.0;
  if (!is_served(row)) return row.slo_met ? least : -1.0;
  for (const Promise& promise : promises_of(row)) {
    least = std::min(least, promise.headroom().value_or(1.0));
  }
  return least;
}

std::string pool_text(const std::string& pool, const std::string& gpu) {
  return gpu.empty() || pool.find(gpu) != std::string::npos ? pool : pool + " (" + gpu + ")";
}

std::string boxes_text(const PlanOffer& offer) {
  const int lot = offer.boxes > 0 ? offer.gpus / offer.boxes : 0;
  return fmt::format("{} of {}", format_count(offer.boxes, "box", "boxes"), lot);
}

std::string robust_phrase(const PlanRobustness& robust) {
  if (robust.survival.asked()) {
    return fmt::format("holds with everything {:g} times as stated", robust.survival.factor);
  }
  const double budget = robust.uncertainty.budget;
  return fmt::format("holds with {:g} {} worse than stated", budget,
                     budget == 1.0 ? "class" : "classes");
}

}  // namespace berth
