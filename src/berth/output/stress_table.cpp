#include "berth/output/stress_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

std::string range_words(const char* what, const FactorRange& range) {
  if (range.low == 1.0 && range.high == 1.0) return "";
  if (range.low == range.high) return fmt::format(", {} x {:g}", what, range.low);
  return fmt::format(", {} x {:g} to {:g}", what, range.low, range.high);
}

std::string per_cent(double share) {
  return share > 0.0 && share < 5e-4 ? "<0.1 %" : fmt::format("{:.1f} %", 100.0 * share);
}

}  // namespace

std::string planned_for_text(const StressedMethod& method) {
  if (method.survive) return fmt::format("survive {:g}", *method.survive);
  std::string text = method.headroom ? fmt::format("{:g} %", 100.0 * *method.headroom) : "-";
  if (method.robust) text += fmt::format(", robust {:g}", *method.robust);
  return text;
}

std::string stressed_name(const StressedMethod& method) {
  std::string name = printable(method.method);
  if (method.headroom) name += fmt::format(", {:g} % headroom", 100.0 * *method.headroom);
  if (method.robust) name += fmt::format(", robust {:g}", *method.robust);
  if (method.survive) name += fmt::format(", survive {:g}", *method.survive);
  return name;
}

std::string to_table(const StressResult& result, const TableStyle& style) {
  const ScenarioRanges& ranges = result.ranges;
  std::string out =
      paint("Stress test of " + printable(result.fleet), Tone::kStrong, style.color) + "\n";
  out += fmt::format(
      "  {} scenario{}, {}{}{}{}; seed {}\n", format_count(result.scenarios),
      result.scenarios == 1 ? "" : "s", kScenarioShapeNames[static_cast<int>(ranges.shape)],
      range_words("demand", ranges.demand),
      range_words(ranges.delay_kind == DelayKind::kService ? "delay" : "latency", ranges.delay),
      range_words("error", ranges.error), result.seed);
  const std::size_t rows = result.methods.front().rows.size();
  if (result.shard.count > 1) {
    out += fmt::format("  part {} of {}: {} of them\n", result.shard.index, result.shard.count,
                       format_count(rows));
  }
  out += fmt::format("  {} plan{}, replicas stay and routes follow; routed in {}\n\n",
                     result.methods.size(), result.methods.size() == 1 ? "" : "s",
                     format_seconds(result.wall_s));
  TextGrid grid({{"METHOD"},
                 {"HEADROOM", Align::kRight},
                 {"PLAN", Align::kRight},
                 {"EXPECTED", Align::kRight},
                 {"P95", Align::kRight},
                 {"VIOLATED", Align::kRight},
                 {"LATE", Align::kRight},
                 {"ERROR", Align::kRight},
                 {"REFUSED", Align::kRight},
                 {"UNMET", Align::kRight}});
  for (const StressedMethod& method : result.methods) {
    const StressSummary sum = summarise(method, result.classes);
    const auto usd = [](double cost) { return format_usd(CostRate::usd_per_hour(cost)); };
    grid.add_row({{printable(method.method)},
                  {planned_for_text(method)},
                  {format_usd(method.plan_cost)},
                  {usd(sum.expected_cost)},
                  {usd(sum.p95_cost)},
                  {per_cent(sum.violation_rate)},
                  {per_cent(sum.latency_rate)},
                  {per_cent(sum.error_rate)},
                  {per_cent(sum.unmet_rate)},
                  {per_cent(sum.unmet_share)}});
  }
  out += grid.render(style.terminal(), style.color);
  return out +
         "\n  USD per hour. VIOLATED: of (scenario, class) pairs, those in which a promise breaks; "
         "LATE,\n  ERROR and REFUSED say which. UNMET: share of the requests. What is late or "
         "refused costs\n  the class's unmet cost.\n";
}

}  // namespace berth
