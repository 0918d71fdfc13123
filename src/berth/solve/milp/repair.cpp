#include "berth/solve/milp/repair.h"

#include <algorithm>
#include <cmath>

#include "berth/core/tolerance.h"
#include "berth/plan/check.h"
#include "berth/solve/milp/reroute.h"
#include "berth/solve/rental.h"
#include "berth/solve/uncertainty.h"

namespace berth::milp {
namespace {

/// A share below this is noise of the solver.
constexpr double kNoise = 1e-9;

struct Draft {
  std::vector<std::int32_t> replicas;
  std::vector<double> share;  // by pair
  std::vector<double> unmet;
};

class Repair {
 public:
  explicit Repair(const Instance& instance) : instance_(instance), columns_(instance.columns()) {}

  /// Shares that sum to 1, boxes that hold the replicas; nullopt unless every limit holds then.
  std::optional<Solution> finish(Draft draft) const {
    even_out(draft);
    if (columns_.switching.empty()) give_back(draft);  // else it may cost more
    Solution solution;
    solution.replicas = std::move(draft.replicas);
    solution.unmet = std::move(draft.unmet);
    for (std::size_t p = 0; p < instance_.pair_count(); ++p) {
      if (draft.share[p] <= 0.0) continue;
      solution.routes.push_back(
          {columns_.pairs.query_class[p], columns_.pairs.option[p], draft.share[p]});
    }
    if (!rent(solution) || !check(instance_, solution).empty()) return std::nullopt;
    return solution;
  }

  /// The same replicas with their best routing.
  std::optional<Draft> rerouted(const Draft& draft) const {
    const std::optional<Rerouting> routing = reroute(instance_, draft.replicas);
    if (!routing) return std::nullopt;
    Draft better{draft.replicas, std::vector<double>(instance_.pair_count(), 0.0), routing->unmet};
    for (const Route& route : routing->routes) {
      better.share[*instance_.find_pair(route.query_class, route.option)] = route.share;
    }
    return better;
  }

  /// Opens what the shares need: a replica more where the load asks for it.
  Draft opened(Draft draft) const {
    const std::vector<double> load = loads(draft);
    for (std::size_t d = 0; d < draft.replicas.size(); ++d) {
      const double needed = std::ceil(load[d] - 0.5 * tolerance::kLoad);
      if (needed <= draft.replicas[d]) continue;
      draft.replicas[d] = static_cast<std::int32_t>(
          std::min(needed, static_cast<double>(columns_.options.max_replicas[d])));
    }
    return draft;
  }

 private:
  [[nodiscard]] std::vector<double> loads(const Draft& draft) const {
    return planned_loads(instance_, draft.share);
  }

  /// What is missing goes where it adds the least to a full option, what is too much leaves the
  /// largest share.
  void even_out(Draft& draft) const {
    std::vector<double> load = loads(draft);
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      const ClassId id(i);
      double rest = 1.0 - draft.unmet[i];
      for (std::size_t p = instance_.first_pair(id); p < instance_.end_pair(id); ++p) {
        rest -= draft.share[p];
      }
      if (rest == 0.0) continue;
      std::optional<std::size_t> best;
      double best_score = 0.0;
      for (std::size_t p = instance_.first_pair(id); p < instance_.end_pair(id); ++p) {
        if (draft.share[p] <= 0.0) continue;
        const std::size_t d = columns_.pairs.option[p].index();
        const double room = (draft.replicas[d] - load[d]) / columns_.pairs.load[p];
        const double score = rest > 0.0 ? room : draft.share[p];
        if (best && score <= best_score) continue;
        best = p;
        best_score = score;
      }
      if (best) {
        draft.share[*best] = std::clamp(draft.share[*best] + rest, 0.0, 1.0);
        load[columns_.pairs.option[*best].index()] += rest * columns_.pairs.load[*best];
      } else {
        draft.unmet[i] = std::clamp(draft.unmet[i] + rest, 0.0, columns_.classes.max_unmet[i]);
      }
    }
  }

  void give_back(Draft& draft) const {
    const std::vector<double> load = loads(draft);
    std::vector<bool> used(draft.replicas.size(), false);
    for (std::size_t p = 0; p < instance_.pair_count(); ++p) {
      if (draft.share[p] > 0.0) used[columns_.pairs.option[p].index()] = true;
    }
    for (std::size_t d = 0; d < draft.replicas.size(); ++d) {
      const double needed =
          used[d] ? std::max(1.0, std::ceil(load[d] - 0.5 * tolerance::kLoad)) : 0.0;
      if (needed < draft.replicas[d]) draft.replicas[d] = static_cast<std::int32_t>(needed);
    }
  }

  bool rent(Solution& solution) const {
    solution.boxes.assign(instance_.offer_count(), 0);
    for (std::size_t r = 0; r < instance_.pool_count(); ++r) {
      std::int64_t gpus = 0;
      for (const OptionId d : instance_.options_of(PoolId(r))) {
        gpus += std::int64_t{columns_.options.units[d.index()]} * solution.replicas[d.index()];
      }
      const PoolRental rental(instance_, PoolId(r));
      if (gpus > rental.obtainable()) return false;
      rental.choose(gpus, solution.boxes);
    }
    return true;
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
};

std::int32_t whole(double value, std::int32_t most) {
  return static_cast<std::int32_t>(std::clamp(std::round(value), 0.0, static_cast<double>(most)));
}

Draft draft_of(const Instance& instance, const Formulation& form, std::span<const double> value) {
  const auto& columns = instance.columns();
  const auto at = [&](std::int32_t column) { return value[static_cast<std::size_t>(column)]; };
  Draft draft;
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    draft.replicas.push_back(whole(at(form.replicas[d]), columns.options.max_replicas[d]));
  }
  for (std::size_t p = 0; p < instance.pair_count(); ++p) {
    const double share = std::clamp(at(form.share[p]), 0.0, 1.0);
    const bool open = draft.replicas[columns.pairs.option[p].index()] > 0;
    draft.share.push_back(share > (open ? kNoise : 1e-6) ? share : 0.0);
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    const double unmet = std::clamp(at(form.unmet[i]), 0.0, columns.classes.max_unmet[i]);
    draft.unmet.push_back(unmet > kNoise ? unmet : 0.0);
  }
  return draft;
}

/// z and q of the shares in `value`.
void set_rises(const Instance& instance, const Formulation& form, std::vector<double>& value) {
  const InstanceColumns& columns = instance.columns();
  const auto at = [&](std::int32_t column) -> double& {
    return value[static_cast<std::size_t>(column)];
  };
  const auto rise_of = [&](std::uint32_t p) {
    return at(form.share[p]) * columns.pairs.load[p] *
           columns.uncertainty.load[columns.pairs.query_class[p].index()];
  };
  for (std::size_t d = 0; d < form.threshold.size(); ++d) {
    if (form.threshold[d] == kNoColumn) continue;
    std::vector<double> rises;
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      if (form.beyond[p] != kNoColumn) rises.push_back(rise_of(p));
    }
    const double threshold = rise_threshold(rises, columns.uncertainty.budget);
    at(form.threshold[d]) = threshold;
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      if (form.beyond[p] != kNoColumn) at(form.beyond[p]) = std::max(0.0, rise_of(p) - threshold);
    }
  }
}

}  // namespace

std::optional<Solution> repaired(const Instance& instance, const Formulation& formulation,
                                 std::span<const double> value) {
  const Repair repair(instance);
  const Draft draft = draft_of(instance, formulation, value);
  if (auto solution = repair.finish(draft)) return solution;
  if (const auto better = repair.rerouted(draft)) {
    if (auto solution = repair.finish(*better)) return solution;
    if (auto solution = repair.finish(repair.opened(*better))) return solution;
  }
  return repair.finish(repair.opened(draft));
}

std::optional<Solution> best_routed(const Instance& instance,
                                    std::span<const std::int32_t> replicas) {
  const Repair repair(instance);
  const std::optional<Draft> draft = repair.rerouted({{replicas.begin(), replicas.end()}, {}, {}});
  if (!draft) return std::nullopt;
  return repair.finish(*draft);
}

std::vector<double> columns_of(const Instance& instance, const Formulation& formulation,
                               const Solution& solution) {
  std::vector<double> value(formulation.model.column_count(), 0.0);
  const auto at = [&](std::int32_t column) -> double& {
    return value[static_cast<std::size_t>(column)];
  };
  for (const Route& route : solution.routes) {
    at(formulation.share[*instance.find_pair(route.query_class, route.option)]) = route.share;
  }
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    at(formulation.replicas[d]) = solution.replicas[d];
    if (formulation.active[d] != kNoColumn && solution.replicas[d] > 0) {
      at(formulation.active[d]) = 1.0;
    }
  }
  for (std::size_t o = 0; o < instance.offer_count(); ++o) {
    at(formulation.boxes[o]) = solution.boxes[o];
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    at(formulation.unmet[i]) = solution.unmet[i];
  }
  const auto& now = instance.columns().switching;
  for (std::size_t d = 0; d < formulation.started.size(); ++d) {
    if (formulation.started[d] == kNoColumn) continue;
    const std::int32_t more = solution.replicas[d] - now.replicas[d];
    at(formulation.started[d]) = std::max(0, more);
    at(formulation.stopped[d]) = std::max(0, -more);
  }
  for (std::size_t o = 0; o < formulation.rented.size(); ++o) {
    if (formulation.rented[o] == kNoColumn) continue;
    at(formulation.rented[o]) = std::max(0, solution.boxes[o] - now.boxes[o]);
  }
  set_rises(instance, formulation, value);
  return value;
}

}  // namespace berth::milp
