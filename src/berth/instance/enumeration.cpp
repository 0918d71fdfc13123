#include "berth/instance/enumeration.h"

#include <algorithm>

namespace berth {

Enumeration::Enumeration(const Fleet& fleet, std::span<const PoolSupply> supplies,
                         const BuildOptions& options)
    : fleet_(fleet),
      supplies_(supplies),
      build_(options),
      targets_(option_targets(fleet)),
      log_(fleet.classes.size()) {
  for (const FleetClass& c : fleet.classes) terms_.push_back(class_terms(fleet, c, targets_));
  fits_ = model_fits(fleet, terms_);
  // A row: loads by class, then delay costs and errors of the classes for which they matter.
  auto width = static_cast<std::uint32_t>(terms_.size());
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    const QualityFloor& quality = fleet.classes[i].quality;
    const bool average = quality.mode == QualityFloor::Mode::kAverage && quality.min > 0.0;
    cost_at_.push_back(terms_[i].delay_usd_per_s > 0.0 ? width++ : 0);
    error_at_.push_back(average ? width++ : 0);
  }
  criteria_.width = width;
  scratch_.resize(targets_.size() * width);
  served_.resize(targets_.size());
  sized_deployments_.assign(fits_.size(), 0);
  sized_example_.resize(fits_.size());
  for (const FleetPool& pool : fleet.pools) stocks_.push_back(pool_stock(pool));
  for (std::size_t r = 0; r < fleet.pools.size(); ++r) enumerate_pool(PoolId(r));
  if (build_.dominance) drop_dominated(criteria_, rows_, 0);
  log_early_rejections();
}

void Enumeration::enumerate_pool(PoolId pool) {
  const std::size_t first = rows_.size();
  for (std::uint32_t fit = 0; fit < fits_.size(); ++fit) enumerate_fit(pool, fit);
  if (build_.dominance) drop_dominated(criteria_, rows_, first);
}

void Enumeration::enumerate_fit(PoolId pool, std::uint32_t fit) {
  const FleetPolicy& policy = fleet_.policy;
  const GpuId gpu = fleet_.pools[pool.index()].gpu;
  const PoolStock& stock = stocks_[pool.index()];
  Row row;
  row.fit = fit;
  row.option = {.model = fits_[fit].model, .pool = pool, .precision = fits_[fit].precision};
  if (policy.one_config_per_model_and_gpu) {
    row.group = static_cast<std::int32_t>(row.option.model.index() * fleet_.catalog.gpus().size() +
                                          gpu.index());
  }
  Deployment deployment = deployment_of(fleet_, row.option);
  for (const int n : policy.tensor_parallel) {
    for (const int m : policy.pipeline_parallel) {
      configurations_ += static_cast<std::int64_t>(targets_.size());
      deployment.tensor_parallel = row.option.tensor_parallel = n;
      deployment.pipeline_parallel = row.option.pipeline_parallel = m;
      if (check_shape(deployment)) {
        ++shape_rejected_;
      } else if (!stock.holds(n, m)) {
        ++unavailable_;
      } else {
        row.max_replicas = stock.max_replicas(n * m);
        size_deployment(deployment, row);
      }
    }
  }
}

void Enumeration::size_deployment(const Deployment& deployment, Row row) {
  const ModelFit& fit = fits_[row.fit];
  const PhaseModel model(deployment);
  const std::size_t width = criteria_.width;
  std::fill(scratch_.begin(), scratch_.end(), kNoLimit);
  std::fill(served_.begin(), served_.end(), std::uint8_t{0});
  ++sized_deployments_[row.fit];
  sized_example_[row.fit] = row.option;
  PairSizing pair;
  for (const std::uint32_t i : fit.eligible) {
    const ClassTerms& c = terms_[i];
    row.option.tpot_target.reset();
    if (const Miss miss = pair.prepare(model, c); miss.reason != PairRejection::kCount) {
      log_.add(i, miss, static_cast<std::int64_t>(c.usable_targets), row.option);
      continue;
    }
    for (std::size_t t = 0; t < c.usable_targets; ++t) {
      const double target = targets_[t] ? targets_[t]->value : kNoLimit;
      if (const Miss miss = pair.size(c, target); miss.reason != PairRejection::kCount) {
        row.option.tpot_target = targets_[t];
        log_.add(i, miss, 1, row.option);
        continue;
      }
      double* const criteria = scratch_.data() + t * width;
      criteria[i] = pair.sizing().load;
      if (cost_at_[i] != 0) criteria[cost_at_[i]] = c.delay_usd_per_s * pair.mean_delay(c);
      if (error_at_[i] != 0) criteria[error_at_[i]] = fit.error[i];
      served_[t] = 1;
    }
  }
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    if (served_[t] == 0) continue;
    ++options_;
    row.option.tpot_target = targets_[t];
    rows_.push_back(row);
    criteria_.add(std::span(scratch_).subspan(t * width, width), row.option.pool.value(),
                  deployment.gpus(), CostRate{}, row.max_replicas, row.group);
  }
}

void Enumeration::drop_dominated(DominanceRows& criteria, std::vector<Row>& rows,
                                 std::size_t first) const {
  std::vector<std::uint8_t> keep = undominated_rows(criteria.tail(first), supplies_);
  if (!build_.keep.empty()) {
    for (std::size_t r = first; r < rows.size(); ++r) {
      if (runs(rows[r].option)) keep[r - first] = 1;
    }
  }
  std::size_t kept = first;
  for (std::size_t r = first; r < rows.size(); ++r) {
    if (keep[r - first] == 0) continue;
    if (kept != r) rows[kept] = rows[r];
    ++kept;
  }
  rows.resize(kept);
  criteria.keep_tail(first, keep);
}

bool Enumeration::runs(const OptionSpec& option) const {
  return std::find(build_.keep.begin(), build_.keep.end(), option) != build_.keep.end();
}

void Enumeration::log_early_rejections() {
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    const auto usable = static_cast<std::int64_t>(terms_[i].usable_targets);
    const auto too_slow = static_cast<std::int64_t>(targets_.size()) - usable;
    const std::int64_t deployments =
        targets_.empty() ? 0 : configurations_ / static_cast<std::int64_t>(targets_.size());
    log_.add(i, PairRejection::kShape, shape_rejected_ * usable);
    log_.add(i, PairRejection::kAvailability, unavailable_ * usable);
    log_.add(i, PairRejection::kTargetTooSlow, deployments * too_slow);
    for (std::size_t fit = 0; fit < fits_.size(); ++fit) {
      const Miss& miss = fits_[fit].miss[i];
      if (miss.reason == PairRejection::kCount || sized_deployments_[fit] == 0) continue;
      log_.add(i, miss, sized_deployments_[fit] * usable, sized_example_[fit]);
    }
  }
}

}  // namespace berth
