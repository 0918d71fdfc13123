// The names of rows and columns, for people and other solvers.

#include <string>

#include "berth/solve/milp/formulation.h"

namespace berth::milp {
namespace {

std::string pair_name(const Instance& instance, std::size_t pair) {
  const auto& [classes, pools, offers, options, pairs, budget] = instance.columns();
  return classes.name[pairs.query_class[pair].index()] + "," +
         options.name[pairs.option[pair].index()];
}

std::string offer_name(const Instance& instance, std::size_t offer) {
  const auto& [classes, pools, offers, options, pairs, budget] = instance.columns();
  return pools.name[offers.pool[offer].index()] + "," + offers.name[offer];
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
  const auto first_box = instance.offer_count() > 0
                             ? static_cast<std::size_t>(formulation.boxes.front())
                             : formulation.model.column_count() - instance.class_count();
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
  }
  return "row[" + std::to_string(row) + "]";
}

}  // namespace berth::milp
