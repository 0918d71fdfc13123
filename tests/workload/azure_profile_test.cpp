// The committed profile is what fitting the public files gives: it cannot drift from them.

#include <filesystem>

#include <gtest/gtest.h>

#include "berth/workload/fit.h"
#include "berth/workload/workload_yaml.h"
#include "tests/workload/trace_files.h"

namespace berth {
namespace {

TEST(AzureProfile, IsTheFitOfThePublicFiles) {
  const auto folder = std::filesystem::path(BERTH_SHARED_DIR) / "data/azure";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the shared data folder is not there";
  const std::vector<std::string> sources = {
      "code=" + (folder / "AzureLLMInferenceTrace_code.csv").string(),
      "conv=" + (folder / "AzureLLMInferenceTrace_conv.csv").string()};
  Result<Workload> fitted = fit_workload(sources, {});
  ASSERT_TRUE(fitted.ok()) << test::describe(fitted.errors());
  const Result<Workload> committed = builtin_workload("azure-2023");
  ASSERT_TRUE(committed.ok()) << test::describe(committed.errors());
  ASSERT_EQ(committed->classes.size(), fitted->classes.size());
  EXPECT_EQ(committed->date, fitted->date);
  for (std::size_t i = 0; i < fitted->classes.size(); ++i) {
    const QueryClass& a = committed->classes[i];
    const QueryClass& b = fitted->classes[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_NEAR(a.rate, b.rate, 1e-12 * b.rate);
    EXPECT_NEAR(a.arrival_variability, b.arrival_variability, 1e-9 * b.arrival_variability);
    const auto compare = [](const LengthDistribution& x, const LengthDistribution& y) {
      EXPECT_NEAR(x.mean(), y.mean(), 1e-12 * y.mean());
      EXPECT_NEAR(x.standard_deviation(), y.standard_deviation(), 1e-9 * y.mean());
      ASSERT_EQ(x.bins().size(), y.bins().size());
      for (std::size_t bin = 0; bin < x.bins().size(); ++bin) {
        EXPECT_EQ(x.bins()[bin].lower, y.bins()[bin].lower);
        EXPECT_EQ(x.bins()[bin].upper, y.bins()[bin].upper);
        EXPECT_NEAR(x.bins()[bin].share, y.bins()[bin].share, 1e-6);
      }
    };
    compare(a.prompt_tokens, b.prompt_tokens);
    compare(a.output_tokens, b.output_tokens);
    ASSERT_TRUE(a.rule);
    EXPECT_EQ(a.rule->source, b.rule->source);
  }
}

}  // namespace
}  // namespace berth
