// A rolling horizon as one self-contained page.

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/bar_chart.h"
#include "berth/output/format.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/replay_table.h"
#include "berth/output/svg.h"
#include "berth/output/timeline_chart.h"

namespace berth {
namespace {

std::string usd_words(double usd) { return format_usd(CostRate::usd_per_hour(usd)); }

std::string part_words(double share) { return fmt::format("{:.2f} %", 100.0 * share); }

/// Stretches of a chart: more would be finer than a screen.
constexpr std::size_t kStretches = 400;

/// Means over stretches of as many windows each.
struct Stretched {
  std::vector<double> values;
  double mean = 0.0;
  double most = 0.0;
};

template <class Of>
Stretched stretched(std::size_t count, Of of) {
  Stretched result;
  const std::size_t step = (count + kStretches - 1) / kStretches;
  for (std::size_t begin = 0; begin < count; begin += step) {
    const std::size_t end = std::min(count, begin + step);
    double sum = 0.0;
    for (std::size_t w = begin; w < end; ++w) {
      const double value = of(w);
      sum += value;
      result.mean += value;
      result.most = std::max(result.most, value);
    }
    result.values.push_back(sum / static_cast<double>(end - begin));
  }
  result.mean /= static_cast<double>(std::max<std::size_t>(1, count));
  return result;
}

TimelineStrip strip_of(std::string label, const Stretched& data, int hue, double most,
                       const std::string& unit) {
  return {std::move(label), fmt::format("mean {:.4g}, most {:.4g}{}", data.mean, data.most, unit),
          hue, data.values, std::max(most, 1e-9)};
}

double longest_stretch(const ReplayResult& result) {
  const std::size_t step = (result.demand.size() + kStretches - 1) / kStretches;
  return static_cast<double>(step) * result.window_s;
}

std::string timelines(const ReplayResult& result) {
  const std::size_t count = result.demand.size();
  const Stretched demand = stretched(count, [&](std::size_t w) { return result.demand[w]; });
  std::vector<TimelineStrip> strips = {strip_of("Demand, requests/s", demand, 7, demand.most, "")};
  std::vector<Stretched> gpus;
  double most = 0.0;
  for (const ReplayedPolicy& policy : result.policies) {
    gpus.push_back(stretched(count, [&](std::size_t w) { return policy.windows[w].gpus; }));
    most = std::max(most, gpus.back().most);
  }
  for (std::size_t p = 0; p < result.policies.size(); ++p) {
    strips.push_back(strip_of("GPUs rented, " + result.policies[p].name, gpus[p],
                              static_cast<int>(p) % kHues, most, ""));
  }
  return timeline_chart("replay-gpus", "Demand and GPUs over time",
                        "Requests per second, and the GPUs each policy rents.",
                        longest_stretch(result), static_cast<double>(count) * result.window_s,
                        strips);
}

std::string broken_timelines(const ReplayResult& result) {
  const std::size_t count = result.demand.size();
  std::vector<TimelineStrip> strips;
  for (std::size_t p = 0; p < result.policies.size(); ++p) {
    const ReplayedPolicy& policy = result.policies[p];
    const Stretched broken =
        stretched(count, [&](std::size_t w) { return policy.windows[w].broken; });
    strips.push_back(strip_of(policy.name, broken, static_cast<int>(p) % kHues,
                              static_cast<double>(result.classes), " classes"));
  }
  return timeline_chart("replay-broken", "Classes with a broken promise",
                        "How many classes each policy serves outside their limits, over time.",
                        longest_stretch(result), static_cast<double>(count) * result.window_s,
                        strips);
}

std::string cost_chart(const ReplayResult& result) {
  std::vector<Bar> bars;
  for (std::size_t p = 0; p < result.policies.size(); ++p) {
    const ReplaySummary sum = summarise(result.policies[p], result);
    bars.push_back({result.policies[p].name,
                    fmt::format("{} of the promises broken", part_words(sum.violation_rate)),
                    usd_words(sum.cost), sum.cost, static_cast<int>(p) % kHues});
  }
  return bar_chart("replay-cost", "Cost by policy", "USD over all windows", bars);
}

std::string figures(const ReplayResult& result) {
  HtmlTable table("What the policies come to", {{"Policy"},
                                                {"Cost", true},
                                                {"of it changes", true},
                                                {"Broken", true},
                                                {"Unmet", true},
                                                {"Late", true},
                                                {"Replicas started or stopped", true},
                                                {"Planning, mean", true},
                                                {"longest", true},
                                                {"No plan", true}});
  for (const ReplayedPolicy& policy : result.policies) {
    const ReplaySummary sum = summarise(policy, result);
    table.add_row({escape_html(policy.name), usd_words(sum.cost), usd_words(sum.switching),
                   part_words(sum.violation_rate), part_words(sum.unmet_share),
                   part_words(sum.late_share), format_count(sum.changes),
                   format_seconds(sum.planning_mean_s), format_seconds(sum.planning_max_s),
                   format_count(sum.failed)});
  }
  return table.html();
}

}  // namespace

std::string to_html_report(const ReplayResult& result) {
  std::string out = page_head("Replay of " + result.series);
  out += fmt::format(
      "<header><p class=\"eyebrow\">Rolling horizon</p><h1>{}</h1>\n<p class=\"lead\">{} of {}, "
      "{} classes; the demand of a window is {} when it is planned. Routes follow the demand at "
      "once, replicas after their start-up.</p></header>\n<p class=\"answer\">{}</p>\n",
      escape_html(result.series), format_count(result.demand.size(), "window", "windows"),
      format_seconds(result.window_s), result.classes,
      result.forecast == ForecastKind::kKnown
          ? "known"
          : std::string("forecast (") + kForecastNames[static_cast<int>(result.forecast)] + ")",
      escape_html(replay_answer(result)));
  out += panel("cost", "Cost", "USD over all windows, changes included", cost_chart(result));
  out += panel("timeline", "Over time", "one axis of time; GPUs on one scale", timelines(result));
  out +=
      panel("broken", "Broken promises", "classes outside their limits", broken_timelines(result));
  out += panel("figures", "Figures", "broken: of (window, class) pairs; unmet, late: of requests",
               figures(result));
  return out + page_end();
}

}  // namespace berth
