#include "berth/solve/adaptive/finish.h"

#include <algorithm>
#include <cmath>

#include "berth/core/tolerance.h"
#include "berth/plan/check.h"
#include "berth/plan/price.h"
#include "berth/solve/milp/reroute.h"
#include "berth/solve/rental.h"

namespace berth::adaptive {
namespace {

constexpr double kShareNoise = 1e-10;  // a share below this is noise of the routing

void rent(const Market& market, Solution& solution) {
  std::vector<std::int64_t> gpus(market.base_gpus.size(), 0);
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    gpus[market.pool[d]] += std::int64_t{solution.replicas[d]} * market.units[d];
  }
  for (std::size_t r = 0; r < gpus.size(); ++r) {
    if (gpus[r] > 0) (*market.pools)[r].choose(gpus[r], solution.boxes);
  }
}

void give_back_idle(const Market& market, Solution& solution) {
  std::vector<std::uint8_t> used(market.option_count(), 0);
  for (const Route& route : solution.routes) used[route.option.index()] = 1;
  for (std::size_t d = 0; d < used.size(); ++d) {
    if (used[d] == 0) solution.replicas[d] = 0;
  }
}

/// The shares as they are, noise taken out.
Solution as_found(const Instance& instance, const Market& market, const Assignment& assignment) {
  Solution solution;
  solution.replicas = assignment.replicas;
  solution.boxes.assign(instance.offer_count(), 0);
  solution.unmet = assignment.unmet;
  for (std::size_t i = 0; i < market.class_count(); ++i) {
    const std::size_t begin = solution.routes.size();
    double sum = 0.0;
    for (const Assignment::Share& share : assignment.shares[i]) {
      if (share.share <= kShareNoise) continue;
      solution.routes.push_back(
          {ClassId(i), OptionId(market.entries[share.entry].option), share.share});
      sum += share.share;
    }
    if (solution.unmet[i] <= kShareNoise) solution.unmet[i] = 0.0;
    if (sum <= kShareNoise) continue;
    const double scale = (1.0 - solution.unmet[i]) / sum;
    for (std::size_t k = begin; k < solution.routes.size(); ++k) solution.routes[k].share *= scale;
    std::sort(solution.routes.begin() + static_cast<std::ptrdiff_t>(begin), solution.routes.end(),
              [](const Route& a, const Route& b) { return a.option < b.option; });
  }
  if (market.switching.empty()) give_back_idle(market, solution);  // else it may cost more
  rent(market, solution);
  return solution;
}

std::optional<Solution> rerouted(const Instance& instance, const Market& market,
                                 const Assignment& assignment) {
  std::optional<milp::Rerouting> routing = milp::reroute(instance, assignment.replicas);
  if (!routing) return std::nullopt;
  Assignment cleaned(market);
  cleaned.replicas = assignment.replicas;
  cleaned.unmet = routing->unmet;
  for (const Route& route : routing->routes) {
    const auto entries = market.entries_of_class(route.query_class.index());
    for (const std::uint32_t e : entries) {
      if (market.entries[e].option != route.option.index()) continue;
      cleaned.shares[route.query_class.index()].push_back({e, route.share});
    }
  }
  return as_found(instance, market, cleaned);
}

}  // namespace

Assignment assignment_of(const Instance& instance, const Market& market, const Solution& solution) {
  Assignment assignment(market);
  std::vector<std::vector<Assignment::Share>> shares(instance.class_count());
  for (const Route& route : solution.routes) {
    for (const std::uint32_t e : market.entries_of_class(route.query_class.index())) {
      if (market.entries[e].option == route.option.index()) {
        shares[route.query_class.index()].push_back({e, route.share});
      }
    }
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    assignment.set_class(market, i, std::move(shares[i]), solution.unmet[i], 0.0);
  }
  for (std::size_t d = 0; d < solution.replicas.size(); ++d) {
    assignment.set_replicas(market, d, solution.replicas[d]);
  }
  return assignment;
}

std::optional<Solution> finished(const Instance& instance, const Market& market,
                                 const Assignment& assignment) {
  if (!assignment.complete()) return std::nullopt;
  Solution solution = as_found(instance, market, assignment);
  const bool fits = check(instance, solution).empty();
  if (fits && !market.routing_costs) return solution;
  const std::optional<Solution> better = rerouted(instance, market, assignment);
  if (better && check(instance, *better).empty() &&
      (!fits || price(instance, *better).total() < price(instance, solution).total())) {
    return better;
  }
  if (!fits) return std::nullopt;
  return solution;
}

}  // namespace berth::adaptive
