#include "berth/workload/demand_series.h"

#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kHeader =
    "start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std,cv2\n";

TEST(DemandSeries, ReadsRowsInAnyOrder) {
  const Result<DemandSeries> series = parse_demand_series(
      "d.csv",
      "class,start_s,rate_per_s,prompt_mean,prompt_std,output_mean,output_std\r\n"
      "b,600,2,10,1,20,2\r\na,0,1,10,1,20,2\r\n\r\nb,0,4,10,1,20,2");
  ASSERT_TRUE(series.ok()) << describe(series.errors());
  EXPECT_THAT(series->classes, ElementsAre("b", "a"));
  EXPECT_EQ(series->window_s, 600);
  ASSERT_THAT(series->rows, SizeIs(3));
  EXPECT_EQ(series->rows[0].rate, 4);
  EXPECT_EQ(series->rows[1].class_index, 1U);
  EXPECT_EQ(series->rows[2].start_s, 600);
  EXPECT_FALSE(series->rows[0].cv2);
}

TEST(DemandSeries, WritesWhatItReads) {
  const std::string csv =
      kHeader + "0,\"a,b\",1.5,10,1,20,2,1.25\n0,c,2,10.1,1,20,2,\n600,c,0,0,0,0,0,3\n";
  const Result<DemandSeries> series = parse_demand_series("d.csv", csv);
  ASSERT_TRUE(series.ok()) << describe(series.errors());
  EXPECT_EQ(to_csv(*series), csv);
}

TEST(DemandSeries, AllErrorsAtOnce) {
  const Result<DemandSeries> series = parse_demand_series(
      "d.csv", kHeader +
                   "0,a,-1,10,1,20,2,1\n0,b,1,nan,1,20,2,x\n0,c,1,10,1,20,2\n"
                   "0,d,1,10,1,20,2,1\n0,d,1,10,1,20,2,1\n0,,1,10,1,20,2,1\n0,e,1,1e12,1,20,2,1\n");
  ASSERT_FALSE(series.ok());
  ASSERT_THAT(series.errors(), SizeIs(7)) << describe(series.errors());
  const std::string all = describe(series.errors());
  for (const char* part : {"out_of_range|d.csv:2: rate_per_s: -1 is negative",
                           "wrong_type|d.csv:3: prompt_mean: 'nan'", "wrong_type|d.csv:3: cv2: 'x'",
                           "syntax|d.csv:4: expected 8 fields, found 7",
                           "duplicate|d.csv:6: class 'd' at 0 s appears again; first in line 5",
                           "missing|d.csv:7: the class name is empty",
                           "out_of_range|d.csv:8: prompt_mean: 1e12 is absurdly large"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST(DemandSeries, HeaderErrors) {
  const auto errors = [](std::string_view csv) {
    const Result<DemandSeries> series = parse_demand_series("d.csv", csv);
    return series ? std::string() : describe(series.errors());
  };
  const std::string typo = errors(
      "start_s,class,rate_per_sec,prompt_mean,prompt_std,output_mean,output_std\n0,a,1,1,1,1,1\n");
  EXPECT_THAT(typo, HasSubstr("unknown column 'rate_per_sec'"));
  EXPECT_THAT(typo, HasSubstr("did you mean 'rate_per_s'?"));
  EXPECT_THAT(typo, HasSubstr("column 'rate_per_s' is missing"));
  EXPECT_THAT(
      errors("start_s,start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std\n"),
      HasSubstr("'start_s' appears twice"));
  EXPECT_THAT(errors(""), HasSubstr("is empty"));
  EXPECT_THAT(errors(kHeader), HasSubstr("a header but no rows"));
  EXPECT_THAT(errors(kHeader + "0,\xFF,1,1,1,1,1,1\n"), HasSubstr("d.csv:2: not valid UTF-8"));
}

TEST(DemandSeries, IsToldByItsHeader) {
  EXPECT_TRUE(looks_like_demand_series(kHeader));
  EXPECT_TRUE(looks_like_demand_series("\n" + kHeader));
  EXPECT_TRUE(looks_like_demand_series("\xEF\xBB\xBF" + kHeader));
  EXPECT_FALSE(looks_like_demand_series("timestamp,prompt,output\n"));
  EXPECT_FALSE(looks_like_demand_series("format: berth.workload/1\n"));
  EXPECT_FALSE(looks_like_demand_series(""));
}

TEST(WorkloadOf, MissingRowsAreNotZero) {
  const Result<DemandSeries> series = parse_demand_series(
      "d.csv",
      kHeader + "0,a,2,100,0,10,0,1\n600,a,6,300,0,10,0,3\n0,b,4,50,5,5,1,\n1200,c,0,0,0,0,0,1\n");
  ASSERT_TRUE(series.ok());
  const Result<Workload> workload = workload_of(*series);
  ASSERT_TRUE(workload.ok());
  ASSERT_THAT(workload->classes, SizeIs(2));  // c has no demand
  const QueryClass& a = workload->classes[0];
  EXPECT_DOUBLE_EQ(a.rate, 4);
  EXPECT_DOUBLE_EQ(a.prompt_tokens.mean(), (2 * 100 + 6 * 300) / 8.0);
  // All the spread is between the windows: 100 with weight 1/4, 300 with 3/4.
  EXPECT_NEAR(a.prompt_tokens.standard_deviation(), std::sqrt(0.25 * 150 * 150 + 0.75 * 50 * 50),
              1e-9);
  EXPECT_EQ(a.output_tokens.standard_deviation(), 0);
  EXPECT_DOUBLE_EQ(a.arrival_variability, (2 * 1 + 6 * 3) / 8.0);
  EXPECT_DOUBLE_EQ(workload->classes[1].rate, 4);
  EXPECT_DOUBLE_EQ(workload->classes[1].prompt_tokens.standard_deviation(), 5);
  EXPECT_EQ(workload->classes[1].arrival_variability, 1);
  EXPECT_EQ(workload->duration_s, 1800);
}

TEST(WorkloadOf, AtATime) {
  const Result<DemandSeries> series = parse_demand_series(
      "d.csv",
      kHeader +
          "0,a,2,100,9,10,1,1\n600,a,6,300,9,10,1,3\n0,b,4,50,5,5,1,1\n1200,a,9,50,5,5,1,1\n");
  ASSERT_TRUE(series.ok());
  const Result<Workload> second = workload_of(*series, 1199.0);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->classes[0].rate, 6);
  EXPECT_EQ(second->classes[1].rate, 4);  // not measured then: its nearest window
  EXPECT_EQ(workload_of(*series, 0.0)->classes[0].rate, 2);
  EXPECT_EQ(workload_of(*series, 1799.0)->classes[0].rate, 9);
  for (const double bad : {-1.0, 1800.0, std::nan("")}) {
    const Result<Workload> outside = workload_of(*series, bad);
    ASSERT_FALSE(outside.ok()) << bad;
    EXPECT_EQ(outside.errors()[0].code, ErrorCode::kOutOfRange);
    EXPECT_THAT(outside.errors()[0].suggestion, HasSubstr("it covers 0 s to 1800 s"));
  }
}

TEST(WorkloadOf, NoDemandAtAll) {
  const Result<DemandSeries> series = parse_demand_series("d.csv", kHeader + "0,a,0,0,0,0,0,1\n");
  const Result<Workload> workload = workload_of(*series);
  ASSERT_FALSE(workload.ok());
  EXPECT_EQ(workload.errors()[0].code, ErrorCode::kMissing);
}

TEST(DemandSeries, SharedFile) {
  const auto path = std::filesystem::path(BERTH_SHARED_DIR) / "data/servegen/demand.csv";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the shared data folder is not there";
  const Result<DemandSeries> series = read_demand_series(path);
  ASSERT_TRUE(series.ok()) << describe(series.errors());
  EXPECT_EQ(series->window_s, 600);
  EXPECT_EQ(series->classes.front(), "m-small/p0-512");
  EXPECT_GT(series->rows.size(), 10000U);
  const Result<Workload> workload = workload_of(*series);
  ASSERT_TRUE(workload.ok());
  EXPECT_EQ(workload->classes.size(), series->classes.size());
}

}  // namespace
}  // namespace berth
