#include "berth/output/simulation_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/simulation_charts.h"
#include "berth/output/simulation_words.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

std::size_t classes_that_hold(const SimulationReport& report) {
  return static_cast<std::size_t>(std::count_if(
      report.classes.begin(), report.classes.end(),
      [](const ClassReport& row) { return verdict_of(row) == ReplayVerdict::kHolds; }));
}

/// One sentence a class; of many, those that do not hold and how many do.
std::string verdict_list(const SimulationReport& report, const Plan& plan) {
  std::string out = "<ul class=\"verdicts\">\n";
  const bool all = report.classes.size() <= kShownReplayed;
  std::size_t left_out = 0;
  for (const ClassReport& row : report.classes) {
    if (!all && verdict_of(row) == ReplayVerdict::kHolds) {
      ++left_out;
      continue;
    }
    out += "<li>" + escape_html(verdict_sentence(row, plan)) + "</li>\n";
  }
  if (left_out > 0) {
    out += fmt::format(
        "<li>{} at 95 % confidence.</li>\n",
        left_out == 1 ? std::string("1 class holds") : format_count(left_out) + " classes hold");
  }
  return out + "</ul>\n";
}

std::string percentiles_table(const SimulationReport& report, const Plan& plan) {
  HtmlTable table("Times of the classes", {{"Class"},
                                           {"Time"},
                                           {"Limit", true},
                                           {"Predicted", true},
                                           {"Simulated", true},
                                           {"Mean", true},
                                           {"P50", true},
                                           {"P90", true},
                                           {"P95", true},
                                           {"P99", true},
                                           {"Within limit", true}});
  for (const ClassReport& row : report.classes) {
    if (row.latency.measured == 0) continue;
    for (const ReplayedTime& time : replayed_times(row, plan)) {
      const LatencyEstimate& l = *time.measured;
      const bool limited = is_limited(time.limit_s);
      std::string at = percentile_text(row.percentile) + " " + time_text(l.at_slo);
      if (verdict_of(time, row.percentile) == ReplayVerdict::kMisses) {
        at = "<strong class=\"bad-text\">" + at + "</strong>";
      }
      table.add_row({escape_html(row.name), time.metric,
                     limited ? format_seconds(time.limit_s) : "–",
                     time.predicted_s > 0.0 ? format_seconds(time.predicted_s) : "–", at,
                     format_seconds(l.mean.value), format_seconds(l.p50.value),
                     format_seconds(l.p90.value), format_seconds(l.p95.value),
                     format_seconds(l.p99.value), limited ? share_text(*time.within) : "–"});
    }
  }
  return table.html();
}

std::string requests_table(const SimulationReport& report) {
  HtmlTable table("Requests of the classes", {{"Class"},
                                              {"Arrived", true},
                                              {"Served", true},
                                              {"Queued", true},
                                              {"Dropped", true},
                                              {"Within all limits", true},
                                              {"Goodput", true},
                                              {"Tokens/s", true},
                                              {"ITL P50", true},
                                              {"ITL P99", true}});
  for (const ClassReport& row : report.classes) {
    const LatencyReport& l = row.latency;
    table.add_row({escape_html(row.name), format_count(row.requests.arrived),
                   format_count(row.requests.served), format_count(row.requests.queued),
                   format_count(row.requests.dropped),
                   l.measured > 0 ? share_text(l.attainment) : "–", format_rate(l.goodput),
                   format_whole(static_cast<long long>(l.tokens_per_s)),
                   format_seconds(l.itl.quantile(0.5)), format_seconds(l.itl.quantile(0.99))});
  }
  return table.html();
}

int slots_of(const Plan& plan, const std::string& name) {
  for (const PlanDeployment& d : plan.deployments) {
    if (d.name == name) return d.max_num_seqs;
  }
  return 0;
}

std::string load_table(const SimulationReport& report, const Plan& plan) {
  HtmlTable table("Load of the deployments", {{"Deployment"},
                                              {"Pool"},
                                              {"Replicas", true},
                                              {"Requests", true},
                                              {"Busy", true},
                                              {"Running", true},
                                              {"Slots", true},
                                              {"Waiting", true},
                                              {"KV cache", true},
                                              {"Preempted", true},
                                              {"ITL P99", true}});
  for (const DeploymentReport& row : report.deployments) {
    const int slots = slots_of(plan, row.name);
    table.add_row({escape_html(row.name), escape_html(row.pool), format_count(row.replicas),
                   format_count(row.requests.served), escape_html(format_percent(row.utilization)),
                   mean_text(row.mean_running), slots > 0 ? format_count(slots) : "–",
                   mean_text(row.mean_waiting), escape_html(format_percent(row.kv_usage)),
                   format_count(row.preemptions), format_seconds(row.latency.itl.quantile(0.99))});
  }
  return table.html();
}

std::string pool_load_table(const SimulationReport& report) {
  if (report.pools.size() < 2) return {};
  HtmlTable table("Load of the pools", {{"Pool"},
                                        {"Replicas", true},
                                        {"Requests", true},
                                        {"Busy", true},
                                        {"KV cache", true},
                                        {"Preempted", true},
                                        {"Goodput", true},
                                        {"Tokens/s", true},
                                        {"ITL P99", true}});
  for (const PoolReport& row : report.pools) {
    table.add_row({escape_html(row.name), format_count(row.replicas),
                   format_count(row.requests.served), escape_html(format_percent(row.utilization)),
                   escape_html(format_percent(row.kv_usage)), format_count(row.preemptions),
                   format_rate(row.latency.goodput),
                   format_whole(static_cast<long long>(row.latency.tokens_per_s)),
                   format_seconds(row.latency.itl.quantile(0.99))});
  }
  return "<h3>By pool</h3>\n" + table.html();
}

std::string runs_text(const SimulationReport& report) {
  return report.replications > 1 ? format_seconds(report.simulated_s) + " in each of " +
                                       format_count(report.replications) + " runs"
                                 : format_seconds(report.simulated_s);
}

std::string replay_figures(const SimulationReport& report) {
  const std::size_t hold = classes_that_hold(report);
  const RequestCounts& r = report.requests;
  double goodput = 0.0;
  double tokens = 0.0;
  for (const ClassReport& row : report.classes) {
    goodput += row.latency.goodput;
    tokens += row.latency.tokens_per_s;
  }
  std::string out = "<dl class=\"figures\">\n";
  out += figure("Classes that hold", fmt::format("{} of {}", hold, report.classes.size()),
                "every limit at its percentile, 95 % confidence",
                hold == report.classes.size() ? "good-text" : "bad-text");
  out += figure("Requests served", format_count(r.served),
                fmt::format("of {}; {} dropped, {} still queued", format_count(r.arrived),
                            format_count(r.dropped), format_count(r.queued)));
  out += figure("Goodput", format_rate(goodput), "requests within all their limits");
  out += figure("Output", format_whole(static_cast<long long>(tokens)) + "/s", "tokens");
  return out + "</dl>\n";
}

std::string replay_facts(const SimulationReport& report, const SimulationFacts& facts) {
  std::string out = "<dl class=\"facts\">\n";
  const auto fact = [&out](const std::string& term, const std::string& text) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape_html(term), escape_html(text));
  };
  for (const auto& [term, text] : facts) fact(term, text);
  fact("Measured", runs_text(report));
  if (report.unassigned > 0) {
    fact("Left out", format_count(report.unassigned, "request", "requests") +
                         " of the trace that fit no class");
  }
  fact("Simulated in", format_seconds(report.wall_s));
  fact("Berth", "version " BERTH_VERSION);
  return out + "</dl>\n";
}

std::string rounds_table(const VerifiedPlan& verified) {
  HtmlTable table("Plans tried", {{"Plan"},
                                  {"Cost/h", true},
                                  {"Against the first", true},
                                  {"Classes that hold", true},
                                  {"Furthest from its percentile"},
                                  {"Within its worst limit", true}});
  const CostRate first = verified.rounds.front().cost;
  for (std::size_t k = 0; k < verified.rounds.size(); ++k) {
    const VerifyRound& round = verified.rounds[k];
    const CostRate more = round.cost - first;
    table.add_row({format_count(k + 1), format_usd(round.cost),
                   k == 0 ? "–" : (more > CostRate() ? "+" : "") + format_usd(more),
                   fmt::format("{} of {}", round.holding, verified.simulation.classes.size()),
                   round.worst.empty() ? "–" : escape_html(round.worst),
                   round.worst.empty() ? "–" : fmt::format("{:.1f} %", round.worst_share * 100.0)});
  }
  return table.html();
}

/// What the replays changed, in one sentence.
std::string correction_sentence(const VerifiedPlan& verified) {
  if (!verified.holds) return "It does not hold: " + verified.why_not + ".";
  const CostRate first = verified.rounds.front().cost;
  const CostRate more = correction_of(verified);
  if (more == CostRate()) {
    return "Every class holds at 95 % confidence, for what the first plan costs: " +
           format_usd(first) + " an hour.";
  }
  const bool dearer = more > CostRate();
  return fmt::format(
      "Every class holds at 95 % confidence, for {} instead of {} an hour: the correction {} {} "
      "({}).",
      format_usd(verified.outcome.plan.cost.total()), format_usd(first), dearer ? "costs" : "saves",
      format_usd(dearer ? more : -more), format_gap(share_of(dearer ? more : -more, first)));
}

std::string links_html(const ReportPart& part) {
  std::string out;
  for (const auto& [id, words] : part.links) {
    out += fmt::format("<a href=\"#{}\">{}</a> ", id, words);
  }
  return out;
}

}  // namespace

ReportPart simulation_part(const SimulationReport& report, const Plan& plan) {
  ReportPart part;
  const auto add = [&part](const char* id, const char* heading, const char* note,
                           const std::string& body) {
    part.links.emplace_back(id, heading);
    part.html += panel(id, heading, note, body, "long");
  };
  add("replay", "Predicted beside simulated",
      "Each request of the replay was timed. The bar is the time at the class's percentile with "
      "its 95 % interval, beside what the plan predicts there and what was promised.",
      verdict_list(report, plan) + replay_cards(report, plan));
  add("replay-shares", "Within the limits",
      "Share of each class's requests that kept all limits at once. What is asked is asked of each "
      "limit alone.",
      attainment_chart(report) + requests_table(report));
  add("replay-times", "Percentiles",
      "How the times of each class are spread. Axes are logarithmic.",
      quantile_cards(report) + percentiles_table(report, plan));
  add("replay-load", "Load",
      "Means of a replica over the measured time. Busy: share of the time with a pass running. "
      "ITL: gaps between a request's tokens.",
      load_table(report, plan) + pool_load_table(report));
  add("replay-timelines", "Over time",
      report.replications > 1
          ? "Means of a replica, of the first run, since its warm-up. Replicas that failed or are "
            "not up yet count as idle. Shares are drawn up to 100 %, counts up to their highest."
          : "Means of a replica since the warm-up. Replicas that failed or are not up yet count as "
            "idle. Shares are drawn up to 100 %, counts up to their highest.",
      timeline_cards(report));
  return part;
}

ReportPart verification_part(const VerifiedPlan& verified) {
  ReportPart part;
  part.links.emplace_back("replay-rounds", "Verification");
  part.html = panel("replay-rounds", "Verification",
                    "Each plan was replayed, and classes that missed got a margin in the next one. "
                    "Green plans hold everywhere.",
                    "<p class=\"answer\">" + escape_html(correction_sentence(verified)) + "</p>\n" +
                        rounds_chart(verified) + rounds_table(verified),
                    "long");
  const ReportPart replay = simulation_part(verified.simulation, verified.outcome.plan);
  part.links.insert(part.links.end(), replay.links.begin(), replay.links.end());
  part.html += replay.html;
  return part;
}

std::string to_html_report(const SimulationReport& report, const Plan& plan,
                           const SimulationFacts& facts) {
  const std::string name = plan.fleet.empty() ? "Unnamed fleet" : plan.fleet;
  const ReportPart part = simulation_part(report, plan);
  std::string page = page_head(name + " · simulation");
  page += fmt::format(
      "<header><p class=\"eyebrow\">Simulation</p><h1>{}</h1>\n<p class=\"lead\">{} on {}, {} per "
      "hour, {}</p>\n<nav aria-label=\"Sections\">{}<a href=\"#origin\">How it was made</a></nav>\n"
      "</header>\n",
      escape_html(name), format_count(report.classes.size(), "class", "classes"),
      format_count(report.deployments.size(), "deployment", "deployments"),
      format_usd(plan.cost.total()), escape_html(runs_text(report)), links_html(part));
  page += replay_figures(report) + part.html;
  page +=
      panel("origin", "How this was made",
            "The same plan, requests and seed give the same numbers.", replay_facts(report, facts));
  return page + page_end();
}

}  // namespace berth
