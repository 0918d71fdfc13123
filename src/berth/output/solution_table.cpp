#include "berth/output/solution_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace berth {
namespace {

std::string header(const SolveResult& result) {
  std::string text = fmt::format("{}: {}", result.method, to_string(result.termination.reason));
  if (result.termination.reason == TerminationReason::kInfeasible && !result.termination.proven) {
    text = fmt::format("{}: no plan found (that there is none is not proven)", result.method);
  }
  if (!result.termination.limit.empty())
    text += fmt::format(" ({} limit)", result.termination.limit);
  if (!result.termination.detail.empty()) {
    text += fmt::format(", {}", shortened(result.termination.detail));
  }
  return text + "\n";
}

std::string cost_lines(const SolveResult& result) {
  std::string text = fmt::format(
      "cost         {:>14.6f} USD/h   (rental {:.6f}, fixed {:.6f}, delay {:.6f}, unmet {:.6f})\n",
      result.cost.total().usd(), result.cost.rental.usd(), result.cost.fixed.usd(),
      result.cost.delay.usd(), result.cost.unmet.usd());
  if (result.lower_bound && result.cost.total().micros() > 0) {
    const double gap =
        (result.cost.total().usd() - *result.lower_bound) / result.cost.total().usd();
    text += fmt::format("lower bound  {:>14.6f} USD/h   (gap {:.2f} %)\n", *result.lower_bound,
                        100.0 * gap);
  }
  return text + fmt::format("solve        {:>14.3f} ms\n", 1e3 * result.solve_seconds);
}

std::string box_lines(const Instance& instance, const Solution& solution) {
  const auto& offers = instance.columns().offers;
  std::string text;
  for (std::size_t o = 0; o < offers.name.size(); ++o) {
    if (solution.boxes[o] == 0) continue;
    text += fmt::format("  {:>6} x {:<44} {:>5} GPUs {:>12.2f} USD/h\n", solution.boxes[o],
                        offers.name[o], std::int64_t{solution.boxes[o]} * offers.lot[o],
                        (offers.cost[o] * solution.boxes[o]).usd());
  }
  return text.empty() ? text : "\nBoxes\n" + text;
}

std::string replica_lines(const Instance& instance, const Solution& solution) {
  const auto& options = instance.columns().options;
  std::vector<int> served(options.name.size(), 0);
  for (const Route& route : solution.routes) ++served[route.option.index()];
  std::string text;
  for (std::size_t d = 0; d < options.name.size(); ++d) {
    if (solution.replicas[d] == 0) continue;
    text += fmt::format("  {:>6} x {:<60} {:>4} classes\n", solution.replicas[d], options.name[d],
                        served[d]);
  }
  return text.empty() ? text : "\nReplicas\n" + text;
}

}  // namespace

std::string to_table(const Instance& instance, const SolveResult& result) {
  std::string text = header(result);
  if (!result.solution) return text;
  text += cost_lines(result);
  text += box_lines(instance, *result.solution);
  text += replica_lines(instance, *result.solution);
  const auto& unmet = result.solution->unmet;
  const auto refused = std::count_if(unmet.begin(), unmet.end(), [](double u) { return u > 0.0; });
  if (refused > 0)
    text += fmt::format("\n{} of {} classes are partly unmet\n", refused, unmet.size());
  return text;
}

}  // namespace berth
