// Fleets before they are planned, examples, the catalog.

#include <array>

#include <nlohmann/json.hpp>

#include "berth/core/text.h"
#include "berth/embedded/embedded_examples.h"
#include "berth/fleet/schema.h"
#include "berth/http/problem.h"
#include "berth/output/catalog_json.h"
#include "berth/service/sent_fleet.h"
#include "berth/service/state.h"
#include "berth/workload/workload_yaml.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

/// "data/fleets/demo.yaml" as "demo".
std::string stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return std::string(path.substr(0, path.find('.')));
}

/// The comment that a file begins with, on one line; the line for editors left out.
std::string title_of(std::string_view text) {
  std::string title;
  for (const std::string& line : split(text, '\n')) {
    if (!line.starts_with('#')) break;
    if (line.starts_with("# yaml-language-server")) continue;
    title += (title.empty() ? "" : " ") + std::string(trim(std::string_view(line).substr(1)));
  }
  return title;
}

std::string examples_json() {
  Json list = Json::array();
  for (const EmbeddedFile& file : embedded_examples()) {
    list.push_back(
        {{"name", stem(file.name)}, {"title", title_of(file.content)}, {"text", file.content}});
  }
  return Json{{"examples", list}}.dump() + "\n";
}

std::string engines_json(const Catalog& catalog) {
  Json list = Json::array();
  for (const std::string& name : catalog.engine_names()) {
    list.push_back({{"name", name}, {"targets", catalog.engine_targets(name)}});
  }
  return Json{{"engines", list}}.dump() + "\n";
}

std::string workloads_json() { return Json{{"workloads", builtin_workload_names()}}.dump() + "\n"; }

/// What is served as it is, made once.
HttpResponse fixed(std::string text) {
  HttpResponse response = json_response(200, std::move(text));
  response.headers = {{"Cache-Control", "no-cache"}};
  return tagged(std::move(response));
}

HttpResponse catalog_list(const Result<Catalog>& catalog, const std::string& kind) {
  if (!catalog) return error_response(catalog.errors());
  if (kind == "engines") return fixed(engines_json(*catalog));
  if (kind == "workloads") return fixed(workloads_json());
  return fixed(to_json(*catalog, *catalog_kind_from(kind)));
}

HttpResponse catalog_entry(const Catalog& catalog, const Call& call) {
  const auto kind = catalog_kind_from(call.text("kind"));
  const Result<std::string> text = to_json(catalog, *kind, call.text("name"));
  return text ? json_response(200, *text) : error_response(text.errors(), 404);
}

constexpr std::array<std::string_view, 5> kLists = {"models", "gpus", "offers", "engines",
                                                    "workloads"};

std::vector<HttpRoute> catalog_routes() {
  auto catalog = std::make_shared<const Result<Catalog>>(load_builtin_catalog());
  auto lists = std::make_shared<std::map<std::string, HttpResponse>>();
  for (const std::string_view kind : kLists) {
    lists->emplace(kind, catalog_list(*catalog, std::string(kind)));
  }
  return {
      {.method = "GET",
       .path = "/v1/catalog/{kind}",
       .id = "list_catalog",
       .tag = "catalog",
       .summary = "The facts that plans rest on",
       .parameters = {{.name = "kind",
                       .type = ParameterType::kChoice,
                       .about = "which",
                       .choices = {kLists.begin(), kLists.end()}}},
       .answers = {{200, "all of the kind", ""}, {304, "as you have it", "", ""}},
       .handler = [lists](const Call& call,
                          const Reply& reply) { reply(lists->at(call.text("kind"))); }},
      {.method = "GET",
       .path = "/v1/catalog/{kind}/{name}",
       .id = "get_catalog_entry",
       .tag = "catalog",
       .summary =
           "One model or GPU in full, by name or alias; the offers of a cloud, a region or a GPU",
       .parameters = {{.name = "kind",
                       .type = ParameterType::kChoice,
                       .about = "which",
                       .choices = {"models", "gpus", "offers"}},
                      {.name = "name",
                       .type = ParameterType::kText,
                       .about = "of the entry",
                       .min = 1,
                       .max = 200}},
       .answers = {{200, "the entry", ""}, {404, "there is no such entry", "Problem"}},
       .handler =
           [catalog](const Call& call, const Reply& reply) {
             reply(*catalog ? catalog_entry(**catalog, call) : error_response(catalog->errors()));
           }},
  };
}

}  // namespace

std::vector<HttpRoute> fleet_routes(ServiceState& /*state*/) {
  const HttpResponse examples = fixed(examples_json());
  const HttpResponse schema = fixed(std::string(fleet_schema()));
  std::vector<HttpRoute> routes = {
      {.method = "POST",
       .path = "/v1/fleets/check",
       .id = "check_fleet",
       .tag = "fleets",
       .summary = "What is wrong with a fleet, or what was understood",
       .body = HttpRoute::Body::kFleet,
       .answers = {{200, "valid or not", "CheckedFleet"}},
       .heavy = true,
       .handler =
           [](const Call& call, const Reply& reply) {
             reply(json_response(200, checked_fleet_json(call.request().body)));
           }},
      {.method = "GET",
       .path = "/v1/examples",
       .id = "list_examples",
       .tag = "fleets",
       .summary = "Fleets to begin with",
       .answers = {{200, "fleets as text", "Examples"}, {304, "as you have it", "", ""}},
       .handler = [examples](const Call&, const Reply& reply) { reply(examples); }},
      {.method = "GET",
       .path = "/v1/schemas/fleet",
       .id = "get_fleet_schema",
       .tag = "fleets",
       .summary = "The JSON Schema of a fleet",
       .answers = {{200, "a JSON Schema", ""}, {304, "as you have it", "", ""}},
       .handler = [schema](const Call&, const Reply& reply) { reply(schema); }},
  };
  append_routes(catalog_routes(), routes);
  return routes;
}

}  // namespace berth
