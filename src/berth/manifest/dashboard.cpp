// The dashboard of a plan: demand, times beside what was promised and predicted, replicas.

#include <array>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/names.h"
#include "berth/manifest/promql.h"

namespace berth::manifest {
namespace {

struct Query {
  const char* series;  ///< of a recording rule
  const char* legend;
};
struct Panel {
  const char* title;
  const char* unit;  ///< as Grafana names it
  std::array<Query, 3> queries;
};

constexpr std::array kPanels = {
    Panel{"Demand by class, beside the plan",
          "reqps",
          {{{"berth:class_requests:rate", "{{class}}"},
            {"berth:class_requests:planned", "{{class}} planned"}}}},
    Panel{"Requests by deployment",
          "reqps",
          {{{"berth:deployment_requests:rate", "{{deployment}}"}}}},
    Panel{"Time to first token by class",
          "s",
          {{{"berth:class_ttft_seconds:quantile", "{{class}} at {{quantile}}"},
            {"berth:class_ttft_seconds:predicted", "{{class}} predicted"},
            {"berth:class_ttft_seconds:limit", "{{class}} limit"}}}},
    Panel{"Time to first token by deployment",
          "s",
          {{{"berth:deployment_ttft_seconds:quantile", "{{deployment}} at {{quantile}}"},
            {"berth:deployment_ttft_seconds:predicted", "{{deployment}} predicted"},
            {"berth:deployment_ttft_seconds:limit", "{{deployment}} limit"}}}},
    Panel{"Time per output token by deployment",
          "s",
          {{{"berth:deployment_tpot_seconds:quantile", "{{deployment}} at {{quantile}}"},
            {"berth:deployment_tpot_seconds:predicted", "{{deployment}} predicted"},
            {"berth:deployment_tpot_seconds:limit", "{{deployment}} limit"}}}},
    Panel{"Whole request by deployment",
          "s",
          {{{"berth:deployment_e2e_seconds:quantile", "{{deployment}} at {{quantile}}"},
            {"berth:deployment_e2e_seconds:predicted", "{{deployment}} predicted"},
            {"berth:deployment_e2e_seconds:limit", "{{deployment}} limit"}}}},
    Panel{"Measured, times what was predicted",
          "none",
          {{{"berth:deployment_ttft_seconds:measured_to_predicted", "{{deployment}} TTFT"},
            {"berth:deployment_tpot_seconds:measured_to_predicted", "{{deployment}} TPOT"},
            {"berth:deployment_e2e_seconds:measured_to_predicted", "{{deployment}} E2E"}}}},
    Panel{"Utilisation: sequences that run, of those planned at once",
          "percentunit",
          {{{"berth:deployment_utilization:ratio", "{{deployment}}"},
            {"berth:deployment_utilization:planned", "{{deployment}} planned load"}}}},
    Panel{"Replicas that report, beside the plan",
          "none",
          {{{"berth:deployment_replicas:ready", "{{deployment}}"},
            {"berth:deployment_replicas:planned", "{{deployment}} planned"}}}},
    Panel{"Requests that run and wait",
          "none",
          {{{"berth:deployment_running:sum", "{{deployment}} run"},
            {"berth:deployment_waiting:sum", "{{deployment}} wait"}}}},
    Panel{"Key-value cache in use, fullest replica",
          "percentunit",
          {{{"berth:deployment_cache_usage:max", "{{deployment}}"}}}},
    Panel{"Preemptions", "ops", {{{"berth:deployment_preemptions:rate", "{{deployment}}"}}}},
};

constexpr long long kColumns = 2;
constexpr long long kPanelWidth = 24 / kColumns;
constexpr long long kPanelHeight = 8;

Node datasource() {
  return map_node({{"type", text_node("prometheus")}, {"uid", text_node("${datasource}")}});
}

Node targets(const Scene& scene, const Panel& panel) {
  std::string matchers;
  for (const auto& [key, value] : plan_labels(scene)) {
    matchers += (matchers.empty() ? "" : ", ") + key + "=" + promql_text(value);
  }
  std::vector<Node> items;
  for (const Query& query : panel.queries) {
    if (query.series == nullptr) continue;
    const std::string letter(1, static_cast<char>('A' + items.size()));
    items.push_back(map_node({{"refId", text_node(letter)},
                              {"datasource", datasource()},
                              {"expr", text_node(fmt::format("{}{{{}}}", query.series, matchers))},
                              {"legendFormat", text_node(query.legend)}}));
  }
  return list_node(std::move(items));
}

Node panel_node(const Scene& scene, const Panel& panel, int index) {
  const Node place = map_node({{"x", integer_node(index % kColumns * kPanelWidth)},
                               {"y", integer_node(index / kColumns * kPanelHeight)},
                               {"w", integer_node(kPanelWidth)},
                               {"h", integer_node(kPanelHeight)}});
  const Node defaults = map_node({{"unit", text_node(panel.unit)}, {"min", integer_node(0)}});
  return map_node(
      {{"id", integer_node(index + 1)},
       {"type", text_node("timeseries")},
       {"title", text_node(panel.title)},
       {"gridPos", place},
       {"datasource", datasource()},
       {"fieldConfig", map_node({{"defaults", defaults}, {"overrides", list_node({})}})},
       {"options", map_node({{"tooltip", map_node({{"mode", text_node("multi")}})}})},
       {"targets", targets(scene, panel)}});
}

}  // namespace

Node dashboard_node(const Scene& scene) {
  std::vector<Node> panels;
  for (const Panel& panel : kPanels) {
    panels.push_back(panel_node(scene, panel, static_cast<int>(panels.size())));
  }
  const Node variable = map_node({{"name", text_node("datasource")},
                                  {"label", text_node("Data source")},
                                  {"type", text_node("datasource")},
                                  {"query", text_node("prometheus")}});
  constexpr std::size_t kMaxUid = 40;
  const std::string uid = unique_labels({"berth-" + scene.plan->fleet}, kMaxUid).front();
  return map_node(
      {{"uid", text_node(uid)},
       {"title", text_node("Berth" + (scene.plan->fleet.empty() ? "" : ": " + scene.plan->fleet))},
       {"tags", texts_node({"berth"})},
       {"schemaVersion", integer_node(39)},
       {"editable", boolean_node(true)},
       {"refresh", text_node("1m")},
       {"time", map_node({{"from", text_node("now-6h")}, {"to", text_node("now")}})},
       {"templating", map_node({{"list", list_node({variable})}})},
       {"annotations", map_node({{"list", list_node({})}})},
       {"panels", list_node(std::move(panels))}});
}

}  // namespace berth::manifest
