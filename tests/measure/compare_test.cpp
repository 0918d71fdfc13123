// Errors of rows and of groups, on small cases with closed forms.

#include "berth/measure/compare.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/measure/read_measured.h"
#include "berth/measure/validation_csv.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

TEST(ErrorStats, OfNothingOneAndMany) {
  EXPECT_EQ(error_stats({}).count, 0U);
  const ErrorStats one = error_stats({-0.25});
  EXPECT_EQ(one.count, 1U);
  EXPECT_DOUBLE_EQ(one.median, 0.25);
  EXPECT_DOUBLE_EQ(one.ninetieth, 0.25);
  EXPECT_DOUBLE_EQ(one.bias, -0.25);
  // 0, 0.1, .. 1.0: the deciles are the values themselves.
  std::vector<double> errors;
  for (int k = 10; k >= 0; --k) errors.push_back(0.1 * k);
  const ErrorStats many = error_stats(errors);
  EXPECT_DOUBLE_EQ(many.median, 0.5);
  EXPECT_DOUBLE_EQ(many.ninetieth, 0.9);
  EXPECT_DOUBLE_EQ(many.bias, 0.5);
  // Signs cancel in the bias alone.
  const ErrorStats signs = error_stats({-0.3, -0.1, 0.1, 0.3});
  EXPECT_NEAR(signs.bias, 0.0, 1e-15);
  EXPECT_DOUBLE_EQ(signs.median, 0.2);
}

TEST(ErrorStats, QuantilesLieBetweenTheTwoNearest) {
  const std::vector<double> sorted = {1.0, 2.0, 4.0};
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0.25), 1.5);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0.9), 3.6);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 1.0), 4.0);
}

/// Rows of llama-3.1-8b on H100 whose measured TPOT is the prediction over `factors`.
class Compared : public ::testing::Test {
 protected:
  void SetUp() override {
    MeasuredRow row;
    row.model = "llama-3.1-8b";
    row.gpu = "h100-sxm";
    row.dtype = "bf16";
    row.engine = "vllm-0.12.0";
    row.tensor_parallel = 1.0;
    row.batch = 8.0;
    row.prompt_tokens = 1000.0;
    row.output_tokens = 100.0;
    row.value = 1.0;
    const Validation alone = compare("m.csv", {row}, testing::builtin_catalog());
    ASSERT_TRUE(alone.rows[0].predicted);
    row.value = *alone.rows[0].predicted;
    exact_ = row;
  }

  [[nodiscard]] MeasuredRow off_by(double factor) const {
    MeasuredRow row = exact_;
    row.value /= factor;
    return row;
  }

  MeasuredRow exact_;
};

TEST_F(Compared, ErrorsAndGroups) {
  MeasuredRow suspect = off_by(3.0);
  suspect.note = "SUSPECT";
  MeasuredRow unknown = exact_;
  unknown.model = "none-1b";
  MeasuredRow other = off_by(0.5);
  other.gpu = "h200-sxm";
  const Validation v = compare("m.csv", {off_by(1.1), off_by(0.8), suspect, unknown, other},
                               testing::builtin_catalog());
  ASSERT_EQ(v.rows.size(), 5U);
  EXPECT_NEAR(*v.rows[0].error(), 0.1, 1e-9);
  EXPECT_NEAR(*v.rows[1].error(), -0.2, 1e-9);
  EXPECT_EQ(v.rows[3].error(), std::nullopt);
  EXPECT_EQ(v.rows[3].reason, "unknown model");
  EXPECT_EQ(v.compared, 4U);
  EXPECT_EQ(v.suspects, 1U);

  ASSERT_EQ(v.by_gpu.size(), 2U);
  const ErrorGroup& h100 = v.by_gpu[0];
  EXPECT_EQ(h100.gpu, "h100-sxm");
  EXPECT_EQ(h100.metric, Metric::kTpot);
  EXPECT_EQ(h100.all.count, 3U);
  EXPECT_NEAR(h100.all.median, 0.2, 1e-9);
  EXPECT_NEAR(h100.all.bias, 0.1, 1e-9);
  EXPECT_EQ(h100.trusted.count, 2U);
  EXPECT_NEAR(h100.trusted.median, 0.15, 1e-9);
  EXPECT_NEAR(h100.trusted.bias, -0.05, 1e-9);

  ASSERT_EQ(v.groups.size(), 2U);
  EXPECT_EQ(v.groups[0].engine, "vllm");
  EXPECT_EQ(v.groups[0].model, "llama-3.1-8b");
  ASSERT_EQ(v.totals.size(), 2U);
  EXPECT_EQ(v.totals[0].kind, std::nullopt);
  EXPECT_EQ(v.totals[1].kind, ModelKind::kDense);
  EXPECT_EQ(v.totals[1].all.count, 4U);
}

TEST_F(Compared, TheWorstAreThoseFurthestOffByRatio) {
  const Validation v = compare("m.csv", {off_by(2.0), off_by(0.2), off_by(1.0), off_by(4.0)},
                               testing::builtin_catalog());
  EXPECT_EQ(v.worst, (std::vector<std::size_t>{1, 3, 0, 2}));
}

TEST_F(Compared, CountsNamesAndReasons) {
  MeasuredRow model = exact_;
  model.model = "none-1b";
  MeasuredRow both = model;
  both.gpu = "none-gpu";
  MeasuredRow precision = exact_;
  precision.dtype = "fp3";
  MeasuredRow engine = exact_;
  engine.engine = "lmdeploy";
  const Validation v =
      compare("m.csv", {model, model, both, precision, engine}, testing::builtin_catalog());
  ASSERT_EQ(v.unresolved.size(), 4U);
  EXPECT_EQ(v.unresolved[0].what, "model");
  EXPECT_EQ(v.unresolved[0].name, "none-1b");
  EXPECT_EQ(v.unresolved[0].rows, 3U);
  ASSERT_EQ(v.reasons.size(), 3U);
  EXPECT_EQ(v.reasons[0].name, "unknown model");
  EXPECT_EQ(v.reasons[0].rows, 2U);
  EXPECT_EQ(v.rows[2].reason, "unknown model and GPU");
  EXPECT_EQ(v.rows[3].reason, "unknown precision");
  // Rows of engines without coefficients are compared with another's all the same, and say so.
  EXPECT_TRUE(v.rows[4].predicted);
  EXPECT_THAT(v.rows[4].setting.assumption, HasSubstr("the engine is as vllm"));
}

TEST_F(Compared, APrecisionThatTheCatalogDoesNotListIsTaken) {
  MeasuredRow row = exact_;
  row.model = "gpt-oss-120b";
  row.gpu = "h200-sxm";
  row.dtype = "fp8";
  const Validation v = compare("m.csv", {row}, testing::builtin_catalog());
  EXPECT_TRUE(v.rows[0].predicted) << v.rows[0].reason;
  EXPECT_THAT(v.rows[0].setting.assumption, HasSubstr("does not list"));
}

TEST_F(Compared, AModelThatComesInSmallWeightsHasTheCacheOfARowThatSaysSo) {
  MeasuredRow stated = exact_;
  stated.model = "deepseek-r1";
  stated.gpu = "h200-sxm";
  stated.tensor_parallel = 8.0;
  stated.dtype = "fp8";
  MeasuredRow guessed = stated;
  guessed.dtype = "fp8?";
  MeasuredRow native = stated;
  native.dtype = "";
  const Validation v = compare("m.csv", {stated, guessed, native}, testing::builtin_catalog());
  for (const Comparison& c : v.rows) {
    ASSERT_TRUE(c.predicted) << c.reason;
    EXPECT_EQ(*c.predicted, *v.rows[0].predicted) << c.row.dtype;
    EXPECT_EQ(c.setting.cache, CacheFormat::k8Bit) << c.row.dtype;
    EXPECT_THAT(c.setting.assumption, HasSubstr("the cache is in 8 bit")) << c.row.dtype;
  }
}

TEST_F(Compared, WeightsIn8BitMayBeReadTwiceAsFast) {
  MeasuredRow batch = exact_;
  batch.metric = Metric::kE2e;
  batch.note = "offline batch";
  // Between 100 x 7.0e9 bytes / 3.35 TB/s and the same of 16-bit weights, both times 0.8.
  batch.value = 0.25;
  MeasuredRow small = batch;
  small.dtype = "fp8";
  MeasuredRow impossible = small;
  impossible.value = 0.1;
  const Validation v = compare("m.csv", {batch, small, impossible}, testing::builtin_catalog());
  EXPECT_THAT(v.rows[0].setting.doubt, HasSubstr("faster than its weights"));
  EXPECT_EQ(v.rows[1].setting.doubt, "");
  EXPECT_THAT(v.rows[2].setting.doubt, HasSubstr("faster than its weights"));
}

TEST_F(Compared, TtftAndTpotOfTwoFilesAreNoPair) {
  MeasuredRow first = exact_;
  first.metric = Metric::kTtft;
  first.file = "b.csv";
  first.line = 7;
  MeasuredRow later = exact_;
  later.file = "a.csv";
  later.line = 2;
  EXPECT_EQ(compare("a", {first, later}, testing::builtin_catalog()).rows.size(), 2U);
  MeasuredRow second = first;
  second.file = "a.csv";
  second.line = 3;
  MeasuredRow third = later;
  third.file = "b.csv";
  const Validation v = compare("a", {first, later, second, third}, testing::builtin_catalog());
  ASSERT_EQ(v.rows.size(), 6U);
  EXPECT_EQ(v.rows[4].row.file, "b.csv") << "in the order of the files, whatever the lines";
  EXPECT_EQ(v.rows[4].row.line, 7U);
  EXPECT_EQ(v.rows[5].row.file, "a.csv");
}

TEST_F(Compared, CopiesOfTheAttentionNeedTheirNumber) {
  MeasuredRow row = exact_;
  row.tensor_parallel = std::nullopt;
  row.note = "dpattn=True";
  const Validation v = compare("m.csv", {row}, testing::builtin_catalog());
  EXPECT_FALSE(v.rows[0].predicted);
  EXPECT_EQ(v.rows[0].reason, "the tensor-parallel degree is not stated");
}

TEST_F(Compared, CsvHasEveryRow) {
  MeasuredRow unknown = exact_;
  unknown.model = "none, \"really\"";
  const std::string csv =
      to_csv(compare("m.csv", {off_by(2.0), unknown}, testing::builtin_catalog()));
  const std::vector<std::string> lines = split(csv, '\n');
  ASSERT_EQ(lines.size(), 4U);  // and what follows the last line end
  EXPECT_THAT(lines[0], HasSubstr("measured,predicted,error,derived,suspect,doubt,reason"));
  EXPECT_THAT(lines[1],
              HasSubstr(",vllm-0.12.0,vllm,llama-3.1-8b,h100-sxm,bf16,1,1,1,8,1000,100,tpot,s,"));
  EXPECT_THAT(lines[2], HasSubstr("\"none, \"\"really\"\"\""));
  EXPECT_THAT(lines[2], HasSubstr(",,false,false,,unknown model,"));
}

}  // namespace
}  // namespace berth
