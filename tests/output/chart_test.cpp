#include <cstdlib>
#include <filesystem>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/output/bar_chart.h"
#include "berth/output/flow.h"
#include "berth/output/headroom_chart.h"
#include "berth/output/report_charts.h"
#include "berth/output/sankey.h"
#include "berth/output/svg.h"
#include "tests/output/markup.h"
#include "tests/output/sample_plans.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Set BERTH_UPDATE_GOLDEN=1 to write the files anew, then read the difference.
void expect_golden(const std::string& name, const std::string& content) {
  const std::filesystem::path path =
      std::filesystem::path(BERTH_SOURCE_DIR) / "tests/golden" / name;
  if (std::getenv("BERTH_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file(path, content).ok());
  }
  const Result<std::string> golden = read_file(path);
  ASSERT_TRUE(golden.ok()) << path;
  EXPECT_EQ(content, *golden);
}

TEST(Golden, CostByDeployment) {
  expect_golden("cost-by-deployment.svg.html", deployment_cost_chart(test::smallest_plan()));
}

TEST(Golden, CostByPart) {
  expect_golden("cost-by-part.svg.html", cost_parts_chart(test::smallest_plan()));
}

TEST(Golden, Flow) { expect_golden("flow.svg.html", flow_panel(test::smallest_plan())); }

TEST(Golden, Headroom) {
  expect_golden("headroom.svg.html", headroom_panel(test::smallest_plan()));
}

TEST(BarChart, LongestBarFillsTheWidth) {
  const std::string svg =
      bar_chart("c", "t", "d", {{"a", "", "1", 1.0, 0}, {"b", "", "4", 4.0, 9}});
  EXPECT_THAT(svg, HasSubstr("width=\"25%\""));
  EXPECT_THAT(svg, HasSubstr("class=\"hue-1\""));
  EXPECT_EQ(test::read_markup(svg).error, "");
}

TEST(BarChart, NothingToShowIsNoDivisionByZero) {
  EXPECT_EQ(test::read_markup(bar_chart("c", "t", "d", {})).error, "");
  EXPECT_THAT(bar_chart("c", "t", "d", {{"a", "", "0", 0.0, 0}}), Not(HasSubstr("nan")));
}

TEST(HeadroomChart, LimitStandsAtFourFifths) {
  const auto bar = [](double ratio, bool kept) {
    return headroom_chart("h", "t", "d", {{"TTFT", "x", ratio, true, kept}});
  };
  EXPECT_THAT(bar(0.5, true), HasSubstr("class=\"good\" x=\"0\" y=\"21\" width=\"40%\""));
  EXPECT_THAT(bar(0.95, true), HasSubstr("class=\"close\""));
  EXPECT_THAT(bar(1.1, false), HasSubstr("class=\"bad\" x=\"0\" y=\"21\" width=\"88%\""));
  EXPECT_THAT(bar(9.0, false), HasSubstr("width=\"100%\" height=\"6\" rx=\"3\"/>\n<line"));
  EXPECT_THAT(headroom_chart("h", "t", "d", {{"TTFT", "x", 0.0, false, true}}),
              Not(HasSubstr("<line")));
}

TEST(Flow, KeepsEveryRequest) {
  for (const std::size_t shown : {2U, 12U, 500U}) {
    const Plan plan = test::large_plan(100);
    const FlowGraph graph = plan_flows(plan, shown);
    double demand = 0.0;
    for (const PlanClass& row : plan.classes) demand += row.rate;
    double columns[3] = {};
    std::size_t count[3] = {};
    for (const FlowNode& node : graph.nodes) {
      columns[node.column] += node.value;
      ++count[node.column];
    }
    for (const double column : columns) EXPECT_NEAR(column, demand, 1e-6);
    for (const std::size_t nodes : count) EXPECT_LE(nodes, shown + 1);
    for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
      double in = 0.0;
      double out = 0.0;
      for (const FlowLink& link : graph.links) {
        if (link.to == k) in += link.value;
        if (link.from == k) out += link.value;
      }
      if (graph.nodes[k].column == 1) {
        EXPECT_NEAR(in, out, 1e-6);
      }
    }
  }
}

TEST(Flow, RefusedRequestsHaveTheirOwnEnd) {
  const FlowGraph graph = plan_flows(test::sample_plan(), 12);
  bool found = false;
  for (const FlowNode& node : graph.nodes) {
    if (node.label != "refused") continue;
    found = true;
    EXPECT_NEAR(node.value, 0.8 * 0.025, 1e-12);
    EXPECT_EQ(node.hue, kRefusedHue);
  }
  EXPECT_TRUE(found);
}

TEST(Sankey, DrawsWithoutFlowsToo) {
  EXPECT_EQ(test::read_markup(sankey_chart("s", "t", "d", {}, {"A", "B"})).error, "");
  FlowGraph idle;
  idle.nodes = {{"a", "", 0, 0, 0.0}, {"b", "", 1, 0, 0.0}};
  idle.links = {{0, 1, 0.0, 0}};
  const std::string svg = sankey_chart("s", "t", "d", idle, {"A", "B"});
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(Svg, Escapes) {
  EXPECT_EQ(escape_html("<a b=\"c\">&'\x01\n\x7f"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39; ");
  EXPECT_EQ(svg_number(12.5), "12.5");
  EXPECT_EQ(svg_number(-0.001), "0");
  EXPECT_EQ(svg_number(1.0 / 3.0), "0.33");
}

}  // namespace
}  // namespace berth
