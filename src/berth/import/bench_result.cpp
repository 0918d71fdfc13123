#include "berth/import/bench_result.h"

#include <fmt/format.h>

#include "berth/import/known_form.h"
#include "berth/measure/import/read_benchmarks.h"

namespace berth {

Result<std::vector<MeasuredRow>> import_benchmark(const BenchFormat& format,
                                                  const std::string& name, std::string_view content,
                                                  const RunFacts& said) {
  const BenchFormat* found = benchmark_format(content);
  if (found == nullptr || found->word != format.word) {
    return wrong_form(name, content, fmt::format("a result of {}", format.name));
  }
  Result<std::vector<MeasuredRow>> rows = parse_benchmarks(name, content, said);
  if (rows) {
    for (MeasuredRow& row : *rows) row.file = name;
  }
  return rows;
}

}  // namespace berth
