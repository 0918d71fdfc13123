#pragma once
// berth.deploy/1: how a plan becomes objects of a cluster (docs/export.md).
// data/deploy/settings.yaml holds every default; a user's file overrides it key by key, tables
// entry by entry.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"

namespace berth {

using Labels = std::map<std::string, std::string>;

struct Toleration {
  std::string key;        ///< empty with "Exists": all taints
  std::string operation;  ///< "Exists", "Equal"
  std::string value;
  std::string effect;  ///< empty: all effects
};

struct EngineDeploy {
  std::map<std::string, std::string> images;  ///< by GPU vendor
  std::vector<std::string> command;           ///< what the arguments are given to
  std::vector<std::string> args;              ///< after those of the plan
  Labels env;
  std::string health_path;
};

struct VendorDeploy {
  std::string resource;       ///< "nvidia.com/gpu"
  std::string product_label;  ///< node label that names the GPU's product; empty: none
  std::vector<Toleration> tolerations;
};

/// Where pods of a GPU type, or of a pool, may run.
struct Placement {
  std::vector<std::string> products;  ///< values of the vendor's product label, any of them
  Labels node_selector;
  std::vector<Toleration> tolerations;  ///< beyond the vendor's
  std::string resource;                 ///< instead of the vendor's; empty: the vendor's
};

struct ModelCache {
  std::string kind;           ///< "empty_dir", "claim", "host_path"
  std::string mount;          ///< path in the container
  std::string claim;          ///< name of the PersistentVolumeClaim
  bool create = false;        ///< write the claim, too
  std::string storage_class;  ///< empty: the cluster's default
  std::string access_mode;
  double size_bytes = 0.0;  ///< of a created claim; limit of an empty_dir, 0 = none
  std::string host_path;
};

struct ModelToken {
  std::string secret;  ///< empty: none
  std::string key;
  std::string env;
};

struct PodDeploy {
  double shared_memory_bytes = 0.0;   ///< of /dev/shm
  std::string cpu_per_gpu;            ///< request; empty: none
  double memory_per_gpu_bytes = 0.0;  ///< request; 0: none
  Labels env;
  Labels annotations;
  std::string service_account;
  std::string priority_class;
  std::string runtime_class;
  std::vector<std::string> pull_secrets;
  Labels multi_node_env;        ///< of replicas that span nodes
  Labels multi_node_resources;  ///< limits beside the GPUs, such as rdma/ib
};

struct StartUp {
  std::optional<Seconds> engine_start;   ///< absent: of the fleet
  std::optional<double> load_bandwidth;  ///< bytes/s; absent: of the fleet
  double slack = 1.0;                    ///< times the time expected
  Seconds least{0.0};
  Seconds period{0.0};
};

struct RoutingDeploy {
  std::string class_header;
  std::string path;
  std::string gateway;
  std::string gateway_namespace;  ///< empty: that of the objects
  std::string gateway_section;    ///< listener; empty: all
  std::vector<std::string> hostnames;
  std::string backend;        ///< "pool" (InferencePool), "service"
  std::string default_class;  ///< takes requests without the header; empty: none
  std::string timeout;        ///< Gateway API duration; empty: the gateway's
  int weight_total = 0;       ///< what the weights of a rule add up to
  std::string picker;         ///< Service of the endpoint picker; "{pool}" is the pool's name
  int picker_port = 0;
  std::string picker_failure;  ///< "FailOpen", "FailClose"
  bool picker_deploy = false;  ///< write the endpoint pickers as well
  std::string picker_image;
  std::string picker_config;  ///< EndpointPickerConfig, YAML
  std::vector<std::string> picker_args;
};

struct ScalingDeploy {
  std::string source;          ///< "targets": target_url; "prometheus": prometheus_url
  std::string target_url;      ///< of berth serve, or of the loop
  std::string prometheus_url;  ///< where the loop's metrics are
  std::string authentication;  ///< TriggerAuthentication with a bearer token; empty: none
  std::string token_secret;    ///< Secret with that token: it is written as well; empty: it is not
  std::string token_key;
  int min_replicas = 0;
  double max_factor = 1.0;  ///< times the plan's replicas, rounded up
  Seconds polling{0.0};
  Seconds cooldown{0.0};
  int fallback_after = 0;           ///< failed polls
  std::optional<double> tolerance;  ///< of the HPA; absent: the cluster's
};

/// Names of one quantity, today's first; older spellings are read where it has no samples.
using MetricNames = std::vector<std::string>;

struct MetricsDeploy {
  std::map<std::string, std::map<std::string, MetricNames>>
      names;              ///< engine or "gateway" -> quantity ("running", "ttft", ...)
  std::string pod_label;  ///< of a sample: the pod it comes from
  std::string namespace_label;
  std::string class_label;          ///< of the demand metrics: what requests ask for
  bool class_in_namespace = false;  ///< those metrics are of the objects' namespace
  std::string window;               ///< "5m"
  Labels rule_labels;               ///< on the PrometheusRule and the PodMonitor
  Labels dashboard_labels;          ///< on the dashboard's ConfigMap
  double demand_above = 1.0;        ///< alert: times the planned rate
  double prediction_off = 1.0;      ///< alert: times the prediction
  std::string alert_after;          ///< "15m"
};

struct DeploySettings {
  std::string name_space;
  bool create_namespace = false;
  bool omit_replicas = false;  ///< an autoscaler owns them
  Labels labels;
  Labels annotations;
  std::vector<std::string> served_names;  ///< of: model, repository, classes, deployment
  std::map<std::string, EngineDeploy> engines;
  std::map<std::string, VendorDeploy> vendors;
  std::map<std::string, Placement> gpus;   ///< by lower-case name or alias
  std::map<std::string, Placement> pools;  ///< by the plan's name
  std::map<std::string, std::map<std::string, std::string>>
      checkpoints;  ///< model -> precision or "*" -> what the engine loads
  PodDeploy pods;
  ModelCache cache;
  ModelToken token;
  StartUp start_up;
  std::optional<Seconds> drain;  ///< absent: the fleet's, at least the longest limit on a
                                 ///< whole request
  int port = 0;
  RoutingDeploy routing;
  ScalingDeploy scaling;
  MetricsDeploy metrics;
  std::map<std::string, std::string> api_versions;  ///< by kind
};

/// data/deploy/settings.yaml, with its comments: `berth export ... --print-settings`.
[[nodiscard]] std::string_view default_settings_text();
[[nodiscard]] const DeploySettings& default_settings();

/// The defaults with a user's file over them. All errors at once, "file:line: /pointer".
[[nodiscard]] Result<DeploySettings> parse_settings(const std::string& name, std::string_view text);
[[nodiscard]] Result<DeploySettings> read_settings(const std::filesystem::path& path);

/// data/schema/deploy.schema.json, draft 2020-12 (`berth schema deploy`).
[[nodiscard]] std::string_view deploy_schema();
/// The keys the reader asks for, by section, sorted; a test holds the schema against it.
[[nodiscard]] std::map<std::string, std::vector<std::string>> deploy_keys();

}  // namespace berth
