#pragma once
// What an option of the instance means, and why others were rejected.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "berth/core/id.h"
#include "berth/core/units.h"
#include "berth/fleet/fleet.h"
#include "berth/perf/deployment.h"
#include "berth/perf/phase_model.h"

namespace berth {

/// Index into Fleet::pools and Fleet::classes equals PoolId and ClassId of the instance.
struct OptionSpec {
  ModelId model;
  PoolId pool;
  Precision precision = Precision::kBf16;
  int tensor_parallel = 1;
  int pipeline_parallel = 1;
  std::optional<Seconds> tpot_target = std::nullopt;  ///< absent: run at the memory / engine limit

  friend bool operator==(const OptionSpec&, const OptionSpec&) = default;
};

/// "llama-3.1-8b:bf16@h100 tp2 pp1 tpot50ms"; without a target the last word is absent.
[[nodiscard]] std::string option_name(const Fleet& fleet, const OptionSpec& option);

/// The deployment an option runs; `gpu` and `model` point into the fleet.
[[nodiscard]] Deployment deployment_of(const Fleet& fleet, const OptionSpec& option);

/// Why an option does not serve a class (the parallelism-aware filter, M1). The first that fails,
/// in the order of evaluate_pair: docs/formulation.md, "Filter".
enum class PairRejection : std::uint8_t {
  kShape,          ///< the deployment cannot exist: see ShapeRejection
  kAvailability,   ///< the pool cannot hold one replica: too few GPUs, or boxes smaller than TP
  kContext,        ///< longest request exceeds the model's context
  kMemory,         ///< the longest request does not fit beside the weights
  kQuality,        ///< below a strict floor (or no score for the task)
  kTtft,           ///< prefill at the percentile leaves no time to wait
  kTpot,           ///< B* < 1 at the target
  kE2e,            ///< even unloaded, the percentile request takes too long
  kTargetTooSlow,  ///< the option's TPOT target exceeds the class's SLO (not counted as a miss)
  kCount,
};
[[nodiscard]] std::string_view to_string(PairRejection reason);

/// A feasible (class, option) evaluation: everything a plan reports about a route.
struct PairPhysics {
  double concurrency = 0.0;      ///< B*
  double throughput = 0.0;       ///< X(B*), requests/s a replica
  double utilization_max = 0.0;  ///< rho_max
  double load = 0.0;             ///< a_id = planned demand / (rho_max X)
  double ttft_s = 0.0;           ///< at the class's percentile, at fill * rho_max
  double tpot_s = 0.0;           ///< at the percentile, at fill * rho_max; within the target at any
  double e2e_s = 0.0;            ///< at the percentile: TTFT + (f_p - 1) T_it
  double mean_delay_s = 0.0;     ///< D_id: mean TTFT + (f - 1) TPOT
  double error = 0.0;            ///< e_id
};

/// How often each reason rejected a (class, configuration) and the nearest miss: enough to say
/// "14 of 212 configurations of llama-3.1-70b failed TTFT; the closest needs 1.31 s".
struct ClassRejections {
  std::array<std::int64_t, static_cast<std::size_t>(PairRejection::kCount)> count{};
  PairRejection nearest_reason = PairRejection::kCount;
  double nearest_value = 0.0;  ///< e.g. the TTFT it would have unloaded, s; tokens, a score
  double nearest_limit = 0.0;  ///< e.g. the SLO, s
  OptionSpec nearest;          ///< valid if nearest_reason != kCount
};

}  // namespace berth
