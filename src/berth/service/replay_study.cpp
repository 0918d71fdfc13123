// Policies over a day of demand: drawn around the fleet's rates, or the client's own series.

#include <cmath>
#include <numbers>

#include "berth/core/random.h"
#include "berth/output/replay_table.h"
#include "berth/replay/policy.h"
#include "berth/replay/replay.h"
#include "berth/service/sent_fleet.h"
#include "berth/service/studies.h"

namespace berth {
namespace {

constexpr double kDay = 86400.0;  // s
constexpr double kPlanSeconds = 2.0;
constexpr double kMostSeries = 2e6;  // bytes
constexpr double kLeastFactor = 0.02;
constexpr std::size_t kMostCells = 200'000;  // windows x classes

std::vector<std::string_view> policy_names() {
  std::vector<std::string_view> names = {"static"};
  for (const PolicyKind& kind : replay_policies()) names.push_back(kind.name);
  return names;
}

/// Rates that swing over a day, lowest at its begin, each class with noise of its own.
DemandSeries drawn_series(const Fleet& fleet, const Call& call) {
  DemandSeries series;
  series.name = "a drawn day";
  series.window_s = call.number("window");
  const auto windows = static_cast<std::size_t>(call.integer("windows"));
  const double swing = call.number("swing");
  const double noise = call.number("noise");
  for (const FleetClass& c : fleet.classes) series.classes.push_back(c.traffic.name);
  const Random root(static_cast<std::uint64_t>(call.integer("seed")));
  for (std::size_t w = 0; w < windows; ++w) {
    const double start = static_cast<double>(w) * series.window_s;
    const double day = -std::cos(2.0 * std::numbers::pi * start / kDay);
    for (std::size_t k = 0; k < fleet.classes.size(); ++k) {
      const QueryClass& c = fleet.classes[k].traffic;
      Random random = root.split(w).split(k);
      const double factor = (1.0 + swing * day) * (1.0 + noise * (2.0 * random.uniform() - 1.0));
      series.rows.push_back({start, k, c.rate * std::max(kLeastFactor, factor),
                             c.prompt_tokens.mean(), c.prompt_tokens.standard_deviation(),
                             c.output_tokens.mean(), c.output_tokens.standard_deviation(),
                             c.arrival_variability});
    }
  }
  return series;
}

Result<DemandSeries> played_series(const Fleet& fleet, const Call& call) {
  if (!call.given("series")) return drawn_series(fleet, call);
  Result<DemandSeries> series = parse_demand_series("series", call.text("series"));
  if (!series) return placed_by_line(std::move(series).errors(), "series");
  return series;
}

std::vector<std::string> chosen_policies(const Call& call) {
  std::vector<std::string> names;
  for (const std::string& word : call.words("policies")) {
    if (word == "static") {
      names.insert(names.end(), {"static-mean", "static-peak"});
    } else {
      names.push_back(word);
    }
  }
  return names;
}

}  // namespace

std::vector<RouteParameter> replay_fields() {
  return {
      {.name = "policies",
       .type = ParameterType::kWords,
       .about = "who decides; static is mean and peak",
       .choices = policy_names(),
       .fallback = R"(["static", "threshold", "agh", "oracle"])"},
      {.name = "forecast",
       .type = ParameterType::kChoice,
       .about = "what they think that the next window brings",
       .choices = {std::begin(kForecastNames), std::end(kForecastNames)},
       .fallback = "\"known\""},
      {.name = "windows",
       .type = ParameterType::kInteger,
       .about = "of a drawn day",
       .min = 2,
       .max = 2000,
       .fallback = "144"},
      {.name = "window",
       .type = ParameterType::kDuration,
       .about = "length of one",
       .min = 60,
       .max = 86400,
       .fallback = "600"},
      {.name = "swing",
       .type = ParameterType::kShare,
       .about = "rates go from 1 - swing to 1 + swing over a day",
       .max = 0.95,
       .fallback = "0.5"},
      {.name = "noise",
       .type = ParameterType::kShare,
       .about = "of each window and class",
       .max = 0.95,
       .fallback = "0.1"},
      {.name = "seed",
       .type = ParameterType::kInteger,
       .about = "of the noise",
       .max = 1e15,
       .fallback = "1"},
      {.name = "series",
       .type = ParameterType::kText,
       .about = "a demand series of your own, CSV",
       .max = kMostSeries},
      {.name = "max_changes",
       .type = ParameterType::kInteger,
       .about = "replicas that start or stop in a window",
       .max = 1e9},
      {.name = "hold",
       .type = ParameterType::kDuration,
       .about = "how long a plan is taken to be kept",
       .min = 1,
       .max = 3e8},
      {.name = "hysteresis",
       .type = ParameterType::kShare,
       .about = "keep what runs unless this share is saved",
       .max = 1},
  };
}

Result<std::string> run_replay_study(const StudySubject& subject, const Call& call,
                                     JobContext& context) {
  const Result<DemandSeries> series = played_series(subject.fleet, call);
  if (!series) return series.errors();
  const Result<DemandWindows> windows = DemandWindows::make(*series, 0.0);
  if (!windows) return windows.errors();
  if (windows->count() * windows->classes().size() > kMostCells) {
    return Error{ErrorCode::kOutOfRange, "too many windows and classes to be played here",
                 "line 1: /windows", "berth replay plays any number"};
  }
  Fleet fleet = subject.fleet;
  fleet.policy.switching.hold =
      Seconds{call.given("hold") ? call.number("hold") : windows->window_s()};
  if (call.given("hysteresis")) fleet.policy.switching.hysteresis = call.number("hysteresis");
  ReplayRequest request;
  request.policies = chosen_policies(call);
  request.forecast = forecast_kind_of(call.text("forecast"));
  request.seed = static_cast<std::uint64_t>(call.integer("seed"));
  request.threads = subject.options.threads;
  request.limits.time = Seconds{kPlanSeconds};
  request.limits.stop = context.stop();
  if (call.given("max_changes"))
    request.max_changes = static_cast<int>(call.integer("max_changes"));
  std::vector<std::size_t> done(request.policies.size(), 0);
  const std::size_t total = done.size() * windows->count();
  request.on_progress = [&](std::size_t policy, std::size_t count) {
    done[policy] = count;
    std::size_t sum = 0;
    for (const std::size_t d : done) sum += d;
    context.progress(sum, total);
  };
  Result<ReplayResult> result = run_replay(fleet, *windows, request);
  if (!result) return result.errors();
  result->series = series->name;
  return to_json(*result);
}

}  // namespace berth
