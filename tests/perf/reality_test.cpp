// A sanity check against measured engine runs; the full validation is `berth validate`. The limits
// are the errors reached when the coefficients were derived (docs/model.md) with a little room, so
// that a change of the formulas that spoils them is noticed.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

struct Row {
  std::string engine;
  std::string metric;
  std::string note;
  const ModelSpec* model = nullptr;
  const GpuType* gpu = nullptr;
  Precision precision = Precision::kBf16;
  int tensor_parallel = 1;
  int pipeline_parallel = 1;
  double batch = 0.0;
  double prompt = 0.0;
  double output = 0.0;
  double value_s = 0.0;
};

std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Precision precision_of(std::string dtype) {
  if (!dtype.empty() && dtype.back() == '?') dtype.pop_back();
  return precision_from(dtype).value_or(Precision::kBf16);
}

/// Rows of known models and GPUs with batch, prompt and output lengths; times in seconds.
std::vector<Row> read_rows(const std::filesystem::path& path) {
  const Catalog& catalog = testing::builtin_catalog();
  const Result<std::string> content = read_file(path);
  std::vector<Row> rows;
  if (!content) return rows;
  const std::vector<std::string> lines = split(*content, '\n');
  std::map<std::string, std::size_t> column;
  const std::vector<std::string> header = csv_fields(lines[0]);
  for (std::size_t i = 0; i < header.size(); ++i) column[std::string(trim(header[i]))] = i;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = csv_fields(lines[i]);
    if (fields.size() < header.size()) continue;
    const auto text = [&](const char* name) { return std::string(trim(fields[column.at(name)])); };
    const auto number = [&](const char* name) { return parse_number(text(name)).value_or(0.0); };
    const auto model = catalog.find_model(text("model"));
    const auto gpu = catalog.find_gpu(text("gpu"));
    Row row{text("engine"),
            text("metric"),
            text("note"),
            nullptr,
            nullptr,
            precision_of(text("dtype")),
            static_cast<int>(number("tp")),
            static_cast<int>(number("pp")),
            number("batch_or_concurrency"),
            number("input_tokens"),
            number("output_tokens"),
            number("value") * 1e-3};
    if (!model || !gpu || row.batch < 1.0 || row.prompt < 1.0 || row.output < 1.0) continue;
    row.model = &catalog.model(*model);
    row.gpu = &catalog.gpu(*gpu);
    rows.push_back(std::move(row));
  }
  return rows;
}

bool is_modern_vllm(const Row& row) {
  return row.engine.rfind("vllm-", 0) == 0 && row.engine.rfind("vllm-20", 0) != 0;
}

struct ErrorSummary {
  std::size_t count = 0;
  double median = 0.0;
  double ninetieth = 0.0;
  double bias = 0.0;
};

class Reality : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path path =
        std::filesystem::path(BERTH_SHARED_DIR) / "data" / "perf" / "measured.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no measurements at " << path;
    rows_ = read_rows(path);
    ASSERT_GT(rows_.size(), 1000U);
  }

  ErrorSummary compare(const char* name, const std::function<bool(const Row&)>& wanted,
                       const std::function<double(const PhaseModel&, const Row&)>& predicted) {
    std::vector<double> errors;
    for (const Row& row : rows_) {
      if (!wanted(row)) continue;
      const Deployment deployment =
          testing::deploy(*row.model, *row.gpu, row.tensor_parallel,
                          std::max(1, row.pipeline_parallel), row.precision);
      if (check_shape(deployment)) continue;
      errors.push_back(predicted(PhaseModel(deployment), row) / row.value_s - 1.0);
    }
    ErrorSummary summary;
    summary.count = errors.size();
    if (errors.empty()) return summary;
    std::sort(errors.begin(), errors.end());
    summary.bias = errors[errors.size() / 2];
    for (double& error : errors) error = std::abs(error);
    std::sort(errors.begin(), errors.end());
    summary.median = errors[errors.size() / 2];
    summary.ninetieth = errors[errors.size() * 9 / 10];
    std::cout << name << ": " << summary.count << " rows, median " << 100.0 * summary.median
              << " %, p90 " << 100.0 * summary.ninetieth << " %, bias " << 100.0 * summary.bias
              << " %\n";
    RecordProperty(name, std::to_string(summary.median));
    return summary;
  }

  std::vector<Row> rows_;
};

double tpot(const PhaseModel& physics, const Row& row) {
  return physics.iteration_seconds(row.batch, row.prompt, row.output);
}

/// An offline batch: all prompts are prefilled, then all decode together.
double offline(const PhaseModel& physics, const Row& row) {
  return row.batch * physics.prefill_seconds(row.prompt) +
         row.output * physics.decode_seconds(row.batch, row.prompt + 0.5 * row.output);
}

TEST_F(Reality, TpotOfDenseModelsOnH100) {
  const ErrorSummary error = compare(
      "h100_dense_tpot",
      [](const Row& r) {
        return is_modern_vllm(r) && r.metric == "tpot_ms" && r.gpu->name == "h100-sxm" &&
               !r.model->is_moe();
      },
      tpot);
  EXPECT_GT(error.count, 100U);
  EXPECT_LT(error.median, 0.06);
  EXPECT_LT(error.ninetieth, 0.15);
}

TEST_F(Reality, TpotOfDenseModelsOnH200AndB200) {
  // The llama-3.1-8b rows on H200 show no prefill at all: another kind of run, left out.
  const auto wanted = [](const char* gpu) {
    return [gpu](const Row& r) {
      return is_modern_vllm(r) && r.metric == "tpot_ms" && r.gpu->name == gpu &&
             !r.model->is_moe() && r.model->parameters > 10e9;
    };
  };
  const ErrorSummary h200 = compare("h200_dense_tpot", wanted("h200-sxm"), tpot);
  EXPECT_LT(h200.median, 0.08);
  const ErrorSummary b200 = compare("b200_dense_tpot", wanted("b200"), tpot);
  EXPECT_LT(b200.median, 0.12);
}

TEST_F(Reality, OfflineBatchesOfLlamaOnA100) {
  const ErrorSummary error = compare(
      "a100_llama_offline",
      [](const Row& r) {
        return r.engine == "vllm-2024" && r.metric == "e2e_ms" && r.gpu->name == "a100-40gb-sxm" &&
               r.model->family.rfind("llama", 0) == 0;
      },
      offline);
  EXPECT_GT(error.count, 50U);
  EXPECT_LT(error.median, 0.15);
}

TEST_F(Reality, TpotOfMixturesIsKnownToBeCoarser) {
  for (const char* gpu : {"h100-sxm", "h200-sxm", "b200", "b300"}) {
    const ErrorSummary error =
        compare((std::string(gpu) + "_moe_tpot").c_str(),
                [&](const Row& r) {
                  // Attention replicated over groups of GPUs is another layout than tensor
                  // parallelism.
                  const bool replicated = r.note.find("attn_dp=") != std::string::npos &&
                                          r.note.find("attn_dp=1.0") == std::string::npos &&
                                          r.note.find("attn_dp=;") == std::string::npos;
                  return is_modern_vllm(r) && r.metric == "tpot_ms" && r.gpu->name == gpu &&
                         r.model->is_moe() && !replicated;
                },
                tpot);
    EXPECT_GT(error.count, 30U) << gpu;
    EXPECT_LT(error.median, 0.22) << gpu;
  }
}

}  // namespace
}  // namespace berth
