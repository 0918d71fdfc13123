// The names of rows and columns, for people and other solvers.

#include <algorithm>
#include <string>

#include "berth/solve/milp/formulation.h"

namespace berth::milp {
namespace {

std::string pair_name(const Instance& instance, std::size_t pair) {
  const InstanceColumns& c = instance.columns();
  return c.classes.name[c.pairs.query_class[pair].index()] + "," +
         c.options.name[c.pairs.option[pair].index()];
}

std::string offer_name(const Instance& instance, std::size_t offer) {
  const InstanceColumns& c = instance.columns();
  return c.pools.name[c.offers.pool[offer].index()] + "," + c.offers.name[offer];
}

/// Of the columns that only a re-plan has; empty for others.
std::string switching_name(const Instance& instance, const Formulation& formulation,
                           std::int32_t column) {
  for (std::size_t d = 0; d < formulation.started.size(); ++d) {
    const std::string& name = instance.columns().options.name[d];
    if (formulation.started[d] == column) return "started[" + name + "]";
    if (formulation.stopped[d] == column) return "stopped[" + name + "]";
  }
  for (std::size_t o = 0; o < formulation.rented.size(); ++o) {
    if (formulation.rented[o] == column) return "rented[" + offer_name(instance, o) + "]";
  }
  return {};
}

/// Of the columns that only a robust plan has; empty for others.
std::string rise_name(const Instance& instance, const Formulation& formulation,
                      std::int32_t column) {
  const auto index_in = [column](const std::vector<std::int32_t>& columns) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) -
                                    columns.begin());
  };
  if (const std::size_t d = index_in(formulation.threshold); d < formulation.threshold.size()) {
    return "threshold[" + instance.columns().options.name[d] + "]";
  }
  if (const std::size_t p = index_in(formulation.beyond); p < formulation.beyond.size()) {
    return "beyond[" + pair_name(instance, p) + "]";
  }
  return {};
}

}  // namespace

std::string column_name(const Instance& instance, const Formulation& formulation,
                        std::size_t column) {
  const std::size_t pairs = instance.pair_count();
  const std::size_t options = instance.option_count();
  if (column < pairs) return "x[" + pair_name(instance, column) + "]";
  if (column < pairs + options) {
    return "y[" + instance.columns().options.name[column - pairs] + "]";
  }
  if (std::string name = switching_name(instance, formulation, static_cast<std::int32_t>(column));
      !name.empty()) {
    return name;
  }
  if (std::string name = rise_name(instance, formulation, static_cast<std::int32_t>(column));
      !name.empty()) {
    return name;
  }
  const auto first_box = instance.offer_count() > 0
                             ? static_cast<std::size_t>(formulation.boxes.front())
                             : static_cast<std::size_t>(formulation.unmet.front());
  if (column >= first_box + instance.offer_count()) {
    return "u[" + instance.columns().classes.name[column - first_box - instance.offer_count()] +
           "]";
  }
  if (column >= first_box) return "N[" + offer_name(instance, column - first_box) + "]";
  for (std::size_t d = 0; d < options; ++d) {
    if (formulation.active[d] == static_cast<std::int32_t>(column)) {
      return "v[" + instance.columns().options.name[d] + "]";
    }
  }
  return "column[" + std::to_string(column) + "]";
}

std::string row_name(const Instance& instance, const Formulation& formulation, std::size_t row) {
  const auto& columns = instance.columns();
  const std::size_t subject = formulation.row_subject[row];
  switch (formulation.row_kind[row]) {
    case RowKind::kDemand: return "demand[" + columns.classes.name[subject] + "]";
    case RowKind::kCapacity: return "capacity[" + columns.options.name[subject] + "]";
    case RowKind::kActive: return "active[" + columns.options.name[subject] + "]";
    case RowKind::kReplicas: return "replicas[" + columns.options.name[subject] + "]";
    case RowKind::kStrong: return "strong[" + pair_name(instance, subject) + "]";
    case RowKind::kBoxes:
      return "boxes[" + columns.classes.name[subject / instance.pool_count()] + "," +
             columns.pools.name[subject % instance.pool_count()] + "]";
    case RowKind::kPool: return "pool[" + columns.pools.name[subject] + "]";
    case RowKind::kGroup: return "group[" + columns.options.group_name[subject] + "]";
    case RowKind::kAverageDelay: return "delay[" + columns.classes.name[subject] + "]";
    case RowKind::kAverageError: return "error[" + columns.classes.name[subject] + "]";
    case RowKind::kBudget: return "budget";
    case RowKind::kStarts: return "starts[" + columns.options.name[subject] + "]";
    case RowKind::kRents: return "rents[" + offer_name(instance, subject) + "]";
    case RowKind::kChanges: return "changes";
    case RowKind::kRise: return "rise[" + pair_name(instance, subject) + "]";
  }
  return "row[" + std::to_string(row) + "]";
}

}  // namespace berth::milp
