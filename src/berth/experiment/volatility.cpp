// Demand that moves at random around its mean, for a day: section 5 of the paper's studies.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/random.h"
#include "berth/experiment/horizon.h"
#include "berth/experiment/parts.h"
#include "berth/fleet/generate.h"

namespace berth {
namespace {

constexpr double kPaperWindow = 300.0;  // s, as in the paper
constexpr double kSigma = 0.045;        // a window, of the mean; the paper: 0.04 to 0.05
constexpr double kReversion = 0.05;

double normal(Random& random) {
  const double u = 1.0 - random.uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * M_PI * random.uniform());
}

/// Factors on a class's rate: a mean-reverting walk, and bursts on top of it.
std::vector<double> factors(Random random, std::size_t windows, bool bursty) {
  constexpr double kBurstChance = 0.02;  // a window
  std::vector<double> result;
  double level = 1.0;
  double burst = 1.0;
  std::uint64_t left = 0;
  for (std::size_t w = 0; w < windows; ++w) {
    level += kReversion * (1.0 - level) + kSigma * normal(random);
    level = std::clamp(level, 0.2, 3.0);
    if (bursty && left == 0 && random.uniform() < kBurstChance) {
      burst = 1.5 + random.uniform();
      left = 2 + random.below(5);
    }
    result.push_back(level * (left > 0 ? burst : 1.0));
    if (left > 0) --left;
  }
  return result;
}

Result<DemandWindows> moving(const Fleet& fleet, std::size_t windows, std::uint64_t seed,
                             bool bursty) {
  DemandSeries series;
  series.name = bursty ? "bursty" : "mean-reverting";
  series.window_s = kPaperWindow;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const QueryClass& traffic = fleet.classes[i].traffic;
    series.classes.push_back(traffic.name);
    const std::vector<double> of_class = factors(Random(seed).split(i), windows, bursty);
    for (std::size_t w = 0; w < windows; ++w) {
      DemandRow row;
      row.start_s = kPaperWindow * static_cast<double>(w);
      row.class_index = i;
      row.rate = traffic.rate * of_class[w];
      row.prompt_mean = traffic.prompt_tokens.mean();
      row.prompt_std = traffic.prompt_tokens.standard_deviation();
      row.output_mean = traffic.output_tokens.mean();
      row.output_std = traffic.output_tokens.standard_deviation();
      row.cv2 = traffic.arrival_variability;
      series.rows.push_back(row);
    }
  }
  std::sort(series.rows.begin(), series.rows.end(), [](const DemandRow& a, const DemandRow& b) {
    return std::pair(a.start_s, a.class_index) < std::pair(b.start_s, b.class_index);
  });
  return DemandWindows::make(series, kPaperWindow);
}

}  // namespace

Result<Experiment> volatility_experiment(const ExperimentRequest& request) {
  Experiment experiment;
  experiment.title = "Does re-planning pay when demand moves?";
  experiment.question =
      "Demand walks at random around its mean, without and with bursts. What does it cost to plan "
      "once, for the "
      "mean or for the peak, to follow utilisation, or to plan again every five minutes?";
  const std::size_t windows = request.quick ? 24 : 288;
  experiment.set_up = {
      {"Fleet", "the paper's classes, models and GPUs (--preset paper), without its budget"},
      {"Windows", fmt::format("{} of 5 min", windows)},
      {"Demand",
       "every class: mean reversion 0.05 a window, sigma 0.045 of its mean; bursty: 2 % of "
       "the windows begin a burst of 1.5 to 2.5 times, 10 to 30 min"},
      {"Policies", "berth replay's, headroom 10 %; changes cost as policy.switching says"}};
  Result<GeneratedFleet> paper = paper_fleet(request.seed);
  if (!paper) return paper.errors();
  Fleet fleet = std::move(paper->fleet);
  fleet.budget.reset();
  std::vector<HorizonCase> cases;
  for (const bool bursty : {false, true}) {
    Result<DemandWindows> demand = moving(fleet, windows, request.seed, bursty);
    if (!demand) return demand.errors();
    cases.push_back({bursty ? "bursty" : "mean-reverting", fleet, *std::move(demand)});
  }
  if (Status status = add_horizons(request, cases, experiment); !status) return status.errors();
  return experiment;
}

}  // namespace berth
