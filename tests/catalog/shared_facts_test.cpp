// The built-in catalog against the fact tables it was made from, number by number.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "berth/core/text.h"
#include "tests/catalog/csv_file.h"
#include "tests/catalog/sample_catalog.h"

namespace berth {
namespace {

using testing::CsvRow;

class SharedFacts : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_builtin_catalog();
    ASSERT_TRUE(loaded) << testing::lines_of(loaded.errors());
    catalog_ = std::move(loaded).value();
  }

  /// Skips the test when the table is absent.
  std::vector<CsvRow> rows(const std::string& file) {
    auto read = testing::read_csv(testing::shared_data() / file);
    return read ? *std::move(read) : std::vector<CsvRow>();
  }

  Catalog catalog_;
};

constexpr const char* kAbsent = "the shared fact tables are not here";

/// The table's own spelling -> catalog GPU; names the table qualifies with '-' or leaves bare.
const GpuType* gpu_of(const Catalog& catalog, const std::string& name) {
  const auto id = catalog.find_gpu(name);
  return id ? &catalog.gpu(*id) : nullptr;
}

void expect_gpu(const GpuType& gpu, const CsvRow& row) {
  const std::string& name = gpu.name;
  EXPECT_EQ(gpu.vendor, row["vendor"]) << name;
  EXPECT_NEAR(gpu.bandwidth_bytes_per_s, *row.number("hbm_gbps") * 1e9, 1.0) << name;
  const std::map<Precision, std::string> peaks = {{Precision::kBf16, "dense_fp16_bf16_tflops"},
                                                  {Precision::kFp8, "fp8_dense_tflops"},
                                                  {Precision::kFp4, "fp4_dense_tflops"},
                                                  {Precision::kInt8, "int8_dense_tops"}};
  for (const auto& [precision, column] : peaks) {
    EXPECT_NEAR(gpu.peak(precision), row.number(column).value_or(0.0) * 1e12, 1e6)
        << name << " " << column;
  }
  const auto scale_up = row.number("scaleup_gbps_per_gpu_one_direction");
  const double link = scale_up ? *scale_up : *row.number("pcie_x16_gbps_one_direction");
  EXPECT_NEAR(gpu.link_bytes_per_s, link * 1e9, 1.0) << name;
  const auto power = split(row["tdp_w"], '-');
  EXPECT_DOUBLE_EQ(gpu.power_w, parse_number(power.back()).value_or(0.0)) << name;
  // The driver shows up to 6.5 % less than the nominal size read as GiB (ECC), never more than 1 %.
  constexpr double kGibi = 1073741824.0;
  const auto nominal = row.number("memory_gb");
  if (nominal) {
    EXPECT_LT(gpu.memory_bytes, *nominal * kGibi * 1.01) << name;
    EXPECT_GT(gpu.memory_bytes, *nominal * kGibi * 0.93) << name;
  }
  const bool recalled = row["source"].find("recalled") != std::string::npos;
  EXPECT_EQ(gpu.source.verified, !recalled) << name;
}

TEST_F(SharedFacts, GpusAgree) {
  const auto table = rows("catalog/gpus.csv");
  if (table.empty()) GTEST_SKIP() << kAbsent;
  EXPECT_EQ(table.size(), 31u);
  for (const CsvRow& row : table) {
    const GpuType* gpu = gpu_of(catalog_, row["name"]);
    ASSERT_NE(gpu, nullptr) << row["name"];
    expect_gpu(*gpu, row);
  }
}

void expect_shape(const ModelSpec& model, const CsvRow& row) {
  const std::string& name = model.name;
  EXPECT_NEAR(model.parameters, *row.number("total_params_b") * 1e9, 1.0) << name;
  EXPECT_NEAR(model.active_parameters, *row.number("active_params_b") * 1e9, 1.0) << name;
  EXPECT_EQ(model.layers, *row.number("layers")) << name;
  EXPECT_EQ(model.hidden, *row.number("hidden")) << name;
  EXPECT_EQ(model.heads, *row.number("heads")) << name;
  EXPECT_EQ(model.vocabulary, *row.number("vocab")) << name;
  EXPECT_EQ(model.max_context, *row.number("max_context")) << name;
}

void expect_attention(const ModelSpec& model, const CsvRow& row) {
  const std::string& name = model.name;
  EXPECT_DOUBLE_EQ(model.kv_bytes_per_token, *row.number("kv_bytes_per_token_fp16")) << name;
  if (row["attention"].find("MLA") == std::string::npos) {
    EXPECT_EQ(model.kv_heads, *row.number("kv_heads")) << name;
    EXPECT_EQ(model.head_dim, *row.number("head_dim")) << name;
  } else {
    EXPECT_EQ(model.attention, AttentionKind::kMla) << name;
    EXPECT_EQ(model.kv_heads, 1) << name;
  }
  EXPECT_EQ(model.is_moe() ? model.experts->experts : 0, *row.number("moe_experts")) << name;
  EXPECT_EQ(model.is_moe() ? model.experts->active : 0, *row.number("moe_topk")) << name;
}

void expect_quality(const ModelSpec& model, const CsvRow& row) {
  const std::map<std::string, std::string> columns = {{"general", "mmlu"},
                                                      {"knowledge", "mmlu_pro"},
                                                      {"math", "gsm8k"},
                                                      {"code", "humaneval"},
                                                      {"chat", "ifeval"}};
  for (const auto& [task, column] : columns) {
    const auto score = row.number(column);
    const auto found = model.quality.find(task);
    if (score) {
      ASSERT_NE(found, model.quality.end()) << model.name << " " << task;
      EXPECT_NEAR(found->second, *score / 100.0, 1e-9) << model.name << " " << task;
      if (row["scores_verified_here"] == "no") {
        EXPECT_FALSE(model.source_of(task).verified) << model.name << " " << task;
      }
    } else if (found != model.quality.end()) {
      EXPECT_NE(model.source_of(task).text.find("derived"), std::string::npos)
          << model.name << " has a " << task << " score that no table has";
    }
  }
}

TEST_F(SharedFacts, ModelsAgree) {
  const auto table = rows("catalog/models.csv");
  if (table.empty()) GTEST_SKIP() << kAbsent;
  EXPECT_EQ(table.size(), 34u);
  for (const CsvRow& row : table) {
    const auto id = catalog_.find_model(row["name"]);
    ASSERT_TRUE(id) << row["name"];
    expect_shape(catalog_.model(*id), row);
    expect_attention(catalog_.model(*id), row);
    expect_quality(catalog_.model(*id), row);
  }
}

TEST_F(SharedFacts, PricesAgree) {
  const auto table = rows("catalog/prices.csv");
  if (table.empty()) GTEST_SKIP() << kAbsent;
  const auto cost = [&](const std::string& cloud, const CsvRow& row,
                        OfferTerm term) -> std::optional<double> {
    for (const CatalogOffer& offer : catalog_.offers()) {
      const bool here = row["region"].empty() || offer.region == row["region"];
      if (offer.cloud == cloud && here && offer.instance == row["instance_type"] &&
          offer.term == term) {
        EXPECT_EQ(offer.lot, *row.number("count")) << offer.instance;
        return offer.cost.usd();
      }
    }
    return std::nullopt;
  };
  int compared = 0;
  for (const CsvRow& row : table) {
    if (*row.number("count") < 1.0 || row["note"] == "stale") continue;
    if (row["gpu"] == "RTX-6000-Ada") continue;  // no data sheet
    const std::string cloud = split(row["cloud"], ' ').front();
    for (const auto& [column, term] : {std::pair{"on_demand_per_hour", OfferTerm::kOnDemand},
                                       std::pair{"spot_per_hour", OfferTerm::kSpot}}) {
      const auto expected = row.number(column);
      if (!expected) continue;
      const auto found = cost(cloud, row, term);
      ASSERT_TRUE(found) << row["instance_type"] << " in " << row["region"];
      EXPECT_NEAR(*found, *expected, 1e-6) << row["instance_type"];
      ++compared;
    }
  }
  EXPECT_GE(compared, 120);
}

TEST_F(SharedFacts, EveryMeasuredModelAndGpuIsKnown) {
  const auto table = rows("perf/measured.csv");
  if (table.empty()) GTEST_SKIP() << kAbsent;
  std::set<std::string> unknown;
  for (const CsvRow& row : table) {
    if (!catalog_.find_model(row["model"])) unknown.insert("model " + row["model"]);
    if (!catalog_.find_gpu(row["gpu"])) unknown.insert("GPU " + row["gpu"]);
  }
  EXPECT_EQ(unknown, std::set<std::string>());
}

}  // namespace
}  // namespace berth
