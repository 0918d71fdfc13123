#include "berth/telemetry/metric_pack.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/telemetry/promql.h"

namespace berth {
namespace {

TEST(MetricPack, EveryPackTellsDemandAndLatency) {
  for (const std::string& name : metric_pack_names()) {
    const MetricPack pack = metric_pack(name).value();
    EXPECT_EQ(pack.name, name);
    for (const auto& names : pack.names) {
      for (const std::string& metric : names) EXPECT_TRUE(is_metric_name(metric)) << metric;
    }
    if (name == "custom") continue;
    EXPECT_FALSE(pack.of(MetricRole::kArrivals).empty() &&
                 pack.of(MetricRole::kCompletions).empty());
    for (const MetricRole role : {MetricRole::kPromptTokens, MetricRole::kOutputTokens,
                                  MetricRole::kTtft, MetricRole::kE2e, MetricRole::kRunning}) {
      EXPECT_FALSE(pack.of(role).empty()) << name << ": " << to_string(role);
    }
  }
}

TEST(MetricPack, BehindAGatewayStandEngines) {
  for (const std::string& name : metric_pack_names()) {
    MetricPack pack = metric_pack(name).value();
    EXPECT_FALSE(pack.deployment_labels.empty());
    pack.deployment_labels = {"variant"};
    const MetricPack engines = engine_pack(pack);
    EXPECT_EQ(engines.deployment_labels, pack.deployment_labels);
    if (name == "custom") continue;
    EXPECT_EQ(engines.of(MetricRole::kRunning).front(), "vllm:num_requests_running") << name;
    EXPECT_EQ(engines.of(MetricRole::kTpot).front(), "vllm:request_time_per_output_token_seconds");
    EXPECT_FALSE(engines.running_includes_waiting);
  }
}

TEST(MetricPack, UnknownNameIsToldWithTheNearest) {
  const auto pack = metric_pack("vlm");
  ASSERT_FALSE(pack.ok());
  EXPECT_EQ(pack.errors()[0].suggestion, "did you mean 'vllm'?");
}

TEST(MetricPack, TheDocumentationHasEveryName) {
  const auto page = read_file(std::string(BERTH_SOURCE_DIR) + "/docs/prometheus.md");
  ASSERT_TRUE(page.ok());
  for (const std::string& name : metric_pack_names()) {
    EXPECT_NE(page->find("`" + name + "`"), std::string::npos) << name;
    const MetricPack pack = metric_pack(name).value();
    for (const auto& table : {pack.names, engine_pack(pack).names}) {
      for (const auto& names : table) {
        for (const std::string& metric : names) {
          EXPECT_NE(page->find("`" + metric + "`"), std::string::npos) << metric;
        }
      }
    }
    for (const std::string& label : pack.deployment_labels) {
      EXPECT_NE(page->find("`" + label + "`"), std::string::npos) << label;
    }
  }
  for (const MetricRole role : metric_roles()) {
    EXPECT_NE(page->find("`" + std::string(to_string(role)) + "`"), std::string::npos)
        << to_string(role);
  }
}

TEST(PromQl, EscapesValues) {
  const std::vector<LabelMatch> match = {{"a", {"x\"\\\n"}}, {"b", {"m.1", "m|2"}}};
  EXPECT_EQ(promql::selector(match), R"({a="x\"\\\n",b=~"m\\.1|m\\|2"})");
  EXPECT_EQ(promql::selector({}), "");
  const std::vector<std::string> names = {"new", "old"};
  EXPECT_EQ(
      promql::first_of(names, "_sum", {}, [](const std::string& m) { return "f(" + m + "[1ms])"; }),
      "(f(new_sum[1ms]) or f(old_sum[1ms]))");
}

}  // namespace
}  // namespace berth
