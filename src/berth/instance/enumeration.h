#pragma once
// All options of a fleet as rows of loads, pool by pool, dominated ones dropped as soon as a pool
// is done: the rows of a pool stay in the cache and only survivors are kept.

#include <cstdint>
#include <vector>

#include "berth/instance/build.h"
#include "berth/instance/class_terms.h"
#include "berth/instance/model_fit.h"
#include "berth/instance/rejection_log.h"
#include "berth/instance/skyline.h"
#include "berth/instance/supply.h"

namespace berth {

class Enumeration {
 public:
  /// Everything is enumerated here. `supplies` by pool. All outlive this.
  Enumeration(const Fleet& fleet, std::span<const PoolSupply> supplies,
              const BuildOptions& options);

  /// A surviving option; `fit` indexes fits().
  struct Row {
    OptionSpec option;
    std::uint32_t fit = 0;
    std::int32_t max_replicas = 0;
    std::int32_t group = kNoGroup;  ///< (model, GPU) number, not dense
  };
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<ModelFit>& fits() const { return fits_; }
  [[nodiscard]] const std::vector<ClassTerms>& terms() const { return terms_; }
  [[nodiscard]] std::vector<ClassRejections> rejections() && { return std::move(log_).take(); }
  [[nodiscard]] std::int64_t configurations() const { return configurations_; }
  [[nodiscard]] std::int64_t options_before_dominance() const { return options_; }

  /// Load of class i on row r; infinity where it is not served.
  [[nodiscard]] double load(std::size_t r, std::size_t i) const { return criteria_.row(r)[i]; }

 private:
  void enumerate_pool(PoolId pool);
  void enumerate_fit(PoolId pool, std::uint32_t fit);
  void size_deployment(const Deployment& deployment, Row row);
  void drop_dominated(DominanceRows& criteria, std::vector<Row>& rows, std::size_t first) const;
  [[nodiscard]] bool runs(const OptionSpec& option) const;  // by BuildOptions::keep
  void log_early_rejections();

  const Fleet& fleet_;
  std::span<const PoolSupply> supplies_;
  BuildOptions build_;
  std::vector<std::optional<Seconds>> targets_;
  std::vector<ClassTerms> terms_;
  std::vector<ModelFit> fits_;
  std::vector<std::uint32_t> cost_at_;   // criterion of class i's delay cost, or 0
  std::vector<std::uint32_t> error_at_;  // of its error, if it limits the average, or 0
  RejectionLog log_;
  std::vector<PoolStock> stocks_;
  std::vector<std::int64_t> sized_deployments_;  // by fit
  std::vector<OptionSpec> sized_example_;        // by fit
  std::int64_t shape_rejected_ = 0;              // deployments
  std::int64_t unavailable_ = 0;
  std::int64_t configurations_ = 0;
  std::int64_t options_ = 0;
  DominanceRows criteria_;
  std::vector<Row> rows_;
  std::vector<double> scratch_;  // targets x width
  std::vector<std::uint8_t> served_;
};

}  // namespace berth
