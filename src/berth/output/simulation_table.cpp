#include "berth/output/simulation_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/simulation_words.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

constexpr std::size_t kLeastSpark = 20;  // cells of a line over time
constexpr std::size_t kMostSpark = 72;

std::string limit_or_dash(double limit) { return is_limited(limit) ? format_seconds(limit) : "-"; }

std::string whole(double count) { return format_whole(static_cast<long long>(std::lround(count))); }

class SimulationText {
 public:
  SimulationText(const SimulationReport& report, const Plan& plan, const TableStyle& style)
      : report_(report), plan_(plan), style_(style) {}

  std::string text() {
    head();
    classes();
    if (style_.wide) requests();
    deployments();
    pools();
    if (style_.wide) timelines();
    closing();
    return out_;
  }

 private:
  void title(const std::string& name, const std::string& note) {
    out_ += paint(name, Tone::kStrong, style_.color) +
            paint("  " + note, Tone::kDim, style_.color) + "\n";
  }
  void render(const TextGrid& grid) { out_ += grid.render(style_.cells(), style_.color) + "\n"; }

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

  void time_row(TextGrid& grid, const ClassReport& row, const ReplayedTime& time, bool first) {
    const LatencyEstimate& l = *time.measured;
    const bool fits = time.within->value >= row.percentile;
    const double at = l.at_slo.value;
    const double predicted = time.predicted_s;
    std::vector<GridCell> cells = {
        {first ? printable(row.name) : ""},
        {time.metric},
        {limit_or_dash(time.limit_s)},
        {predicted > 0.0 ? format_seconds(predicted) : "-"},
        {format_seconds(at), fits ? Tone::kGood : Tone::kBad},
        {predicted > 0.0 ? fmt::format("{:+.0f} %", (at / predicted - 1.0) * 100.0) : "-"},
        {format_seconds(l.mean.value)},
        {format_seconds(l.p50.value)}};
    if (style_.wide) {
      cells.push_back({format_seconds(l.p90.value)});
      cells.push_back({format_seconds(l.p95.value)});
    }
    cells.push_back({format_seconds(l.p99.value)});
    cells.push_back({is_limited(time.limit_s) ? share_text(*time.within) : "-"});
    grid.add_row(std::move(cells));
  }

  void classes() {
    title("Classes",
          "simulated at the percentile of the class, beside what the plan predicts there");
    std::vector<GridColumn> columns = {
        {"CLASS", Align::kLeft, 8},      {"", Align::kLeft, 0},
        {"LIMIT", Align::kRight, 0},     {"PREDICTED", Align::kRight, 0},
        {"SIMULATED", Align::kRight, 0}, {"DIFF", Align::kRight, 0},
        {"MEAN", Align::kRight, 0},      {"P50", Align::kRight, 0}};
    if (style_.wide) {
      columns.push_back({"P90", Align::kRight, 0});
      columns.push_back({"P95", Align::kRight, 0});
    }
    columns.push_back({"P99", Align::kRight, 0});
    columns.push_back({"WITHIN LIMIT", Align::kRight, 0});
    TextGrid grid(columns);
    for (const ClassReport& row : report_.classes) {
      if (row.latency.measured == 0) {
        std::vector<GridCell> cells(columns.size());
        cells[0] = {printable(row.name)};
        cells[1] = {"no request measured"};
        grid.add_row(std::move(cells));
        continue;
      }
      bool first = true;
      for (const ReplayedTime& time : replayed_times(row, plan_)) {
        time_row(grid, row, time, first);
        first = false;
      }
    }
    render(grid);
  }

  void requests() {
    title("Requests", "goodput: requests within all limits; ITL: gaps between tokens");
    TextGrid grid({{"CLASS", Align::kLeft, 8},
                   {"ARRIVED", Align::kRight, 0},
                   {"SERVED", Align::kRight, 0},
                   {"QUEUED", Align::kRight, 0},
                   {"DROPPED", Align::kRight, 0},
                   {"WITHIN ALL", Align::kRight, 0},
                   {"GOODPUT", Align::kRight, 0},
                   {"TOKENS/S", Align::kRight, 0},
                   {"ITL P50", Align::kRight, 0},
                   {"ITL P99", Align::kRight, 0}});
    for (const ClassReport& row : report_.classes) {
      const LatencyReport& l = row.latency;
      grid.add_row({{printable(row.name)},
                    {format_count(row.requests.arrived)},
                    {format_count(row.requests.served)},
                    {format_count(row.requests.queued)},
                    {format_count(row.requests.dropped)},
                    {l.measured > 0 ? share_text(l.attainment) : "-"},
                    {format_rate(l.goodput)},
                    {whole(l.tokens_per_s)},
                    {format_seconds(l.itl.quantile(0.5))},
                    {format_seconds(l.itl.quantile(0.99))}});
    }
    render(grid);
  }

  /// Columns of a deployment or a pool beyond those of every table.
  void add_wide_columns(std::vector<GridColumn>& columns) const {
    if (!style_.wide) return;
    for (const char* header : {"QUEUED", "DROPPED", "GOODPUT", "TOKENS/S", "ITL P50"}) {
      columns.push_back({header, Align::kRight, 0});
    }
  }
  void add_wide_cells(std::vector<GridCell>& cells, const RequestCounts& requests,
                      const LatencyReport& l) const {
    if (!style_.wide) return;
    cells.push_back({format_count(requests.queued)});
    cells.push_back({format_count(requests.dropped)});
    cells.push_back({format_rate(l.goodput)});
    cells.push_back({whole(l.tokens_per_s)});
    cells.push_back({format_seconds(l.itl.quantile(0.5))});
  }

  void deployments() {
    title("Deployments", "means of a replica over the measured time");
    std::vector<GridColumn> columns = {
        {"DEPLOYMENT", Align::kLeft, 12}, {"REPLICAS", Align::kRight, 0},
        {"REQUESTS", Align::kRight, 0},   {"BUSY", Align::kRight, 0},
        {"RUNNING", Align::kRight, 0},    {"WAITING", Align::kRight, 0},
        {"KV CACHE", Align::kRight, 0},   {"ITL P99", Align::kRight, 0},
        {"PREEMPTED", Align::kRight, 0}};
    add_wide_columns(columns);
    TextGrid grid(std::move(columns));
    for (const DeploymentReport& row : report_.deployments) {
      std::vector<GridCell> cells = {
          {printable(row.name)},
          {format_count(row.replicas)},
          {format_count(row.requests.served)},
          {format_percent(row.utilization)},
          {fmt::format("{:.1f}", row.mean_running)},
          {fmt::format("{:.2f}", row.mean_waiting)},
      };
      add_engine_cells(cells, row);
      grid.add_row(std::move(cells));
    }
    render(grid);
  }

  /// What deployments and pools end with.
  template <class Row>
  void add_engine_cells(std::vector<GridCell>& cells, const Row& row) const {
    cells.push_back({format_percent(row.kv_usage)});
    cells.push_back({format_seconds(row.latency.itl.quantile(0.99))});
    cells.push_back({format_count(row.preemptions)});
    add_wide_cells(cells, row.requests, row.latency);
  }

  void pools() {
    if (report_.pools.size() < 2) return;
    title("Pools", "the same by pool");
    std::vector<GridColumn> columns = {
        {"POOL", Align::kLeft, 12},     {"REPLICAS", Align::kRight, 0},
        {"REQUESTS", Align::kRight, 0}, {"BUSY", Align::kRight, 0},
        {"KV CACHE", Align::kRight, 0}, {"ITL P99", Align::kRight, 0},
        {"PREEMPTED", Align::kRight, 0}};
    add_wide_columns(columns);
    TextGrid grid(std::move(columns));
    for (const PoolReport& row : report_.pools) {
      std::vector<GridCell> cells = {
          {printable(row.name)},
          {format_count(row.replicas)},
          {format_count(row.requests.served)},
          {format_percent(row.utilization)},
      };
      add_engine_cells(cells, row);
      grid.add_row(std::move(cells));
    }
    render(grid);
  }

  /// A line a deployment and quantity, as long as the terminal has room for.
  void timelines() {
    title("Over time", fmt::format("means of a replica{}, {} from left to right",
                                   report_.replications > 1 ? " of the first run" : "",
                                   format_seconds(report_.simulated_s)));
    constexpr std::size_t kBeside = 40;  // a name, the quantity, its peak, gaps
    const std::size_t terminal = style_.terminal();
    const std::size_t cells = std::clamp(terminal - kBeside, kLeastSpark, kMostSpark);
    TextGrid grid({{"DEPLOYMENT", Align::kLeft, 12},
                   {"", Align::kLeft, 0},
                   {"OVER TIME", Align::kLeft, 0},
                   {"MOST", Align::kRight, 0}});
    for (const DeploymentReport& row : report_.deployments) {
      const std::vector<Occupancy> means = replica_means(row, report_.simulated_s);
      bool first = true;
      const auto add = [&](const char* what, double Occupancy::*member, bool share) {
        std::vector<double> values;
        for (const Occupancy& point : means) values.push_back(point.*member);
        // One that ended early is idle to the end.
        if (row.timeline_s > 0.0) {
          const auto whole = std::ceil(report_.simulated_s / row.timeline_s - 1e-9);
          values.resize(std::max(values.size(), static_cast<std::size_t>(std::max(0.0, whole))));
        }
        const double most = values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
        grid.add_row({{first ? printable(row.name) : ""},
                      {what},
                      {sparkline(values, share ? 1.0 : std::max(most, 1.0), cells), Tone::kAccent},
                      {share ? format_percent(most) : fmt::format("{:.1f}", most)}});
        first = false;
      };
      add("busy", &Occupancy::busy, true);
      add("running", &Occupancy::running, false);
      add("waiting", &Occupancy::waiting, false);
      add("cache", &Occupancy::blocks, true);
    }
    out_ += grid.render(terminal, style_.color) + "\n";
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
