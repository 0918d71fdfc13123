#pragma once
// Small instances in a few lines: every limit absent unless given.

#include <optional>
#include <string>

#include "berth/instance/instance.h"

namespace berth::testing {

struct ClassLimits {
  double unmet_cost = 0.0;  ///< USD/h if wholly unmet
  double max_unmet = 0.0;
  double max_delay = kNoLimit;
  double max_error = kNoLimit;
};

struct OptionLimits {
  double fixed_cost = 0.0;
  std::int32_t max_replicas = kUnlimited;
  std::int32_t group = kNoGroup;
};

struct PairCosts {
  double delay = 0.0;
  double error = 0.0;
  double cost = 0.0;
};

class InstanceBuilder {
 public:
  ClassId add_class(const ClassLimits& limits = {});
  PoolId add_pool();
  OfferId add_offer(PoolId pool, double cost, std::int32_t lot = 1, std::int32_t max = kUnlimited);
  OptionId add_option(PoolId pool, std::int32_t units, const OptionLimits& limits = {});
  void add_pair(ClassId query_class, OptionId option, double load, const PairCosts& costs = {});
  void set_budget(double usd_per_hour);

  [[nodiscard]] const InstanceColumns& columns() const { return columns_; }
  /// REQUIRES: valid columns (aborts with the errors otherwise).
  [[nodiscard]] Instance build() const;

 private:
  InstanceColumns columns_;
};

/// Instance::make for tests: aborts with all errors instead of returning them.
[[nodiscard]] Instance make_instance(InstanceColumns columns);

}  // namespace berth::testing
