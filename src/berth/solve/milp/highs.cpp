#include "berth/solve/milp/highs.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <interfaces/highs_c_api.h>

namespace berth::milp {
namespace {

/// HiGHS keeps rows to within this; tighter than its default, so that little is left to repair.
constexpr double kFeasibility = 1e-8;
constexpr double kAbsoluteGap = 1e-7;  // USD/h: a tenth of a micro-dollar

/// What the callbacks need to know, for the time of one run.
struct Watch {
  const StopFlag* stop = nullptr;
  const std::function<void(const Progress&)>* on_progress = nullptr;
  std::exception_ptr failure;  // of on_progress: it must not fly through HiGHS
};

std::optional<double> finite(double value) {
  if (std::isfinite(value)) return value;
  return std::nullopt;
}

void on_callback(int type, const char* /*message*/, const HighsCallbackDataOut* out,
                 HighsCallbackDataIn* in, void* data) {
  Watch& watch = *static_cast<Watch*>(data);
  if (type == kHighsCallbackMipLogging || type == kHighsCallbackMipImprovingSolution) {
    if (watch.on_progress == nullptr || !*watch.on_progress || watch.failure) return;
    try {
      (*watch.on_progress)({.seconds = out->running_time,
                            .incumbent = finite(out->mip_primal_bound),
                            .bound = finite(out->mip_dual_bound),
                            .nodes = out->mip_node_count});
    } catch (...) {
      watch.failure = std::current_exception();
    }
    return;
  }
  const bool stopped = watch.stop != nullptr && watch.stop->stop_requested();
  if (stopped || watch.failure) in->user_interrupt = 1;
}

Ending ending_of(HighsInt status) {
  if (status == kHighsModelStatusOptimal || status == kHighsModelStatusModelEmpty) {
    return Ending::kOptimal;
  }
  if (status == kHighsModelStatusInfeasible) return Ending::kInfeasible;
  if (status == kHighsModelStatusUnbounded) return Ending::kUnbounded;
  if (status == kHighsModelStatusTimeLimit || status == kHighsModelStatusIterationLimit ||
      status == kHighsModelStatusInterrupt || status == kHighsModelStatusSolutionLimit) {
    return Ending::kLimit;
  }
  return Ending::kError;
}

std::string limit_of(HighsInt status, const MipSettings& settings) {
  if (status == kHighsModelStatusTimeLimit) return "time";
  if (status == kHighsModelStatusInterrupt) return "stop";
  if (status == kHighsModelStatusSolutionLimit) {
    return settings.any_solution ? "solution" : "nodes";
  }
  return "iterations";
}

/// More threads than cores only wait for each other.
int thread_count(int asked) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return asked > 0 ? std::min(asked, cores) : cores;
}

}  // namespace

struct Highs::Handle {
  void* highs = Highs_create();
  std::vector<HighsInt> integrality;
  Watch watch;

  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { Highs_destroy(highs); }

  /// HiGHS refuses only what is wrong in this code, never what a user can write.
  void require(HighsInt status, const char* what) const {
    if (status == kHighsStatusError) throw std::logic_error(std::string("HiGHS refused: ") + what);
  }
  void set(const char* option, double value) const {
    require(Highs_setDoubleOptionValue(highs, option, value), option);
  }
  void set(const char* option, HighsInt value) const {
    require(Highs_setIntOptionValue(highs, option, value), option);
  }
  void set(const char* option, bool value) const {
    require(Highs_setBoolOptionValue(highs, option, value ? 1 : 0), option);
  }
  [[nodiscard]] double info(const char* name) const {
    double value = 0.0;
    require(Highs_getDoubleInfoValue(highs, name, &value), name);
    return value;
  }

  void set_time_limit(double seconds) const {
    // The limit counts from the first run on.
    set("time_limit", std::max(0.0, seconds) + Highs_getRunTime(highs));
  }

  void run(const StopFlag* stop, const std::function<void(const Progress&)>* on_progress) {
    watch = {stop, on_progress, nullptr};
    require(Highs_setCallback(highs, on_callback, &watch), "callback");
    for (const HighsInt kind :
         {kHighsCallbackSimplexInterrupt, kHighsCallbackIpmInterrupt, kHighsCallbackMipInterrupt,
          kHighsCallbackMipLogging, kHighsCallbackMipImprovingSolution}) {
      require(Highs_startCallback(highs, kind), "callback kind");
    }
    Highs_run(highs);  // its failure shows in the model status
    if (watch.failure) std::rethrow_exception(std::exchange(watch.failure, nullptr));
  }

  [[nodiscard]] std::string status_text() const {
    return "HiGHS ended with model status " + std::to_string(Highs_getModelStatus(highs));
  }

  [[nodiscard]] HighsInt columns() const { return Highs_getNumCol(highs); }

  /// "Unbounded or infeasible" is what presolve says when it cannot tell: look again without it.
  HighsInt settled_status() {
    HighsInt status = Highs_getModelStatus(highs);
    if (status != kHighsModelStatusUnboundedOrInfeasible) return status;
    require(Highs_setStringOptionValue(highs, "presolve", "off"), "presolve");
    Highs_run(highs);
    if (watch.failure) std::rethrow_exception(std::exchange(watch.failure, nullptr));
    require(Highs_setStringOptionValue(highs, "presolve", "choose"), "presolve");
    return Highs_getModelStatus(highs);
  }
};

Highs::Highs(const Model& model) : handle_(std::make_unique<Handle>()) {
  Handle& handle = *handle_;
  handle.set("output_flag", false);
  for (const char* option : {"mip_feasibility_tolerance", "primal_feasibility_tolerance"}) {
    handle.set(option, kFeasibility);
  }
  handle.set("mip_abs_gap", kAbsoluteGap);
  for (const std::uint8_t whole : model.integer) {
    handle.integrality.push_back(whole != 0 ? kHighsVarTypeInteger : kHighsVarTypeContinuous);
  }
  handle.require(Highs_passLp(handle.highs, static_cast<HighsInt>(model.column_count()),
                              static_cast<HighsInt>(model.row_count()),
                              static_cast<HighsInt>(model.entry_count()), kHighsMatrixFormatRowwise,
                              kHighsObjSenseMinimize, 0.0, model.cost.data(), model.lower.data(),
                              model.upper.data(), model.row_lower.data(), model.row_upper.data(),
                              model.start.data(), model.index.data(), model.value.data()),
                 "model");
}

Highs::~Highs() = default;

void Highs::add_rows(const Model& rows) {
  handle_->require(
      Highs_addRows(handle_->highs, static_cast<HighsInt>(rows.row_count()), rows.row_lower.data(),
                    rows.row_upper.data(), static_cast<HighsInt>(rows.entry_count()),
                    rows.start.data(), rows.index.data(), rows.value.data()),
      "rows");
}

LpAnswer Highs::solve_relaxation(double time_limit_s, const StopFlag* stop) {
  Handle& handle = *handle_;
  handle.set_time_limit(time_limit_s);
  handle.run(stop, nullptr);
  LpAnswer answer;
  const HighsInt status = handle.settled_status();
  answer.ending = ending_of(status);
  if (answer.ending == Ending::kLimit) answer.limit = limit_of(status, {});
  if (answer.ending == Ending::kError) answer.detail = handle.status_text();
  if (answer.ending != Ending::kOptimal) return answer;

  answer.objective = handle.info("objective_function_value");
  const auto columns = static_cast<std::size_t>(Highs_getNumCol(handle.highs));
  const auto rows = static_cast<std::size_t>(Highs_getNumRow(handle.highs));
  answer.value.resize(columns);
  answer.reduced_cost.resize(columns);
  answer.dual.resize(rows);
  std::vector<double> activity(rows);
  handle.require(Highs_getSolution(handle.highs, answer.value.data(), answer.reduced_cost.data(),
                                   activity.data(), answer.dual.data()),
                 "solution");
  return answer;
}

MipAnswer Highs::solve(const MipSettings& settings) {
  Handle& handle = *handle_;
  if (handle.columns() > 0) {
    handle.require(Highs_changeColsIntegralityByRange(handle.highs, 0, handle.columns() - 1,
                                                      handle.integrality.data()),
                   "integrality");
  }
  handle.set_time_limit(settings.time_limit_s);
  handle.set("mip_rel_gap", std::max(0.0, settings.relative_gap));
  handle.set("mip_max_nodes", static_cast<HighsInt>(std::min<std::int64_t>(
                                  settings.nodes, std::numeric_limits<HighsInt>::max())));
  if (settings.any_solution) handle.set("mip_max_improving_sols", HighsInt{1});
  // HiGHS keeps one pool of threads for the whole program, of the size first asked for.
  Highs_resetGlobalScheduler(1);
  handle.set("threads", HighsInt{thread_count(settings.threads)});
  if (!settings.start.empty()) {
    handle.require(
        Highs_setSolution(handle.highs, settings.start.data(), nullptr, nullptr, nullptr), "start");
  }
  handle.run(settings.stop, &settings.on_progress);

  MipAnswer answer;
  const HighsInt status = handle.settled_status();
  answer.ending = ending_of(status);
  if (answer.ending == Ending::kLimit) answer.limit = limit_of(status, settings);
  if (answer.ending == Ending::kError) answer.detail = handle.status_text();
  if (answer.ending == Ending::kInfeasible || answer.ending == Ending::kUnbounded) return answer;

  handle.require(Highs_getInt64InfoValue(handle.highs, "mip_node_count", &answer.nodes), "nodes");
  answer.bound = finite(handle.info("mip_dual_bound"));
  HighsInt primal = 0;
  handle.require(Highs_getIntInfoValue(handle.highs, "primal_solution_status", &primal), "primal");
  if (primal != kHighsSolutionStatusFeasible) return answer;
  answer.value.resize(static_cast<std::size_t>(handle.columns()));
  handle.require(Highs_getSolution(handle.highs, answer.value.data(), nullptr, nullptr, nullptr),
                 "values");
  return answer;
}

}  // namespace berth::milp
