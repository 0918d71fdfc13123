// The built-in coefficients are what the documented command makes of the measured runs.

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "berth/calibrate/calibration.h"
#include "berth/measure/read_measured.h"

namespace berth {
namespace {

TEST(BuiltinCoefficients, AreTheOutputOfCalibrate) {
  const std::filesystem::path runs =
      std::filesystem::path(BERTH_SHARED_DIR) / "data/perf/measured.csv";
  if (!std::filesystem::exists(runs)) GTEST_SKIP() << "no measured runs at " << runs;
  const std::vector<std::string> entries = {
      std::string(kBuiltinFacts), std::string(BERTH_SOURCE_DIR) + "/data/calibration/prior.yaml"};
  const Result<Catalog> prior = load_catalog(entries, "");
  ASSERT_TRUE(prior.ok()) << to_string(prior.errors().front());
  Result<std::vector<MeasuredRow>> rows = read_measured(runs);
  ASSERT_TRUE(rows.ok());
  const Validation validation = compare("measured.csv", *std::move(rows), *prior);
  CalibrationOptions options;
  options.cross_validate = false;
  const Result<Calibration> fitted = calibrate(*prior, prior->coefficients(), validation, options);
  ASSERT_TRUE(fitted.ok());

  const Result<Catalog> builtin = load_builtin_catalog();
  const auto agree = [](const std::vector<CoefficientEntry>& made,
                        const std::vector<CoefficientEntry>& kept) {
    ASSERT_EQ(made.size(), kept.size());
    for (std::size_t e = 0; e < made.size(); ++e) {
      EXPECT_EQ(made[e].id(), kept[e].id());
      EXPECT_EQ(made[e].rows, kept[e].rows) << made[e].id();
      ASSERT_EQ(made[e].values.size(), kept[e].values.size()) << made[e].id();
      for (const auto& [key, value] : made[e].values) {
        EXPECT_NEAR(std::log(kept[e].values.at(key) / value), 0.0, 0.01) << made[e].id() << key;
      }
    }
  };
  agree(fitted->coefficients.architectures, builtin->coefficients().architectures);
  agree(fitted->coefficients.engines, builtin->coefficients().engines);
}

}  // namespace
}  // namespace berth
