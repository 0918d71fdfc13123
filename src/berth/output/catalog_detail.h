#pragma once
// One catalog entry in full, number by number with its source. Private to the catalog's table.

#include <cstddef>
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

/// Numbers the sources of a table in order of appearance, so that each row needs a few cells only.
class SourceLegend {
 public:
  /// "[2]", "[2]*" when not verified.
  [[nodiscard]] std::string reference(const Source& source);
  /// One source a line under a heading; starts with an empty line.
  [[nodiscard]] std::string render(const TableStyle& style) const;

 private:
  std::vector<Source> sources_;
};

/// Widest line a table may have: no limit in wide style.
[[nodiscard]] std::size_t table_width(const TableStyle& style);

}  // namespace berth
