#include "berth/plan/migration.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "berth/plan/migration_facts.h"

namespace berth {
namespace {

class Migrator {
 public:
  Migrator(const PlanDiff& diff, MigrationFacts facts) : diff_(diff), facts_(std::move(facts)) {}

  Migration run() {
    MigrationOrder order = order_migration(facts_.problem);
    migration_.lossless = order.lossless();
    migration_.lost = order.lost;
    migration_.notes = std::move(facts_.notes);
    rent_for(order.most_gpus);
    for (std::size_t o = 0; o < migration_.offers.size(); ++o) {
      const MigrationOffer& offer = migration_.offers[o];
      add_boxes(MigrationStep::Action::kRent, o, offer.during - offer.before);
      add_rental(offer);
    }
    for (OrderStep& step : order.steps) add(std::move(step));
    for (std::size_t o = 0; o < migration_.offers.size(); ++o) {
      const MigrationOffer& offer = migration_.offers[o];
      add_boxes(MigrationStep::Action::kReturn, o, offer.during - offer.after);
    }
    note_moving_replicas();
    return std::move(migration_);
  }

 private:
  /// All that either plan rents, and more of the cheapest where that is not enough for both.
  void rent_for(const std::vector<long long>& most_gpus) {
    std::vector<long long> boxes;
    std::vector<long long> missing = most_gpus;
    for (const KnownOffer& offer : facts_.offers) {
      boxes.push_back(std::max(offer.from, offer.to));
      if (const auto pool = pool_of(offer)) {
        missing[*pool] -= boxes.back() * offer.lot;
      }
    }
    for (std::size_t p = 0; p < missing.size(); ++p) add_for_a_while(p, missing[p], boxes);
    for (std::size_t o = 0; o < boxes.size(); ++o) {
      if (boxes[o] == 0) continue;
      const KnownOffer& offer = facts_.offers[o];
      migration_.offers.push_back(
          {offer.pool, offer.offer, offer.lot, offer.box_cost, offer.from, boxes[o], offer.to});
    }
  }

  [[nodiscard]] std::optional<std::size_t> pool_of(const KnownOffer& offer) const {
    const auto found = std::find(facts_.pools.begin(), facts_.pools.end(), offer.pool);
    if (found == facts_.pools.end()) return std::nullopt;
    return static_cast<std::size_t>(found - facts_.pools.begin());
  }

  void add_for_a_while(std::size_t pool, long long missing, std::vector<long long>& boxes) {
    while (missing > 0) {
      std::optional<std::size_t> best;
      for (std::size_t o = 0; o < boxes.size(); ++o) {
        const KnownOffer& offer = facts_.offers[o];
        if (offer.pool != facts_.pools[pool] || (offer.most && boxes[o] >= *offer.most)) continue;
        if (!best || cost_for(offer, missing) < cost_for(facts_.offers[*best], missing)) best = o;
      }
      if (!best) return;  // the quota is the sum of these, so the order did not go beyond them
      const KnownOffer& offer = facts_.offers[*best];
      const long long wanted = (missing + offer.lot - 1) / offer.lot;
      const long long count =
          offer.most ? std::min<long long>(wanted, *offer.most - boxes[*best]) : wanted;
      boxes[*best] += count;
      missing -= count * offer.lot;
    }
  }

  static double cost_for(const KnownOffer& offer, long long gpus) {
    const long long boxes = (gpus + offer.lot - 1) / offer.lot;
    return offer.box_cost.usd() * static_cast<double>(boxes);
  }

  /// Prices of another fleet for boxes without end would be more than can be counted.
  void add_rental(const MigrationOffer& offer) {
    constexpr double kMost = CostRate::kMaxTotalUsdPerHour - 1.0;
    const double usd = offer.box_cost.usd() * static_cast<double>(offer.during);
    migration_.rental = migration_.rental.usd() + usd < kMost
                            ? migration_.rental + offer.box_cost * offer.during
                            : CostRate::usd_per_hour(kMost);
  }

  void add_boxes(MigrationStep::Action action, std::size_t offer, long long boxes) {
    if (boxes <= 0) return;
    MigrationStep step;
    step.action = action;
    step.offer = offer;
    step.boxes = boxes;
    // Nothing starts or stops here, so what was lost before is lost still.
    if (!migration_.steps.empty()) step.lost = migration_.steps.back().lost;
    migration_.steps.push_back(std::move(step));
  }

  void add(OrderStep from) {
    constexpr std::array kActions = {MigrationStep::Action::kStart, MigrationStep::Action::kRoute,
                                     MigrationStep::Action::kStop};
    MigrationStep step;
    step.action = kActions[static_cast<std::size_t>(from.kind)];
    step.shape = from.unit;
    step.replicas = from.replicas;
    step.running = from.running;
    step.routes = std::move(from.routes);
    step.lost = std::move(from.lost);
    migration_.steps.push_back(std::move(step));
  }

  /// A replica that stays may stand in a box that does not.
  void note_moving_replicas() {
    for (const std::string& pool : facts_.pools) {
      long long staying = 0;
      for (const PlanShape& shape : diff_.shapes) {
        if (shape.pool == pool) staying += shape.gpus * std::min(shape.before, shape.after);
      }
      for (const MigrationOffer& offer : migration_.offers) {
        if (offer.pool == pool) {
          staying -= offer.lot * std::min(offer.before, offer.after);
        }
      }
      if (staying <= 0) continue;
      migration_.notes.push_back(
          fmt::format("pool '{}': replicas on at least {} GPUs stay while their boxes are given "
                      "back; start them again in the new boxes, one by one, before that step",
                      pool, staying));
    }
  }

  const PlanDiff& diff_;
  MigrationFacts facts_;
  Migration migration_;
};

}  // namespace

std::string_view to_string(MigrationStep::Action action) {
  constexpr std::array<std::string_view, 5> kNames = {"rent", "start", "route", "stop", "return"};
  return kNames[static_cast<std::size_t>(action)];
}

Migration plan_migration(const Plan& old_plan, const Plan& new_plan, const PlanDiff& diff,
                         const Fleet* fleet) {
  return Migrator(diff, migration_facts(old_plan, new_plan, diff, fleet)).run();
}

}  // namespace berth
