#include "berth/workload/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using test::read_whole;
using test::TemporaryDirectory;
using test::WholeTrace;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

QueryClass query(std::string name, double rate, double variability) {
  QueryClass q;
  q.name = std::move(name);
  q.rate = rate;
  q.arrival_variability = variability;
  q.prompt_tokens = LengthDistribution::from_moments(800, 300);
  q.output_tokens = LengthDistribution::from_bins({{5, 5, 1}, {9, 20, 3}});
  return q;
}

Workload sample() {
  Workload workload;
  workload.classes = {query("a", 3, 1), query("b, \"quoted\"", 5, 4), query("c", 2, 0)};
  return workload;
}

std::string csv_of(const Workload& workload, const GenerateOptions& options) {
  std::string text;
  const Status status = generate_trace(workload, options, [&](std::string_view piece) -> Status {
    text += piece;
    return Ok{};
  });
  EXPECT_TRUE(status.ok());
  return text;
}

TEST(Generate, SameSeedSameTrace) {
  const Workload workload = sample();
  EXPECT_EQ(csv_of(workload, {600, 7}), csv_of(workload, {600, 7}));
  EXPECT_NE(csv_of(workload, {600, 7}), csv_of(workload, {600, 8}));
}

TEST(Generate, GapsHaveTheirMomentsAndTheFirstFitsARunningProcess) {
  for (const ArrivalProcess process :
       {ArrivalProcess::kGamma, ArrivalProcess::kWeibull, ArrivalProcess::kPoisson}) {
    for (const double variability : {0.3, 1.0, 4.0}) {
      const GapDistribution gaps(process, variability);
      Random random(9);
      constexpr int kDraws = 400'000;
      double sum = 0.0;
      double squares = 0.0;
      double first = 0.0;
      for (int k = 0; k < kDraws; ++k) {
        const double gap = gaps.draw(random);
        sum += gap;
        squares += gap * gap;
        first += gaps.draw_first(random);
      }
      const double mean = sum / kDraws;
      const double expected = process == ArrivalProcess::kPoisson ? 1.0 : variability;
      EXPECT_NEAR(mean, 1.0, 0.015) << expected;
      EXPECT_NEAR(squares / kDraws / (mean * mean) - 1.0, expected, 0.05 * expected);
      // E[T^2] / (2 E[T]): half the mean of the gap that is met.
      EXPECT_NEAR(first / kDraws, 0.5 * (1.0 + expected), 0.025 * (1.0 + expected));
    }
  }
}

TEST(Generate, TheFirstRequestsOfASeedNeverChange) {
  Workload workload;
  workload.classes = {query("a", 1, 1), query("b", 1, 4)};
  TraceGenerator generator(workload, {100, 1});
  GeneratedRequest request;
  ASSERT_TRUE(generator.next(request));
  const std::string text = csv_of(workload, {5, 1});
  EXPECT_TRUE(text.starts_with("timestamp,class,prompt,output\n")) << text;
  // A change here breaks every published seed.
  EXPECT_EQ(text.substr(0, text.find('\n', 40)),
            "timestamp,class,prompt,output\n0.722294,a,706,16");
}

TEST(Generate, ALongerTraceBeginsLikeAShorterOne) {
  const Workload workload = sample();
  const std::string minute = csv_of(workload, {60, 3});
  EXPECT_TRUE(csv_of(workload, {120, 3}).starts_with(minute));
}

TEST(Generate, ClassesDrawIndependently) {
  Workload all = sample();
  Workload first;
  first.classes = {all.classes[0]};
  TraceGenerator together(all, {300, 5});
  TraceGenerator alone(first, {300, 5});
  GeneratedRequest a;
  GeneratedRequest b;
  int compared = 0;
  while (together.next(a)) {
    if (a.class_index != 0) continue;
    ASSERT_TRUE(alone.next(b));
    ASSERT_EQ(a.time_s, b.time_s);
    ASSERT_EQ(a.prompt, b.prompt);
    ASSERT_EQ(a.output, b.output);
    ++compared;
  }
  EXPECT_FALSE(alone.next(b));
  EXPECT_GT(compared, 500);
}

TEST(Generate, InTimeOrderWithinTheDurationAndTheBins) {
  const Workload workload = sample();
  TraceGenerator generator(workload, {1000, 2});
  GeneratedRequest request;
  double last = 0.0;
  int count = 0;
  while (generator.next(request)) {
    ASSERT_GE(request.time_s, last);
    ASSERT_LT(request.time_s, 1000);
    ASSERT_TRUE(request.output == 5 || (request.output >= 9 && request.output <= 20))
        << request.output;
    last = request.time_s;
    ++count;
  }
  EXPECT_NEAR(count, 10000, 600);
}

TEST(Generate, AConstantLengthIsDrawnExactly) {
  Workload workload;
  workload.classes = {query("a", 10, 1)};
  workload.classes[0].prompt_tokens = LengthDistribution::constant(128);
  workload.classes[0].output_tokens = LengthDistribution::constant(0);
  TraceGenerator generator(workload, {10, 2});
  GeneratedRequest request;
  while (generator.next(request)) {
    ASSERT_EQ(request.prompt, 128U);
    ASSERT_EQ(request.output, 0U);
  }
}

TEST(Generate, TheReaderReadsItBack) {
  const TemporaryDirectory directory;
  const Workload workload = sample();
  const auto path = directory.path() / "new" / "trace.csv";
  const Status status = generate_trace(workload, {600, 7}, path);
  ASSERT_TRUE(status.ok()) << describe(status.errors());
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
  const WholeTrace trace = read_whole(path);
  ASSERT_TRUE(trace.errors.empty()) << describe(trace.errors);
  EXPECT_EQ(trace.format, "generic-csv");
  EXPECT_THAT(trace.labels, ::testing::UnorderedElementsAre("a", "b, \"quoted\"", "c"));
  TraceGenerator generator(workload, {600, 7});
  GeneratedRequest request;
  for (std::size_t i = 0; i < trace.rows.size(); ++i) {
    ASSERT_TRUE(generator.next(request));
    ASSERT_EQ(trace.rows.prompt[i], request.prompt);
    ASSERT_EQ(trace.rows.output[i], request.output);
    ASSERT_EQ(trace.labels[trace.rows.label[i]], workload.classes[request.class_index].name);
    ASSERT_NEAR(trace.rows.time_s[i] + static_cast<double>(trace.origin_ns) * 1e-9, request.time_s,
                1e-6);
  }
  EXPECT_FALSE(generator.next(request));
}

TEST(Generate, Errors) {
  const auto sink = [](std::string_view) -> Status { return Ok{}; };
  const Status nothing = generate_trace(Workload{}, {-1, 1}, sink);
  ASSERT_FALSE(nothing.ok());
  EXPECT_THAT(nothing.errors(), SizeIs(2));
  const Status full = generate_trace(sample(), {100, 1}, [](std::string_view) -> Status {
    return Error{ErrorCode::kUnwritable, "disk full", "", {}};
  });
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.errors()[0].message, "disk full");
  const TemporaryDirectory directory;
  const auto file = directory.write("file", "x");
  const Status below = generate_trace(sample(), {100, 1}, file / "trace.csv");
  ASSERT_FALSE(below.ok());
  EXPECT_EQ(below.errors()[0].code, ErrorCode::kUnwritable);
}

}  // namespace
}  // namespace berth
