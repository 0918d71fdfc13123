#include "berth/output/report.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/output/format.h"
#include "berth/output/simulation_report.h"
#include "tests/output/markup.h"
#include "tests/output/sample_plans.h"
#include "tests/output/sample_simulation.h"

namespace berth {
namespace {

using test::Element;
using test::Markup;
using ::testing::HasSubstr;
using ::testing::Not;

std::string attribute(const Element& element, const std::string& name) {
  const std::string key = " " + name + "=\"";
  const std::size_t at = element.attributes.find(key);
  if (at == std::string::npos) return {};
  const std::size_t from = at + key.size();
  return element.attributes.substr(from, element.attributes.find('"', from) - from);
}

class AnyPage : public ::testing::TestWithParam<std::string (*)()> {};

TEST_P(AnyPage, IsWellFormed) {
  const Markup page = test::read_markup(GetParam()());
  EXPECT_EQ(page.error, "");
  EXPECT_GE(page.count("svg"), 3U);
}

TEST_P(AnyPage, LoadsNothing) {
  const std::string html = GetParam()();
  for (const char* forbidden : {"http://", "https://", "url(", "@import", "src=", "//cdn"}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
  const Markup page = test::read_markup(html);
  for (const char* element : {"script", "link", "iframe", "img", "object", "embed", "form"}) {
    EXPECT_EQ(page.count(element), 0U) << element;
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST_P(AnyPage, IdsAreUniqueAndReferencesResolve) {
  const Markup page = test::read_markup(GetParam()());
  std::set<std::string> ids;
  for (const Element& element : page.elements) {
    const std::string id = attribute(element, "id");
    if (!id.empty()) {
      EXPECT_TRUE(ids.insert(id).second) << "twice: " << id;
    }
  }
  for (const Element& element : page.elements) {
    const std::string href = attribute(element, "href");
    if (!href.empty()) {
      EXPECT_TRUE(ids.contains(href.substr(1))) << href;
    }
    const std::string labels = attribute(element, "aria-labelledby");
    for (std::size_t at = 0; at < labels.size();) {
      const std::size_t end = std::min(labels.find(' ', at), labels.size());
      EXPECT_TRUE(ids.contains(labels.substr(at, end - at))) << labels;
      at = end + 1;
    }
  }
}

TEST_P(AnyPage, ChartsSpeakToScreenReaders) {
  const Markup page = test::read_markup(GetParam()());
  for (const Element& element : page.elements) {
    if (element.name != "svg") continue;
    EXPECT_TRUE(attribute(element, "role") == "img" ||
                attribute(element, "aria-hidden") == "true" ||
                element.attributes.find("height=\"6\"") != std::string::npos)
        << element.attributes;
  }
}

template <Plan (*plan)()>
std::string plan_page() {
  return to_html_report(plan());
}
template <Plan (*plan)()>
std::string simulation_page() {
  return to_html_report(test::sample_simulation(plan()), plan(), {{"Plan", "<plan> & more"}});
}
template <Plan (*plan)(), bool holds>
std::string verified_page() {
  return to_html_report(test::sample_verification(plan(), holds));
}

Plan no_plan() { return {}; }
Plan plan_of_200() { return test::large_plan(200); }

INSTANTIATE_TEST_SUITE_P(Plans, AnyPage,
                         ::testing::Values(&plan_page<test::sample_plan>,
                                           &plan_page<test::smallest_plan>,
                                           &plan_page<test::hostile_plan>, &plan_page<no_plan>,
                                           &plan_page<plan_of_200>));
INSTANTIATE_TEST_SUITE_P(Simulations, AnyPage,
                         ::testing::Values(&simulation_page<test::sample_plan>,
                                           &simulation_page<test::smallest_plan>,
                                           &simulation_page<test::hostile_plan>,
                                           &simulation_page<plan_of_200>));
INSTANTIATE_TEST_SUITE_P(Verifications, AnyPage,
                         ::testing::Values(&verified_page<test::sample_plan, true>,
                                           &verified_page<test::hostile_plan, true>,
                                           &verified_page<test::hostile_plan, false>,
                                           &verified_page<plan_of_200, false>));

TEST(Report, HasATableForEachPartOfThePlan) {
  EXPECT_EQ(test::read_markup(to_html_report(test::sample_plan())).count("table"), 4U);
}

TEST(Report, ShowsTheFigures) {
  const Markup page = test::read_markup(to_html_report(test::sample_plan()));
  for (const char* part :
       {"$352.44", "$257,278 per month", "4 of 4", "2.1 %", "in 9 boxes",
        "48 GPUs in 6 boxes of 8 (p5.48xlarge on-demand)", "40 = 5 replicas × TP 8 × PP 1",
        "1 × TP4 × PP2 = 8", "412 ms of 1 s", "998 ms of 1 s", "no limit", "refused",
        "may be taken away", "--tensor-parallel-size 8", "version 0."}) {
    EXPECT_THAT(page.text, HasSubstr(part));
  }
}

TEST(Report, NamesCannotBecomeMarkup) {
  const std::string html = to_html_report(test::hostile_plan());
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<b onload")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
  const Markup page = test::read_markup(html);
  for (const Element& element : page.elements) {
    EXPECT_THAT(element.attributes, Not(HasSubstr("onload")));
  }
  EXPECT_THAT(page.text, HasSubstr("<script>alert('x')</script>\"&]]><b onload=\"y\">${z}"));
}

TEST(Report, LargePlansHaveShortChartsAndFullTables) {
  const Markup page = test::read_markup(to_html_report(test::large_plan(200)));
  EXPECT_LE(page.count("article"), 12U);
  EXPECT_THAT(page.text, HasSubstr("188 other deployments"));
  EXPECT_THAT(page.text, HasSubstr("188 other classes"));
  EXPECT_GT(page.count("tr"), 600U);
  for (const char* name : {"class-0", "class-99", "class-199", "model-150-gpu"}) {
    EXPECT_THAT(page.text, HasSubstr(name));
  }
}

TEST(Report, BrokenPromisesStandOut) {
  Plan plan = test::smallest_plan();
  plan.classes[0].ttft_s = 1.5;
  plan.classes[0].slo_met = false;
  const std::string html = to_html_report(plan);
  EXPECT_THAT(html, HasSubstr("<strong class=\"bad-text\">1.5 s</strong>"));
  EXPECT_THAT(html, HasSubstr("0 of 1"));
  EXPECT_THAT(html, HasSubstr("class=\"bad\""));
}

}  // namespace
}  // namespace berth
