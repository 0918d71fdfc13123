#include "berth/output/workload_table.h"

#include <fmt/format.h>

namespace berth {
namespace {

constexpr double kTail = 0.95;

std::string source_lines(const Fit& fit) {
  std::string text;
  for (const FittedSource& source : fit.sources) {
    text += fmt::format("{}: {} requests over {:.1f} min, {}{}{}", source.source.name,
                        source.counts.rows, source.duration_s / 60.0, source.format,
                        source.compression.empty() ? "" : ", ", source.compression);
    if (source.counts.failed > 0)
      text += fmt::format(", {} failed requests left out", source.counts.failed);
    text += "\n";
  }
  return text;
}

std::string class_line(const QueryClass& query_class) {
  return fmt::format("{:<28} {:>9.3f} {:>8.0f} {:>8.0f} {:>8.0f} {:>8.0f} {:>8.2f} {:>6.0f} %\n",
                     query_class.name, query_class.rate, query_class.prompt_tokens.mean(),
                     query_class.prompt_tokens.quantile(kTail), query_class.output_tokens.mean(),
                     query_class.output_tokens.quantile(kTail), query_class.arrival_variability,
                     100.0 * query_class.prefix_reuse);
}

}  // namespace

std::string to_table(const Workload& workload) {
  std::string text =
      fmt::format("{:<28} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "class", "requests",
                  "prompt", "prompt", "output", "output", "arrival", "prefix");
  text += fmt::format("{:<28} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "", "/s", "mean", "P95",
                      "mean", "P95", "ca^2", "reuse");
  for (const QueryClass& query_class : workload.classes) text += class_line(query_class);
  return text;
}

std::string to_table(const Fit& fit) {
  return source_lines(fit) + "\n" + to_table(fit.workload) +
         fmt::format("\n{:.0f} % of the spread of the lengths is left inside the classes\n",
                     100.0 * fit.spread);
}

}  // namespace berth
