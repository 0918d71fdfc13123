#include "berth/evaluate/simulation/router.h"

namespace berth {

RouteChooser::RouteChooser(const SimulatedPlan& plan, Random random)
    : plan_(&plan), random_(random), routes_of_(plan.classes.size()) {
  for (std::uint32_t r = 0; r < plan.routes.size(); ++r) {
    Span& span = routes_of_[plan.routes[r].query_class];
    if (span.begin == span.end) span.begin = r;
    span.end = r + 1;
  }
}

std::uint32_t RouteChooser::choose(std::uint32_t query_class,
                                   const std::vector<std::uint32_t>& up) {
  const Span& span = routes_of_[query_class];
  double shares = 0.0;
  for (std::uint32_t r = span.begin; r < span.end; ++r) {
    const SimulatedRoute& route = plan_->routes[r];
    if (up[route.deployment] > 0) shares += route.share;
  }
  // What the plan refuses does not grow when deployments are down.
  const double unmet = plan_->classes[query_class].unmet;
  double draw = random_.uniform();
  if (draw < unmet) return kRefused;
  if (!(shares > 0.0)) return kNobody;
  draw = (draw - unmet) / (1.0 - unmet) * shares;
  std::uint32_t last = kNobody;
  for (std::uint32_t r = span.begin; r < span.end; ++r) {
    const SimulatedRoute& route = plan_->routes[r];
    if (up[route.deployment] == 0) continue;
    last = r;
    draw -= route.share;
    if (draw < 0.0) break;
  }
  return last;
}

}  // namespace berth
