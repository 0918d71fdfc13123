#pragma once
// One catalog entry in full, number by number with its source. Private to the catalog's table.

#include <string>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/output/table.h"

namespace berth {

[[nodiscard]] std::string model_detail(const Catalog& catalog, const ModelSpec& model,
                                       const TableStyle& style);
[[nodiscard]] std::string gpu_detail(const Catalog& catalog, const GpuType& gpu,
                                     const TableStyle& style);

[[nodiscard]] std::string format_billions(double count);   ///< "8.03 B"
[[nodiscard]] std::string format_bytes(double bytes);      ///< "79.6 GiB", "128 KiB"
[[nodiscard]] std::string format_teraflops(double flops);  ///< "989"; empty for 0
[[nodiscard]] std::string format_precisions(const std::vector<Precision>& precisions);
/// "text (2026-11-23)", with a trailing * when not verified.
[[nodiscard]] std::string format_source(const Source& source);

}  // namespace berth
