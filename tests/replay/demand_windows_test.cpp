#include "berth/replay/demand_windows.h"

#include <cmath>

#include <gtest/gtest.h>

#include "berth/replay/forecast.h"

namespace berth {
namespace {

DemandSeries series_of(const std::string& rows) {
  return parse_demand_series(
             "series.csv",
             "start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std,cv2\n" + rows)
      .value();
}

TEST(DemandWindows, WindowsOfTheSeriesAndLongerOnes) {
  const DemandSeries series = series_of(
      "0,a,1,100,0,10,0,1\n600,a,3,200,0,30,0,3\n1200,a,2,50,0,5,0,1\n1800,a,2,50,0,5,0,1\n");
  const DemandWindows own = DemandWindows::make(series, 0.0).value();
  EXPECT_EQ(own.count(), 4U);
  EXPECT_EQ(own.window_s(), 600.0);
  EXPECT_EQ(own.at(1, 0).rate, 3.0);
  const DemandWindows twice = DemandWindows::make(series, 1200.0).value();
  EXPECT_EQ(twice.count(), 2U);
  EXPECT_EQ(twice.at(0, 0).rate, 2.0);
  // Three of four requests had 200 tokens.
  EXPECT_NEAR(twice.at(0, 0).prompt_mean, 175.0, 1e-9);
  EXPECT_NEAR(twice.at(0, 0).prompt_std, std::sqrt(0.25 * 75 * 75 + 0.75 * 25 * 25), 1e-9);
  EXPECT_NEAR(twice.at(0, 0).cv2, 2.5, 1e-9);
  EXPECT_EQ(twice.at(1, 0).prompt_std, 0.0);
}

TEST(DemandWindows, WhatWasNotMeasuredIsAsBefore) {
  const DemandSeries series = series_of(
      "0,a,1,100,0,10,0,1\n600,a,2,100,0,10,0,1\n600,b,5,50,0,5,0,1\n1200,b,6,50,0,5,0,1\n"
      "1800,a,4,100,0,10,0,1\n");
  const DemandWindows windows = DemandWindows::make(series, 0.0).value();
  EXPECT_EQ(windows.missing(), 3U);
  EXPECT_EQ(windows.at(2, 0).rate, 2.0);
  EXPECT_FALSE(windows.at(2, 0).measured);
  EXPECT_EQ(windows.at(0, 1).rate, 5.0) << "at the begin: the first measured one";
  EXPECT_EQ(windows.at(3, 1).rate, 6.0);
}

TEST(DemandWindows, AWindowThatIsNoMultipleIsAnError) {
  const DemandSeries series = series_of("0,a,1,100,0,10,0,1\n600,a,3,200,0,30,0,3\n");
  for (const double window : {300.0, 900.0, 601.0}) {
    const Result<DemandWindows> windows = DemandWindows::make(series, window);
    ASSERT_FALSE(windows.ok()) << window;
    EXPECT_EQ(windows.errors().front().where, "--window");
  }
  EXPECT_EQ(DemandWindows::make(series, 900.0).errors().front().suggestion, "--window 1200s");
}

/// Two days of ten-minute windows, twice as much at noon.
DemandWindows two_days(double second_day) {
  std::string rows;
  for (int w = 0; w < 288; ++w) {
    const double day = w < 144 ? 1.0 : second_day;
    rows += std::to_string(w * 600) + ",a," +
            std::to_string(day * (3.0 - std::cos(2.0 * M_PI * w / 144.0))) + ",100,0,10,0,1\n";
  }
  return DemandWindows::make(series_of(rows), 0.0).value();
}

TEST(Forecast, EachKindOnADayLikeTheOneBefore) {
  const DemandWindows windows = two_days(1.0);
  for (const std::size_t w : {150U, 200U, 250U}) {
    const double truth = windows.at(w, 0).rate;
    EXPECT_EQ(forecast(windows, ForecastKind::kKnown, w, 0).rate, truth);
    EXPECT_EQ(forecast(windows, ForecastKind::kLast, w, 0).rate, windows.at(w - 1, 0).rate);
    EXPECT_NEAR(forecast(windows, ForecastKind::kSeasonal, w, 0).rate, truth, 1e-4);
    double mean = 0.0;
    for (std::size_t k = w - 6; k < w; ++k) mean += windows.at(k, 0).rate / 6.0;
    EXPECT_NEAR(forecast(windows, ForecastKind::kAverage, w, 0).rate, mean, 1e-12);
  }
}

TEST(Forecast, ABusierDayIsSeenFromItsFirstHours) {
  const DemandWindows windows = two_days(1.4);
  EXPECT_NEAR(forecast(windows, ForecastKind::kSeasonal, 200, 0).rate, windows.at(200, 0).rate,
              1e-4);
  EXPECT_EQ(forecast(windows, ForecastKind::kSeasonal, 100, 0).rate, windows.at(99, 0).rate)
      << "before a day has passed: as the last";
  EXPECT_EQ(forecast(windows, ForecastKind::kAverage, 0, 0).rate, windows.at(0, 0).rate);
}

}  // namespace
}  // namespace berth
