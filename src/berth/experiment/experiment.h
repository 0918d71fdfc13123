#pragma once
// The studies of what plans are worth when the world moves: a question, a set-up, rows, charts, an
// answer in a sentence. docs/study.md.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/workload/fit.h"

namespace berth {

enum class ExperimentKind : std::uint8_t { kStress, kVolatility, kAzure, kSensitivity };
/// "stress", "volatility", "azure", "sensitivity".
[[nodiscard]] std::string_view to_string(ExperimentKind kind);

/// A value with its words; a row of a bar chart.
struct ExperimentBar {
  std::string label;
  std::string detail;
  std::string value_text;
  double value = 0.0;
  int hue = 0;
};
/// A plan in the plane of cost and risk.
struct ExperimentPoint {
  std::string line;   ///< points of one line are joined in their order
  double cost = 0.0;  ///< USD/h
  double risk = 0.0;  ///< share 0..1
  std::string label;
};
/// A quantity over equal windows.
struct ExperimentStrip {
  std::string label;
  std::vector<double> values;
  int hue = 0;
};

/// One of bars, points and strips is filled.
struct ExperimentChart {
  std::string name;  ///< of its file
  std::string heading;
  std::string note;
  std::vector<ExperimentBar> bars;
  std::vector<ExperimentPoint> points;
  std::vector<ExperimentStrip> strips;
  double window_s = 0.0;  ///< of the strips
};

struct Experiment {
  ExperimentKind kind = ExperimentKind::kStress;
  std::string title;
  std::string question;
  std::vector<std::pair<std::string, std::string>> set_up;  ///< what, how
  std::vector<std::string> answers;                         ///< a sentence for each case
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< cells by column; numbers in base units
  std::vector<ExperimentChart> charts;
  // How it was made, for people.
  std::string command;
  std::string version;
  double seconds = 0.0;
};

struct ExperimentRequest {
  ExperimentKind kind = ExperimentKind::kStress;
  bool quick = false;
  std::uint64_t seed = 1;
  Seconds time_limit{5.0};          ///< of each plan
  std::size_t scenarios = 500;      ///< of the stress study
  std::vector<TraceSource> traces;  ///< of the azure study; none: drawn from the built-in workload
  const StopFlag* stop = nullptr;   ///< not owned, may be null
  std::function<void(const std::string&)> on_step = {};  ///< what is done next; may be empty
};

/// Errors: those of the parts; kLimitReached when stopped.
[[nodiscard]] Result<Experiment> run_experiment(const ExperimentRequest& request);

/// The rows as CSV.
[[nodiscard]] std::string to_csv(const Experiment& experiment);

}  // namespace berth
