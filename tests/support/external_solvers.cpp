#include "tests/support/external_solvers.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/wait.h>

#include <interfaces/highs_c_api.h>

namespace berth::testing {
namespace {

namespace fs = std::filesystem;
using Status = ExternalAnswer::Status;

struct CloseSolver {
  void operator()(void* highs) const { Highs_destroy(highs); }
};

ExternalAnswer solve_with_highs(const fs::path& model) {
  const std::unique_ptr<void, CloseSolver> highs(Highs_create());
  ExternalAnswer answer;
  Highs_setBoolOptionValue(highs.get(), "output_flag", 0);
  Highs_setIntOptionValue(highs.get(), "threads", 1);
  Highs_setDoubleOptionValue(highs.get(), "mip_rel_gap", 0.0);
  Highs_setDoubleOptionValue(highs.get(), "mip_abs_gap", 1e-7);
  if (Highs_readModel(highs.get(), model.c_str()) != kHighsStatusOk) {
    answer.log = "HiGHS does not read " + model.string() + " without a warning";
    return answer;
  }
  if (Highs_run(highs.get()) == kHighsStatusError) {
    answer.log = "HiGHS failed";
    return answer;
  }
  const HighsInt status = Highs_getModelStatus(highs.get());
  answer.log = "HiGHS model status " + std::to_string(status);
  if (status == kHighsModelStatusInfeasible) answer.status = Status::kInfeasible;
  if (status == kHighsModelStatusOptimal) {
    answer.status = Status::kOptimal;
    Highs_getDoubleInfoValue(highs.get(), "objective_function_value", &answer.objective);
  }
  return answer;
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What the command prints, and whether it ended with status 0. One call at a time.
std::pair<bool, std::string> run_command(const std::string& command, const fs::path& log) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests run one solver after the other
  const int status = std::system((command + " >'" + log.string() + "' 2>&1").c_str());
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, read_all(log)};
}

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// CBC's solution file starts with "Optimal - objective value 8.40000000", or another status.
ExternalAnswer solve_with_cbc(const fs::path& model) {
  const fs::path out = fs::path(model).replace_extension("cbc.out");
  fs::remove(out);
  const auto [ran, log] =
      run_command("timeout 60 cbc '" + model.string() +
                      "' ratioGap 0 allowableGap 1e-7 integerTolerance 1e-9 solve solution '" +
                      out.string() + "'",
                  fs::path(model).replace_extension("cbc.log"));
  ExternalAnswer answer;
  answer.log = log;
  std::ifstream file(out);
  std::string status;
  std::getline(file, status);
  const std::string key = "objective value ";
  if (!ran || holds(log, "errors on input")) return answer;
  if (holds(status, "nfeasible")) answer.status = Status::kInfeasible;
  if (status.starts_with("Optimal") && holds(status, key.c_str())) {
    answer.status = Status::kOptimal;
    answer.objective = std::strtod(status.c_str() + status.find(key) + key.size(), nullptr);
  }
  return answer;
}

/// GLPK's solution file has the line "s mip <rows> <columns> <status> <objective>"; what its
/// presolver finds infeasible it only says.
ExternalAnswer solve_with_glpk(const fs::path& model) {
  const fs::path out = fs::path(model).replace_extension("glpk.out");
  fs::remove(out);
  const std::string format = model.extension() == ".lp" ? "--lp" : "--freemps";
  const auto [ran, log] = run_command("timeout 60 glpsol " + format + " '" + model.string() +
                                          "' -w '" + out.string() + "' --cuts --mipgap 0",
                                      fs::path(model).replace_extension("glpk.log"));
  ExternalAnswer answer;
  answer.log = log;
  if (!ran || holds(log, "warning:")) return answer;
  if (holds(log, "NO PRIMAL FEASIBLE SOLUTION") || holds(log, "NO INTEGER FEASIBLE SOLUTION")) {
    answer.status = Status::kInfeasible;
    return answer;
  }
  std::istringstream text(read_all(out));
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string s, mip, rows, columns, status;
    if (!(words >> s >> mip) || s != "s") continue;
    if (words >> rows >> columns >> status >> answer.objective && status == "o") {
      answer.status = Status::kOptimal;
    }
  }
  return answer;
}

}  // namespace

std::string to_string(ExternalSolver solver) {
  switch (solver) {
    case ExternalSolver::kHighs: return "HiGHS";
    case ExternalSolver::kCbc: return "CBC";
    case ExternalSolver::kGlpk: return "GLPK";
  }
  return "";
}

bool is_installed(ExternalSolver solver) {
  if (solver == ExternalSolver::kHighs) return true;
  const char* program = solver == ExternalSolver::kCbc ? "cbc" : "glpsol";
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  return std::system((std::string("command -v ") + program + " >/dev/null 2>&1").c_str()) == 0;
}

ExternalAnswer solve_file(ExternalSolver solver, const fs::path& model) {
  switch (solver) {
    case ExternalSolver::kHighs: return solve_with_highs(model);
    case ExternalSolver::kCbc: return solve_with_cbc(model);
    case ExternalSolver::kGlpk: return solve_with_glpk(model);
  }
  return {};
}

}  // namespace berth::testing
