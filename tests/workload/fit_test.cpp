#include "berth/workload/fit.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/workload/assign.h"
#include "berth/workload/generate.h"
#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using test::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::SizeIs;

QueryClass query(std::string name, double rate, double variability, LengthDistribution prompt,
                 LengthDistribution output) {
  QueryClass q;
  q.name = std::move(name);
  q.rate = rate;
  q.arrival_variability = variability;
  q.prompt_tokens = std::move(prompt);
  q.output_tokens = std::move(output);
  return q;
}

Workload known() {
  Workload workload;
  workload.classes = {
      query("chat", 20, 1.0, LengthDistribution::from_moments(900, 500),
            LengthDistribution::from_moments(200, 120)),
      query("code", 30, 4.0, LengthDistribution::from_moments(3000, 1000),
            LengthDistribution::constant(30)),
  };
  return workload;
}

class FitTest : public ::testing::Test {
 protected:
  std::filesystem::path generated(const Workload& workload, double duration_s,
                                  std::uint64_t seed) const {
    const auto path = directory_.path() / "generated.csv";
    const Status status = generate_trace(workload, {duration_s, seed}, path);
    EXPECT_TRUE(status.ok());
    return path;
  }
  static Fit fit(const std::vector<TraceSource>& sources, const FitOptions& options = {}) {
    Result<Fit> result = fit_traces(sources, options);
    EXPECT_TRUE(result.ok()) << (result ? "" : describe(result.errors()));
    return result ? *result : Fit{};
  }
  TemporaryDirectory directory_;
};

TEST_F(FitTest, GivesBackWhatGenerateDrew) {
  const Workload workload = known();
  const double duration = 4000;
  const Fit found = fit({{"t", generated(workload, duration, 42)}});
  ASSERT_THAT(found.workload.classes, SizeIs(2));
  for (const QueryClass& truth : workload.classes) {
    SCOPED_TRACE(truth.name);
    const QueryClass* q = nullptr;
    for (const QueryClass& c : found.workload.classes) {
      if (c.name == truth.name) q = &c;
    }
    ASSERT_NE(q, nullptr);
    // Four standard errors: counts vary by ca^2 n, means by sigma / sqrt(n).
    const double n = truth.rate * duration;
    EXPECT_NEAR(q->rate, truth.rate, 4 * truth.rate * std::sqrt(truth.arrival_variability / n));
    EXPECT_NEAR(q->prompt_tokens.mean(), truth.prompt_tokens.mean(),
                1.0 + 4 * truth.prompt_tokens.standard_deviation() / std::sqrt(n));
    EXPECT_NEAR(q->prompt_tokens.standard_deviation(), truth.prompt_tokens.standard_deviation(),
                0.03 * truth.prompt_tokens.standard_deviation());
    EXPECT_NEAR(q->output_tokens.mean(), truth.output_tokens.mean(),
                1.0 + 4 * truth.output_tokens.standard_deviation() / std::sqrt(n));
    EXPECT_NEAR(q->arrival_variability, truth.arrival_variability,
                0.15 * truth.arrival_variability);
    for (const double p : {0.1, 0.5, 0.9, 0.99}) {
      EXPECT_NEAR(q->prompt_tokens.quantile(p), truth.prompt_tokens.quantile(p),
                  0.05 * truth.prompt_tokens.quantile(p));
    }
    ASSERT_TRUE(q->rule);
    EXPECT_EQ(q->rule->label, truth.name);
    EXPECT_EQ(q->rule->source, "t");
  }
  EXPECT_NEAR(found.workload.duration_s, duration, 1.0);
}

TEST_F(FitTest, HistogramsStayCloseToTheRequests) {
  const auto path = generated(known(), 300, 1);
  const test::WholeTrace trace = test::read_whole(path);
  const Fit found = fit({{"t", path}}, {.classes = 1, .trace = {}});
  ASSERT_THAT(found.workload.classes, SizeIs(1));
  const LengthDistribution& lengths = found.workload.classes[0].prompt_tokens;
  EXPECT_LE(lengths.bins().size(), 40U);
  std::vector<std::uint32_t> sorted = trace.rows.prompt;
  std::sort(sorted.begin(), sorted.end());
  double sum = 0.0;
  double square = 0.0;
  for (const std::uint32_t tokens : sorted) {
    sum += tokens;
    square += static_cast<double>(tokens) * tokens;
  }
  const auto n = static_cast<double>(sorted.size());
  EXPECT_DOUBLE_EQ(lengths.mean(), sum / n);
  EXPECT_NEAR(lengths.standard_deviation(), std::sqrt(square / n - sum / n * sum / n), 1e-6);
  EXPECT_EQ(lengths.max(), sorted.back());
  for (int i = 1; i < 100; ++i) {
    const double exact = sorted[static_cast<std::size_t>(i / 100.0 * n)];
    EXPECT_NEAR(lengths.quantile(i / 100.0), exact, 0.03 * exact + 1) << i;
  }
}

TEST_F(FitTest, MoreClassesLessSpreadAndRulesFindEveryRequestAgain) {
  const auto path = generated(known(), 200, 9);
  const test::WholeTrace trace = test::read_whole(path);
  double before = 1.0 + 1e-9;
  for (const int classes : {1, 2, 4, 7, 16}) {
    const Fit found = fit({{"t", path}}, {.classes = classes, .trace = {}});
    ASSERT_THAT(found.workload.classes, SizeIs(classes));
    EXPECT_LE(found.spread, before);
    before = found.spread + 1e-3;  // the split looks at bins, the figure at single requests
    const ClassAssigner assigner(found.workload, "t", "");
    std::vector<double> counts(found.workload.classes.size(), 0.0);
    std::vector<double> prompts(counts.size(), 0.0);
    for (std::size_t i = 0; i < trace.rows.size(); ++i) {
      const auto index = assigner.find(trace.rows.prompt[i], trace.rows.output[i]);
      ASSERT_TRUE(index);
      counts[*index] += 1.0;
      prompts[*index] += trace.rows.prompt[i];
    }
    const auto n = static_cast<double>(trace.rows.size());
    for (std::size_t c = 0; c < counts.size(); ++c) {
      const QueryClass& q = found.workload.classes[c];
      EXPECT_NEAR(q.rate, counts[c] / n * (n - 1) / trace.rows.time_s.back(), 1e-9 * q.rate);
      EXPECT_NEAR(q.prompt_tokens.mean(), prompts[c] / counts[c], 1e-6);
    }
  }
  EXPECT_LT(before, 0.1);
}

TEST_F(FitTest, TheDemandSeriesAddsUp) {
  const auto path = generated(known(), 2150, 5);
  const Fit found = fit({{"t", path}}, {.classes = {}, .trace = {}, .window_s = 300});
  EXPECT_EQ(found.series.window_s, 300);
  EXPECT_EQ(found.series.classes.size(), 2U);
  // The last window is covered for 50 s only: not a measurement.
  EXPECT_EQ(found.series.rows.size(), 2U * 7U);
  double requests = 0.0;
  for (const DemandRow& row : found.series.rows) requests += row.rate * 300;
  const test::WholeTrace trace = test::read_whole(path);
  const auto inside = std::count_if(trace.rows.time_s.begin(), trace.rows.time_s.end(),
                                    [](double t) { return t < 2100; });
  EXPECT_NEAR(requests, static_cast<double>(inside), 1e-6);
  const Result<Workload> mean = workload_of(found.series);
  ASSERT_TRUE(mean.ok());
  for (const QueryClass& q : found.workload.classes) {
    for (const QueryClass& m : mean->classes) {
      if (m.name != q.name) continue;
      EXPECT_NEAR(m.rate, q.rate, 0.05 * q.rate);
    }
  }
  const Result<DemandSeries> back = parse_demand_series("s.csv", to_csv(found.series));
  ASSERT_TRUE(back.ok()) << describe(back.errors());
  EXPECT_EQ(back->rows.size(), found.series.rows.size());
}

TEST_F(FitTest, EmptyWindowsAreZeroDemandAndShortTracesStillHaveAWindow) {
  std::string csv = "timestamp,prompt,output\n";
  for (int i = 0; i < 50; ++i) csv += std::to_string(i) + ",10,1\n";
  const auto brief = directory_.write("short.csv", csv);
  EXPECT_THAT(fit({{"s", brief}}).series.rows, SizeIs(1));
  for (int i = 0; i < 50; ++i) csv += std::to_string(2000 + i * 10) + ",10,1\n";
  const auto path = directory_.write("gap.csv", csv);
  const Fit found = fit({{"s", path}});
  ASSERT_THAT(found.series.rows, SizeIs(4));
  EXPECT_EQ(found.series.rows[1].rate, 0);
  EXPECT_EQ(found.series.rows[2].rate, 0);
}

TEST_F(FitTest, FilesOfOneDayShareAClock) {
  const auto minutes = [&](const char* name, const char* day, int from) {
    std::string csv = "timestamp,prompt,output\n";
    for (int m = from; m < 60; ++m) {
      csv += std::string(day) + " 10:" + (m < 10 ? "0" : "") + std::to_string(m) + ":00,10,1\n";
    }
    return directory_.write(name, csv);
  };
  const auto early = minutes("early.csv", "2024-01-01", 0);
  const auto late = minutes("late.csv", "2024-01-01", 30);
  const auto other = minutes("other.csv", "2024-03-01", 30);
  const auto first_start = [](const Fit& found, std::size_t index) {
    for (const DemandRow& row : found.series.rows) {
      if (row.class_index == index) return row.start_s;
    }
    return -1.0;
  };
  EXPECT_EQ(first_start(fit({{"a", early}, {"b", late}}), 1), 1800);
  EXPECT_EQ(first_start(fit({{"a", early}, {"b", other}}), 1), 0);
  EXPECT_EQ(fit({{"a", early}, {"b", late}}).workload.date, "2024-01-01");
}

TEST_F(FitTest, PrefixReuseAndLabelsOfSeveralFiles) {
  const auto mooncake = directory_.write(
      "m",
      "{\"timestamp\": 0, \"input_length\": 1024, \"output_length\": 5, \"hash_ids\": [0, 1]}\n"
      "{\"timestamp\": 1000, \"input_length\": 1024, \"output_length\": 6, \"hash_ids\": [0, "
      "2]}\n");
  const auto labelled =
      directory_.write("l", "timestamp,class,prompt,output\n0,x,5,1\n1,y,5,1\n2,x,5,1\n");
  const Fit found = fit({{"m", mooncake}, {"l", labelled}});
  ASSERT_THAT(found.workload.classes, SizeIs(3));
  EXPECT_EQ(found.workload.classes[0].name, "m");
  EXPECT_DOUBLE_EQ(found.workload.classes[0].prefix_reuse, 512.0 / 2048.0);
  EXPECT_DOUBLE_EQ(found.workload.classes[0].rate, 1.0);
  EXPECT_EQ(found.workload.classes[1].name, "l/x");
  EXPECT_EQ(found.workload.classes[2].name, "l/y");
  EXPECT_DOUBLE_EQ(found.workload.classes[1].rate, 2.0 / 3.0);
}

TEST_F(FitTest, Errors) {
  const auto good = directory_.write("good.csv", "timestamp,prompt,output\n0,5,1\n1,6,1\n");
  const auto still = directory_.write("still.csv", "timestamp,prompt,output\n7,5,1\n7,6,1\n");
  const auto bad = directory_.write("bad.csv", "timestamp,prompt,output\n0,x,1\n1,6,y\n");
  const auto errors = [](const std::vector<TraceSource>& sources, const FitOptions& options = {}) {
    const Result<Fit> result = fit_traces(sources, options);
    return result ? std::string() : describe(result.errors());
  };
  EXPECT_THAT(errors({}), HasSubstr("no trace is given"));
  EXPECT_THAT(errors({{"a", good}, {"a", still}}), HasSubstr("two traces are named 'a'"));
  EXPECT_THAT(errors({{"a", still}}), HasSubstr("the same timestamp"));
  EXPECT_THAT(errors({{"a", good}, {"b", good}}, {.classes = 1, .trace = {}}),
              HasSubstr("1 classes for 2 traces"));
  EXPECT_THAT(errors({{"a", good}}, {.classes = 3, .trace = {}}),
              HasSubstr("too little for 3 classes"));
  const std::string both = errors({{"a", bad}, {"b", directory_.path() / "none.csv"}});
  EXPECT_THAT(both, HasSubstr("bad.csv:2"));
  EXPECT_THAT(both, HasSubstr("bad.csv:3"));
  EXPECT_THAT(both, HasSubstr("no such file"));
  const auto mixed =
      directory_.write("mixed.csv", "timestamp,prompt,output\n0,5,1\n9000000000,6,1\n");
  EXPECT_THAT(errors({{"a", mixed}}), HasSubstr("windows of 600 s"));
}

TEST_F(FitTest, Options) {
  EXPECT_TRUE(fit_options({}, 4).ok());
  const std::vector<std::string> map = {"promt=x"};
  const Result<FitOptions> bad = fit_options(map, 0);
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.errors(), SizeIs(2));
  EXPECT_EQ(parse_trace_source("code=a/b.csv").name, "code");
  EXPECT_EQ(parse_trace_source("a/b.c.csv.gz").name, "b.c");
  EXPECT_EQ(parse_trace_source("a/b.csv").path, "a/b.csv");
  const auto odd = directory_.write("x=y.csv", "");
  EXPECT_EQ(parse_trace_source(odd.string()).path, odd);
  EXPECT_EQ(parse_trace_source(odd.string()).name, "x=y");
}

}  // namespace
}  // namespace berth
