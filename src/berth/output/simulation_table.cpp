#include "berth/output/simulation_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

using Align = GridColumn::Align;

const PlanClass* planned(const Plan& plan, const std::string& name) {
  for (const PlanClass& row : plan.classes) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

/// "97.3 +-0.4 %"
std::string share_text(const Estimate& share) {
  if (!std::isfinite(share.half)) return fmt::format("{:.1f} %", share.value * 100.0);
  return fmt::format("{:.1f} \u00b1{:.1f} %", share.value * 100.0, share.half * 100.0);
}

std::string limit_text(double limit) { return limit < 1e299 ? format_seconds(limit) : "-"; }

class SimulationText {
 public:
  SimulationText(const SimulationReport& report, const Plan& plan, const TableStyle& style)
      : report_(report), plan_(plan), style_(style) {}

  std::string text() {
    head();
    classes();
    deployments();
    closing();
    return out_;
  }

 private:
  void title(const std::string& name, const std::string& note) {
    out_ += paint(name, Tone::kStrong, style_.color) +
            paint("  " + note, Tone::kDim, style_.color) + "\n";
  }
  void render(const TextGrid& grid) {
    out_ += grid.render(static_cast<std::size_t>(style_.width), style_.color) + "\n";
  }

  void head() {
    const RequestCounts& r = report_.requests;
    out_ += paint("Simulation of " + printable(plan_.fleet), Tone::kStrong, style_.color) + "\n";
    out_ +=
        fmt::format("  {} arrived: {} served, {} still queued, {} dropped", format_count(r.arrived),
                    format_count(r.served), format_count(r.queued), format_count(r.dropped));
    if (report_.unassigned > 0) {
      out_ += fmt::format("; {} of the trace fit no class", format_count(report_.unassigned));
    }
    out_ += fmt::format(
        "\n  {} measured{}, simulated in {}\n\n", format_seconds(report_.simulated_s),
        report_.replications > 1 ? fmt::format(" in each of {} runs", report_.replications) : "",
        format_seconds(report_.wall_s));
  }

  void metric_row(TextGrid& grid, const ClassReport& row, const char* name,
                  const LatencyEstimate& measured, double limit, double predicted,
                  const Estimate& within, bool first) {
    const bool fits = within.value >= row.percentile;
    const double at = measured.at_slo.value;
    grid.add_row(
        {{first ? printable(row.name) : ""},
         {name},
         {limit_text(limit)},
         {predicted > 0.0 ? format_seconds(predicted) : "-"},
         {format_seconds(at), fits ? Tone::kGood : Tone::kBad},
         {predicted > 0.0 ? fmt::format("{:+.0f} %", (at / predicted - 1.0) * 100.0) : "-"},
         {format_seconds(measured.mean.value)},
         {format_seconds(measured.p50.value)},
         {format_seconds(measured.p99.value)},
         {limit < 1e299 ? share_text(within) : "-"}});
  }

  void classes() {
    title("Classes",
          "simulated at the percentile of the class, beside what the plan predicts there");
    TextGrid grid({{"CLASS", Align::kLeft, 8},
                   {"", Align::kLeft, 0},
                   {"LIMIT", Align::kRight, 0},
                   {"PREDICTED", Align::kRight, 0},
                   {"SIMULATED", Align::kRight, 0},
                   {"DIFF", Align::kRight, 0},
                   {"MEAN", Align::kRight, 0},
                   {"P50", Align::kRight, 0},
                   {"P99", Align::kRight, 0},
                   {"WITHIN LIMIT", Align::kRight, 0}});
    for (const ClassReport& row : report_.classes) {
      if (row.latency.measured == 0) {
        grid.add_row({{printable(row.name)},
                      {"no request measured"},
                      {""},
                      {""},
                      {""},
                      {""},
                      {""},
                      {""},
                      {""},
                      {""}});
        continue;
      }
      const PlanClass* plan = planned(plan_, row.name);
      const LatencyReport& l = row.latency;
      metric_row(grid, row, "TTFT", l.ttft, row.limits.ttft, plan ? plan->ttft_s : 0.0,
                 l.ttft_within, true);
      metric_row(grid, row, "TPOT", l.tpot, row.limits.tpot, plan ? plan->tpot_s : 0.0,
                 l.tpot_within, false);
      metric_row(grid, row, "E2E", l.e2e, row.limits.e2e, plan ? plan->e2e_s : 0.0, l.e2e_within,
                 false);
    }
    render(grid);
  }

  void deployments() {
    title("Deployments", "means of a replica over the measured time");
    TextGrid grid({{"DEPLOYMENT", Align::kLeft, 12},
                   {"REPLICAS", Align::kRight, 0},
                   {"REQUESTS", Align::kRight, 0},
                   {"BUSY", Align::kRight, 0},
                   {"RUNNING", Align::kRight, 0},
                   {"WAITING", Align::kRight, 0},
                   {"KV CACHE", Align::kRight, 0},
                   {"ITL P99", Align::kRight, 0},
                   {"PREEMPTED", Align::kRight, 0}});
    for (const DeploymentReport& row : report_.deployments) {
      grid.add_row({{printable(row.name)},
                    {format_count(row.replicas)},
                    {format_count(row.requests.served)},
                    {format_percent(row.utilization)},
                    {fmt::format("{:.1f}", row.mean_running)},
                    {fmt::format("{:.2f}", row.mean_waiting)},
                    {format_percent(row.kv_usage)},
                    {format_seconds(row.latency.itl.quantile(0.99))},
                    {format_count(row.preemptions)}});
    }
    render(grid);
  }

  void closing() {
    const auto met = std::count_if(report_.classes.begin(), report_.classes.end(),
                                   [](const ClassReport& c) { return c.slo_met; });
    const auto proven = std::count_if(report_.classes.begin(), report_.classes.end(),
                                      [](const ClassReport& c) { return c.proven; });
    out_ += fmt::format(
        "{} of {} classes meet every limit at their percentile, {} of them at 95 % "
        "confidence\n",
        met, report_.classes.size(), proven);
  }

  const SimulationReport& report_;
  const Plan& plan_;
  const TableStyle& style_;
  std::string out_;
};

}  // namespace

std::string to_table(const SimulationReport& report, const Plan& plan, const TableStyle& style) {
  return SimulationText(report, plan, style).text();
}

}  // namespace berth
