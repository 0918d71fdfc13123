#include "berth/instance/options.h"

#include <fmt/format.h>

#include "berth/instance/supply.h"

namespace berth {

std::string_view to_string(PairRejection reason) {
  switch (reason) {
    case PairRejection::kShape: return "shape";
    case PairRejection::kAvailability: return "availability";
    case PairRejection::kContext: return "context";
    case PairRejection::kMemory: return "memory";
    case PairRejection::kQuality: return "quality";
    case PairRejection::kTtft: return "TTFT";
    case PairRejection::kTpot: return "TPOT";
    case PairRejection::kE2e: return "end-to-end";
    case PairRejection::kTargetTooSlow: return "TPOT target";
    case PairRejection::kCount: break;
  }
  return "none";
}

std::string option_name(const Fleet& fleet, const OptionSpec& option) {
  std::string name = fmt::format("{}:{}@{} tp{} pp{}", fleet.catalog.model(option.model).name,
                                 to_string(option.precision), fleet.pools[option.pool.index()].name,
                                 option.tensor_parallel, option.pipeline_parallel);
  if (option.tpot_target) name += fmt::format(" tpot{:.6g}ms", option.tpot_target->value / kMilli);
  return name;
}

Deployment deployment_of(const Fleet& fleet, const OptionSpec& option) {
  const FleetPool& pool = fleet.pools[option.pool.index()];
  return {.model = &fleet.catalog.model(option.model),
          .gpu = &fleet.catalog.gpu(pool.gpu),
          .engine = &fleet.catalog.engines()[pool.engine],
          .precision = option.precision,
          .cache = fleet.policy.kv_cache,
          .tensor_parallel = option.tensor_parallel,
          .pipeline_parallel = option.pipeline_parallel,
          .memory_utilization = fleet.policy.memory_utilization,
          .max_num_seqs = fleet.policy.max_num_seqs,
          .box_gpus = pool_stock(pool).box_gpus};
}

}  // namespace berth
