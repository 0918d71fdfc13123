#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/catalog/draft.h"
#include "berth/catalog/name_clashes.h"

namespace berth::catalog_draft {
namespace {

/// The GPU with an efficiency that resembles this one most: same architecture, nearest bandwidth.
const GpuDraft* nearest_relative(const CatalogDraft& draft, const GpuDraft& orphan) {
  const auto distance = [&](const GpuDraft& other) {
    const double log_ratio =
        orphan.gpu.bandwidth_bytes_per_s > 0.0 && other.gpu.bandwidth_bytes_per_s > 0.0
            ? std::abs(std::log(other.gpu.bandwidth_bytes_per_s / orphan.gpu.bandwidth_bytes_per_s))
            : 0.0;
    constexpr double kOtherArchitecture = 100.0;  // above any ratio of bandwidths
    constexpr double kOtherVendor = 1000.0;
    return log_ratio +
           (other.gpu.architecture == orphan.gpu.architecture ? 0.0 : kOtherArchitecture) +
           (other.gpu.vendor == orphan.gpu.vendor ? 0.0 : kOtherVendor);
  };
  const GpuDraft* nearest = nullptr;
  for (const GpuDraft& other : draft.gpus) {
    if (!other.has_efficiency) continue;
    if (nearest == nullptr || distance(other) < distance(*nearest)) nearest = &other;
  }
  return nearest;
}

void check_efficiency(const CatalogDraft& draft, const GpuDraft& entry, Errors& errors) {
  if (!entry.has_efficiency) {
    const GpuDraft* relative = nearest_relative(draft, entry);
    errors.push_back(
        {ErrorCode::kMissing,
         fmt::format("GPU '{}' has no efficiency: its speed cannot be predicted", entry.gpu.name),
         entry.places.entry(),
         relative == nullptr
             ? std::string("add 'efficiency:' to it")
             : fmt::format("start from its nearest relative: 'efficiency: {{like: {}}}'",
                           relative->gpu.name)});
    return;
  }
  if (entry.gpu.fast_domain > 1 && entry.gpu.efficiency.all_reduce.empty()) {
    errors.push_back({ErrorCode::kMissing,
                      fmt::format("GPU '{}' offers tensor parallelism up to {} GPUs (fast_domain), "
                                  "but its efficiency has no 'all_reduce'",
                                  entry.gpu.name, entry.gpu.fast_domain),
                      entry.places.of("fast_domain"), "add 'all_reduce' or set 'fast_domain: 1'"});
  }
  const GpuEfficiency& efficiency = entry.gpu.efficiency;
  if (!(efficiency.hand_over_in_node.bandwidth_bytes_per_s > 0.0) ||
      !(efficiency.hand_over_between_nodes.bandwidth_bytes_per_s > 0.0)) {
    errors.push_back({ErrorCode::kMissing,
                      fmt::format("GPU '{}' has no 'hand_over_in_node' and "
                                  "'hand_over_between_nodes': pipelines cannot be predicted",
                                  entry.gpu.name),
                      entry.places.entry(),
                      "add both to its 'efficiency', or start from another GPU's with 'like'"});
  }
}

void check_domain(const GpuDraft& entry, Errors& errors) {
  const int node = entry.gpu.gpus_per_node;
  const int domain = entry.gpu.fast_domain;
  if (node < 1 || domain < 1) return;
  // Within a server a domain splits it evenly; beyond, it is a rack of whole servers.
  const bool even = domain <= node ? node % domain == 0 : domain % node == 0;
  if (!even) {
    errors.push_back(
        {ErrorCode::kInconsistent,
         fmt::format("fast_domain {} and gpus_per_node {}: one must be a multiple of the other",
                     domain, node),
         entry.places.of("fast_domain"),
         {}});
  }
}

void check_gpu(const CatalogDraft& draft, const GpuDraft& entry, Errors& errors) {
  if (entry.places.has("peak_tflops") && !entry.places.has("bf16")) {
    errors.push_back(
        {ErrorCode::kMissing, fmt::format("GPU '{}' has no 16-bit peak", entry.gpu.name),
         entry.places.of("peak_tflops"), "add 'bf16' (for fp16-only GPUs, their fp16 peak)"});
  }
  check_domain(entry, errors);
  check_efficiency(draft, entry, errors);
}

}  // namespace

void check_gpus(const CatalogDraft& draft, Errors& errors) {
  std::vector<Naming> names;
  names.reserve(draft.gpus.size());
  for (const GpuDraft& entry : draft.gpus) {
    names.push_back({&entry.gpu.name, &entry.gpu.aliases, &entry.places});
  }
  check_name_clashes(names, "GPU", errors);
  for (const GpuDraft& entry : draft.gpus) check_gpu(draft, entry, errors);
}

}  // namespace berth::catalog_draft
