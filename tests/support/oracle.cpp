#include "tests/support/oracle.h"

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>

#include <interfaces/highs_c_api.h>

#include "berth/instance/dominance.h"
#include "tests/support/instance_builder.h"
#include "tests/support/oracle_rows.h"

namespace berth::testing {
namespace {

struct CloseHighs {
  void operator()(void* highs) const { Highs_destroy(highs); }
};
using Highs = std::unique_ptr<void, CloseHighs>;

/// The oracle must not answer at all rather than wrongly.
void require_ok(HighsInt status, const char* what) {
  if (status != kHighsStatusError) return;
  std::cerr << "the oracle failed: " << what << '\n';
  std::abort();
}

Highs configured(double time_limit_s) {
  Highs highs(Highs_create());
  // Far below the tolerances of the checker, so that its plans can be compared with ours.
  for (const char* option : {"mip_feasibility_tolerance", "primal_feasibility_tolerance",
                             "dual_feasibility_tolerance"}) {
    require_ok(Highs_setDoubleOptionValue(highs.get(), option, 1e-9), option);
  }
  require_ok(Highs_setBoolOptionValue(highs.get(), "output_flag", 0), "output_flag");
  require_ok(Highs_setIntOptionValue(highs.get(), "threads", 1), "threads");
  require_ok(Highs_setDoubleOptionValue(highs.get(), "time_limit", time_limit_s), "time_limit");
  require_ok(Highs_setDoubleOptionValue(highs.get(), "mip_rel_gap", 0.0), "mip_rel_gap");
  require_ok(Highs_setDoubleOptionValue(highs.get(), "mip_abs_gap", 1e-7), "mip_abs_gap");
  return highs;
}

Solution read_solution(const Instance& instance, const Rows& rows,
                       const std::vector<double>& value) {
  const auto& pairs = instance.columns().pairs;
  Solution solution;
  for (std::size_t d = 0; d < rows.options; ++d) {
    solution.replicas.push_back(static_cast<std::int32_t>(std::lround(value[rows.y(d)])));
  }
  for (std::size_t o = 0; o < rows.offers; ++o) {
    solution.boxes.push_back(static_cast<std::int32_t>(std::lround(value[rows.n(o)])));
  }
  std::vector<double> served(instance.class_count(), 0.0);
  for (std::size_t p = 0; p < rows.pairs; ++p) {
    if (value[p] <= 1e-9) continue;
    served[pairs.query_class[p].index()] += value[p];
    solution.routes.push_back({pairs.query_class[p], pairs.option[p], value[p]});
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    const double unmet = 1.0 - served[i];
    solution.unmet.push_back(unmet > 1e-9 ? unmet : 0.0);
  }
  return solution;
}

}  // namespace

OracleAnswer solve_exactly(const Instance& instance, double time_limit_s) {
  const Rows rows = milp_rows(instance);
  const Highs highs = configured(time_limit_s);
  std::vector<HighsInt> integrality;
  for (const bool integer : rows.integer) {
    integrality.push_back(integer ? kHighsVarTypeInteger : kHighsVarTypeContinuous);
  }
  const std::vector<HighsInt> start(rows.start.begin(), rows.start.end());
  const std::vector<HighsInt> index(rows.index.begin(), rows.index.end());
  require_ok(Highs_passMip(highs.get(), static_cast<HighsInt>(rows.cost.size()),
                           static_cast<HighsInt>(rows.row_lower.size()),
                           static_cast<HighsInt>(index.size()), kHighsMatrixFormatRowwise,
                           kHighsObjSenseMinimize, 0.0, rows.cost.data(), rows.lower.data(),
                           rows.upper.data(), rows.row_lower.data(), rows.row_upper.data(),
                           start.data(), index.data(), rows.value.data(), integrality.data()),
             "pass the model");
  require_ok(Highs_run(highs.get()), "run");

  OracleAnswer answer;
  const HighsInt status = Highs_getModelStatus(highs.get());
  if (status == kHighsModelStatusInfeasible) {
    answer.status = OracleAnswer::Status::kInfeasible;
    return answer;
  }
  if (status == kHighsModelStatusOptimal) answer.status = OracleAnswer::Status::kOptimal;
  require_ok(Highs_getDoubleInfoValue(highs.get(), "mip_dual_bound", &answer.bound), "bound");
  require_ok(Highs_getDoubleInfoValue(highs.get(), "objective_function_value", &answer.objective),
             "objective");
  if (!std::isfinite(answer.objective)) return answer;
  std::vector<double> value(rows.cost.size());
  std::vector<double> row_value(rows.row_lower.size());
  require_ok(Highs_getSolution(highs.get(), value.data(), nullptr, row_value.data(), nullptr),
             "solution");
  answer.solution = read_solution(instance, rows, value);
  return answer;
}

Instance without_dominated_options(const Instance& instance) {
  const InstanceColumns& all = instance.columns();
  const std::vector<std::uint8_t> keep = undominated(all);
  InstanceColumns kept = all;
  kept.options = {};
  kept.options.group_name = all.options.group_name;
  kept.pairs = {};
  std::vector<OptionId> renumbered(keep.size());
  for (std::size_t d = 0; d < keep.size(); ++d) {
    if (keep[d] == 0) continue;
    renumbered[d] = OptionId(kept.options.name.size());
    kept.options.name.push_back(all.options.name[d]);
    kept.options.pool.push_back(all.options.pool[d]);
    kept.options.units.push_back(all.options.units[d]);
    kept.options.fixed_cost.push_back(all.options.fixed_cost[d]);
    kept.options.max_replicas.push_back(all.options.max_replicas[d]);
    kept.options.group.push_back(all.options.group[d]);
  }
  for (std::size_t p = 0; p < all.pairs.option.size(); ++p) {
    const std::size_t d = all.pairs.option[p].index();
    if (keep[d] == 0) continue;
    kept.pairs.option.push_back(renumbered[d]);
    kept.pairs.query_class.push_back(all.pairs.query_class[p]);
    kept.pairs.load.push_back(all.pairs.load[p]);
    kept.pairs.delay.push_back(all.pairs.delay[p]);
    kept.pairs.error.push_back(all.pairs.error[p]);
    kept.pairs.cost.push_back(all.pairs.cost[p]);
  }
  return make_instance(std::move(kept));
}

}  // namespace berth::testing
