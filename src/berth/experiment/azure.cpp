// The same on the Azure traces: section 6 of the paper's studies.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/random.h"
#include "berth/experiment/horizon.h"
#include "berth/experiment/parts.h"

namespace berth {
namespace {

constexpr double kWindow = 300.0;  // s

/// Counts of windows as varied as the arrivals are, around the fitted rates.
DemandSeries drawn_series(const Workload& workload, std::size_t windows, std::uint64_t seed) {
  DemandSeries series;
  series.name = "azure-2023, drawn";
  series.window_s = kWindow;
  Random random(seed);
  for (const QueryClass& c : workload.classes) series.classes.push_back(c.name);
  for (std::size_t w = 0; w < windows; ++w) {
    for (std::size_t i = 0; i < workload.classes.size(); ++i) {
      const QueryClass& c = workload.classes[i];
      const double count = c.rate * kWindow;
      const double spread = std::sqrt(c.arrival_variability / count);
      double sum = 0.0;
      for (int k = 0; k < 12; ++k) sum += random.uniform();  // nearly normal
      DemandRow row;
      row.start_s = kWindow * static_cast<double>(w);
      row.class_index = i;
      row.rate = c.rate * std::max(0.05, 1.0 + spread * (sum - 6.0));
      row.prompt_mean = c.prompt_tokens.mean();
      row.prompt_std = c.prompt_tokens.standard_deviation();
      row.output_mean = c.output_tokens.mean();
      row.output_std = c.output_tokens.standard_deviation();
      row.cv2 = c.arrival_variability;
      series.rows.push_back(row);
    }
  }
  return series;
}

struct Measured {
  Workload workload;
  DemandSeries series;
};

Result<Measured> measured(const ExperimentRequest& request) {
  if (request.traces.empty()) {
    Result<Workload> workload = builtin_workload("azure-2023");
    if (!workload) return workload.errors();
    DemandSeries series = drawn_series(*workload, request.quick ? 12 : 144, request.seed);
    return Measured{*std::move(workload), std::move(series)};
  }
  FitOptions options;
  options.window_s = kWindow;
  Result<Fit> fit = fit_traces(request.traces, options);
  if (!fit) return fit.errors();
  return Measured{std::move(fit->workload), std::move(fit->series)};
}

}  // namespace

Result<Experiment> azure_experiment(const ExperimentRequest& request) {
  Experiment experiment;
  experiment.title = "Does re-planning pay on measured traffic?";
  experiment.question =
      "Two services measured by Microsoft in 2023, code completion and conversation, in windows of "
      "five minutes: "
      "what does it cost to plan once, to follow utilisation, or to plan again in every window?";
  Result<Measured> traffic = measured(request);
  if (!traffic) return traffic.errors();
  Result<DemandWindows> windows = DemandWindows::make(traffic->series, kWindow);
  if (!windows) return windows.errors();
  Result<Fleet> fleet = default_fleet(traffic->workload);
  if (!fleet) return fleet.errors();
  experiment.set_up = {
      {"Traffic",
       request.traces.empty()
           ? "drawn from the built-in workload azure-2023, counts as varied as its arrivals"
           : fmt::format("{} traces", request.traces.size())},
      {"Windows", fmt::format("{} of 5 min", windows->count())},
      {"Fleet",
       "all models of the catalog, the on-demand GPUs of one cloud region, TTFT 2 s and "
       "TPOT 80 ms at the 95th percentile"},
      {"Policies", "berth replay's, headroom 10 %"}};
  std::vector<HorizonCase> cases;
  cases.push_back({"azure", *std::move(fleet), *std::move(windows)});
  if (Status status = add_horizons(request, cases, experiment); !status) return status.errors();
  return experiment;
}

}  // namespace berth
