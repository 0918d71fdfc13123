#include "berth/output/simulation_charts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/bar_chart.h"
#include "berth/output/format.h"
#include "berth/output/interval_chart.h"
#include "berth/output/quantile_chart.h"
#include "berth/output/simulation_words.h"
#include "berth/output/svg.h"
#include "berth/output/timeline_chart.h"

namespace berth {
namespace {

/// Terminal cells of a name in a chart's row; the whole name stands in the tables.
constexpr std::size_t kNameCells = 30;

/// Class of a mark, and with "-pill" of a pill.
std::string verdict_css(ReplayVerdict verdict) {
  switch (verdict) {
    case ReplayVerdict::kHolds: return "good";
    case ReplayVerdict::kUnsure: return "close";
    case ReplayVerdict::kMisses: return "bad";
    case ReplayVerdict::kUnknown: break;
  }
  return "hue-other";
}

/// The first ones to be shown: those that miss before those that hold.
std::vector<const ClassReport*> shown_classes(const SimulationReport& report) {
  std::vector<const ClassReport*> order;
  for (const ClassReport& row : report.classes) order.push_back(&row);
  if (order.size() <= kShownReplayed) return order;
  const auto spare = [](const ClassReport& row) {
    return row.latency.attainment.value - row.percentile;
  };
  std::stable_sort(order.begin(), order.end(), [&](const ClassReport* a, const ClassReport* b) {
    if (a->proven != b->proven) return !a->proven;
    return spare(*a) < spare(*b);
  });
  order.resize(kShownReplayed);
  return order;
}

std::string rest_note(std::size_t all, std::size_t shown, const char* noun, const char* which) {
  if (all <= shown) return {};
  return fmt::format(
      "<p class=\"note\">Shown are the {} {} {}; the other {} are in the tables.</p>\n", shown,
      noun, which, all - shown);
}

std::string class_rest(const SimulationReport& report) {
  return rest_note(report.classes.size(), kShownReplayed, "classes", "nearest to missing");
}

IntervalRow time_row(const ReplayedTime& time, double percentile) {
  IntervalRow row;
  row.label = time.metric;
  row.value = time.measured->at_slo.value;
  row.half = time.measured->at_slo.half;
  row.value_text = time_text(time.measured->at_slo);
  row.css = verdict_css(verdict_of(time, percentile));
  double longest = row.value + (std::isfinite(row.half) ? row.half : 0.0);
  if (time.predicted_s > 0.0) {
    row.predicted = time.predicted_s;
    row.note = "predicted " + format_seconds(time.predicted_s);
    longest = std::max(longest, time.predicted_s);
  }
  if (!is_limited(time.limit_s)) {
    row.css = "hue-other";
    row.value_text += ", no limit";
    row.to = 1.25 * longest;
    return row;
  }
  row.limit = time.limit_s;
  row.value_text += " of " + format_seconds(time.limit_s);
  row.note += (row.note.empty() ? "" : " · ") + share_text(*time.within) + " within";
  // The limit at four fifths, so that what is late can be seen to overshoot it; up to five times.
  row.to = std::clamp(1.05 * longest, time.limit_s / 0.8, time.limit_s / 0.2);
  return row;
}

std::string replay_card(const ClassReport& row, const Plan& plan, std::size_t number) {
  std::string about = fmt::format("{}, {} requests", percentile_text(row.percentile),
                                  format_count(row.latency.measured));
  if (const PlanClass* planned = planned_class(plan, row.name)) {
    about = "planned for " + format_rate(planned->rate) + ", " + about;
  }
  const ReplayVerdict verdict = verdict_of(row);
  std::string out = fmt::format(
      "<article class=\"class-card\"><header><h3>{} <span class=\"about\">{}</span></h3>"
      "<span class=\"pill {}-pill\">{}</span></header>\n",
      escape_html(row.name), escape_html(about), verdict_css(verdict), verdict_word(verdict));
  if (row.latency.measured == 0) {
    return out + "<p class=\"note\">No request was measured.</p></article>\n";
  }
  std::vector<IntervalRow> rows;
  std::string description;
  for (const ReplayedTime& time : replayed_times(row, plan)) {
    rows.push_back(time_row(time, row.percentile));
    if (!description.empty()) description += "; ";
    description += rows.back().label + " " + rows.back().value_text + ", " + rows.back().note;
  }
  return out +
         interval_chart(fmt::format("replay-class-{}", number),
                        "Simulated beside predicted: " + row.name, description, rows) +
         "</article>\n";
}

QuantileRow quantile_row(const ClassReport& row, const LatencyEstimate& l, double limit) {
  QuantileRow result;
  result.label = shorten(row.name, kNameCells);
  result.value_text = "P99 " + format_seconds(l.p99.value);
  result.p50 = l.p50.value;
  result.p90 = l.p90.value;
  result.p95 = l.p95.value;
  result.p99 = l.p99.value;
  if (is_limited(limit)) result.limit = limit;
  return result;
}

/// Shares on a scale to 1, counts to their highest.
TimelineStrip timeline_strip(const std::vector<Occupancy>& means, const char* label, int hue,
                             double Occupancy::*member, double mean, bool share) {
  TimelineStrip strip{label, "", hue, {}, 1.0};
  double most = 0.0;
  for (const Occupancy& point : means) {
    strip.values.push_back(point.*member);
    most = std::max(most, point.*member);
  }
  if (share) {
    strip.value_text = fmt::format("mean {}, most {}", format_percent(mean), format_percent(most));
  } else {
    strip.value_text = "mean " + mean_text(mean) + ", most " + mean_text(most);
    strip.most = std::max(most, 1.0);
  }
  return strip;
}

std::string timeline_card(const DeploymentReport& row, double measured_s, std::size_t number) {
  const std::vector<Occupancy> means = replica_means(row, measured_s);
  const std::vector<TimelineStrip> strips = {
      timeline_strip(means, "Busy", 0, &Occupancy::busy, row.utilization, true),
      timeline_strip(means, "Running sequences", 2, &Occupancy::running, row.mean_running, false),
      timeline_strip(means, "Waiting requests", 1, &Occupancy::waiting, row.mean_waiting, false),
      timeline_strip(means, "KV cache", 6, &Occupancy::blocks, row.kv_usage, true)};
  return fmt::format(
             "<article class=\"class-card\"><header><h3>{} <span class=\"about\">{} in "
             "{}</span></h3></header>\n",
             escape_html(row.name), format_count(row.replicas, "replica", "replicas"),
             escape_html(row.pool)) +
         timeline_chart(fmt::format("replay-timeline-{}", number), "Over time: " + row.name,
                        "Share of the time with a pass running, running sequences, waiting "
                        "requests and share of the cache, means of a replica over time.",
                        row.timeline_s, measured_s, strips) +
         "</article>\n";
}

/// The plan that was chosen: the first of the cheapest that hold, else the last.
std::size_t chosen_round(const VerifiedPlan& verified) {
  const CostRate cost = verified.outcome.plan.cost.total();
  for (std::size_t k = 0; verified.holds && k < verified.rounds.size(); ++k) {
    const VerifyRound& round = verified.rounds[k];
    if (round.cost == cost && round.holding == verified.simulation.classes.size()) return k;
  }
  return verified.rounds.size() - 1;
}

}  // namespace

std::string replay_cards(const SimulationReport& report, const Plan& plan) {
  std::string out = interval_legend(true) + "<div class=\"cards\">\n";
  const std::vector<const ClassReport*> shown = shown_classes(report);
  for (std::size_t k = 0; k < shown.size(); ++k) out += replay_card(*shown[k], plan, k);
  return out + "</div>\n" + class_rest(report);
}

std::string attainment_chart(const SimulationReport& report) {
  // One axis for all, from a round share below the lowest point.
  double least = 0.95;
  std::vector<IntervalRow> rows;
  for (const ClassReport* row : shown_classes(report)) {
    if (row->latency.measured == 0) continue;
    const Estimate& share = row->latency.attainment;
    IntervalRow one;
    one.label = shorten(row->name, kNameCells);
    one.value_text = share_text(share);
    if (const std::uint64_t lost = lost_requests(*row); lost > 0) {
      one.note = format_count(lost) + " more were not served";
    }
    one.value = share.value;
    one.half = share.half;
    one.limit = row->percentile;
    one.css = verdict_css(verdict_of(*row));
    const double low = share.value - (std::isfinite(share.half) ? share.half : 0.0);
    least = std::min({least, low, row->percentile - 0.02});
    rows.push_back(std::move(one));
  }
  if (rows.empty()) return "<p class=\"note\">No request was measured.</p>\n";
  const double from = std::max(0.0, std::floor(least * 20.0 - 1e-9) / 20.0);
  for (IntervalRow& row : rows) row.from = from;
  return interval_legend(false) +
         interval_chart("replay-attainment", "Requests within all limits",
                        "Share of each class's requests within all its limits, with its interval, "
                        "and the share that is asked of each limit.",
                        rows) +
         fmt::format("<p class=\"note\">From {} at the left to 100 % at the right.</p>\n",
                     format_percent(from));
}

std::string quantile_cards(const SimulationReport& report) {
  std::string out = quantile_legend() + "<div class=\"cards\">\n";
  const std::vector<const ClassReport*> shown = shown_classes(report);
  const auto add = [&](const char* id, const char* metric, const char* words,
                       LatencyEstimate LatencyReport::*times, double LatencyLimits::*limit) {
    std::vector<QuantileRow> rows;
    for (const ClassReport* row : shown) {
      const LatencyEstimate& l = row->latency.*times;
      if (row->latency.measured == 0 || !(l.p99.value > 0.0)) continue;
      rows.push_back(quantile_row(*row, l, row->limits.*limit));
    }
    if (rows.empty()) return;
    out +=
        fmt::format(
            "<article class=\"class-card\"><header><h3>{} <span "
            "class=\"about\">{}</span></h3></header>\n",
            metric, words) +
        quantile_chart(id, std::string(metric) + " by class",
                       "P50, P90, P95 and P99 of each class on a logarithmic axis. The table has "
                       "the same figures.",
                       rows) +
        "</article>\n";
  };
  add("replay-ttft", "TTFT", "time to the first token", &LatencyReport::ttft, &LatencyLimits::ttft);
  add("replay-tpot", "TPOT", "time per token after it", &LatencyReport::tpot, &LatencyLimits::tpot);
  add("replay-e2e", "E2E", "the whole request", &LatencyReport::e2e, &LatencyLimits::e2e);
  return out + "</div>\n" + class_rest(report);
}

std::string timeline_cards(const SimulationReport& report) {
  std::vector<const DeploymentReport*> order;
  for (const DeploymentReport& row : report.deployments) order.push_back(&row);
  if (order.size() > kShownReplayed) {
    std::stable_sort(order.begin(), order.end(),
                     [](const DeploymentReport* a, const DeploymentReport* b) {
                       return a->utilization > b->utilization;
                     });
    order.resize(kShownReplayed);
  }
  std::string out = "<div class=\"cards broad\">\n";
  for (std::size_t k = 0; k < order.size(); ++k) {
    out += timeline_card(*order[k], report.simulated_s, k);
  }
  return out + "</div>\n" +
         rest_note(report.deployments.size(), order.size(), "deployments", "with the most to do");
}

CostRate correction_of(const VerifiedPlan& verified) {
  return verified.outcome.plan.cost.total() - verified.rounds.front().cost;
}

std::string rounds_chart(const VerifiedPlan& verified) {
  std::vector<Bar> bars;
  const std::size_t classes = verified.simulation.classes.size();
  for (std::size_t k = 0; k < verified.rounds.size(); ++k) {
    const VerifyRound& round = verified.rounds[k];
    const bool holds = round.holding == classes;
    bars.push_back({fmt::format("Plan {}", k + 1),
                    fmt::format("{} of {} hold{}", round.holding, classes,
                                k == chosen_round(verified) ? ", chosen" : ""),
                    format_usd(round.cost), static_cast<double>(round.cost.micros()) / 1e6,
                    holds ? 2 : kRefusedHue});
  }
  return bar_chart("replay-rounds-chart", "Cost by plan",
                   "Cost per hour of each plan that was tried. The table has the same figures.",
                   bars);
}

}  // namespace berth
