// The other targets, and golden files of all.

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/core/file.h"
#include "tests/manifest/sample.h"

namespace berth {
namespace {

using Json = nlohmann::json;
using test::at;
using test::parsed;
using test::plan_file;
using test::render;
using test::text_at;
using test::texts_at;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Keda, ReadsTheTargetOfEachDeployment) {
  const Manifests manifests = render(render_keda, plan_file("small"), "namespace: llm\n");
  const Document large = parsed(manifests, "scaled-objects/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  EXPECT_EQ(text_at(large, "spec|scaleTargetRef|kind"), "LeaderWorkerSet");
  const Document d = parsed(manifests, "scaled-objects/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(text_at(d, "spec|scaleTargetRef|kind"), "Deployment");
  EXPECT_EQ(text_at(d, "spec|scaleTargetRef|name"), "llama-3-1-8b-l40s-tp1");
  EXPECT_EQ(text_at(d, "spec|minReplicaCount"), "1");
  EXPECT_EQ(text_at(d, "spec|maxReplicaCount"), "14");
  EXPECT_EQ(text_at(d, "spec|fallback|replicas"), "7");
  EXPECT_EQ(text_at(d, "spec|triggers|0|type"), "metrics-api");
  EXPECT_EQ(text_at(d, "spec|triggers|0|metricType"), "AverageValue");
  const std::string data = "spec|triggers|0|metadata|";
  EXPECT_EQ(text_at(d, data + "url"),
            "http://berth.berth.svc:8080/v1/targets/llm/llama-3.1-8b-l40s-tp1");
  EXPECT_EQ(text_at(d, data + "valueLocation"), "desired");
  EXPECT_EQ(text_at(d, data + "targetValue"), "1");
  EXPECT_EQ(at(d, data + "targetValue")->kind, Node::Kind::kString);
}

TEST(Keda, NamesInUrlsAreEscaped) {
  const Manifests manifests = render(
      render_keda, plan_file("odd-names"),
      "scaling: {target_url: 'https://b.example.com/', authentication: token, tolerance: null}\n");
  const Document d = parsed(manifests, "scaled-objects/hf-token.yaml");
  EXPECT_EQ(text_at(d, "spec|triggers|0|metadata|url"),
            "https://b.example.com/v1/targets/berth/%24%28HF_TOKEN%29");
  EXPECT_EQ(text_at(d, "spec|triggers|0|metadata|authMode"), "bearer");
  EXPECT_EQ(text_at(d, "spec|triggers|0|authenticationRef|name"), "token");
  EXPECT_EQ(at(d, "spec|advanced|horizontalPodAutoscalerConfig|behavior|scaleUp|tolerance"),
            nullptr);
}

TEST(Keda, WritesTheAuthenticationOfATokensSecret) {
  const Manifests manifests = render(render_keda, plan_file("small"),
                                     "scaling: {token: {secret: berth-serve, key: bearer}}\n");
  const Document written = parsed(manifests, "trigger-authentication.yaml");
  EXPECT_EQ(text_at(written, "apiVersion"), "keda.sh/v1alpha1");
  EXPECT_EQ(text_at(written, "kind"), "TriggerAuthentication");
  EXPECT_EQ(text_at(written, "metadata|name"), "berth-scaling");
  EXPECT_EQ(text_at(written, "spec|secretTargetRef|0|parameter"), "token");
  EXPECT_EQ(text_at(written, "spec|secretTargetRef|0|name"), "berth-serve");
  EXPECT_EQ(text_at(written, "spec|secretTargetRef|0|key"), "bearer");
  const Document d = parsed(manifests, "scaled-objects/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(text_at(d, "spec|triggers|0|metadata|authMode"), "bearer");
  EXPECT_EQ(text_at(d, "spec|triggers|0|authenticationRef|name"), "berth-scaling");
  EXPECT_THAT(texts_at(parsed(manifests, "kustomization.yaml"), "resources"),
              Contains("trigger-authentication.yaml"));
  EXPECT_FALSE(render(render_keda, plan_file("small"), "scaling: {authentication: theirs}\n")
                   .files.contains("trigger-authentication.yaml"));
}

TEST(Keda, ReadsTheLoopsMetricsFromPrometheus) {
  const Manifests manifests =
      render(render_keda, plan_file("small"),
             "namespace: llm\n"
             "scaling: {source: prometheus, prometheus_url: 'https://prom.example.com/',\n"
             "          authentication: prom, token: {secret: prom-token}}\n");
  const Document d = parsed(manifests, "scaled-objects/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(text_at(d, "spec|triggers|0|type"), "prometheus");
  EXPECT_EQ(text_at(d, "spec|triggers|0|metricType"), "AverageValue");
  const std::string data = "spec|triggers|0|metadata|";
  EXPECT_EQ(text_at(d, data + "serverAddress"), "https://prom.example.com");
  EXPECT_EQ(text_at(d, data + "query"),
            "max(berth_current_replicas{namespace=\"llm\", variant=\"llama-3-1-8b-l40s-tp1\"} or "
            "berth_desired_replicas{namespace=\"llm\", variant=\"llama-3-1-8b-l40s-tp1\"})");
  EXPECT_EQ(text_at(d, data + "threshold"), "1");
  EXPECT_EQ(text_at(d, data + "ignoreNullValues"), "false");
  EXPECT_EQ(text_at(d, data + "authModes"), "bearer");
  EXPECT_EQ(at(d, data + "url"), nullptr);
  const Document written = parsed(manifests, "trigger-authentication.yaml");
  EXPECT_EQ(text_at(written, "metadata|name"), "prom");
  EXPECT_EQ(text_at(written, "spec|secretTargetRef|0|parameter"), "bearerToken");
}

TEST(Kserve, SaysWhatItsPresetsDoNot) {
  const Manifests manifests = render(render_kserve, plan_file("small"));
  const Document d = parsed(manifests, "inference-services/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  EXPECT_EQ(text_at(d, "spec|model|uri"), "hf://meta-llama/Llama-3.1-405B-Instruct");
  EXPECT_EQ(text_at(d, "spec|model|name"), "llama-3.1-405b");
  EXPECT_EQ(text_at(d, "spec|replicas"), "2");
  EXPECT_EQ(text_at(d, "spec|parallelism|tensor"), "8");
  EXPECT_EQ(text_at(d, "spec|parallelism|pipeline"), "2");
  EXPECT_EQ(text_at(d, "spec|worker|containers|0|resources|limits|nvidia.com/gpu"), "8");
  const std::vector<std::string> args = texts_at(d, "spec|template|containers|0|args");
  EXPECT_THAT(args, Contains("--max-num-seqs"));
  EXPECT_THAT(args, Not(Contains("--model")));
  EXPECT_THAT(args, Not(Contains("--nnodes")));
  EXPECT_EQ(at(d, "spec|template|containers|0|command"), nullptr);
  EXPECT_EQ(at(d, "spec|router|route|http|refs")->items.size(), 2U);
  const Document small = parsed(manifests, "inference-services/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(at(small, "spec|worker"), nullptr);
  const Document route = parsed(manifests, "http-routes/chat.yaml");
  EXPECT_EQ(text_at(route, "spec|rules|0|backendRefs|0|name"),
            "llama-3-1-8b-l40s-tp1-inference-pool");
}

TEST(Kserve, RefusesWhatItCannotSplit) {
  Plan plan = plan_file("small");
  plan.deployments[0].gpu = plan.deployments[0].pool = "gb200";
  plan.offers[0].pool = "gb200";
  const Result<Manifests> manifests =
      render_kserve(plan, test::facts_of(plan), default_settings(), {});
  ASSERT_FALSE(manifests.ok());
  EXPECT_THAT(manifests.errors().front().message, HasSubstr("tensor-parallel group"));
}

TEST(Kserve, HandsNothingStrangeToAShell) {
  const Manifests manifests = render(render_kserve, plan_file("odd-names"));
  EXPECT_THAT(manifests.warnings, Contains(HasSubstr("c: d #e")));
  const Document d = parsed(manifests, "inference-services/no.yaml");
  for (const std::string& arg : texts_at(d, "spec|template|containers|0|args")) {
    EXPECT_EQ(arg.find_first_of(" $\"'\\;|&#{}"), std::string::npos) << arg;
  }
}

TEST(Prometheus, RulesSayWhatWasPlanned) {
  const Manifests manifests = render(render_prometheus, plan_file("small"));
  const std::string& rules = manifests.files.at("rules.yaml");
  EXPECT_THAT(rules, HasSubstr("vector(12.5)"));
  EXPECT_THAT(
      rules,
      HasSubstr("llm_d_epp_request_total{namespace=\"berth\", model_name=\"m-small/p0-512\"}"));
  EXPECT_THAT(rules, HasSubstr("vllm:request_time_per_output_token_seconds_bucket"));
  EXPECT_THAT(rules, HasSubstr("pod=~\"llama-3-1-8b-l40s-tp1(-kserve)?-[a-z0-9]+-[a-z0-9]{5}\""));
  EXPECT_THAT(rules, HasSubstr("BerthClassTtftAboveLimit"));
  EXPECT_THAT(rules, HasSubstr("BerthDemandAbovePlan"));
  EXPECT_THAT(
      render(render_prometheus, plan_file("small"), "metrics: {class_in_namespace: false}\n")
          .files.at("rules.yaml"),
      HasSubstr("llm_d_epp_request_total{model_name=\"chat\"}"));
  const Document object = parsed(manifests, "prometheus-rule.yaml");
  const Document file = parsed(manifests, "rules.yaml");
  EXPECT_EQ(at(object, "spec|groups")->items.size(), at(file, "groups")->items.size());
  EXPECT_THAT(texts_at(parsed(manifests, "kustomization.yaml"), "resources"),
              ElementsAre("pod-monitor.yaml", "prometheus-rule.yaml"));
}

TEST(Prometheus, NamesOfMetricsComeFromTheSettings) {
  const Manifests manifests = render(
      render_prometheus, plan_file("small"),
      "metrics: {names: {vllm: {running: [new_running, old_running]}, gateway: {requests: []}}}\n");
  const std::string& rules = manifests.files.at("rules.yaml");
  EXPECT_THAT(rules, HasSubstr("(sum(new_running{"));
  EXPECT_THAT(rules, HasSubstr(" or sum(old_running{"));
  EXPECT_THAT(rules, Not(HasSubstr("llm_d_epp_request_total")));
  EXPECT_THAT(rules, Not(HasSubstr("record: berth:class_requests:rate")));
}

/// Else the alert would fire for ever.
TEST(Prometheus, ReplicasThatNothingCountsAreNotMissed) {
  const std::string none =
      "metrics: {names: {vllm: {running: [], waiting: [], cache_usage: []}}}\n";
  const Manifests blind = render(render_prometheus, plan_file("small"), none);
  EXPECT_THAT(
      blind.files.at("rules.yaml"),
      HasSubstr("deployment!=\"llama-3.1-8b-l40s-tp1\", deployment!=\"qwen2.5-7b-a10g-tp1\""));
  const Manifests some = render(render_prometheus, plan_file("small"),
                                "metrics: {names: {vllm: {running: [], waiting: []}}}\n");
  EXPECT_THAT(some.files.at("rules.yaml"), Not(HasSubstr("deployment!=")));
  EXPECT_THAT(some.files.at("rules.yaml"),
              HasSubstr("count(count by (pod) (vllm:kv_cache_usage_perc{"));
}

/// Every series a panel shows is recorded.
TEST(Prometheus, DashboardShowsWhatIsRecorded) {
  const Manifests manifests = render(render_prometheus, plan_file("small"));
  const Json dashboard = Json::parse(manifests.files.at("dashboard.json"));
  EXPECT_EQ(dashboard["title"], "Berth: small");
  std::string queries;
  for (const Json& panel : dashboard["panels"]) {
    for (const Json& target : panel["targets"]) {
      const std::string expression = target["expr"];
      const std::string series = expression.substr(0, expression.find('{'));
      EXPECT_THAT(manifests.files.at("rules.yaml"), HasSubstr("record: " + series + "\n"));
    }
  }
}

/// Set BERTH_UPDATE_GOLDEN=1 to write the files anew, then read the difference.
void expect_golden_tree(const std::string& name, const Manifests& manifests) {
  std::string content;
  for (const auto& [path, text] : manifests.files) content += "==> " + path + " <==\n" + text;
  const std::filesystem::path path =
      std::filesystem::path(BERTH_SOURCE_DIR) / "tests/golden" / (name + ".manifests.txt");
  if (std::getenv("BERTH_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file(path, content).ok());
  }
  const Result<std::string> golden = read_file(path);
  ASSERT_TRUE(golden.ok()) << path;
  EXPECT_EQ(content, *golden);
}

TEST(ManifestGolden, Kubernetes) {
  expect_golden_tree("kubernetes", render(render_kubernetes, plan_file("small")));
}
TEST(ManifestGolden, KubernetesSglang) {
  expect_golden_tree("kubernetes-sglang",
                     render(render_kubernetes, plan_file("small"), "", "sglang"));
}
TEST(ManifestGolden, Kserve) {
  expect_golden_tree("kserve", render(render_kserve, plan_file("small")));
}
TEST(ManifestGolden, Keda) { expect_golden_tree("keda", render(render_keda, plan_file("small"))); }
TEST(ManifestGolden, KedaPrometheus) {
  expect_golden_tree("keda-prometheus",
                     render(render_keda, plan_file("small"),
                            "scaling: {source: prometheus, token: {secret: prometheus-token}}\n"));
}
TEST(ManifestGolden, Prometheus) {
  expect_golden_tree("prometheus", render(render_prometheus, plan_file("small")));
}

}  // namespace
}  // namespace berth
