#include "berth/solve/milp/write_model.h"

#include "berth/instance/dominance.h"
#include "berth/solve/greedy/greedy.h"

namespace berth::milp {
namespace {

std::string write_formulation(const Instance& instance, const FormulationOptions& options,
                              ModelFormat format) {
  const Formulation formulation = formulate(instance, options);
  const auto columns = safe_names(format, formulation.model.column_count(), [&](std::size_t c) {
    return column_name(instance, formulation, c);
  });
  const auto rows = safe_names(format, formulation.model.row_count(),
                               [&](std::size_t r) { return row_name(instance, formulation, r); });
  return format == ModelFormat::kMps ? to_mps(formulation.model, columns, rows)
                                     : to_lp(formulation.model, columns, rows);
}

}  // namespace

Result<std::string> write_model(const Instance& instance, const MilpOptions& options,
                                ModelFormat format) {
  if (options.dominance) {
    MilpOptions rest = options;
    rest.dominance = false;
    return write_model(without_dominated(instance).instance, rest, format);
  }
  if (format == ModelFormat::kLp && instance.class_count() + instance.offer_count() == 0) {
    return Error{ErrorCode::kUnsupported, "the model is empty: LP needs at least one variable", "",
                 "write MPS"};
  }
  FormulationOptions formulation = options.formulation;
  // Rows that the solve adds only when it needs them belong to the model, too.
  if (formulation.strong_rows != StrongRows::kNone) formulation.strong_rows = StrongRows::kUpFront;
  if (options.warm_start) {
    const SolveResult greedy = solve_greedy(instance, GreedyOptions{}, {});
    if (greedy.solution) formulation.known_cost = greedy.cost.total().usd();
  }
  return write_formulation(instance, formulation, format);
}

}  // namespace berth::milp
