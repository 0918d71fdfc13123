#pragma once
// Measured runs as the command line names them: files, and what the files do not say.

#include <functional>
#include <string>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/core/result.h"
#include "berth/measure/measured_row.h"
#include "berth/measure/run_facts.h"

namespace CLI {
class App;
}

namespace berth::cli {

struct MeasuredInput {
  std::vector<std::string> files;    ///< CSV, or the JSON of a load generator
  std::vector<std::string> catalog;  ///< files on top of the built-in one
  std::string prior;  ///< a file of coefficients instead of the built-in ones; empty = none
  RunFacts facts;
};

struct MeasuredData {
  Catalog catalog;
  std::vector<MeasuredRow> rows;  ///< of all files, in their order; row.file says which
  std::string files;              ///< "a.csv, b.json"
};

/// Reads one file; what it does not say is in the facts.
using ReadMeasured =
    std::function<Result<std::vector<MeasuredRow>>(const std::string& file, const RunFacts& said)>;

/// The files as positional arguments, and the options of add_run_facts.
void add_measured_options(CLI::App& command, MeasuredInput& input);

/// --catalog, --model, --gpu, --tp, --pp, --precision, --engine.
void add_run_facts(CLI::App& command, MeasuredInput& input);

/// All errors of the catalog and of all files at once.
[[nodiscard]] Result<MeasuredData> load_measured(const MeasuredInput& input);
[[nodiscard]] Result<MeasuredData> load_measured(const MeasuredInput& input,
                                                 const ReadMeasured& read);

}  // namespace berth::cli
