// A plan as Deployments, LeaderWorkerSets, Services, InferencePools and HTTPRoutes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/manifest/workload.h"
#include "tests/manifest/sample.h"

namespace berth {
namespace {

using test::at;
using test::parsed;
using test::plan_file;
using test::render;
using test::text_at;
using test::texts_at;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

const std::string kContainer = "spec|template|spec|containers|0|";

/// The arguments begin with the plan's, but for the model, which stands first.
void expect_plan_args(const PlanDeployment& d, const std::vector<std::string>& args) {
  ASSERT_GE(args.size() + 1, d.engine_args.size());
  for (std::size_t k = 1; k < d.engine_args.size(); ++k) {
    EXPECT_EQ(args[k - 1], d.engine_args[k]);
  }
}

std::string value_after(const std::vector<std::string>& args, const std::string& flag) {
  for (std::size_t k = 0; k + 1 < args.size(); ++k) {
    if (args[k] == flag) return args[k + 1];
  }
  return {};
}

TEST(Kubernetes, DeploymentRunsWhatThePlanSays) {
  const Plan plan = plan_file("small");
  const Manifests manifests = render(render_kubernetes, plan);
  const Document d = parsed(manifests, "deployments/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(text_at(d, "kind"), "Deployment");
  EXPECT_EQ(text_at(d, "metadata|namespace"), "berth");
  EXPECT_EQ(text_at(d, "spec|replicas"), "7");
  EXPECT_EQ(text_at(d, kContainer + "resources|limits|nvidia.com/gpu"), "1");
  EXPECT_EQ(text_at(d, "spec|template|spec|nodeSelector|nvidia.com/gpu.product"), "NVIDIA-L40S");
  EXPECT_EQ(text_at(d, "spec|template|spec|volumes|0|emptyDir|medium"), "Memory");
  EXPECT_EQ(text_at(d, kContainer + "volumeMounts|0|mountPath"), "/dev/shm");
  expect_plan_args(plan.deployments[1], texts_at(d, kContainer + "args"));
  EXPECT_THAT(texts_at(d, kContainer + "command"), ElementsAre("vllm", "serve"));
}

TEST(Kubernetes, DeploymentsAnswerToTheirModelAndAllClasses) {
  const Manifests manifests = render(render_kubernetes, plan_file("small"));
  const Document d = parsed(manifests, "deployments/llama-3-1-8b-l40s-tp1.yaml");
  const std::vector<std::string> args = texts_at(d, kContainer + "args");
  EXPECT_EQ(value_after(args, "--served-model-name"), "llama-3.1-8b");
  EXPECT_THAT(
      args, IsSupersetOf({"meta-llama/Llama-3.1-8B-Instruct", "chat", "m-small/p0-512", "batch"}));
}

/// Other routes and other loads may not restart anything.
TEST(Kubernetes, PodsStayWhereOnlyRoutesAndPredictionsChange) {
  Plan plan = plan_file("small");
  const Manifests before = render(render_kubernetes, plan);
  plan.routes.erase(plan.routes.begin());
  for (PlanRoute& route : plan.routes) route.e2e_s *= 3.0;
  for (PlanDeployment& d : plan.deployments) d.ttft_s *= 2.0;
  for (PlanClass& c : plan.classes) c.rate *= 1.5;
  const Manifests after = render(render_kubernetes, plan);
  for (const auto& [path, content] : before.files) {
    if (path.starts_with("deployments/")) {
      EXPECT_EQ(after.files.at(path), content);
    }
  }
}

TEST(Kubernetes, ReplicaThatSpansNodesIsALeaderWorkerSet) {
  const Manifests manifests = render(render_kubernetes, plan_file("small"));
  const Document d = parsed(manifests, "deployments/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  EXPECT_EQ(text_at(d, "kind"), "LeaderWorkerSet");
  EXPECT_EQ(text_at(d, "spec|replicas"), "2");
  const std::string group = "spec|leaderWorkerTemplate|";
  EXPECT_EQ(text_at(d, group + "size"), "2");
  for (const std::string role : {"leaderTemplate", "workerTemplate"}) {
    const std::string container = group + role + "|spec|containers|0|";
    EXPECT_EQ(text_at(d, container + "resources|limits|nvidia.com/gpu"), "8");
    const std::vector<std::string> args = texts_at(d, container + "args");
    EXPECT_EQ(value_after(args, "--nnodes"), "2");
    EXPECT_EQ(value_after(args, "--node-rank"), "$(LWS_WORKER_INDEX)");
    EXPECT_EQ(value_after(args, "--master-addr"), "$(LWS_LEADER_ADDRESS)");
    const bool worker = role == "workerTemplate";
    EXPECT_EQ(std::count(args.begin(), args.end(), "--headless"), worker ? 1 : 0);
    EXPECT_EQ(at(d, container + "readinessProbe") == nullptr, worker);
  }
  // Requests go to leaders alone.
  const Document service = parsed(manifests, "services/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  EXPECT_EQ(text_at(service, "spec|selector|berth/role"), "serving");
  EXPECT_EQ(text_at(d, group + "leaderTemplate|metadata|labels|berth/role"), "serving");
  EXPECT_EQ(text_at(d, group + "workerTemplate|metadata|labels|berth/role"), "worker");
}

TEST(Kubernetes, SglangSaysItInItsWords) {
  const Manifests manifests = render(render_kubernetes, plan_file("small"), "", "sglang");
  const Document d = parsed(manifests, "deployments/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  const std::vector<std::string> args =
      texts_at(d, "spec|leaderWorkerTemplate|workerTemplate|spec|containers|0|args");
  EXPECT_EQ(value_after(args, "--tp-size"), "8");
  EXPECT_EQ(value_after(args, "--dist-init-addr"), "$(LWS_LEADER_ADDRESS):20000");
  EXPECT_EQ(value_after(args, "--host"), "0.0.0.0");
  EXPECT_EQ(value_after(args, "--served-model-name"), "llama-3.1-405b");
  EXPECT_EQ(std::count(args.begin(), args.end(), "--headless"), 0);
}

TEST(Kubernetes, WeightsAreTheSharesAndAddUp) {
  const Plan plan = plan_file("small");
  const Manifests manifests = render(render_kubernetes, plan);
  const Document chat = parsed(manifests, "http-routes/chat.yaml");
  const Node* backends = at(chat, "spec|rules|0|backendRefs");
  ASSERT_NE(backends, nullptr);
  ASSERT_EQ(backends->items.size(), 3U);
  double sum = 0.0;
  for (const Node& backend : backends->items) {
    sum += backend.find("weight")->number;
    EXPECT_NEAR(backend.find("weight")->number, 3333.0, 1.0);
    EXPECT_EQ(backend.find("kind")->text, "InferencePool");
    EXPECT_EQ(backend.find("group")->text, "inference.networking.k8s.io");
  }
  EXPECT_EQ(sum, 10000.0);
  const Document odd = parsed(manifests, "http-routes/m-small-p0-512.yaml");
  EXPECT_EQ(text_at(odd, "spec|rules|0|matches|0|headers|0|name"), "x-berth-class");
  EXPECT_EQ(text_at(odd, "spec|rules|0|matches|0|headers|0|value"), "m-small/p0-512");
  EXPECT_EQ(text_at(odd, "spec|rules|0|backendRefs|0|weight"), "7500");
  EXPECT_EQ(text_at(odd, "spec|rules|0|backendRefs|1|weight"), "2500");
}

TEST(Kubernetes, StartUpWaitsForTheWeights) {
  const Plan plan = plan_file("small");
  const Manifests manifests = render(render_kubernetes, plan, "start_up: {least: 1s, slack: 2}\n");
  const Document large = parsed(manifests, "deployments/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  // 405.85e9 parameters of one byte at 2 GB/s and 60 s: twice that in periods of 10 s.
  EXPECT_EQ(text_at(large,
                    "spec|leaderWorkerTemplate|leaderTemplate|spec|containers|0|startupProbe|"
                    "failureThreshold"),
            "53");
  const Document small = parsed(manifests, "deployments/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(text_at(small, kContainer + "startupProbe|failureThreshold"), "14");
  EXPECT_EQ(text_at(small, "spec|progressDeadlineSeconds"), "440");
}

TEST(Kubernetes, ReplicasThatStopFinishWhatTheyRun) {
  const Plan plan = plan_file("small");
  const Document d =
      parsed(render(render_kubernetes, plan), "deployments/llama-3-1-8b-l40s-tp1.yaml");
  // The longest limit on a whole request.
  EXPECT_THAT(texts_at(d, kContainer + "lifecycle|preStop|exec|command"),
              ElementsAre("sleep", "60"));
  EXPECT_EQ(text_at(d, "spec|template|spec|terminationGracePeriodSeconds"), "90");
  const Manifests own = render(render_kubernetes, plan, "drain: 5s\n");
  EXPECT_EQ(text_at(parsed(own, "deployments/llama-3-1-8b-l40s-tp1.yaml"),
                    "spec|template|spec|terminationGracePeriodSeconds"),
            "35");
  EXPECT_THAT(own.warnings, Contains(HasSubstr("set drain to keep them")));
}

TEST(Kubernetes, UpdatesTakeAwayOnlyWhatCanBeMissed) {
  PlanDeployment d;
  d.replicas = 7;
  d.utilization = 0.81;
  EXPECT_EQ(manifest::rollout_of(d).max_unavailable, 1);
  EXPECT_EQ(manifest::rollout_of(d).max_surge, 0);
  d.utilization = 0.95;
  EXPECT_EQ(manifest::rollout_of(d).max_unavailable, 0);
  EXPECT_EQ(manifest::rollout_of(d).max_surge, 1);
  d.replicas = 1;
  d.utilization = 0.0;
  EXPECT_EQ(manifest::rollout_of(d).max_unavailable, 0);
}

TEST(Kubernetes, EachPoolHasItsEndpointPicker) {
  const Manifests manifests = render(render_kubernetes, plan_file("small"));
  const Document pool = parsed(manifests, "inference-pools/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(text_at(pool, "spec|endpointPickerRef|name"), "llama-3-1-8b-l40s-tp1-epp");
  const Document picker = parsed(manifests, "endpoint-pickers/llama-3-1-8b-l40s-tp1-epp.yaml");
  const std::vector<std::string> args = texts_at(picker, kContainer + "args");
  EXPECT_EQ(value_after(args, "--pool-name"), "llama-3-1-8b-l40s-tp1");
  EXPECT_EQ(value_after(args, "--kv-cache-usage-percentage-metric"), "vllm:kv_cache_usage_perc");
  EXPECT_TRUE(parse_yaml("config", value_after(args, "--config-text")).ok());
  Plan plan = plan_file("small");
  plan.deployments[0].name = plan.routes[2].deployment = plan.routes[5].deployment =
      "llama-3-1-8b-l40s-tp1-epp";
  const Result<Manifests> clash =
      render_kubernetes(plan, test::facts_of(plan), default_settings(), {});
  ASSERT_FALSE(clash.ok());
  EXPECT_THAT(clash.errors().front().message, HasSubstr("as a deployment is"));
  const Manifests without = render(render_kubernetes, plan_file("small"),
                                   "routing: {endpoint_picker: {deploy: false}}\n");
  EXPECT_FALSE(without.files.contains("endpoint-picker-role.yaml"));
}

TEST(Kubernetes, SettingsDecide) {
  const std::string settings = R"(namespace: llm
create_namespace: true
omit_replicas: true
labels: {team: search}
port: 9000
pools: {l40s: {node_selector: {example.com/hall: '1'}, tolerations: [{key: hall, value: '1', effect: NoExecute}]}}
gpus: {a10g: [NVIDIA-A10G, NVIDIA-A10G-SHARED]}
checkpoints: {qwen2.5-7b: {int4: Qwen/Qwen2.5-7B-Instruct-AWQ}}
model_cache: {kind: claim, claim: weights, create: true, size: 2TiB}
pods: {multi_node: {env: {NCCL_IB_HCA: mlx5}, resources: {rdma/ib: 1}}}
routing: {backend: service, default_class: chat, gateway: gw, gateway_namespace: infra, hostnames: [llm.example.com]}
)";
  const Manifests manifests = render(render_kubernetes, plan_file("small"), settings);
  const Document d = parsed(manifests, "deployments/llama-3-1-8b-l40s-tp1.yaml");
  EXPECT_EQ(at(d, "spec|replicas"), nullptr);
  EXPECT_EQ(text_at(d, "metadata|labels|team"), "search");
  EXPECT_EQ(text_at(d, "spec|template|spec|nodeSelector|example.com/hall"), "1");
  EXPECT_EQ(text_at(d, "spec|template|spec|tolerations|1|key"), "hall");
  EXPECT_EQ(text_at(d, "spec|template|spec|volumes|1|persistentVolumeClaim|claimName"), "weights");
  EXPECT_EQ(text_at(parsed(manifests, "model-cache.yaml"), "spec|resources|requests|storage"),
            "2Ti");
  EXPECT_EQ(text_at(parsed(manifests, "namespace.yaml"), "metadata|name"), "llm");
  const Document small = parsed(manifests, "deployments/qwen2-5-7b-a10g-tp1.yaml");
  EXPECT_EQ(texts_at(small, kContainer + "args").front(), "Qwen/Qwen2.5-7B-Instruct-AWQ");
  EXPECT_EQ(at(small, "spec|template|spec|nodeSelector"), nullptr);
  EXPECT_THAT(texts_at(small,
                       "spec|template|spec|affinity|nodeAffinity|"
                       "requiredDuringSchedulingIgnoredDuringExecution|nodeSelectorTerms|0|"
                       "matchExpressions|0|values"),
              ElementsAre("NVIDIA-A10G", "NVIDIA-A10G-SHARED"));
  const Document large = parsed(manifests, "deployments/llama-3-1-405b-h100-sxm-tp8-pp2.yaml");
  EXPECT_EQ(text_at(large,
                    "spec|leaderWorkerTemplate|workerTemplate|spec|containers|0|resources|limits|"
                    "rdma/ib"),
            "1");
  const Document route = parsed(manifests, "http-routes/chat.yaml");
  EXPECT_EQ(text_at(route, "spec|parentRefs|0|namespace"), "infra");
  EXPECT_EQ(text_at(route, "spec|rules|0|backendRefs|0|kind"), "Service");
  EXPECT_EQ(text_at(route, "spec|rules|0|backendRefs|0|port"), "9000");
  EXPECT_EQ(at(route, "spec|rules|0|matches")->items.size(), 2U);
  EXPECT_FALSE(manifests.files.contains("inference-pools/llama-3-1-8b-l40s-tp1.yaml"));
}

TEST(Kubernetes, EveryObjectStandsInTheKustomization) {
  const Manifests manifests = render(render_kubernetes, plan_file("odd-names"));
  const std::vector<std::string> resources =
      texts_at(parsed(manifests, "kustomization.yaml"), "resources");
  EXPECT_EQ(resources.size() + 1, manifests.files.size());
  for (const std::string& path : resources) EXPECT_TRUE(manifests.files.contains(path)) << path;
}

TEST(Kubernetes, AnEmptyPlanHasNoObjects) {
  const Manifests manifests = render(render_kubernetes, plan_file("empty"));
  EXPECT_EQ(manifests.files.size(), 1U);
  EXPECT_TRUE(texts_at(parsed(manifests, "kustomization.yaml"), "resources").empty());
}

TEST(Kubernetes, SamePlanSameBytes) {
  const Plan plan = plan_file("odd-names");
  EXPECT_EQ(render(render_kubernetes, plan).files, render(render_kubernetes, plan).files);
}

TEST(Kubernetes, QuantisedWeightsNeedACheckpoint) {
  const Manifests manifests = render(render_kubernetes, plan_file("small"));
  EXPECT_THAT(manifests.warnings, Contains(HasSubstr("checkpoints: {qwen2.5-7b: {int4: ..}}")));
}

std::string errors_of(const Plan& plan, const DeploySettings& settings,
                      const RenderOptions& options = {}) {
  const Result<Manifests> manifests =
      render_kubernetes(plan, test::facts_of(plan), settings, options);
  EXPECT_FALSE(manifests.ok());
  std::string all;
  if (!manifests) {
    for (const Error& error : manifests.errors()) all += to_string(error) + "\n";
  }
  return all;
}

TEST(KubernetesErrors, NameTheKeyToSet) {
  const Plan plan = plan_file("small");
  DeploySettings settings = default_settings();
  settings.gpus.clear();
  settings.engines.at("vllm").images.clear();
  const std::string errors = errors_of(plan, settings);
  EXPECT_THAT(errors,
              HasSubstr("/deployments/0/gpu: the settings do not say which nodes have the GPU "
                        "'h100-sxm'; add to the settings gpus: {h100-sxm: PRODUCT} with the "
                        "value of nvidia.com/gpu.product"));
  EXPECT_THAT(errors, HasSubstr("GPU 'l40s'"));
  EXPECT_THAT(errors, HasSubstr("engines: {vllm: {images: {nvidia: ..}}}"));
}

TEST(KubernetesErrors, AreAllTold) {
  Plan plan = plan_file("small");
  plan.deployments[1].engine_args.clear();
  plan.routes[0].deployment = "nowhere";
  plan.deployments[2].name = plan.deployments[1].name;
  const std::string errors = errors_of(plan, default_settings());
  EXPECT_THAT(errors, HasSubstr("/deployments/1/engine_args"));
  EXPECT_THAT(errors, HasSubstr("/routes/0/deployment: the plan has no deployment 'nowhere'"));
  EXPECT_THAT(errors, HasSubstr("two deployments are called 'llama-3.1-8b-l40s-tp1'"));
}

TEST(KubernetesErrors, OfTheEngineAndTheRoutes) {
  Plan plan = plan_file("small");
  EXPECT_THAT(errors_of(plan, default_settings(), {.engine = "trtllm"}),
              HasSubstr("spans 2 nodes, which trtllm cannot"));
  EXPECT_THAT(errors_of(plan, default_settings(), {.engine = "vlm"}),
              HasSubstr("did you mean 'vllm'?"));
  DeploySettings settings = default_settings();
  settings.routing.default_class = "chta";
  EXPECT_THAT(errors_of(plan, settings), HasSubstr("did you mean 'chat'?"));
  plan.classes[0].name = plan.routes[0].query_class = "a\nb";
  EXPECT_THAT(errors_of(plan, default_settings()), HasSubstr("a name that no header can hold"));
}

TEST(Facts, ComeFromTheCatalogAndTheOffers) {
  Plan plan = plan_file("small");
  const DeployFacts facts = test::facts_of(plan);
  EXPECT_EQ(facts.deployments[0].vendor, "nvidia");
  EXPECT_EQ(facts.deployments[0].node_gpus, 8);
  EXPECT_EQ(facts.deployments[1].node_gpus, 1);
  EXPECT_NEAR(facts.deployments[1].weight_bytes, 16.06e9, 0.05e9);
  EXPECT_FALSE(facts.deployments[2].native_precision);
  plan.deployments[0].gpu = "h100-smx";
  plan.deployments[1].model = "lama-3.1-8b";
  const Result<Catalog> catalog = load_builtin_catalog();
  const Result<DeployFacts> wrong = deploy_facts(plan, *catalog);
  ASSERT_FALSE(wrong.ok());
  ASSERT_EQ(wrong.errors().size(), 2U);
  EXPECT_EQ(wrong.errors()[0].where, "/deployments/0/gpu");
  EXPECT_THAT(wrong.errors()[0].suggestion, HasSubstr("--against FLEET.yaml"));
  EXPECT_EQ(wrong.errors()[1].where, "/deployments/1/model");
}

}  // namespace
}  // namespace berth
