// Recording rules of a plan: demand of its classes, what its deployments do, and what was planned.

#include <array>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/promql.h"

namespace berth::manifest {
namespace {

/// Rules with the same labels.
class RuleList {
 public:
  explicit RuleList(Labels labels) : labels_(std::move(labels)) {}

  /// Left out where the expression is empty: the settings name no metric for it.
  void add(const std::string& name, const std::string& expression, const Labels& more = {}) {
    if (expression.empty()) return;
    Labels labels = labels_;
    for (const auto& [key, value] : more) labels[key] = value;
    rules_.push_back(map_node({{"record", text_node(name)},
                               {"expr", text_node(expression)},
                               {"labels", labels_node(labels)}}));
  }
  [[nodiscard]] std::vector<Node> take() { return std::move(rules_); }

 private:
  Labels labels_;
  std::vector<Node> rules_;
};

std::string constant(double value) { return "vector(" + shortest(value) + ")"; }

std::string summed(const Scene& scene, const std::string& source, const std::string& quantity,
                   const std::string& matchers, const std::string& function) {
  return any_name(scene, source, quantity, [&](const std::string& name) {
    const std::string series = name + "{" + matchers + "}";
    if (function.empty()) return "sum(" + series + ")";
    return fmt::format("sum({}({}[{}]))", function, series, scene.settings->metrics.window);
  });
}

/// Requests that finish, and the growth of those inside: completions alone would read too little
/// where an engine falls behind.
std::string arrivals(const Scene& scene, const Unit& unit, const std::string& pods) {
  const std::string finished = summed(scene, unit.engine, "completed", pods, "rate");
  if (finished.empty()) return {};
  std::string sum = finished;
  for (const char* quantity : {"running", "waiting"}) {
    const std::string growth = summed(scene, unit.engine, quantity, pods, "deriv");
    if (!growth.empty()) sum += " + " + growth;
  }
  return "clamp_min(" + sum + ", 0)";
}

struct Metric {
  const char* quantity;
  double PercentileFacts::*predicted;
  std::optional<double> PercentileFacts::*limit;
};
constexpr std::array kMetrics = {
    Metric{"ttft", &PercentileFacts::ttft_s, &PercentileFacts::ttft_limit},
    Metric{"tpot", &PercentileFacts::tpot_s, &PercentileFacts::tpot_limit},
    Metric{"e2e", &PercentileFacts::e2e_s, &PercentileFacts::e2e_limit}};

void add_times(const Scene& scene, std::size_t index, const std::string& pods, RuleList& rules) {
  const Unit& unit = scene.units[index];
  for (const PercentileFacts& row : percentiles_of(scene, index)) {
    const Labels quantile = {{"quantile", shortest(row.percentile)}};
    for (const Metric& metric : kMetrics) {
      const std::string name = fmt::format("berth:deployment_{}_seconds", metric.quantity);
      const std::string measured =
          quantile_of(scene, unit.engine, metric.quantity, pods, row.percentile);
      const double predicted = row.*metric.predicted;
      rules.add(name + ":quantile", measured, quantile);
      if (predicted > 0.0) {
        rules.add(name + ":predicted", constant(predicted), quantile);
        if (!measured.empty()) {
          rules.add(name + ":measured_to_predicted",
                    fmt::format("{} / {}", measured, shortest(predicted)), quantile);
        }
      }
      const std::optional<double> limit = row.*metric.limit;
      if (limit) rules.add(name + ":limit", constant(*limit), quantile);
    }
  }
}

Node deployment_group(const Scene& scene, std::size_t index) {
  const Unit& unit = scene.units[index];
  const PlanDeployment& d = *unit.plan;
  Labels labels = plan_labels(scene);
  labels["deployment"] = d.name;
  labels["model"] = d.model;
  labels["pool"] = d.pool;
  RuleList rules(labels);
  const std::string pods = pod_matchers(scene, unit);
  const auto over = [&](const std::string& aggregate, const std::string& quantity) {
    return any_name(scene, unit.engine, quantity, [&](const std::string& name) {
      return fmt::format("{}({}{{{}}})", aggregate, name, pods);
    });
  };
  const std::string running = over("sum", "running");
  rules.add("berth:deployment_requests:rate", arrivals(scene, unit, pods));
  rules.add("berth:deployment_running:sum", running);
  rules.add("berth:deployment_waiting:sum", over("sum", "waiting"));
  rules.add("berth:deployment_cache_usage:max", over("max", "cache_usage"));
  rules.add("berth:deployment_preemptions:rate",
            summed(scene, unit.engine, "preemptions", pods, "rate"));
  rules.add("berth:deployment_replicas:ready", count_replicas(scene, unit));
  rules.add("berth:deployment_replicas:planned", constant(d.replicas));
  if (!running.empty() && d.max_num_seqs > 0) {
    // Sequences that run, of those the plan lets each engine run at once: a series is an engine.
    rules.add("berth:deployment_utilization:ratio",
              fmt::format("{} / ({} * {})", running, over("count", "running"), d.max_num_seqs));
  }
  rules.add("berth:deployment_utilization:planned", constant(d.utilization));
  add_times(scene, index, pods, rules);
  return map_node(
      {{"name", text_node("berth-deployment-" + unit.name)}, {"rules", list_node(rules.take())}});
}

void add_class_times(const Scene& scene, const PlanClass& c, const std::string& matchers,
                     RuleList& rules) {
  const Labels quantile = {{"quantile", shortest(c.slo.percentile)}};
  const auto add = [&](const std::string& quantity, double predicted,
                       const std::optional<Seconds>& limit) {
    const std::string name = fmt::format("berth:class_{}_seconds", quantity);
    rules.add(name + ":quantile",
              quantile_of(scene, "gateway", quantity, matchers, c.slo.percentile), quantile);
    if (predicted > 0.0) rules.add(name + ":predicted", constant(predicted), quantile);
    if (limit) rules.add(name + ":limit", constant(limit->value), quantile);
  };
  add("ttft", c.ttft_s, c.slo.ttft);
  add("tpot", c.tpot_s, c.slo.tpot);
  add("e2e", c.e2e_s, c.slo.e2e);
}

Node class_group(const Scene& scene, const PlanClass& c, const std::string& name) {
  Labels labels = plan_labels(scene);
  labels["class"] = c.name;
  RuleList rules(labels);
  const MetricsDeploy& metrics = scene.settings->metrics;
  std::string matchers = metrics.class_label + "=" + promql_text(c.name);
  if (metrics.class_in_namespace) {
    // Another fleet of the cluster may have a class of that name.
    matchers =
        metrics.namespace_label + "=" + promql_text(scene.settings->name_space) + ", " + matchers;
  }
  rules.add("berth:class_requests:rate", summed(scene, "gateway", "requests", matchers, "rate"));
  rules.add("berth:class_requests:planned", constant(c.rate));
  add_class_times(scene, c, matchers, rules);
  return map_node({{"name", text_node("berth-class-" + name)}, {"rules", list_node(rules.take())}});
}

}  // namespace

Node rule_groups(const Scene& scene) {
  std::vector<Node> groups;
  for (const Traffic& traffic : scene.traffic) {
    if (traffic.plan != nullptr) groups.push_back(class_group(scene, *traffic.plan, traffic.name));
  }
  for (std::size_t k = 0; k < scene.units.size(); ++k) {
    groups.push_back(deployment_group(scene, k));
  }
  if (!groups.empty()) groups.push_back(alert_group(scene));
  return map_node({{"groups", list_node(std::move(groups))}});
}

}  // namespace berth::manifest
