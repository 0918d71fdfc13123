// The delay model against measured engine runs. The limits are the errors reached when the
// coefficients were derived (docs/model.md) with a little room, so that a change of the formulas
// that spoils them is noticed.

#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>

#include <gtest/gtest.h>

#include "berth/measure/compare.h"
#include "berth/measure/read_measured.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

/// The measurements, compared once; null where the file is not there.
const Validation* reality() {
  static const std::optional<Validation> validation = []() -> std::optional<Validation> {
    const std::filesystem::path path =
        std::filesystem::path(BERTH_SHARED_DIR) / "data" / "perf" / "measured.csv";
    if (!std::filesystem::exists(path)) return std::nullopt;
    Result<std::vector<MeasuredRow>> rows = read_measured(path);
    if (!rows) {
      ADD_FAILURE() << to_string(rows.errors().front());
      return std::nullopt;
    }
    return compare(path.string(), *std::move(rows), testing::builtin_catalog());
  }();
  return validation ? &*validation : nullptr;
}

class Reality : public ::testing::Test {
 protected:
  void SetUp() override {
    if (reality() == nullptr) {
      GTEST_SKIP() << "no measurements at " << BERTH_SHARED_DIR << "/data/perf/measured.csv";
    }
  }

  ErrorStats errors_of(const std::string& name,
                       const std::function<bool(const Comparison&)>& wanted) {
    std::vector<double> errors;
    for (const Comparison& c : reality()->rows) {
      if (c.predicted && wanted(c)) errors.push_back(*c.error());
    }
    const ErrorStats stats = error_stats(std::move(errors));
    std::cout << name << ": " << stats.count << " rows, median " << 100.0 * stats.median
              << " %, p90 " << 100.0 * stats.ninetieth << " %, bias " << 100.0 * stats.bias
              << " %\n";
    return stats;
  }
};

bool is_tpot_of_vllm(const Comparison& c, const char* gpu) {
  return c.names.engine == "vllm" && c.setting.metric == Metric::kTpot && c.gpu() == gpu;
}

TEST_F(Reality, EveryRowIsReadAndEveryNameResolves) {
  const Validation& v = *reality();
  EXPECT_EQ(v.measured, 13396U);
  for (const Counted& name : v.unresolved) ADD_FAILURE() << name.what << " " << name.name;
  for (const Comparison& c : v.rows) {
    EXPECT_TRUE(c.names.engine_known) << c.row.engine;
    EXPECT_EQ(c.predicted.has_value(), c.reason.empty()) << c.row.line;
    EXPECT_GT(c.predicted.value_or(1.0), 0.0) << c.row.line;
  }
  EXPECT_GE(static_cast<double>(v.compared), 0.97 * static_cast<double>(v.measured));
}

TEST_F(Reality, TpotOfDenseModelsOnH100) {
  const ErrorStats error = errors_of("h100_dense_tpot", [](const Comparison& c) {
    return is_tpot_of_vllm(c, "h100-sxm") && !c.names.model->is_moe();
  });
  EXPECT_GT(error.count, 100U);
  EXPECT_LT(error.median, 0.06);
  EXPECT_LT(error.ninetieth, 0.15);
}

TEST_F(Reality, TpotOfDenseModelsOnH200AndB200) {
  // The llama-3.1-8b rows on H200 show no prefill at all: another kind of run, left out.
  const auto wanted = [](const char* gpu) {
    return [gpu](const Comparison& c) {
      return is_tpot_of_vllm(c, gpu) && !c.names.model->is_moe() &&
             c.names.model->parameters > 10e9;
    };
  };
  EXPECT_LT(errors_of("h200_dense_tpot", wanted("h200-sxm")).median, 0.08);
  EXPECT_LT(errors_of("b200_dense_tpot", wanted("b200")).median, 0.12);
}

TEST_F(Reality, OfflineBatchesOfLlamaOnA100) {
  const ErrorStats error = errors_of("a100_llama_offline", [](const Comparison& c) {
    return c.names.engine == "vllm-2024" && c.setting.metric == Metric::kBatchE2e &&
           c.gpu() == "a100-40gb-sxm" && c.names.model->family.starts_with("llama");
  });
  EXPECT_GT(error.count, 50U);
  EXPECT_LT(error.median, 0.15);
}

TEST_F(Reality, TpotOfMixturesIsKnownToBeCoarser) {
  for (const char* gpu : {"h100-sxm", "h200-sxm", "b200", "b300"}) {
    const ErrorStats error = errors_of(std::string(gpu) + "_moe_tpot", [&](const Comparison& c) {
      return is_tpot_of_vllm(c, gpu) && c.names.model->is_moe();
    });
    EXPECT_GT(error.count, 30U) << gpu;
    EXPECT_LT(error.median, 0.22) << gpu;
  }
}

}  // namespace
}  // namespace berth
