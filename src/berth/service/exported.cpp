#include "berth/service/exported.h"

#include <array>

#include "berth/catalog/catalog.h"
#include "berth/manifest/render.h"
#include "berth/output/plan_csv.h"
#include "berth/output/report.h"
#include "berth/plan/plan_json.h"
#include "berth/service/sent_fleet.h"

namespace berth {
namespace {

constexpr const char* kYaml = "application/yaml";
constexpr const char* kCsv = "text/csv; charset=utf-8";

using Render = Result<Manifests> (*)(const Plan&, const DeployFacts&, const DeploySettings&,
                                     const RenderOptions&);

/// One of two: `text` of the plan alone, or `render` of objects of a cluster.
struct ExportKind {
  std::string_view name;
  const char* content_type;
  std::string (*text)(const Plan&);
  Render render;
  const char* file;  ///< of the rendered tree; empty: all objects
};

std::string report_text(const Plan& plan) { return to_html_report(plan); }

constexpr std::array kExports = {
    ExportKind{"plan.json", "application/json", to_json, nullptr, ""},
    ExportKind{"plan.yaml", kYaml, to_yaml, nullptr, ""},
    ExportKind{"report.html", "text/html; charset=utf-8", report_text, nullptr, ""},
    ExportKind{"deployments.csv", kCsv, deployments_csv, nullptr, ""},
    ExportKind{"routes.csv", kCsv, routes_csv, nullptr, ""},
    ExportKind{"classes.csv", kCsv, classes_csv, nullptr, ""},
    ExportKind{"kubernetes.yaml", kYaml, nullptr, render_kubernetes, ""},
    ExportKind{"kserve.yaml", kYaml, nullptr, render_kserve, ""},
    ExportKind{"keda.yaml", kYaml, nullptr, render_keda, ""},
    ExportKind{"prometheus.yaml", kYaml, nullptr, render_prometheus, "rules.yaml"},
};

Result<std::string> rendered(const ExportKind& kind, const Plan& plan,
                             const std::string& fleet_text) {
  const Result<Fleet> fleet = parse_sent_fleet("fleet", fleet_text);
  if (!fleet) return fleet.errors();
  const Result<DeployFacts> facts = deploy_facts(plan, fleet->catalog, &*fleet);
  if (!facts) return facts.errors();
  const Result<Manifests> manifests = kind.render(plan, *facts, default_settings(), {});
  if (!manifests) return manifests.errors();
  const std::string main(kind.file);
  std::string text;
  for (const std::string& warning : manifests->warnings) text += "# " + warning + "\n";
  return text + (main.empty() ? document_stream(manifests->files) : manifests->files.at(main));
}

}  // namespace

std::vector<std::string_view> exported_names() {
  std::vector<std::string_view> names;
  for (const ExportKind& kind : kExports) names.push_back(kind.name);
  return names;
}

std::vector<AnswerSpec> exported_answers() {
  return {{200, "the file", "", "application/json"},
          {200, "the file", "", kYaml},
          {200, "the file", "", "text/html"},
          {200, "the file", "", "text/csv"},
          {404, "there is no such plan", "Problem"},
          {422, "the plan cannot be written as these objects", "Problem"}};
}

Result<ExportedFile> exported_file(std::string_view name, const Plan& plan,
                                   const std::string& fleet_text) {
  for (const ExportKind& kind : kExports) {
    if (kind.name != name) continue;
    if (kind.text != nullptr) return ExportedFile{kind.text(plan), kind.content_type};
    Result<std::string> text = rendered(kind, plan, fleet_text);
    if (!text) return text.errors();
    return ExportedFile{*std::move(text), kind.content_type};
  }
  return Error{ErrorCode::kNotFound, "there is no such export", "name", ""};
}

}  // namespace berth
