#include <algorithm>

#include <fmt/format.h>

#include "berth/catalog/entry_reader.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

// Wide enough for any accelerator to come, narrow enough to catch GB written as bytes.
constexpr Range kMemoryRange{.min = 1e9, .max = 1e13};
constexpr Range kBandwidthRange{.min = 1e10, .max = 1e15};
constexpr Range kGpuLinkRange{.min = 1e8, .max = 1e14};
constexpr Range kPeakRange{.min = 1.0, .max = 1e6};  // TFLOPS
constexpr Range kCountRange{.min = 1, .max = 4096};
constexpr Range kPowerRange{.min = 1, .max = 1e5};

void read_peaks(EntryReader& entry, Places& places, GpuType& gpu) {
  const auto value = entry.find("peak_tflops");
  if (!value) return;
  EntryReader peaks(*value, entry.file(), places);
  for (const Precision precision : kPrecisions) {
    peaks.number(to_string(precision), kPeakRange,
                 gpu.peak_flops[static_cast<std::size_t>(precision)], kTera);
  }
  peaks.finish();
}

GpuDraft& gpu_draft(const ValueReader& item, const std::string& name, const FileContext& file,
                    CatalogDraft& draft, bool& is_new) {
  GpuDraft* found = draft.find_gpu(name);
  is_new = found == nullptr;
  if (is_new) {
    GpuDraft fresh;
    fresh.gpu.name = name;
    found = &draft.gpus.emplace_back(std::move(fresh));
  } else if (found->last_file == &file) {
    item.fail(ErrorCode::kDuplicate, fmt::format("GPU '{}' stands twice in this file", name));
  }
  found->last_file = &file;
  return *found;
}

void read_gpu(const ValueReader& item, const FileContext& file, CatalogDraft& draft) {
  if (!item.is_map()) {
    static_cast<void>(item.map());  // records what was expected
    return;
  }
  MapReader names(item);
  const std::string name = names.string("name");
  if (name.empty()) return;
  bool is_new = false;
  GpuDraft& target = gpu_draft(item, name, file, draft, is_new);
  GpuType& gpu = target.gpu;
  EntryReader entry(item, file, target.places);
  std::string written_name;
  entry.text("name", written_name);
  entry.aliases(gpu.aliases);
  entry.text("vendor", gpu.vendor);
  entry.text("architecture", gpu.architecture);
  entry.size("memory", kMemoryRange, gpu.memory_bytes);
  entry.size("bandwidth", kBandwidthRange, gpu.bandwidth_bytes_per_s);
  read_peaks(entry, target.places, gpu);
  entry.integer("gpus_per_node", kCountRange, gpu.gpus_per_node);
  entry.integer("fast_domain", kCountRange, gpu.fast_domain);
  entry.text("link", gpu.link);
  entry.size("link_bandwidth", kGpuLinkRange, gpu.link_bytes_per_s);
  entry.number("power", kPowerRange, gpu.power_w);
  entry.source("source", is_new, gpu.source);
  const bool memory_changed = is_new || entry.map().has("memory");
  if (memory_changed) gpu.memory_source = gpu.source;
  entry.optional_source("memory_source", gpu.memory_source);
  entry.text("note", gpu.note);
  if (const auto inline_map = entry.find("efficiency")) {
    draft.efficiencies.push_back({*inline_map, gpu.name, &file});
  }
  entry.require({"vendor", "architecture", "memory", "bandwidth", "peak_tflops", "gpus_per_node",
                 "fast_domain", "link", "link_bandwidth"},
                "a GPU");
  entry.finish();
  target.places.set_entry(item.where());
}

}  // namespace

void read_gpus(MapReader& root, const FileContext& file, CatalogDraft& draft) {
  for (const ValueReader& item : root.list("gpus")) read_gpu(item, file, draft);
}

}  // namespace berth::catalog_draft
