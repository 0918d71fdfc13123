// The fit of the delay model's coefficients: it finds what made the runs, holds out what it says
// it holds out, and its file reads back.

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/calibrate/calibration.h"
#include "berth/calibrate/cross_validation.h"
#include "berth/calibrate/fit.h"
#include "tests/calibrate/synthetic.h"
#include "tests/support/temporary_directory.h"

namespace berth {
namespace {

using testing::catalog_with;
using ::testing::HasSubstr;
using testing::measured_under;

constexpr const char* kTruth = R"(
architectures:
  - {name: hopper, compute: 0.61, weights: 0.80, kv_cache: 0.7}
  - {name: ampere, compute: 0.70, weights: 0.71}
engines:
  - {name: vllm, step: 900us, layer: 80us, sequence: 40us, admission: 60ms}
)";

constexpr const char* kPrior = R"(
architectures:
  - {name: hopper, compute: 0.75, weights: 0.90, kv_cache: 0.8, spread: {compute: 0.3, weights: 0.3, kv_cache: 0.3}}
  - {name: ampere, compute: 0.75, weights: 0.80, spread: {compute: 0.3, weights: 0.3}}
engines:
  - {name: vllm, step: 400us, layer: 50us, sequence: 20us, admission: 30ms,
     spread: {step: 1, layer: 1, sequence: 1, admission: 1}}
)";

/// Of the coefficients fitted, the one with this key in this entry.
const FittedCoefficient& found(const Calibration& calibration, const std::string& entry,
                               const std::string& key) {
  for (const FittedCoefficient& c : calibration.fitted) {
    if (c.entry == entry && c.key == key) return c;
  }
  ADD_FAILURE() << "no " << key << " of " << entry;
  return calibration.fitted.front();
}

Calibration calibrated(const Catalog& prior, std::vector<MeasuredRow> rows, bool hold_out = false,
                       int threads = 0) {
  const Validation validation = compare("runs", std::move(rows), prior);
  CalibrationOptions options;
  options.cross_validate = hold_out;
  options.fit.threads = threads;
  Result<Calibration> result = calibrate(prior, prior.coefficients(), validation, options);
  EXPECT_TRUE(result.ok());
  return *std::move(result);
}

struct Truth {
  const char* entry;
  const char* key;
  double value;
};
constexpr std::array kTruths = {
    Truth{"hopper", "compute", 0.61}, Truth{"hopper", "weights", 0.80},
    Truth{"ampere", "compute", 0.70}, Truth{"ampere", "weights", 0.71},
    Truth{"vllm", "layer", 80e-6},    Truth{"vllm", "admission", 60e-3}};

TEST(Calibrate, FindsTheCoefficientsThatMadeTheRuns) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  const Calibration result = calibrated(prior, measured_under(truth, 0.0, 0));
  for (const Truth& t : kTruths) {
    // The prior pulls a little, and not beyond what the fit says of itself.
    const FittedCoefficient& c = found(result, t.entry, t.key);
    EXPECT_LT(c.error, 0.2);
    EXPECT_NEAR(std::log(c.after / t.value), 0.0, std::max(0.01, c.error))
        << t.entry << " " << t.key;
  }
}

TEST(Calibrate, OutliersDoNotLead) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  const Calibration result = calibrated(prior, measured_under(truth, 0.04, 12));
  for (const Truth& t : kTruths) {
    EXPECT_NEAR(std::log(found(result, t.entry, t.key).after / t.value), 0.0, 0.1)
        << t.entry << " " << t.key;
  }
}

TEST(Calibrate, WhatNoRunSpeaksAboutStaysAndIsUnsure) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(std::string(kPrior) + R"(
  - {name: sglang, layer: 33us, spread: {layer: 0.5}}
)");
  const Calibration result = calibrated(prior, measured_under(truth, 0.0, 0));
  const FittedCoefficient& unseen = found(result, "sglang", "layer");
  EXPECT_NEAR(unseen.after, 33e-6, 1e-12);
  EXPECT_NEAR(unseen.error, 0.5, 1e-6);
  EXPECT_EQ(unseen.rows, 0U);
  EXPECT_LT(found(result, "vllm", "layer").error, 0.2);
}

TEST(Calibrate, TheResultIsAMinimum) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  const Validation validation = compare("runs", measured_under(truth, 0.05, 20), prior);
  const ParameterSet parameters = *ParameterSet::of(prior.coefficients());
  const FitRuns runs(prior, validation, parameters);
  std::vector<std::size_t> rows(runs.rows().size());
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k] = k;
  CoefficientFitOptions options;
  options.tolerance = 1e-10;
  options.max_steps = 60;
  const CoefficientFit best = fit(parameters, runs, rows, parameters.start(), options);
  options.max_steps = 0;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    for (const double step : {-0.02, 0.02}) {
      std::vector<double> x = best.x;
      x[p] += step;
      EXPECT_GE(fit(parameters, runs, rows, x, options).objective, best.objective - 1e-9) << p;
    }
  }
}

TEST(Calibrate, SameAtAnyNumberOfThreads) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  const std::vector<MeasuredRow> rows = measured_under(truth, 0.05, 20);
  const Calibration one = calibrated(prior, rows, false, 1);
  const Calibration three = calibrated(prior, rows, false, 3);
  ASSERT_EQ(one.fitted.size(), three.fitted.size());
  for (std::size_t k = 0; k < one.fitted.size(); ++k) {
    EXPECT_EQ(one.fitted[k].after, three.fitted[k].after);
  }
}

TEST(Calibrate, AHeldOutModelIsNotSeen) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  std::vector<MeasuredRow> rows = measured_under(truth, 0.0, 0);
  const Validation clean = compare("runs", rows, prior);
  // What one model measured is nonsense: predictions for it must not know.
  for (MeasuredRow& row : rows) row.value *= row.model == "llama-3.1-70b" ? 1.5 : 1.0;
  const Validation spoilt = compare("runs", rows, prior);
  const ParameterSet parameters = *ParameterSet::of(prior.coefficients());
  const auto held_out = [&](const Validation& validation) {
    const FitRuns runs(prior, validation, parameters);
    return hold_out_each(HoldOut::kModel, parameters, runs, validation, {});
  };
  const HeldOutPredictions a = held_out(clean);
  const HeldOutPredictions b = held_out(spoilt);
  EXPECT_EQ(a.folds, 3U);
  int compared = 0;
  for (std::size_t k = 0; k < clean.rows.size(); ++k) {
    if (clean.rows[k].row.model != "llama-3.1-70b" || !a.predicted[k]) continue;
    ++compared;
    EXPECT_NEAR(*a.predicted[k], *b.predicted[k], 1e-9 * *a.predicted[k]);
  }
  EXPECT_GT(compared, 50);
}

TEST(Calibrate, CrossValidationReportsEveryGroup) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  const Calibration result = calibrated(prior, measured_under(truth, 0.02, 0), true);
  EXPECT_EQ(result.folds, 6U);  // three models, three GPUs
  for (const CalibrationGroup& group : result.groups) {
    for (const ErrorStats& errors : group.errors) {
      EXPECT_GT(errors.count, 0U);
      EXPECT_LT(errors.median, 0.2) << to_string(group.kind) << " " << to_string(group.metric);
    }
  }
}

TEST(Calibrate, TheFileReadsBack) {
  const Catalog truth = catalog_with(kTruth);
  const Catalog prior = catalog_with(kPrior);
  const Calibration result = calibrated(prior, measured_under(truth, 0.0, 0));
  const testing::TemporaryDirectory directory;
  const auto path = directory.path() / "written.yaml";
  std::ofstream(path) << to_yaml(result.coefficients, "# test\n");
  const std::vector<std::string> entries = {std::string(kBuiltinFacts), path.string()};
  const Result<Catalog> read = load_catalog(entries, "");
  ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
  ASSERT_EQ(read->engines().size(), result.coefficients.engines.size());
  for (std::size_t e = 0; e < read->engines().size(); ++e) {
    const EngineProfile wanted =
        resolve_engine(result.coefficients, result.coefficients.engines[e]);
    for (const auto& field : engine_fields()) {
      EXPECT_NEAR(read->engines()[e].*field.member, wanted.*field.member,
                  1e-3 * std::abs(wanted.*field.member))
          << wanted.name << " " << field.key;
    }
  }
  const GpuType& h100 = read->gpu(*read->find_gpu("h100-sxm"));
  EXPECT_FALSE(h100.efficiency.extrapolated);
  EXPECT_NEAR(h100.efficiency.compute, 0.61, 0.02);
}

TEST(Calibrate, NothingToFitIsAnError) {
  const Catalog prior = catalog_with(kPrior);
  std::vector<MeasuredRow> rows = measured_under(prior, 0.0, 0);
  for (MeasuredRow& row : rows) row.model = "nobody-knows";
  const Validation validation = compare("runs", rows, prior);
  const Result<Calibration> result = calibrate(prior, prior.coefficients(), validation, {});
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.errors().front().suggestion, HasSubstr("berth validate"));
}

TEST(ParameterSet, ASpreadWithoutAValueIsCentredOnTheEntryItIsLike) {
  Coefficients prior;
  prior.engines.resize(3);
  prior.engines[0].name = "a";
  prior.engines[0].values = {{"step", 1e-3}, {"layer", 5e-5}};
  prior.engines[0].spread = {{"step", 0.5}};
  prior.engines[1].name = "b";
  prior.engines[1].like = "a";
  prior.engines[1].spread = {{"layer", 0.3}, {"step", 0.3}};
  prior.engines[2].name = "c";
  prior.engines[2].like = "b";
  const ParameterSet set = *ParameterSet::of(prior);
  ASSERT_EQ(set.size(), 3U);
  std::vector<double> x = set.start();
  for (std::size_t p = 0; p < 3; ++p) {
    const Parameter& parameter = set.parameters()[p];
    if (parameter.entry == 1 && parameter.key == "step") {
      ASSERT_TRUE(parameter.parent.has_value());
      x[*parameter.parent] = std::log(2e-3);
      EXPECT_NEAR(std::exp(set.centre(p, x)), 2e-3, 1e-12);
    }
    if (parameter.key == "layer") {
      EXPECT_FALSE(parameter.parent.has_value());
      EXPECT_NEAR(std::exp(set.centre(p, x)), 5e-5, 1e-12);
    }
  }
  const Coefficients applied = set.apply(x);
  EXPECT_NEAR(resolve_engine(applied, applied.engines[2]).step_s, 1e-3, 1e-12);  // b's own
}

TEST(ParameterSet, ASpreadAroundNothingIsAnError) {
  Coefficients prior;
  prior.engines.resize(1);
  prior.engines[0].name = "a";
  prior.engines[0].spread = {{"step", 0.5}};
  const auto set = ParameterSet::of(prior);
  ASSERT_FALSE(set.ok());
  EXPECT_THAT(set.errors().front().message, HasSubstr("'step' of a"));
}

TEST(ParameterSet, UsualSpreadsAreGivenToValuesAlone) {
  Coefficients c;
  c.engines.resize(1);
  c.engines[0].values = {{"step", 1e-3}, {"host_layer", 0.0}, {"mixing", 0.5}};
  c.engines[0].spread = {{"mixing", 0.7}};
  add_usual_spreads(c);
  EXPECT_EQ(c.engines[0].spread.size(), 2U);
  EXPECT_EQ(c.engines[0].spread["mixing"], 0.7);
  EXPECT_GT(c.engines[0].spread["step"], 0.0);
}

TEST(Calibrate, RunsOfOneGpuAndModelAreEnough) {
  const Catalog prior = catalog_with(kPrior);
  std::vector<MeasuredRow> rows = measured_under(catalog_with(kTruth), 0.0, 0);
  const std::string gpu = rows.front().gpu;
  const std::string model = rows.front().model;
  std::erase_if(rows, [&](const MeasuredRow& r) { return r.gpu != gpu || r.model != model; });
  ASSERT_FALSE(rows.empty());
  const Calibration result = calibrated(prior, rows, true);
  EXPECT_EQ(result.folds, 0);
  EXPECT_EQ(result.rows, rows.size());
}

TEST(Calibrate, WhatAGpuHasOfItsOwnStays) {
  const std::string own = "efficiencies:\n  - {gpu: h100-sxm, compute: 0.2}\n";
  const Catalog truth = catalog_with(kTruth + own);
  const Catalog prior = catalog_with(kPrior + own);
  const Calibration result = calibrated(prior, measured_under(truth, 0.0, 0));
  // Nothing that a hopper's `compute` could be would show in runs of this GPU.
  for (const FittedCoefficient& c : result.fitted) {
    EXPECT_LT(std::abs(std::log(c.after / c.before)), 1.0) << c.entry << " " << c.key;
  }
  EXPECT_NEAR(std::log(found(result, "vllm", "layer").after / 80e-6), 0.0, 0.1);
}

TEST(Calibrate, AnyNameReadsBack) {
  Coefficients coefficients = catalog_with(kPrior).coefficients();
  CoefficientEntry odd = coefficients.engines.back();
  odd.name = "my: engine #1";
  odd.aliases = {"c: d", "it's"};
  coefficients.engines.push_back(odd);
  const testing::TemporaryDirectory directory;
  const auto path = directory.path() / "odd.yaml";
  std::ofstream(path) << to_yaml(coefficients, "# test\n");
  const std::vector<std::string> entries = {std::string(kBuiltinFacts), path.string()};
  const Result<Catalog> read = load_catalog(entries, "");
  ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
  EXPECT_NE(find_entry(read->coefficients().engines, odd.id()), nullptr);
}

}  // namespace
}  // namespace berth
