#include "berth/experiment/experiment.h"

#include <algorithm>
#include <chrono>

#include "berth/experiment/parts.h"

namespace berth {
namespace {

Result<Experiment> run_kind(const ExperimentRequest& request) {
  switch (request.kind) {
    case ExperimentKind::kStress: return stress_experiment(request);
    case ExperimentKind::kVolatility: return volatility_experiment(request);
    case ExperimentKind::kAzure: return azure_experiment(request);
    case ExperimentKind::kSensitivity: return sensitivity_experiment(request);
  }
  return stress_experiment(request);
}

/// Quoted where it holds a comma, a quote or a line's end.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t k = 0; k < cells.size(); ++k) line += (k > 0 ? "," : "") + csv_cell(cells[k]);
  return line + "\n";
}

}  // namespace

std::string_view to_string(ExperimentKind kind) {
  switch (kind) {
    case ExperimentKind::kStress: return "stress";
    case ExperimentKind::kVolatility: return "volatility";
    case ExperimentKind::kAzure: return "azure";
    case ExperimentKind::kSensitivity: return "sensitivity";
  }
  return "stress";
}

bool only_no_plan(const Errors& errors) {
  return std::all_of(errors.begin(), errors.end(), [](const Error& error) {
    return error.code == ErrorCode::kInfeasible || error.code == ErrorCode::kLimitReached;
  });
}

Error stopped_error() {
  return {ErrorCode::kLimitReached, "stopped before the study ended", "", ""};
}

Result<Experiment> run_experiment(const ExperimentRequest& request) {
  const auto begin = std::chrono::steady_clock::now();
  Result<Experiment> experiment = run_kind(request);
  if (!experiment) return experiment;
  experiment->kind = request.kind;
  experiment->seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return experiment;
}

std::string to_csv(const Experiment& experiment) {
  std::string out = csv_line(experiment.columns);
  for (const std::vector<std::string>& row : experiment.rows) out += csv_line(row);
  return out;
}

}  // namespace berth
