#include "berth/import/melange.h"

#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "berth/document/reader.h"
#include "berth/import/known_form.h"
#include "berth/import/size_table.h"

namespace berth {
namespace {

constexpr std::string_view kMelangeForm =
    "a Mélange configuration (gpu_info, workload_distribution, total_request_rate)";
constexpr Range kGpuCost{.min = 0.0, .max = CostRate::kMaxUsdPerHour, .exclusive_max = true};
constexpr Range kRequestRate{.min = 0.0, .max = 1e9, .exclusive_min = true};
constexpr Range kThroughput{.min = 0.0, .max = 1e9};
constexpr Range kSlices{.min = 1.0, .max = 1e6};
/// Shares that people round to three digits still sum to 1.
constexpr double kSumTolerance = 2e-3;

class MelangeReader {
 public:
  MelangeReader(const Document& document, Errors& errors) : config_(document, errors) {}

  /// REQUIRES no error recorded afterwards for the result to be of use.
  ProfiledServing read() {
    rate_ = config_.number("total_request_rate", kRequestRate);
    static_cast<void>(config_.integer("slice_factor", kSlices, 1));
    if (const auto value = config_.require("workload_distribution")) {
      shares_ = read_size_table(*value, kShareRange);
      if (shares_) add_buckets(*value);
    }
    if (const auto value = config_.require("gpu_info")) read_gpus(*value);
    config_.reject_unknown_keys();
    return std::move(serving_);
  }

  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    if (config_.has("slice_factor")) {
      notes.emplace_back("slice_factor is not used: a bucket is split between GPUs in any shares");
    }
    if (!shares_) return notes;
    const double sum = std::accumulate(shares_->cells.begin(), shares_->cells.end(), 0.0);
    if (std::abs(sum - 1.0) > kSumTolerance) {
      notes.push_back(fmt::format(
          "the shares of workload_distribution sum to {:g}: planned are {:g} requests/s, as "
          "Mélange does, not the {:g} of total_request_rate",
          sum, sum * rate_, rate_));
    }
    return notes;
  }

 private:
  void add_buckets(const ValueReader& value) {
    const std::vector<ValueReader> rows = value.list();
    for (std::size_t i = 0; i < shares_->rows; ++i) {
      const std::vector<ValueReader> cells = rows[i].list();
      for (std::size_t j = 0; j < shares_->columns; ++j) {
        serving_.buckets.push_back(
            {fmt::format("in{}/out{}", i, j), rate_ * shares_->at(i, j), cells[j].where()});
      }
    }
  }

  void read_gpus(const ValueReader& value) {
    MapReader gpus(value);
    for (const auto& [name, entry] : gpus.entries()) {
      MapReader gpu(entry);
      const double cost = gpu.number("cost", kGpuCost);
      const auto tputs = gpu.require("tputs");
      if (!tputs) continue;
      std::optional<SizeTable> table = read_size_table(*tputs, kThroughput);
      if (!table || !shares_ || !same_shape(*tputs, *table, *shares_, "workload_distribution")) {
        continue;
      }
      serving_.gpus.push_back({name, CostRate::usd_per_hour(cost), std::move(table->cells)});
    }
    if (value.is_map() && value.node().fields.empty()) {
      value.fail(ErrorCode::kMissing, "no GPU", "\"A10G\": {\"cost\": 1.01, \"tputs\": [[5, 1]]}");
    }
  }

  MapReader config_;
  double rate_ = 0.0;
  std::optional<SizeTable> shares_;
  ProfiledServing serving_;
};

}  // namespace

Result<ImportedProblem> import_melange(const std::string& name, std::string_view content) {
  if (!opens_json(content)) return wrong_form(name, content, kMelangeForm);
  const Result<Document> document = parse_json(name, content);
  if (!document) return document.errors();
  if (!is_melange_config(document->root)) return wrong_form(name, content, kMelangeForm);
  Errors errors;
  MelangeReader reader(*document, errors);
  const ProfiledServing serving = reader.read();
  if (!errors.empty()) return errors;
  Result<ImportedProblem> problem = to_problem(serving, name);
  if (problem) {
    const std::vector<std::string> notes = reader.notes();
    problem->notes.insert(problem->notes.end(), notes.begin(), notes.end());
  }
  return problem;
}

}  // namespace berth
