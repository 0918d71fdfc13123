// berth.deploy/1: defaults, what overrides them, and what is told of mistakes.

#include "berth/manifest/settings.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/catalog/catalog.h"
#include "berth/core/file.h"
#include "berth/core/text.h"

namespace berth {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<DeploySettings> read(const std::string& text) {
  return parse_settings("my.yaml", "format: berth.deploy/1\n" + text);
}

std::string told(const std::string& text) {
  const Result<DeploySettings> settings = read(text);
  std::string all;
  if (settings) return all;
  for (const Error& error : settings.errors()) all += to_string(error) + "\n";
  return all;
}

TEST(Settings, DefaultsAreWhatTheirFileSays) {
  const DeploySettings& defaults = default_settings();
  EXPECT_EQ(defaults.name_space, "berth");
  EXPECT_EQ(defaults.gpus.at("h100-sxm").products,
            std::vector<std::string>{"NVIDIA-H100-80GB-HBM3"});
  EXPECT_EQ(defaults.vendors.at("amd").resource, "amd.com/gpu");
  EXPECT_EQ(defaults.api_versions.at("LLMInferenceService"), "serving.kserve.io/v1alpha2");
  const auto file = read_file(std::string(BERTH_SOURCE_DIR) + "/data/deploy/settings.yaml");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, default_settings_text());
  EXPECT_TRUE(parse_settings("defaults", default_settings_text()).ok());
}

TEST(Settings, TablesNameGpusOfTheCatalog) {
  const Result<Catalog> catalog = load_builtin_catalog();
  for (const auto& [gpu, place] : default_settings().gpus) {
    EXPECT_TRUE(catalog->find_gpu(gpu)) << gpu;
    EXPECT_FALSE(place.products.empty()) << gpu;
  }
  for (const GpuType& gpu : catalog->gpus()) {
    if (gpu.vendor == "nvidia") {
      EXPECT_TRUE(default_settings().gpus.contains(gpu.name)) << gpu.name;
    }
  }
}

TEST(Settings, OverrideKeyByKeyAndEntryByEntry) {
  const auto settings = read(R"(namespace: llm
gpus: {L4: [NVIDIA-L4, NVIDIA-L4-SHARED], my-gpu: {node_selector: {example.com/gpu: mine}}}
pools: {hall-1/h100: {node_selector: {example.com/hall: '1'}}}
engines: {vllm: {images: {nvidia: registry.example.com/vllm:1}}}
pods: {shared_memory: 1GiB, cpu_per_gpu: null, env: {A: 1}}
model_token: null
scaling: {tolerance: null}
api_versions: {ScaledObject: keda.sh/v1}
checkpoints: {Llama-3.1-70b: {int4: org/awq}, qwen2.5-7b: org/any}
metrics: {names: {vllm: {running: my_running}}}
)");
  ASSERT_TRUE(settings.ok()) << to_string(settings.errors().front());
  EXPECT_EQ(settings->name_space, "llm");
  EXPECT_THAT(settings->gpus.at("l4").products, ElementsAre("NVIDIA-L4", "NVIDIA-L4-SHARED"));
  EXPECT_EQ(settings->gpus.at("my-gpu").node_selector.at("example.com/gpu"), "mine");
  EXPECT_EQ(settings->gpus.at("l40s").products.front(), "NVIDIA-L40S");
  EXPECT_EQ(settings->pools.at("hall-1/h100").node_selector.at("example.com/hall"), "1");
  EXPECT_EQ(settings->engines.at("vllm").images.at("nvidia"), "registry.example.com/vllm:1");
  EXPECT_THAT(settings->engines.at("vllm").command, ElementsAre("vllm", "serve"));
  EXPECT_EQ(settings->pods.shared_memory_bytes, 1024.0 * 1024.0 * 1024.0);
  EXPECT_EQ(settings->pods.cpu_per_gpu, "");
  EXPECT_EQ(settings->pods.env.at("A"), "1");
  EXPECT_EQ(settings->token.secret, "");
  EXPECT_FALSE(settings->scaling.tolerance);
  EXPECT_EQ(settings->api_versions.at("ScaledObject"), "keda.sh/v1");
  EXPECT_EQ(settings->checkpoints.at("llama-3.1-70b").at("int4"), "org/awq");
  EXPECT_EQ(settings->checkpoints.at("qwen2.5-7b").at("*"), "org/any");
  EXPECT_THAT(settings->metrics.names.at("vllm").at("running"), ElementsAre("my_running"));
  EXPECT_THAT(settings->metrics.names.at("vllm").at("waiting"),
              ElementsAre("vllm:num_requests_waiting"));
}

TEST(Settings, AllErrorsAreToldAtOnceWithPlaceAndSuggestion) {
  const std::string errors = told(R"(namespce: x
namespace: Not_A_Name
engines: {vlm: {}}
pods: {shared_memory: 1 parsec}
routing: {backend: pol, weight_total: 0, class_header: 'a b', timeout: soon}
served_names: [modl]
model_cache: {kind: pvc}
scaling: {target_url: berth, prometheus_url: x, source: prom, token: {secret: A_B, key: 'a b'}}
api_versions: {Deploymnt: apps/v1, Service: latest}
labels: {'a b': c}
metrics: {names: {vllm: {runing: x}}, window: 5x}
)");
  EXPECT_THAT(errors, HasSubstr("my.yaml:2: /namespce: "));
  EXPECT_THAT(errors, HasSubstr("did you mean 'namespace'?"));
  EXPECT_THAT(errors, HasSubstr("my.yaml:3: /namespace: 'Not_A_Name' is no name of an object"));
  EXPECT_THAT(errors, HasSubstr("did you mean 'vllm'?"));
  EXPECT_THAT(errors, HasSubstr("/pods/shared_memory"));
  EXPECT_THAT(errors, HasSubstr("unknown backend 'pol'; did you mean 'pool'?"));
  EXPECT_THAT(errors, HasSubstr("/routing/weight_total"));
  EXPECT_THAT(errors, HasSubstr("'a b' cannot be the class_header"));
  EXPECT_THAT(errors, HasSubstr("'soon' cannot be the timeout"));
  EXPECT_THAT(errors, HasSubstr("unknown name 'modl'; did you mean 'model'?"));
  EXPECT_THAT(errors, HasSubstr("/model_cache/kind"));
  EXPECT_THAT(errors, HasSubstr("'berth' cannot be the target_url"));
  EXPECT_THAT(errors, HasSubstr("'x' cannot be the prometheus_url"));
  EXPECT_THAT(errors, HasSubstr("unknown source 'prom'; did you mean 'prometheus'?"));
  EXPECT_THAT(errors, HasSubstr("/scaling/token/secret: 'A_B' cannot be the secret"));
  EXPECT_THAT(errors, HasSubstr("/scaling/token/key: 'a b' cannot be the key"));
  EXPECT_THAT(errors, HasSubstr("unknown kind 'Deploymnt'; did you mean 'Deployment'?"));
  EXPECT_THAT(errors, HasSubstr("'latest' is no apiVersion"));
  EXPECT_THAT(errors, HasSubstr("'a b' is no key of a label"));
  EXPECT_THAT(errors, HasSubstr("unknown key 'runing'; did you mean 'running'?"));
  EXPECT_THAT(errors, HasSubstr("'5x' cannot be the window"));
}

TEST(Settings, ContradictionsAreErrors) {
  EXPECT_THAT(told("model_cache: {create: true}"), HasSubstr("kind: claim"));
  EXPECT_THAT(told("model_cache: {kind: claim, create: true}"), HasSubstr("needs a size"));
  EXPECT_THAT(told("engines: {vllm: {command: []}}"), HasSubstr("needs a command"));
  EXPECT_THAT(told("vendors: {acme: {}}"), HasSubstr("needs the resource"));
  EXPECT_THAT(told("served_names: []"), HasSubstr("must answer to some name"));
  EXPECT_THAT(told("routing: {endpoint_picker: {service: epp}}"), HasSubstr("write {pool}"));
  EXPECT_EQ(told("routing: {endpoint_picker: {service: epp, deploy: false}}"), "");
  EXPECT_EQ(told("model_cache: {kind: claim, create: true, size: 1TiB}"), "");
}

TEST(Settings, OfAnotherFormatAreRefused) {
  EXPECT_FALSE(parse_settings("x.yaml", "format: berth.fleet/1\n").ok());
  EXPECT_FALSE(parse_settings("x.yaml", "namespace: a\n").ok());
  EXPECT_FALSE(read_settings("/nowhere/at/all.yaml").ok());
}

std::vector<std::string> schema_keys(const Json& object) {
  EXPECT_EQ(object.at("additionalProperties"), false);
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.at("properties").items()) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST(DeploySchema, HasTheReadersKeysInEverySection) {
  const Json schema = Json::parse(deploy_schema());
  const auto read_keys = deploy_keys();
  EXPECT_EQ(read_keys.size(), 16U);
  for (const auto& [section, keys] : read_keys) {
    EXPECT_EQ(schema_keys(section == "deploy" ? schema : schema.at("$defs").at(section)), keys)
        << section;
  }
  for (const auto& [section, definition] : schema.at("$defs").items()) {
    EXPECT_TRUE(read_keys.contains(section)) << section;
  }
}

TEST(DeploySchema, IsTheFileInTheTree) {
  const auto file = read_file(std::string(BERTH_SOURCE_DIR) + "/data/schema/deploy.schema.json");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, deploy_schema());
}

}  // namespace
}  // namespace berth
