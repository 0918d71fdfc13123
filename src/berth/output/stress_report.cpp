#include "berth/output/stress_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/frontier_chart.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/stress_table.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

std::string usd_text(double cost) { return format_usd(CostRate::usd_per_hour(cost)); }

std::string share_text(double share) {
  return share > 0.0 && share < 5e-4 ? "<0.1 %" : fmt::format("{:.1f} %", 100.0 * share);
}

std::string line_name(const StressedMethod& method) {
  if (method.survive) return method.method + ", survive";
  return method.robust ? method.method + ", robust" : method.method;
}

std::string point_label(const StressedMethod& method) {
  if (method.survive) return fmt::format("{:g}", *method.survive);
  return method.headroom || method.robust ? planned_for_text(method) : "";
}

/// A line for each method and kind of robustness, its points by headroom, budget or factor.
std::vector<FrontierLine> frontier(const StressResult& result) {
  std::vector<FrontierLine> lines;
  for (const StressedMethod& method : result.methods) {
    const std::string name = line_name(method);
    auto line = std::find_if(lines.begin(), lines.end(),
                             [&](const FrontierLine& known) { return known.name == name; });
    if (line == lines.end()) {
      lines.push_back({name, static_cast<int>(lines.size()) % kHues, {}});
      line = lines.end() - 1;
    }
    const StressSummary sum = summarise(method, result.classes);
    line->points.push_back(
        {sum.expected_cost, sum.violation_rate, point_label(method),
         fmt::format("{}: {} broken, {} an hour expected, {} planned", stressed_name(method),
                     share_text(sum.violation_rate), usd_text(sum.expected_cost),
                     format_usd(method.plan_cost))});
  }
  return lines;
}

std::string figures_table(const StressResult& result) {
  HtmlTable table("What the plans come to", {{"Method"},
                                             {"Headroom", true},
                                             {"Plan", true},
                                             {"Expected", true},
                                             {"P95", true},
                                             {"Broken", true},
                                             {"late", true},
                                             {"error", true},
                                             {"refused", true},
                                             {"Unmet", true},
                                             {"Late", true}});
  for (const StressedMethod& method : result.methods) {
    const StressSummary sum = summarise(method, result.classes);
    table.add_row(
        {escape_html(method.method), planned_for_text(method), format_usd(method.plan_cost),
         usd_text(sum.expected_cost), usd_text(sum.p95_cost), share_text(sum.violation_rate),
         share_text(sum.latency_rate), share_text(sum.error_rate), share_text(sum.unmet_rate),
         share_text(sum.unmet_share), share_text(sum.late_share)});
  }
  return table.html();
}

std::string set_up(const StressResult& result) {
  const auto range = [](const FactorRange& r) {
    return fmt::format("{:g} to {:g}", r.low, r.high);
  };
  HtmlTable table("The scenarios", {{"What"}, {"Value", true}});
  table.add_row({"Scenarios", format_count(result.scenarios)});
  table.add_row({"Demand of a class, times", range(result.ranges.demand)});
  table.add_row({result.ranges.delay_kind == DelayKind::kService
                     ? "Times of a pool's replicas, times"
                     : "Times of a pool's answers, no capacity lost, times",
                 range(result.ranges.delay)});
  table.add_row({"Error of a model, times", range(result.ranges.error)});
  table.add_row({"Shape", kScenarioShapeNames[static_cast<int>(result.ranges.shape)]});
  table.add_row({"Seed", std::to_string(result.seed)});
  return table.html();
}

}  // namespace

std::string stress_answer(const StressResult& result) {
  const StressedMethod* safest = nullptr;
  const StressedMethod* cheapest = nullptr;
  const auto sum = [&](const StressedMethod* m) { return summarise(*m, result.classes); };
  for (const StressedMethod& method : result.methods) {
    const StressSummary own = sum(&method);
    if (cheapest == nullptr || own.expected_cost < sum(cheapest).expected_cost) cheapest = &method;
    const auto rank = [](const StressSummary& s) {
      return std::pair(s.violation_rate, s.expected_cost);
    };
    if (safest == nullptr || rank(own) < rank(sum(safest))) safest = &method;
  }
  const auto words = [&](const StressedMethod* m) {
    return fmt::format("{} ({} of the promises broken, {} an hour expected)", stressed_name(*m),
                       share_text(sum(m).violation_rate), usd_text(sum(m).expected_cost));
  };
  if (safest == cheapest) return "Safest and cheapest in expectation: " + words(safest) + ".";
  return fmt::format("Safest: {}. Cheapest in expectation: {}.", words(safest), words(cheapest));
}

std::string to_html_report(const StressResult& result) {
  std::string out = page_head("Stress test of " + result.fleet);
  out += fmt::format(
      "<header><p class=\"eyebrow\">Stress test</p><h1>{}</h1>\n"
      "<p class=\"lead\">Replicas stay as planned; demand, delay and error do not. Each scenario "
      "is routed anew at least cost.</p></header>\n<p class=\"answer\">{}</p>\n",
      escape_html(result.fleet), escape_html(stress_answer(result)));
  const std::vector<FrontierLine> lines = frontier(result);
  out += panel("frontier", "Cost and robustness",
               "each point a plan, with its headroom; left and low is good",
               frontier_chart("chart-frontier", "Cost and robustness",
                              "Expected cost and share of broken promises of each plan",
                              "expected cost, USD per hour", "promises broken", lines));
  out += panel(
      "figures", "Figures",
      "USD per hour; broken: of (scenario, class) pairs; unmet and late: of the requests. What "
      "is late, poor or refused costs the class's unmet cost",
      figures_table(result));
  out += panel("scenarios", "Set-up", "the same scenarios for every plan", set_up(result));
  return out + page_end();
}

}  // namespace berth
