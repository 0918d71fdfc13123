// Alerts of a plan: promises broken, demand beyond the plan, predictions that are off.

#include <array>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/promql.h"

namespace berth::manifest {
namespace {

/// The alert's own series of this plan: others may stand beside it.
std::string own(const Scene& scene, std::string_view series, const std::string& more = {}) {
  std::string matchers;
  for (const auto& [key, value] : plan_labels(scene)) {
    matchers += (matchers.empty() ? "" : ", ") + key + "=" + promql_text(value);
  }
  return fmt::format("{}{{{}{}}}", series, matchers, more);
}

/// Leaves out deployments whose replicas nothing counts: their absence says nothing.
std::string counted(const Scene& scene) {
  std::string matchers;
  for (const Unit& unit : scene.units) {
    if (count_replicas(scene, unit).empty()) {
      matchers += ", deployment!=" + promql_text(unit.plan->name);
    }
  }
  return matchers;
}

Node alert(const Scene& scene, const std::string& name, const std::string& expression,
           const std::string& severity, const std::string& summary) {
  return map_node({{"alert", text_node(name)},
                   {"expr", text_node(expression)},
                   {"for", text_node(scene.settings->metrics.alert_after)},
                   {"labels", labels_node({{"severity", severity}})},
                   {"annotations", labels_node({{"summary", summary}})}});
}

struct TimeWords {
  const char* quantity;
  const char* name;
  const char* what;
};
constexpr std::array kTimes = {TimeWords{"ttft", "Ttft", "the time to first token"},
                               TimeWords{"tpot", "Tpot", "the time per output token"},
                               TimeWords{"e2e", "E2e", "the time of a request"}};

/// The settings name a metric of the gateway for it.
bool is_measured(const Scene& scene, const std::string& quantity) {
  return !any_name(scene, "gateway", quantity, [](const std::string& name) {
            return name;
          }).empty();
}

/// Of classes where the gateway measures them, and of deployments by the tightest of their classes.
void add_limits(const Scene& scene, std::vector<Node>& rules) {
  for (const char* kind : {"class", "deployment"}) {
    for (const TimeWords& time : kTimes) {
      const bool of_class = *kind == 'c';
      if (of_class && !is_measured(scene, time.quantity)) continue;
      const std::string series = fmt::format("berth:{}_{}_seconds", kind, time.quantity);
      rules.push_back(alert(
          scene, fmt::format("Berth{}{}AboveLimit", of_class ? "Class" : "Deployment", time.name),
          fmt::format("{} > {}", own(scene, series + ":quantile"), own(scene, series + ":limit")),
          "critical",
          fmt::format("{} of {{{{ $labels.{} }}}} is {{{{ $value | humanizeDuration }}}} at the "
                      "percentile {{{{ $labels.quantile }}}}, above its limit",
                      time.what, kind)));
    }
  }
}

void add_predictions(const Scene& scene, std::vector<Node>& rules) {
  for (const TimeWords& time : kTimes) {
    rules.push_back(alert(
        scene, fmt::format("Berth{}PredictionOff", time.name),
        fmt::format("{} > {}",
                    own(scene, fmt::format("berth:deployment_{}_seconds:measured_to_predicted",
                                           time.quantity)),
                    shortest(scene.settings->metrics.prediction_off)),
        "warning",
        fmt::format(
            "{} of {{{{ $labels.deployment }}}} is {{{{ $value | humanize }}}} times what the "
            "plan predicts",
            time.what)));
  }
}

}  // namespace

// Rules of one class or deployment record the same labels. Compared by all of them, without "on",
// an alert keeps them: with the fleet and the namespace it is not taken for that of another plan.
Node alert_group(const Scene& scene) {
  std::vector<Node> rules;
  add_limits(scene, rules);
  rules.push_back(
      alert(scene, "BerthDemandAbovePlan",
            fmt::format("{} > {} * {}", own(scene, "berth:class_requests:rate"),
                        shortest(scene.settings->metrics.demand_above),
                        own(scene, "berth:class_requests:planned")),
            "warning",
            "{{ $labels.class }} gets {{ $value | humanize }} requests/s, more than was "
            "planned for"));
  const std::string planned = own(scene, "berth:deployment_replicas:planned", counted(scene));
  const std::string ready = own(scene, "berth:deployment_replicas:ready");
  rules.push_back(
      alert(scene, "BerthReplicasMissing",
            fmt::format("({0} > {1}) or ({0} > 0 unless {1})", planned, ready), "warning",
            "fewer replicas of {{ $labels.deployment }} report than the {{ $value }} that "
            "are planned"));
  rules.push_back(alert(scene, "BerthQueueLong",
                        fmt::format("{} > {}", own(scene, "berth:deployment_waiting:sum"),
                                    own(scene, "berth:deployment_running:sum")),
                        "warning",
                        "more requests wait for {{ $labels.deployment }} than run on it"));
  add_predictions(scene, rules);
  return map_node({{"name", text_node("berth-alerts")}, {"rules", list_node(std::move(rules))}});
}

}  // namespace berth::manifest
