#include "apps/cli/measured_input.h"

#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include "berth/measure/read_measured.h"

namespace berth::cli {
namespace {

constexpr int kMostGpus = 1024;

/// One name for all spellings of a file: "s.csv" is "./s.csv".
std::string canonical_name(const std::string& file) {
  std::error_code failed;
  const std::filesystem::path path = std::filesystem::weakly_canonical(file, failed);
  return failed ? file : path.string();
}

void append(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}

}  // namespace

void add_measured_options(CLI::App& command, MeasuredInput& input) {
  command
      .add_option("measured", input.files,
                  "MEASURED.csv with one measured number a row, or BENCH.json of vllm bench serve, "
                  "AIPerf, GenAI-Perf, GuideLLM or inference-perf (several files)")
      ->required();
  add_run_facts(command, input);
}

void add_run_facts(CLI::App& command, MeasuredInput& input) {
  command
      .add_option("--catalog", input.catalog,
                  "a catalog file of your own on top of the built-in one (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  RunFacts& facts = input.facts;
  command.add_option("--model", facts.model,
                     "what the files do not say: the model that was served");
  command.add_option("--gpu", facts.gpu, "the GPU that served it");
  command
      .add_option_function<int>(
          "--tp", [&facts](int degree) { facts.tensor_parallel = degree; },
          "the tensor-parallel degree")
      ->check(CLI::Range(1, kMostGpus));
  command
      .add_option_function<int>(
          "--pp", [&facts](int depth) { facts.pipeline_parallel = depth; }, "the pipeline depth")
      ->check(CLI::Range(1, kMostGpus));
  command.add_option("--precision", facts.dtype,
                     "the weights: bf16, fp8, int8, int4 or fp4; default: the model's own");
  command.add_option("--engine", facts.engine, "the engine with its version, e.g. vllm-0.12.0");
}

Result<MeasuredData> load_measured(const MeasuredInput& input) {
  return load_measured(input, [](const std::string& file, const RunFacts& said) {
    return read_measured(file, said);
  });
}

Result<MeasuredData> load_measured(const MeasuredInput& input, const ReadMeasured& read) {
  Errors errors;
  MeasuredData data;
  std::vector<std::string> entries = {input.prior.empty() ? "builtin" : std::string(kBuiltinFacts)};
  entries.insert(entries.end(), input.catalog.begin(), input.catalog.end());
  if (!input.prior.empty()) entries.push_back(input.prior);
  std::set<std::string> known;  // under their canonical names
  Result<Catalog> catalog = load_catalog(entries, "");
  if (!catalog) append(errors, catalog.errors());
  for (const std::string& file : input.files) {
    data.files += (data.files.empty() ? "" : ", ") + file;
    if (!known.insert(canonical_name(file)).second) {
      errors.push_back({ErrorCode::kDuplicate, "the file is given twice", file, ""});
      continue;
    }
    Result<std::vector<MeasuredRow>> rows = read(file, input.facts);
    if (!rows) {
      append(errors, rows.errors());
      continue;
    }
    data.rows.insert(data.rows.end(), std::make_move_iterator(rows->begin()),
                     std::make_move_iterator(rows->end()));
  }
  if (catalog) append(errors, fill(data.rows, input.facts, *catalog));
  if (!errors.empty()) return errors;
  data.catalog = *std::move(catalog);
  return data;
}

}  // namespace berth::cli
