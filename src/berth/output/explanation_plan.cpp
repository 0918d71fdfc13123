// What a plan says of itself, without its fleet.

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/explanation.h"
#include "berth/output/format.h"
#include "berth/output/summary.h"
#include "berth/output/text_grid.h"
#include "berth/plan/warnings.h"

namespace berth {
namespace {

/// A promise with less left than this is called tight.
constexpr double kTightPromise = 0.05;

std::string promises(const Plan& plan, const TableStyle& style, std::size_t width) {
  TextGrid grid({{"CLASS", Align::kLeft, 10},
                 {"PROMISE"},
                 {"PREDICTED", Align::kRight},
                 {"LIMIT", Align::kRight},
                 {"LEFT", Align::kRight}});
  for (const PlanClass& row : plan.classes) {
    for (const Promise& promise : promises_of(row)) {
      const std::optional<double> left = promise.headroom();
      if (!left || !is_served(row)) continue;
      const Tone tone = *left < 0.0             ? Tone::kBad
                        : *left < kTightPromise ? Tone::kWarning
                                                : Tone::kGood;
      grid.add_row({{printable(row.name), Tone::kStrong},
                    {std::string(promise.metric)},
                    {promise.predicted_text()},
                    {promise.limit_text()},
                    {*left < 0.0 ? "broken" : format_percent(*left), tone}});
    }
  }
  return grid.render(width, style.color);
}

std::string deployments(const Plan& plan, const TableStyle& style, std::size_t width) {
  TextGrid grid({{"DEPLOYMENT", Align::kLeft, 18},
                 {"REPLICAS", Align::kRight},
                 {"UTILISATION", Align::kRight},
                 {"COST", Align::kRight}});
  for (const PlanDeployment& d : plan.deployments) {
    grid.add_row({{printable(d.name), Tone::kStrong},
                  {std::to_string(d.replicas)},
                  {format_percent(d.utilization),
                   d.utilization > kHighUtilization ? Tone::kWarning : Tone::kPlain},
                  {format_usd(d.cost)}});
  }
  return grid.render(width, style.color);
}

std::string prices(const ShadowPrices& prices) {
  std::string text;
  const auto add = [&](const std::string& what, double usd) {
    text += fmt::format("  {}: {:.4g} USD/h\n", printable(what), usd);
  };
  for (const auto& [pool, usd] : prices.pools) add("one more GPU of " + pool, usd);
  if (prices.budget) add("one more USD/h of budget", *prices.budget);
  for (const auto& [name, usd] : prices.classes) add("the demand of " + name, usd);
  return text;
}

}  // namespace

std::string explain_plan_alone(const Plan& plan, const TableStyle& style) {
  const std::size_t width = style.terminal();
  const auto title = [&](const std::string& text) {
    return "\n" + paint(text, Tone::kStrong, style.color) + "\n";
  };
  std::string out = fmt::format("The plan of {} costs {} per hour",
                                plan.fleet.empty() ? "this fleet" : printable(plan.fleet),
                                format_usd(plan.cost.total()));
  if (plan.lower_bound) {
    out += fmt::format("; no plan costs less than {}",
                       format_usd(CostRate::usd_per_hour(*plan.lower_bound)));
  }
  out += "\n" + title("What is left of each promise") + promises(plan, style, width);
  out += title("How full each deployment is") + deployments(plan, style, width);
  if (const std::string text = prices(plan.shadow_prices); !text.empty()) {
    out += title("Shadow prices the plan holds") + text;
  }
  out += "\nWhat the limits cost needs the fleet: --against FLEET.yaml\n";
  return out;
}

}  // namespace berth
