#include "berth/output/report_charts.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/bar_chart.h"
#include "berth/output/flow.h"
#include "berth/output/format.h"
#include "berth/output/headroom_chart.h"
#include "berth/output/sankey.h"
#include "berth/output/summary.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

/// What a chart shows by name before it sums up the rest; the tables have every row.
constexpr std::size_t kShownBars = 12;
constexpr std::size_t kShownFlows = 12;
constexpr std::size_t kShownCards = 12;
/// The sum of the rest is only written: as a bar it would dwarf those shown by name.
constexpr double kNoBar = 0.0;

double usd(CostRate cost) { return static_cast<double>(cost.micros()) / 1e6; }

std::string cost_text(CostRate cost, CostRate total) {
  return fmt::format("{} · {}", format_usd(cost), format_percent(share_of(cost, total)));
}

std::string legend(const Plan& plan) {
  const PlanSummary summary = summarize(plan);
  std::string out = "<div class=\"legend\">";
  const std::size_t shown = std::min(summary.pools.size(), static_cast<std::size_t>(kHues));
  const auto add = [&out](int hue, const std::string& label) {
    out += fmt::format(
        "<span><svg aria-hidden=\"true\" viewBox=\"0 0 11 11\"><rect class=\"{}\" width=\"11\" "
        "height=\"11\" rx=\"3\"/></svg>{}</span>",
        hue_class(hue), escape_html(label));
  };
  for (std::size_t k = 0; k < shown; ++k) add(static_cast<int>(k), summary.pools[k].name);
  if (shown < summary.pools.size()) {
    add(kOtherHue, fmt::format("{} other pools", summary.pools.size() - shown));
  }
  return out + "</div>\n";
}

HeadroomBar headroom_bar(const Promise& promise, bool served) {
  HeadroomBar bar;
  bar.label = promise.metric;
  bar.limited = served && promise.limit.has_value();
  bar.kept = promise.kept();
  if (!served) {
    bar.value_text = "not served";
  } else if (promise.limit) {
    bar.value_text = promise.predicted_text() + " of " + promise.limit_text();
    bar.ratio = *promise.limit > 0.0 ? promise.predicted / *promise.limit : 1.0;
  } else {
    bar.value_text = promise.predicted_text() + ", no limit";
  }
  return bar;
}

std::string class_card(const PlanClass& row, std::size_t number) {
  std::vector<HeadroomBar> bars;
  std::string description;
  for (const Promise& promise : promises_of(row)) {
    bars.push_back(headroom_bar(promise, is_served(row)));
    if (!description.empty()) description += "; ";
    description += bars.back().label + " " + bars.back().value_text;
  }
  std::string about = fmt::format("{}, p{:g}", format_rate(row.rate), row.slo.percentile * 100.0);
  if (row.unmet > 0.0) about += fmt::format(", {} refused", format_percent(row.unmet));
  return fmt::format(
             "<article class=\"class-card\"><header><h3>{} <span class=\"about\">{}</span></h3>"
             "<span class=\"pill {}\">{}</span></header>\n",
             escape_html(row.name), escape_html(about), row.slo_met ? "good-pill" : "bad-pill",
             row.slo_met ? "met" : "missed") +
         headroom_chart(fmt::format("headroom-{}", number),
                        "Predicted against promised: " + row.name, description, bars) +
         "</article>\n";
}

}  // namespace

std::string deployment_cost_chart(const Plan& plan) {
  std::vector<Bar> bars;
  CostRate rest;
  const std::size_t count = plan.deployments.size();
  const std::size_t shown = count <= kShownBars + 1 ? count : kShownBars;
  const CostRate total = plan.cost.total();
  for (std::size_t k = 0; k < count; ++k) {
    const PlanDeployment& d = plan.deployments[k];
    if (k >= shown) {
      rest += d.cost;
      continue;
    }
    bars.push_back({d.name, format_gpus(d.replicas, d.tensor_parallel, d.pipeline_parallel, d.gpus),
                    cost_text(d.cost, total), usd(d.cost), pool_hue(plan, d.pool)});
  }
  if (shown < count) {
    bars.push_back({fmt::format("{} other deployments", count - shown), "", cost_text(rest, total),
                    kNoBar, kOtherHue});
  }
  return legend(plan) +
         bar_chart("cost-by-deployment", "Cost by deployment",
                   "Cost per hour of each deployment, its share of its pool's boxes by GPUs. The "
                   "deployments table has the same figures.",
                   bars);
}

std::string cost_parts_chart(const Plan& plan) {
  const CostRate total = plan.cost.total();
  const PlanSummary summary = summarize(plan);
  std::vector<Bar> bars;
  CostRate rest;
  const std::size_t count = summary.pools.size();
  const std::size_t shown = count <= kShownBars + 1 ? count : kShownBars;
  for (std::size_t k = 0; k < count; ++k) {
    const PoolSummary& pool = summary.pools[k];
    if (k >= shown) {
      rest += pool.cost;
      continue;
    }
    bars.push_back({"Rental of " + pool.name, format_count(pool.rented, "GPU", "GPUs"),
                    cost_text(pool.cost, total), usd(pool.cost), pool_hue(plan, pool.name)});
  }
  if (shown < count) {
    bars.push_back({fmt::format("Rental of {} other pools", count - shown), "",
                    cost_text(rest, total), kNoBar, kOtherHue});
  }
  bars.push_back({"Delay", "", cost_text(plan.cost.delay, total), usd(plan.cost.delay), kOtherHue});
  bars.push_back({"Refused requests", "", cost_text(plan.cost.unmet, total), usd(plan.cost.unmet),
                  kRefusedHue});
  bars.push_back({"Fixed cost of deployments", "", cost_text(plan.cost.fixed, total),
                  usd(plan.cost.fixed), kOtherHue});
  if (plan.switching) {
    bars.push_back({"Change of plan", "", cost_text(plan.cost.switching, total),
                    usd(plan.cost.switching), kOtherHue});
  }
  return bar_chart("cost-by-part", "Cost by part",
                   "Cost per hour of each pool's boxes, of delay, of refused requests, and the "
                   "fixed cost of deployments.",
                   bars);
}

std::string flow_panel(const Plan& plan) {
  return "<div class=\"flow\" tabindex=\"0\" role=\"region\" aria-label=\"Flow of requests\">" +
         sankey_chart("flow-chart", "Flow of requests",
                      "Requests per second from classes through deployments to pools. The routes "
                      "table has the same figures.",
                      plan_flows(plan, kShownFlows), {"CLASSES", "DEPLOYMENTS", "POOLS"}) +
         "</div>\n";
}

std::string headroom_panel(const Plan& plan) {
  std::vector<const PlanClass*> order;
  for (const PlanClass& row : plan.classes) order.push_back(&row);
  if (order.size() > kShownCards) {
    std::stable_sort(order.begin(), order.end(), [](const PlanClass* a, const PlanClass* b) {
      return least_headroom(*a) < least_headroom(*b);
    });
    order.resize(kShownCards);
  }
  std::string out = "<div class=\"cards\">\n";
  for (std::size_t k = 0; k < order.size(); ++k) out += class_card(*order[k], k);
  out += "</div>\n";
  if (order.size() < plan.classes.size()) {
    out += fmt::format(
        "<p class=\"note\">Shown are the {} classes with the least headroom; {} more are in the "
        "classes table.</p>\n",
        order.size(), plan.classes.size() - order.size());
  }
  return out;
}

}  // namespace berth
