#pragma once
// Runs that the delay model itself measured, under coefficients that a fit is to find again.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "berth/core/random.h"
#include "berth/measure/compare.h"
#include "tests/support/temporary_directory.h"

namespace berth::testing {

inline Catalog catalog_with(const std::string& coefficients) {
  const std::string text =
      "format: berth.catalog/1\nsource: {text: test, date: 2026-11-29, verified: true}\n" +
      coefficients;
  const TemporaryDirectory directory;
  const auto path = directory.path() / "coefficients.yaml";
  std::ofstream(path) << text;
  const std::vector<std::string> entries = {"builtin", path.string()};
  Result<Catalog> catalog = load_catalog(entries, "");
  EXPECT_TRUE(catalog.ok()) << (catalog ? "" : to_string(catalog.errors().front()));
  return *std::move(catalog);
}

/// Closed loops and single passes of two dense models, one mixture, on two architectures.
inline std::vector<MeasuredRow> run_grid() {
  std::vector<MeasuredRow> rows;
  for (const char* model : {"llama-3.1-8b", "llama-3.1-70b", "qwen3-30b-a3b"}) {
    for (const char* gpu : {"h100-sxm", "h200-sxm", "a100-80gb-sxm"}) {
      for (const double tp : {4.0, 8.0}) {
        for (const double batch : {1.0, 8.0, 64.0}) {
          for (const double prompt : {200.0, 1000.0, 4000.0}) {
            for (const Metric metric : {Metric::kTtft, Metric::kTpot, Metric::kPrefill}) {
              MeasuredRow row;
              row.line = rows.size() + 2;
              row.engine = "vllm-0.12.0";
              row.model = model;
              row.dtype = "bf16";
              row.gpu = gpu;
              row.tensor_parallel = tp;
              row.batch = metric == Metric::kPrefill ? 1.0 : batch;
              row.prompt_tokens = prompt;
              row.output_tokens = 200.0;
              row.metric = metric;
              row.value = 1.0;
              rows.push_back(row);
            }
          }
        }
      }
    }
  }
  return rows;
}

/// The grid as `truth` would measure it, each number off by about `noise`, and every `outlier`th by
/// a factor of three (0 = none).
inline std::vector<MeasuredRow> measured_under(const Catalog& truth, double noise,
                                               std::size_t outlier) {
  const Validation exact = compare("truth", run_grid(), truth);
  Random random(11);
  std::vector<MeasuredRow> rows;
  for (const Comparison& c : exact.rows) {
    if (!c.predicted || c.row.derived) continue;
    MeasuredRow row = c.row;
    row.value = *c.predicted * std::exp(noise * (random.uniform() + random.uniform() - 1.0));
    if (outlier > 0 && rows.size() % outlier == 0) row.value *= 3.0;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace berth::testing
