#include "berth/solve/milp/reroute.h"

#include <algorithm>
#include <cmath>

#include "berth/solve/milp/highs.h"
#include "berth/solve/uncertainty.h"

namespace berth::milp {
namespace {

constexpr std::int32_t kNoRow = -1;

/// Where each variable and row of the routing program stands.
struct Routing {
  Model model;
  std::vector<std::uint32_t> pair;         // by column of a share
  std::vector<std::int32_t> unmet;         // column, by class
  std::vector<std::int32_t> demand_row;    // by class
  std::vector<std::int32_t> capacity_row;  // by option; kNoRow
  std::vector<std::int32_t> delay_row;     // by class; kNoRow
  std::vector<std::int32_t> error_row;
};

class RoutingWriter {
 public:
  RoutingWriter(const Instance& instance, std::span<const std::int32_t> replicas)
      : instance_(instance), columns_(instance.columns()), replicas_(replicas) {}

  Routing write() {
    column_of_.assign(instance_.pair_count(), kNoRow);
    for (std::size_t p = 0; p < instance_.pair_count(); ++p) {
      if (replicas_[columns_.pairs.option[p].index()] <= 0) continue;
      column_of_[p] = routing_.model.add_column(columns_.pairs.cost[p].usd(), 0.0, 1.0, false);
      routing_.pair.push_back(static_cast<std::uint32_t>(p));
    }
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      routing_.unmet.push_back(routing_.model.add_column(columns_.classes.unmet_cost[i].usd(), 0.0,
                                                         columns_.classes.max_unmet[i], false));
    }
    demand_rows();
    capacity_rows();
    average_rows(columns_.pairs.delay, columns_.classes.max_delay, columns_.uncertainty.delay,
                 routing_.delay_row);
    average_rows(columns_.pairs.error, columns_.classes.max_error, columns_.uncertainty.error,
                 routing_.error_row);
    return std::move(routing_);
  }

 private:
  std::int32_t close(double least, double most) {
    routing_.model.close_row(least, most);
    return static_cast<std::int32_t>(routing_.model.row_count()) - 1;
  }

  void class_terms(std::size_t i, const std::vector<double>* value_of, double factor = 1.0) {
    for (std::size_t p = instance_.first_pair(ClassId(i)); p < instance_.end_pair(ClassId(i));
         ++p) {
      const double value = value_of == nullptr ? 1.0 : factor * (*value_of)[p];
      if (column_of_[p] != kNoRow && value != 0.0) routing_.model.add_term(column_of_[p], value);
    }
  }

  void demand_rows() {
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      class_terms(i, nullptr);
      routing_.model.add_term(routing_.unmet[i], 1.0);
      routing_.demand_row.push_back(close(1.0, 1.0));
    }
  }

  void capacity_rows() {
    routing_.capacity_row.assign(instance_.option_count(), kNoRow);
    for (std::size_t d = 0; d < instance_.option_count(); ++d) {
      if (replicas_[d] <= 0) continue;
      const CapacityTerms terms =
          capacity_terms(instance_, OptionId(d), [](std::uint32_t) { return true; });
      const std::vector<std::int32_t> worst =
          terms.dual ? rise_rows(terms) : std::vector<std::int32_t>();
      for (std::size_t k = 0; k < terms.pairs.size(); ++k) {
        routing_.model.add_term(column_of_[terms.pairs[k]], terms.coefficient[k]);
      }
      for (std::size_t k = 0; k < worst.size(); ++k) {
        routing_.model.add_term(worst[k], k == 0 ? columns_.uncertainty.budget : 1.0);
      }
      routing_.capacity_row[d] = close(-kInfinity, replicas_[d]);
    }
  }

  /// z + q >= rise x; the columns z, then every q.
  std::vector<std::int32_t> rise_rows(const CapacityTerms& terms) {
    Model& model = routing_.model;
    std::vector<std::int32_t> worst = {model.add_column(0.0, 0.0, kInfinity, false)};
    for (std::size_t k = 0; k < terms.pairs.size(); ++k) {
      if (terms.rise[k] <= 0.0) continue;
      worst.push_back(model.add_column(0.0, 0.0, kInfinity, false));
      model.add_term(column_of_[terms.pairs[k]], terms.rise[k]);
      model.add_term(worst.front(), -1.0);
      model.add_term(worst.back(), -1.0);
      close(-kInfinity, 0.0);
    }
    return worst;
  }

  void average_rows(const std::vector<double>& value, const std::vector<double>& limits,
                    const std::vector<double>& worse, std::vector<std::int32_t>& rows) {
    rows.assign(instance_.class_count(), kNoRow);
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      if (limits[i] == kNoLimit) continue;
      class_terms(i, &value, average_factor(columns_.uncertainty, worse, i));
      if (limits[i] != 0.0) routing_.model.add_term(routing_.unmet[i], limits[i]);
      rows[i] = close(-kInfinity, limits[i]);
    }
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  std::span<const std::int32_t> replicas_;
  std::vector<std::int32_t> column_of_;  // by pair
  Routing routing_;
};

/// The duals of `rows` as savings: a row with an upper limit has a dual of at most 0.
std::vector<double> worth(const std::vector<double>& dual, const std::vector<std::int32_t>& rows) {
  std::vector<double> result;
  for (const std::int32_t row : rows) {
    result.push_back(row == kNoRow ? 0.0 : std::max(0.0, -dual[static_cast<std::size_t>(row)]));
  }
  return result;
}

}  // namespace

std::optional<Rerouting> reroute(const Instance& instance, std::span<const std::int32_t> replicas) {
  const Routing routing = RoutingWriter(instance, replicas).write();
  const LpAnswer answer = Highs(routing.model).solve_relaxation(kInfinity, nullptr);
  if (answer.ending != Ending::kOptimal) return std::nullopt;

  Rerouting result;
  result.cost = answer.objective;
  const auto& pairs = instance.columns().pairs;
  for (std::size_t c = 0; c < routing.pair.size(); ++c) {
    if (!(answer.value[c] > 0.0)) continue;
    const std::size_t p = routing.pair[c];
    result.routes.push_back(
        {pairs.query_class[p], pairs.option[p], std::min(1.0, answer.value[c])});
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    result.unmet.push_back(std::max(0.0, answer.value[static_cast<std::size_t>(routing.unmet[i])]));
    const double dual = answer.dual[static_cast<std::size_t>(routing.demand_row[i])];
    result.demand_worth.push_back(std::max(0.0, dual));
  }
  result.replica_worth = worth(answer.dual, routing.capacity_row);
  result.delay_worth = worth(answer.dual, routing.delay_row);
  result.error_worth = worth(answer.dual, routing.error_row);
  return result;
}

}  // namespace berth::milp
