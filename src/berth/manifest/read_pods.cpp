// The sections of berth.deploy/1 about pods and the traffic to them.

#include <regex>

#include <fmt/format.h>

#include "berth/manifest/settings_reader.h"

namespace berth::manifest {
namespace {

constexpr Range kPorts{.min = 1, .max = 65535};
constexpr const char* kSecretName = "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?";
constexpr const char* kSecretKey = "[-._a-zA-Z0-9]{1,253}";

/// Records `message` at the key unless the text matches.
void expect(MapReader& map, std::string_view key, const std::string& value, const char* pattern,
            const std::string& suggestion) {
  if (value.empty() || std::regex_match(value, std::regex(pattern))) return;
  if (const auto found = map.find(key)) {
    found->fail(ErrorCode::kOutOfRange, fmt::format("'{}' cannot be the {}", value, key),
                suggestion);
  }
}

void read_cache(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("model_cache");
  if (!found) return;
  ModelCache& cache = reader.settings.cache;
  MapReader map(*found);
  read_word(map, "kind", cache.kind, {"empty_dir", "claim", "host_path"});
  read_text(map, "mount", cache.mount);
  read_text(map, "claim", cache.claim);
  expect_label(map, "claim", cache.claim);
  read_flag(map, "create", cache.create);
  read_text(map, "storage_class", cache.storage_class, true);
  read_word(map, "access_mode", cache.access_mode,
            {"ReadWriteMany", "ReadWriteOnce", "ReadOnlyMany"});
  read_bytes(map, "size", cache.size_bytes);
  read_text(map, "host_path", cache.host_path);
  reader.finish(map, "model_cache");
  if (!cache.mount.starts_with("/")) {
    map.fail(ErrorCode::kOutOfRange, "mount must be an absolute path");
  }
  if (cache.create && cache.kind != "claim") {
    map.fail(ErrorCode::kInconsistent, "create writes a claim, and kind is " + cache.kind,
             "kind: claim");
  }
  if (cache.create && cache.size_bytes <= 0.0) {
    map.fail(ErrorCode::kMissing, "a claim that is written needs a size", "size: 2TiB");
  }
}

void read_token(MapReader& root, const SettingsReader& reader) {
  ModelToken& token = reader.settings.token;
  const bool given = root.has("model_token");
  const auto found = root.find("model_token");
  if (!found) {
    if (given) token.secret.clear();
    return;
  }
  MapReader map(*found);
  read_text(map, "secret", token.secret, true);
  expect(map, "secret", token.secret, kSecretName, "the name of a Secret");
  read_text(map, "key", token.key);
  read_text(map, "env", token.env);
  reader.finish(map, "model_token");
}

void read_start_up(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("start_up");
  if (!found) return;
  StartUp& start = reader.settings.start_up;
  MapReader map(*found);
  if (const auto time = map.optional_duration("engine_start", kPositive)) start.engine_start = time;
  if (const auto value = map.find("load_bandwidth")) start.load_bandwidth = value->size();
  read_number(map, "slack", start.slack, {.min = 1.0, .max = 100.0});
  read_time(map, "least", start.least);
  read_time(map, "period", start.period);
  reader.finish(map, "start_up");
}

void read_picker(MapReader& map, const SettingsReader& reader) {
  const auto found = map.find("endpoint_picker");
  if (!found) return;
  RoutingDeploy& routing = reader.settings.routing;
  MapReader picker(*found);
  read_text(picker, "service", routing.picker);
  expect(picker, "service", routing.picker, "([-a-z0-9.]|\\{pool\\})+",
         "the name of a Service; {pool} stands for the pool's name");
  read_whole(picker, "port", routing.picker_port, kPorts);
  read_word(picker, "failure_mode", routing.picker_failure, {"FailOpen", "FailClose"});
  read_flag(picker, "deploy", routing.picker_deploy);
  read_text(picker, "image", routing.picker_image);
  read_text(picker, "config", routing.picker_config);
  read_texts(picker, "args", routing.picker_args);
  reader.finish(picker, "endpoint_picker");
  if (routing.picker_deploy && routing.picker.find("{pool}") == std::string::npos) {
    picker.fail(ErrorCode::kInconsistent, "each pool gets an endpoint picker of its own",
                "write {pool} in service, or deploy: false");
  }
}

void read_scaling_token(MapReader& map, const SettingsReader& reader) {
  const auto found = map.find("token");
  if (!found) return;
  ScalingDeploy& scaling = reader.settings.scaling;
  MapReader token(*found);
  read_text(token, "secret", scaling.token_secret, true);
  expect(token, "secret", scaling.token_secret, kSecretName, "the name of a Secret");
  read_text(token, "key", scaling.token_key);
  expect(token, "key", scaling.token_key, kSecretKey, "a key of the Secret");
  reader.finish(token, "scaling_token");
}

}  // namespace

void read_pods(MapReader& root, const SettingsReader& reader) {
  read_cache(root, reader);
  read_token(root, reader);
  read_start_up(root, reader);
  const auto found = root.find("pods");
  if (!found) return;
  PodDeploy& pods = reader.settings.pods;
  MapReader map(*found);
  read_bytes(map, "shared_memory", pods.shared_memory_bytes);
  read_text(map, "cpu_per_gpu", pods.cpu_per_gpu, true);
  expect(map, "cpu_per_gpu", pods.cpu_per_gpu, "[0-9]+(\\.[0-9]+)?", "a number of cores: 2, 0.5");
  read_bytes(map, "memory_per_gpu", pods.memory_per_gpu_bytes);
  read_table(map, "env", pods.env, Form::kEnvironment);
  read_table(map, "annotations", pods.annotations, Form::kAnnotations);
  read_text(map, "service_account", pods.service_account, true);
  expect_label(map, "service_account", pods.service_account);
  read_text(map, "priority_class", pods.priority_class, true);
  expect_label(map, "priority_class", pods.priority_class);
  read_text(map, "runtime_class", pods.runtime_class, true);
  expect_label(map, "runtime_class", pods.runtime_class);
  read_texts(map, "pull_secrets", pods.pull_secrets);
  if (const auto nodes = map.find("multi_node")) {
    MapReader multi(*nodes);
    read_table(multi, "env", pods.multi_node_env, Form::kEnvironment);
    read_table(multi, "resources", pods.multi_node_resources, Form::kAny);
    reader.finish(multi, "multi_node");
  }
  reader.finish(map, "pods");
}

void read_routing(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("routing");
  if (!found) return;
  RoutingDeploy& routing = reader.settings.routing;
  MapReader map(*found);
  read_text(map, "class_header", routing.class_header);
  expect(map, "class_header", routing.class_header, "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}",
         "the name of an HTTP header");
  read_text(map, "path", routing.path);
  expect(map, "path", routing.path, "/[-A-Za-z0-9/._~]*", "a path that begins with '/'");
  read_text(map, "gateway", routing.gateway);
  expect(map, "gateway", routing.gateway, "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?",
         "the name of a Gateway");
  read_text(map, "gateway_namespace", routing.gateway_namespace, true);
  expect_label(map, "gateway_namespace", routing.gateway_namespace);
  read_text(map, "gateway_section", routing.gateway_section, true);
  read_texts(map, "hostnames", routing.hostnames);
  read_word(map, "backend", routing.backend, {"pool", "service"});
  read_text(map, "default_class", routing.default_class, true);
  read_text(map, "timeout", routing.timeout, true);
  expect(map, "timeout", routing.timeout, "([0-9]{1,5}(h|m|s|ms)){1,4}", "such as 1h or 30m");
  read_whole(map, "weight_total", routing.weight_total, {.min = 1, .max = 1e6});
  read_picker(map, reader);
  reader.finish(map, "routing");
}

void read_scaling(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("scaling");
  if (!found) return;
  ScalingDeploy& scaling = reader.settings.scaling;
  MapReader map(*found);
  read_word(map, "source", scaling.source, {"targets", "prometheus"});
  read_text(map, "target_url", scaling.target_url);
  expect(map, "target_url", scaling.target_url, "https?://[^\\s]+", "http://host:port");
  read_text(map, "prometheus_url", scaling.prometheus_url);
  expect(map, "prometheus_url", scaling.prometheus_url, "https?://[^\\s]+", "http://host:port");
  read_text(map, "authentication", scaling.authentication, true);
  expect_label(map, "authentication", scaling.authentication);
  read_scaling_token(map, reader);
  read_whole(map, "min_replicas", scaling.min_replicas, {.min = 0, .max = 1e6});
  read_number(map, "max_factor", scaling.max_factor, {.min = 1.0, .max = 1e4});
  read_time(map, "polling", scaling.polling);
  read_time(map, "cooldown", scaling.cooldown);
  read_whole(map, "fallback_after", scaling.fallback_after, {.min = 1, .max = 1e6});
  if (map.has("tolerance")) {
    scaling.tolerance = map.optional_number("tolerance", kShareRange);
  }
  reader.finish(map, "scaling");
}

}  // namespace berth::manifest
