#include "berth/import/profiled_serving.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace berth {
namespace {

/// Buckets with requests, and the errors of those that nobody serves.
std::vector<std::size_t> buckets_to_serve(const ProfiledServing& serving, Errors& errors) {
  std::vector<std::size_t> wanted;
  for (std::size_t b = 0; b < serving.buckets.size(); ++b) {
    const SizeBucket& bucket = serving.buckets[b];
    if (!(bucket.rate > 0.0)) continue;
    wanted.push_back(b);
    const bool served =
        std::any_of(serving.gpus.begin(), serving.gpus.end(),
                    [&](const ProfiledGpu& gpu) { return gpu.throughput[b] > 0.0; });
    if (served) continue;
    errors.push_back({ErrorCode::kInfeasible,
                      fmt::format("no GPU serves the requests of {} ({:g}/s): every throughput is "
                                  "0 there",
                                  bucket.name, bucket.rate),
                      bucket.where, "profile a GPU that does, or take these requests out"});
  }
  return wanted;
}

void add_gpu(const ProfiledGpu& gpu, InstanceColumns& columns) {
  const PoolId pool(columns.pools.name.size());
  columns.pools.name.push_back(gpu.name);
  columns.offers.name.push_back(gpu.name);
  columns.offers.pool.push_back(pool);
  columns.offers.lot.push_back(1);
  columns.offers.cost.push_back(gpu.cost);
  columns.offers.max.push_back(kUnlimited);
  columns.options.name.push_back(gpu.name);
  columns.options.pool.push_back(pool);
  columns.options.units.push_back(1);
  columns.options.fixed_cost.emplace_back();
  columns.options.max_replicas.push_back(kUnlimited);
  columns.options.group.push_back(kNoGroup);
}

void add_bucket(const ProfiledServing& serving, std::size_t b, InstanceColumns& columns) {
  const SizeBucket& bucket = serving.buckets[b];
  const ClassId query_class(columns.classes.name.size());
  columns.classes.name.push_back(bucket.name);
  columns.classes.unmet_cost.emplace_back();
  columns.classes.max_unmet.push_back(0.0);
  columns.classes.max_delay.push_back(kNoLimit);
  columns.classes.max_error.push_back(kNoLimit);
  for (std::size_t g = 0; g < serving.gpus.size(); ++g) {
    const double throughput = serving.gpus[g].throughput[b];
    if (!(throughput > 0.0)) continue;
    columns.pairs.option.emplace_back(g);
    columns.pairs.query_class.push_back(query_class);
    columns.pairs.load.push_back(bucket.rate / throughput);
    columns.pairs.delay.push_back(0.0);
    columns.pairs.error.push_back(0.0);
    columns.pairs.cost.emplace_back();
  }
}

}  // namespace

Result<ImportedProblem> to_problem(const ProfiledServing& serving, const std::string& name) {
  Errors errors;
  const std::vector<std::size_t> wanted = buckets_to_serve(serving, errors);
  if (serving.gpus.empty())
    errors.push_back({ErrorCode::kMissing, "no GPU to plan with", name, {}});
  if (wanted.empty()) {
    errors.push_back({ErrorCode::kMissing, "no requests to plan for: every rate is 0", name, {}});
  }
  if (!errors.empty()) return errors;

  InstanceColumns columns;
  for (const ProfiledGpu& gpu : serving.gpus) add_gpu(gpu, columns);
  for (const std::size_t b : wanted) add_bucket(serving, b, columns);
  Result<Instance> instance = Instance::make(std::move(columns));
  if (!instance) {
    errors = instance.errors();
    for (Error& error : errors) {
      error.message = fmt::format("the optimisation problem at {}: {}", error.where, error.message);
      error.where = name;
    }
    return errors;
  }
  ImportedProblem problem{*std::move(instance), {}};
  if (const std::size_t empty = serving.buckets.size() - wanted.size(); empty > 0) {
    problem.notes.push_back(
        fmt::format("{} of {} sizes have no requests and are no classes of the problem", empty,
                    serving.buckets.size()));
  }
  return problem;
}

}  // namespace berth
