#pragma once
// A study of plans in a moving world as a page, as plots, and on the terminal.

#include <string>
#include <vector>

#include "berth/experiment/experiment.h"
#include "berth/output/table.h"

namespace berth {

/// One self-contained page: the question, the answer, the charts, all rows, how to make it again.
[[nodiscard]] std::string to_html_report(const Experiment& experiment);

/// The answer and all rows.
[[nodiscard]] std::string to_table(const Experiment& experiment, const TableStyle& style);

struct ExperimentPlot {
  std::string name;
  std::string svg;  ///< an element: svg_file() makes a file of it
  double height = 0.0;
};
[[nodiscard]] std::vector<ExperimentPlot> experiment_plots(const Experiment& experiment);

}  // namespace berth
