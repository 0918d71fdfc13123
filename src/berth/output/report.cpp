#include "berth/output/report.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/report_charts.h"
#include "berth/output/simulation_report.h"
#include "berth/output/summary.h"
#include "berth/output/svg.h"
#include "berth/plan/engine_args.h"

namespace berth {
namespace {

/// Up to here the engine arguments are unfolded from the start.
constexpr std::size_t kUnfolded = 6;

std::string figures(const Plan& plan) {
  const PlanSummary summary = summarize(plan);
  const bool all_met = summary.classes_met == plan.classes.size();
  std::string out = "<dl class=\"figures\">\n";
  out += figure("Cost per hour", format_usd(plan.cost.total()),
                format_usd_month(plan.cost.total()) + " per month of 730 h");
  out += figure("GPUs", format_count(summary.gpus),
                fmt::format("in {}, {} idle", format_count(summary.boxes, "box", "boxes"),
                            summary.idle == 0 ? "none" : format_count(summary.idle)));
  out += figure("Classes within their SLOs",
                fmt::format("{} of {}", summary.classes_met, plan.classes.size()),
                all_met ? "every promise is kept" : "see service levels",
                all_met ? "good-text" : "bad-text");
  out += plan.gap && plan.lower_bound
             ? figure("Gap to the lower bound", format_percent(*plan.gap),
                      "no plan costs less than " +
                          format_usd(CostRate::usd_per_hour(*plan.lower_bound)))
             : figure("Gap to the lower bound", "–", "no bound was computed");
  return out + "</dl>\n";
}

std::string warnings(const Plan& plan) {
  if (plan.warnings.empty()) return {};
  std::string out =
      "<aside class=\"warnings\" aria-labelledby=\"warnings-heading\"><h2 id=\"warnings-heading\">"
      "Before you act on this plan</h2><ul>\n";
  for (const std::string& warning : plan.warnings) out += "<li>" + escape_html(warning) + "</li>\n";
  return out + "</ul></aside>\n";
}

std::string meter(double share) {
  return fmt::format(
      "<span class=\"meter\" aria-hidden=\"true\"><svg width=\"100%\" height=\"6\"><rect "
      "class=\"{}\" width=\"{}%\" height=\"6\"/></svg></span><span class=\"share\">{}</span>",
      share > 0.95 ? "close" : "good", svg_number(std::clamp(share, 0.0, 1.0) * 100.0),
      format_percent(share));
}

std::string deployments_table(const Plan& plan) {
  HtmlTable table("Deployments", {{"Deployment"},
                                  {"Type"},
                                  {"Pool"},
                                  {"GPUs", true},
                                  {"Utilisation", true},
                                  {"Cost/h", true},
                                  {"Share", true},
                                  {"TTFT", true},
                                  {"TPOT", true},
                                  {"Seqs", true},
                                  {"Context", true}});
  CostRate sum;
  for (const PlanDeployment& d : plan.deployments) {
    sum += d.cost;
    table.add_row(
        {escape_html(d.name), escape_html(d.precision), escape_html(pool_text(d.pool, d.gpu)),
         escape_html(format_gpus(d.replicas, d.tensor_parallel, d.pipeline_parallel, d.gpus)),
         meter(d.utilization), format_usd(d.cost),
         escape_html(format_percent(share_of(d.cost, plan.cost.total()))), format_seconds(d.ttft_s),
         format_seconds(d.tpot_s), format_count(d.max_num_seqs), format_count(d.max_model_len)});
  }
  table.set_footer({"Together", "", "", "", "", format_usd(sum),
                    escape_html(format_percent(share_of(sum, plan.cost.total()))), "", "", "", ""});
  return table.html();
}

std::string offers_table(const Plan& plan) {
  HtmlTable table("Rented boxes", {{"Offer"},
                                   {"Pool"},
                                   {"Boxes", true},
                                   {"GPUs", true},
                                   {"Cost per hour", true},
                                   {"Per month", true}});
  for (const PlanOffer& offer : plan.offers) {
    table.add_row({escape_html(offer.offer), escape_html(offer.pool), boxes_text(offer),
                   format_count(offer.gpus), format_usd(offer.cost), format_usd_month(offer.cost)});
  }
  const PlanSummary summary = summarize(plan);
  table.set_footer({"Together", "", format_count(summary.boxes, "box", "boxes"),
                    format_count(summary.gpus), format_usd(plan.cost.rental),
                    format_usd_month(plan.cost.rental)});
  return table.html();
}

/// "40 GPUs = 5 replicas x TP 8 x PP 1" for every deployment, by pool.
std::string gpu_origin(const Plan& plan) {
  std::string out = "<dl class=\"facts\">\n";
  for (const PoolSummary& pool : summarize(plan).pools) {
    std::string boxes;
    for (const PlanOffer* offer : pool.offers) {
      boxes += (boxes.empty() ? "" : " + ") + boxes_text(*offer) + " (" + offer->offer + ")";
    }
    out += fmt::format("<dt>{}</dt><dd>{} in {}{}", escape_html(pool_text(pool.name, pool.gpu)),
                       format_count(pool.rented, "GPU", "GPUs"),
                       escape_html(boxes.empty() ? "no box" : boxes),
                       pool.idle() > 0 ? fmt::format(", {} idle", pool.idle()) : "");
    constexpr std::size_t kShown = 8;
    for (std::size_t k = 0; k < std::min(kShown, pool.deployments.size()); ++k) {
      const PlanDeployment& d = *pool.deployments[k];
      out += fmt::format("<br/><span class=\"fine\">{} = {} × TP {} × PP {}</span> {}", d.gpus,
                         format_count(d.replicas, "replica", "replicas"), d.tensor_parallel,
                         d.pipeline_parallel, escape_html(d.name));
    }
    if (pool.deployments.size() > kShown) {
      out += fmt::format("<br/>and {} more deployments", pool.deployments.size() - kShown);
    }
    out += "</dd>\n";
  }
  return out + "</dl>\n";
}

std::string routes_table(const Plan& plan) {
  HtmlTable table("Routes", {{"Class"},
                             {"Deployment"},
                             {"Share", true},
                             {"Rate", true},
                             {"TTFT", true},
                             {"TPOT", true},
                             {"E2E", true},
                             {"Error", true}});
  std::map<std::string, double> rate_of;
  for (const PlanClass& row : plan.classes) rate_of[row.name] = row.rate;
  for (const PlanRoute& r : plan.routes) {
    table.add_row({escape_html(r.query_class), escape_html(r.deployment),
                   escape_html(format_percent(r.share)),
                   format_rate(r.share * rate_of[r.query_class]), format_seconds(r.ttft_s),
                   format_seconds(r.tpot_s), format_seconds(r.e2e_s),
                   escape_html(format_percent(r.error))});
  }
  return table.html();
}

std::string promise_cell(const Promise& promise, bool served) {
  if (!served) return "–";
  std::string text = escape_html(promise.predicted_text());
  if (!promise.kept()) text = "<strong class=\"bad-text\">" + text + "</strong>";
  return promise.limit ? text + fmt::format(" <span class=\"fine\">≤ {}</span>",
                                            escape_html(promise.limit_text()))
                       : text;
}

std::string classes_table(const Plan& plan) {
  HtmlTable table("Classes", {{"Class"},
                              {"Rate", true},
                              {"Percentile", true},
                              {"TTFT", true},
                              {"TPOT", true},
                              {"E2E", true},
                              {"Error", true},
                              {"Refused", true},
                              {"SLOs"}});
  for (const PlanClass& row : plan.classes) {
    std::vector<std::string> cells = {escape_html(row.name), format_rate(row.rate),
                                      fmt::format("p{:g}", row.slo.percentile * 100.0)};
    for (const Promise& promise : promises_of(row)) {
      cells.push_back(promise_cell(promise, is_served(row)));
    }
    cells.push_back(escape_html(format_percent(row.unmet)));
    cells.push_back(fmt::format("<span class=\"pill {}\">{}</span>",
                                row.slo_met ? "good-pill" : "bad-pill",
                                row.slo_met ? "met" : "missed"));
    table.add_row(std::move(cells));
  }
  return table.html();
}

/// The engine's program and its arguments; without a table for the engine, nothing.
std::string command_line(const PlanDeployment& d) {
  std::string line(engine_program(d.engine_args));
  if (!d.engine_args.empty()) line += (line.empty() ? "" : " ") + shell_words(d.engine_args);
  return line;
}

std::string engine_arguments(const Plan& plan) {
  std::string out;
  const bool open = plan.deployments.size() <= kUnfolded;
  for (const PlanDeployment& d : plan.deployments) {
    out += fmt::format("<details{}><summary>{}</summary><pre>{}</pre></details>\n",
                       open ? " open=\"open\"" : "", escape_html(d.name),
                       escape_html(command_line(d)));
  }
  return out;
}

std::string origin(const Plan& plan) {
  std::string out = "<dl class=\"facts\">\n";
  const auto fact = [&out](std::string_view term, const std::string& text) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, escape_html(text));
  };
  fact("Method", plan.method);
  fact("Status", plan.status);
  fact("Options built in", format_seconds(plan.build_seconds));
  fact("Solved in", format_seconds(plan.solve_seconds));
  if (plan.lower_bound) {
    fact("Lower bound",
         fmt::format("{} per hour, in {}", format_usd(CostRate::usd_per_hour(*plan.lower_bound)),
                     format_seconds(plan.bound_seconds)));
  }
  fact("Berth", "version " BERTH_VERSION);
  return out + "</dl>\n";
}

/// `more` are links to what stands after the service levels.
std::string navigation(const ReportPart& more) {
  static constexpr std::pair<const char*, const char*> kLinks[] = {
      {"cost", "Cost"},
      {"flow", "Flow"},
      {"service-levels", "Service levels"},
      {"deployments", "Deployments"},
      {"boxes", "Boxes"},
      {"routes", "Routes"},
      {"classes", "Classes"},
      {"engine", "Engine arguments"},
      {"origin", "How it was made"}};
  std::string out = "<nav aria-label=\"Sections\">";
  for (const auto& [id, label] : kLinks) {
    out += fmt::format("<a href=\"#{}\">{}</a> ", id, label);
    if (std::string_view(id) != "service-levels") continue;
    for (const auto& [part, words] : more.links) {
      out += fmt::format("<a href=\"#{}\">{}</a> ", part, words);
    }
  }
  return out + "</nav>\n";
}

std::string page_header(const Plan& plan, const ReportPart& more) {
  return fmt::format(
             "<header><p class=\"eyebrow\">Fleet plan</p><h1>{}</h1>\n<p class=\"lead\">{} on {}, "
             "method {}, {}</p>\n",
             escape_html(plan.fleet.empty() ? "Unnamed fleet" : plan.fleet),
             format_count(plan.classes.size(), "class", "classes"),
             format_count(plan.deployments.size(), "deployment", "deployments"),
             escape_html(plan.method), escape_html(plan.status)) +
         navigation(more) + "</header>\n";
}

std::string plan_page(const Plan& plan, const ReportPart& more) {
  std::string page =
      page_head(fmt::format("{} · {} per hour", plan.fleet.empty() ? "Fleet plan" : plan.fleet,
                            format_usd(plan.cost.total()))) +
      page_header(plan, more) + figures(plan) + warnings(plan);
  page += "<div class=\"pair\">" +
          panel("cost", "Cost by deployment", "Per hour; coloured by pool.",
                deployment_cost_chart(plan)) +
          panel("parts", "Cost by part", "Per hour.", cost_parts_chart(plan)) + "</div>\n";
  page += panel("flow", "Where requests go",
                "Requests per second, from classes through deployments to the pools they run on. "
                "A band is as wide as its rate.",
                flow_panel(plan));
  page += panel("service-levels", "Service levels",
                "What the plan predicts at each class's percentile, on its worst route, as a part "
                "of what was promised. The line is the limit. All times are those "
                "at the planned utilisation.",
                headroom_panel(plan), "long");
  page += more.html;
  page += panel("deployments", "Deployments",
                "Utilisation is the planned load as a part of the load the SLOs allow. Cost is the "
                "share of the pool's boxes by GPUs. Sequences and context are per replica.",
                deployments_table(plan), "long");
  page += panel("boxes", "Rented boxes", "What to rent, and where the GPUs come from.",
                offers_table(plan) + gpu_origin(plan), "long");
  page += panel("routes", "Routes", "Which part of each class goes to which deployment.",
                routes_table(plan), "long");
  page +=
      panel("classes", "Classes", "Predictions with their limits.", classes_table(plan), "long");
  page += panel("engine", "Engine arguments", "One click selects the whole command.",
                engine_arguments(plan), "long");
  page += panel("origin", "How this plan was made",
                "Every number was recomputed from the fleet after solving.", origin(plan));
  return page + page_end();
}

}  // namespace

std::string to_html_report(const Plan& plan) { return plan_page(plan, {}); }

std::string to_html_report(const VerifiedPlan& verified) {
  return plan_page(verified.outcome.plan, verification_part(verified));
}

}  // namespace berth
