// A study as table, charts and page.

#include <cmath>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/output/dot_chart.h"
#include "berth/output/line_chart.h"
#include "berth/output/study_charts.h"
#include "berth/output/study_report.h"
#include "berth/output/study_table.h"
#include "berth/output/svg.h"
#include "tests/output/markup.h"
#include "tests/output/sample_study.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StudyOutput : public ::testing::TestWithParam<StudyKind> {};

TEST_P(StudyOutput, PageIsWellFormedAndEscaped) {
  const std::string html = to_html_report(test::sample_study(GetParam()));
  const test::Markup page = test::read_markup(html);
  EXPECT_EQ(page.error, "");
  EXPECT_GE(page.count("table"), 2U);
  EXPECT_EQ(page.count("b"), 0U);
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf\"")));
  EXPECT_THAT(html, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page.text, HasSubstr("version 1.2.3"));
  EXPECT_THAT(page.text, HasSubstr("berth study"));
  for (const char* forbidden : {"http://", "https://", "url(", "@import", "src="}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
}

TEST_P(StudyOutput, IdsAreUniqueAndLinksLeadSomewhere) {
  const std::string html = to_html_report(test::sample_study(GetParam()));
  std::set<std::string> ids;
  for (std::size_t at = html.find(" id=\""); at != std::string::npos;
       at = html.find(" id=\"", at + 1)) {
    EXPECT_TRUE(ids.insert(html.substr(at + 5, html.find('"', at + 5) - at - 5)).second);
  }
  for (std::size_t at = html.find("href=\"#"); at != std::string::npos;
       at = html.find("href=\"#", at + 1)) {
    EXPECT_TRUE(ids.contains(html.substr(at + 7, html.find('"', at + 7) - at - 7)));
  }
}

TEST_P(StudyOutput, ChartsAreFilesOfTheirOwn) {
  const std::vector<StudyChart> charts = study_charts(test::sample_study(GetParam()));
  ASSERT_FALSE(charts.empty());
  for (const StudyChart& chart : charts) {
    const std::string file = svg_file(chart.svg, chart.height);
    EXPECT_EQ(test::read_markup(file).error, "") << chart.name;
    EXPECT_THAT(file, HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_THAT(file, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_THAT(file, Not(HasSubstr("nan")));
  }
}

TEST_P(StudyOutput, TableKeepsToTheWidthAndIsPlainWithoutColor) {
  const std::string text =
      to_table(test::sample_study(GetParam()), {.color = false, .wide = false, .width = 100});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("gh"));
}

TEST_P(StudyOutput, OfNothingIsEmptyButWellFormed) {
  Study study = test::sample_study(GetParam());
  study.rows.clear();
  study.stopped = true;
  study.time_limit_s = std::numeric_limits<double>::infinity();
  EXPECT_EQ(test::read_markup(to_html_report(study)).error, "");
  EXPECT_TRUE(study_charts(study).empty());
  EXPECT_THAT(to_table(study), HasSubstr("Stopped early"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, StudyOutput,
                         ::testing::Values(StudyKind::kScale, StudyKind::kGap,
                                           StudyKind::kAblation),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

TEST(StudyTable, ScaleSaysWhatWasCutShortAndWhatHasNoPlan) {
  const std::string text = to_table(test::sample_study(StudyKind::kScale));
  EXPECT_THAT(text, HasSubstr("> 10 s"));
  EXPECT_THAT(text, HasSubstr("infeasible"));
  EXPECT_THAT(text, HasSubstr("gh as pairs^1.07"));
}

TEST(StudyTable, GapShowsMediansAndPlans) {
  const std::string text = to_table(test::sample_study(StudyKind::kGap));
  EXPECT_THAT(text, HasSubstr("2 of 3"));
  EXPECT_THAT(text, HasSubstr("20 %"));  // the worst of gh
}

TEST(StudyTable, AblationSaysWhereAPlanIsLost) {
  const std::string text = to_table(test::sample_study(StudyKind::kAblation));
  EXPECT_THAT(text, HasSubstr("infeasible in 1 of 3"));
  EXPECT_THAT(text, HasSubstr("-8.3 %"));
}

TEST(StudyTable, NamesErrors) {
  Study study = test::sample_study(StudyKind::kGap);
  study.rows[0].status = "error";
  study.rows[0].detail = "the plan fails the check";
  EXPECT_THAT(to_table(study), HasSubstr("6x6x10-s1, gh: the plan fails the check"));
  EXPECT_THAT(to_html_report(study), HasSubstr("the plan fails the check</li>"));
}

LineAxes axes() {
  const auto text = [](double) { return std::string("t"); };
  return {"x", "y", text, text};
}

TEST(LineChart, LeavesOutWhatHasNoLogarithm) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string svg = line_chart(
      "c", "t", "d", axes(),
      {{"a", 0, {{0.0, 1.0, "", false}, {10.0, nan, "", false}, {10.0, 1.0, "", false}}}});
  EXPECT_EQ(test::read_markup(svg).error, "");
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("<line")));
}

TEST(LineChart, OfNothingIsWellFormed) {
  EXPECT_EQ(test::read_markup(line_chart("c", "t", "d", axes(), {})).error, "");
  EXPECT_EQ(test::read_markup(line_chart("c", "t", "d", axes(), {{"a", 0, {}}})).error, "");
}

TEST(LineChart, JoinsPointsAndMarksHollowOnes) {
  const std::string svg = line_chart(
      "c", "t", "d", axes(), {{"a", 3, {{10.0, 1.0, "one", false}, {100.0, 5.0, "two", true}}}});
  EXPECT_THAT(svg, HasSubstr("<line class=\"hue-3\""));
  EXPECT_THAT(svg, HasSubstr("style=\"fill:var(--card)\""));
  EXPECT_THAT(svg, HasSubstr("<title>two</title>"));
}

TEST(DotChart, PutsSmallSharesAtTheLeftEndAndLargeOnesAtTheRight) {
  const std::string svg = dot_chart("c", "t", "d", "axis",
                                    {{"a", "", "v", 2, {{0.0, ""}, {1e-4, ""}, {10.0, ""}}, 1e-5}});
  EXPECT_EQ(test::read_markup(svg).error, "");
  EXPECT_THAT(svg, HasSubstr("cx=\"1.5%\""));
  EXPECT_THAT(svg, HasSubstr("cx=\"98%\""));
  EXPECT_THAT(svg, HasSubstr("≤ 0.01 %"));
  EXPECT_EQ(test::read_markup(dot_chart("c", "t", "d", "axis", {})).error, "");
}

}  // namespace
}  // namespace berth
