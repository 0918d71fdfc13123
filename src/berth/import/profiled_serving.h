#pragma once
// GPUs with a measured throughput for each size of request: what planners without a delay model
// plan from (Mélange, AIBrix), as Berth's own optimisation problem. docs/import.md.

#include <string>
#include <vector>

#include "berth/core/money.h"
#include "berth/core/result.h"
#include "berth/instance/instance.h"

namespace berth {

/// Requests of about the same prompt and output length.
struct SizeBucket {
  std::string name;
  double rate = 0.0;  ///< requests/s; 0 = none of this size
  std::string where;  ///< the place in the file that states it, for errors
};

struct ProfiledGpu {
  std::string name;
  CostRate cost;                   ///< of one
  std::vector<double> throughput;  ///< requests/s of one GPU, by bucket; 0 = cannot serve it
};

struct ProfiledServing {
  std::vector<SizeBucket> buckets;
  std::vector<ProfiledGpu> gpus;  ///< each with a throughput for each bucket; names unique
};

struct ImportedProblem {
  Instance instance;
  std::vector<std::string> notes;  ///< what was left out or reads differently, for people
};

/// Classes are the buckets that have requests, options are the GPUs, each in a pool of its own that
/// rents single GPUs without end. load = rate / throughput; a throughput of 0 is no pair. `name` is
/// that of the file. Errors, all at once: kMissing (no GPU, or no requests at all), kInfeasible (a
/// bucket with requests that no GPU serves), those of Instance::make.
[[nodiscard]] Result<ImportedProblem> to_problem(const ProfiledServing& serving,
                                                 const std::string& name);

}  // namespace berth
