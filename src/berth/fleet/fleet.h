#pragma once
// The problem as the user states it, resolved against the catalog: every name is an index, every
// default is filled in, every number is checked. docs/formats.md, "Fleet file".

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/core/money.h"
#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/workload/query_class.h"

namespace berth {

struct ServiceLevel {
  std::optional<Seconds> ttft;
  std::optional<Seconds> tpot;
  std::optional<Seconds> e2e;
  double percentile = 0.95;  ///< of requests that must meet each of them

  friend bool operator==(const ServiceLevel&, const ServiceLevel&) = default;
};

struct QualityFloor {
  enum class Mode { kAverage, kStrict };
  std::string task = "general";
  double min = 0.0;  ///< score 0..1
  Mode mode = Mode::kStrict;
};

/// What a class is planned with beyond what it states, because a replay of a plan without it missed
/// the percentile (`berth plan --verify`).
struct ClassMargin {
  static constexpr double kLeastLoad = 0.5;
  static constexpr double kMostLoad = 8.0;
  static constexpr double kLeastTpot = 0.1;

  double load = 1.0;  ///< times its demand
  double tpot = 1.0;  ///< times its limit on TPOT, at most 1

  [[nodiscard]] bool none() const { return load == 1.0 && tpot == 1.0; }
  friend bool operator==(const ClassMargin&, const ClassMargin&) = default;
};

struct FleetClass {
  QueryClass traffic;
  ServiceLevel slo;
  QualityFloor quality;
  double max_unmet = 0.0;               ///< share of the requests that may be refused
  double unmet_cost_per_request = 0.0;  ///< USD
  double delay_cost_per_second = 0.0;   ///< USD per second of end-to-end delay of one request
  ClassMargin margin;                   ///< not in a file: of a verified plan
};

struct FleetOffer {
  std::string name;
  int lot = 1;             ///< GPUs a box
  CostRate cost;           ///< per box
  std::optional<int> max;  ///< boxes; absent = no limit
};

/// GPUs of one type in one place.
struct FleetPool {
  std::string name;
  GpuId gpu;
  std::vector<FleetOffer> offers;
  std::size_t engine = 0;  ///< of catalog.engines(): the policy's engine on this GPU
};

/// What it takes to go from one plan to the next (docs/replan.md). Not measured here: typical of
/// engines that load weights from network storage; say your own.
struct SwitchingPolicy {
  Seconds engine_start{60.0};      ///< from process start to the first request, without weights
  double load_bandwidth = 2.0e9;   ///< bytes/s at which a replica's weights arrive
  Seconds box_start{180.0};        ///< from asking for a box to the first process on it
  Seconds drain{30.0};             ///< a replica that stops finishes what it runs
  Seconds hold = Seconds{3600.0};  ///< how long a plan is kept: its switching is paid over that
  double hysteresis = 0.0;         ///< share of the cost a new plan must save, else nothing moves

  friend bool operator==(const SwitchingPolicy&, const SwitchingPolicy&) = default;
};

/// How much worse than stated each may turn out, as a share (--robust; docs/robust.md).
struct UncertaintyPolicy {
  double budget = 0.0;  ///< Gamma: how many classes at once; 0 = plan for what is stated
  double load = 0.3;    ///< demand of a class
  double delay = 0.1;   ///< every time of a request
  double error = 0.1;   ///< error of a model's answers

  friend bool operator==(const UncertaintyPolicy&, const UncertaintyPolicy&) = default;
};

/// --survive F: every promise holds with demand, times and errors F times what is stated. F takes
/// the place of the headroom. Not in a file (docs/robust.md).
struct Survival {
  static constexpr double kMost = 100.0;
  double factor = 0.0;  ///< at least 1; 0 = not asked for

  [[nodiscard]] bool asked() const { return factor > 0.0; }
  friend bool operator==(const Survival&, const Survival&) = default;
};

struct FleetPolicy {
  double headroom = 0.1;  ///< planned demand = rate * (1 + headroom)
  bool one_config_per_model_and_gpu = false;
  std::vector<int> tensor_parallel = {1, 2, 4, 8};
  std::vector<int> pipeline_parallel = {1, 2, 4};
  std::vector<Precision> precisions;  ///< empty = each model's own list
  std::string engine = "vllm";        ///< a name of the catalog's engines
  CacheFormat kv_cache = CacheFormat::k16Bit;
  int max_num_seqs = 256;            ///< the engine's own limit on concurrency
  double memory_utilization = 0.90;  ///< u
  int tpot_targets = 4;              ///< distinct TPOT targets an option may be run at
  SwitchingPolicy switching;
  UncertaintyPolicy uncertainty;
  Survival survival;
};

struct Fleet {
  std::string name;  ///< shown in reports: the file's stem
  Catalog catalog;
  std::vector<ModelId> models;  ///< candidates, unique
  std::vector<FleetPool> pools;
  std::vector<FleetClass> classes;
  std::optional<CostRate> budget;
  FleetPolicy policy;
};

/// Classes of the file and of its `workload:` merged by name (the file's keys win).
/// `workload` replaces the file's workload and classes' traffic when given (--trace).
/// `include:` files are read first; what stands in a later file wins, key by key for classes,
/// defaults and policy, whole for pools (by name) and lists.
/// All errors at once, each with file:line: /pointer and a suggestion.
[[nodiscard]] Result<Fleet> read_fleet(const std::filesystem::path& path,
                                       const Workload* workload = nullptr);
[[nodiscard]] Result<Fleet> parse_fleet(const std::string& name, std::string_view yaml,
                                        const std::filesystem::path& base_directory,
                                        const Workload* workload = nullptr);

/// Default catalog, region pools, default SLOs (TTFT 2 s, TPOT 80 ms, 95th percentile) for every
/// class: what `berth plan --trace F` without a fleet file plans.
[[nodiscard]] Result<Fleet> default_fleet(const Workload& workload);

/// What a region's pools are rented by unless a fleet says more: spot capacity can vanish and
/// reserved capacity is bound for months, so neither is planned with unasked.
inline constexpr std::array kDefaultTerms = {OfferTerm::kOnDemand};

inline constexpr std::string_view kDefaultCloud = "aws";
inline constexpr std::string_view kDefaultRegion = "us-east-1";

/// Pools of one cloud region, one per GPU type and box size, an offer per instance type and term
/// ("p5.48xlarge-on-demand"). Empty if the catalog has no such region or terms.
[[nodiscard]] std::vector<FleetPool> region_pools(const Catalog& catalog, std::string_view cloud,
                                                  std::string_view region,
                                                  std::span<const OfferTerm> terms = kDefaultTerms);

}  // namespace berth
