#include "berth/control/known_classes.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace berth {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::set<std::string> served(const Plan& plan) {
  std::set<std::string> names;
  for (const PlanRoute& route : plan.routes) {
    if (route.share > 0.0) names.insert(route.deployment);
  }
  return names;
}

/// Gives back boxes of a pool that its replicas leave empty, the dearest GPUs first.
void give_back(const std::string& pool, Plan& plan) {
  int spare = 0;
  std::vector<PlanOffer*> offers;
  for (PlanOffer& offer : plan.offers) {
    if (offer.pool != pool || offer.boxes <= 0) continue;
    spare += offer.gpus;
    offers.push_back(&offer);
  }
  for (const PlanDeployment& row : plan.deployments) {
    if (row.pool == pool) spare -= row.gpus;
  }
  std::stable_sort(offers.begin(), offers.end(), [](const PlanOffer* a, const PlanOffer* b) {
    return a->cost.usd() / a->gpus > b->cost.usd() / b->gpus;
  });
  for (PlanOffer* offer : offers) {
    const int lot = std::max(1, offer->gpus / offer->boxes);
    const int returned = std::clamp(spare / lot, 0, offer->boxes);
    const int left = offer->boxes - returned;
    offer->cost = CostRate::micro_usd_per_hour(offer->cost.micros() / offer->boxes) * left;
    offer->boxes = left;
    offer->gpus = left * lot;
    spare -= returned * lot;
  }
}

/// Deployments pay for their GPUs' share of what their pool rents.
void share_rental(Plan& plan) {
  std::map<std::string, CostRate> rentals;
  for (const PlanOffer& offer : plan.offers) rentals[offer.pool] += offer.cost;
  plan.cost.rental = {};
  for (const auto& [pool, rental] : rentals) {
    plan.cost.rental += rental;
    double gpus = 0.0;
    for (const PlanDeployment& row : plan.deployments) {
      if (row.pool == pool) gpus += row.gpus;
    }
    double before = 0.0;
    for (PlanDeployment& row : plan.deployments) {
      if (row.pool != pool || !(gpus > 0.0)) continue;
      const double after = before + row.gpus;
      row.cost = rental.share(after / gpus) - rental.share(before / gpus);
      before = after;
    }
  }
}

}  // namespace

std::vector<std::string> gone_classes(const Fleet& fleet, const Plan& plan) {
  std::vector<std::string> gone;
  for (const PlanClass& row : plan.classes) {
    const bool known =
        std::any_of(fleet.classes.begin(), fleet.classes.end(),
                    [&row](const FleetClass& c) { return c.traffic.name == row.name; });
    if (!known) gone.push_back(row.name);
  }
  return gone;
}

Plan without_classes(Plan plan, const std::vector<std::string>& gone) {
  if (gone.empty()) return plan;
  std::erase_if(plan.classes, [&gone](const PlanClass& row) { return contains(gone, row.name); });
  std::erase_if(plan.routes,
                [&gone](const PlanRoute& row) { return contains(gone, row.query_class); });
  for (const std::string& name : gone) plan.shadow_prices.classes.erase(name);
  return plan;
}

int idle_replicas(const Plan& plan) {
  const std::set<std::string> busy = served(plan);
  int idle = 0;
  for (const PlanDeployment& row : plan.deployments) {
    if (!busy.contains(row.name)) idle += std::max(0, row.replicas);
  }
  return idle;
}

Plan without_idle(Plan plan, std::optional<int> most) {
  const std::set<std::string> busy = served(plan);
  int left = most.value_or(std::numeric_limits<int>::max());
  std::set<std::string> pools;
  for (PlanDeployment& row : plan.deployments) {
    if (busy.contains(row.name) || row.replicas <= 0) continue;
    const int stopped = std::min(left, row.replicas);
    left -= stopped;
    row.gpus -= row.gpus / row.replicas * stopped;
    row.replicas -= stopped;
    if (stopped > 0) pools.insert(row.pool);
  }
  std::erase_if(plan.deployments, [](const PlanDeployment& row) { return row.replicas <= 0; });
  for (const std::string& pool : pools) give_back(pool, plan);
  std::erase_if(plan.offers, [](const PlanOffer& offer) { return offer.boxes <= 0; });
  share_rental(plan);
  plan.cost.switching = {};
  plan.lower_bound.reset();
  plan.gap.reset();
  plan.status = "feasible";
  return plan;
}

Plan with_classes_of(const Plan& running, Plan state) {
  const bool goes_on =
      std::any_of(state.deployments.begin(), state.deployments.end(), [&](const auto& row) {
        return std::any_of(running.deployments.begin(), running.deployments.end(),
                           [&row](const PlanDeployment& old) { return old.name == row.name; });
      });
  if (!goes_on) return state;
  std::vector<PlanClass> classes;
  for (const PlanClass& old : running.classes) {
    const auto found = std::find_if(state.classes.begin(), state.classes.end(),
                                    [&old](const PlanClass& c) { return c.name == old.name; });
    classes.push_back(found != state.classes.end() ? *found : old);
    if (found == state.classes.end()) {
      classes.back().rate = 0.0;
      classes.back().unmet = 1.0;
    }
  }
  for (const PlanClass& row : state.classes) {
    const bool listed = std::any_of(running.classes.begin(), running.classes.end(),
                                    [&row](const PlanClass& old) { return old.name == row.name; });
    if (!listed) classes.push_back(row);
  }
  state.classes = std::move(classes);
  return state;
}

}  // namespace berth
