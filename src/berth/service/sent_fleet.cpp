#include "berth/service/sent_fleet.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "berth/core/text.h"
#include "berth/document/node.h"
#include "berth/workload/workload_yaml.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kName = "fleet";
// Maps and lists of a text: each takes a few hundred bytes while it is read. A fleet of 20,000
// classes has a third of it.
constexpr std::ptrdiff_t kMostBrackets = 300'000;

/// What reading the text would take much memory for.
Status check_brackets(std::string_view text) {
  const auto brackets =
      std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; });
  if (brackets <= kMostBrackets) return Ok{};
  return Error{ErrorCode::kOutOfRange, "more than 300,000 lists and maps", "",
               "that is no fleet; berth plan reads files of any size"};
}

void refuse_file(const Node& node, const std::string& pointer, const std::string& suggestion,
                 Errors& errors) {
  errors.push_back({ErrorCode::kUnsupported,
                    "a fleet that is sent may not name files, found '" + node.text + "'",
                    "line " + std::to_string(node.line) + ": " + pointer, suggestion});
}

/// Whatever a fleet file may name others with.
Errors files_named(const Node& root) {
  Errors errors;
  if (const Node* include = root.find("include")) {
    errors.push_back({ErrorCode::kUnsupported, "a fleet that is sent may not include files",
                      "line " + std::to_string(include->line) + ": /include",
                      "send it as one text"});
  }
  if (const Node* catalog = root.find("catalog")) {
    for (std::size_t k = 0; k < catalog->items.size(); ++k) {
      const Node& item = catalog->items[k];
      if (item.kind == Node::Kind::kString && item.text == "builtin") continue;
      refuse_file(item, "/catalog/" + std::to_string(k), "the built-in catalog is 'builtin'",
                  errors);
    }
  }
  if (const Node* workload = root.find("workload")) {
    const std::vector<std::string> known = builtin_workload_names();
    if (workload->kind == Node::Kind::kString &&
        std::find(known.begin(), known.end(), workload->text) == known.end()) {
      refuse_file(*workload, "/workload", suggest(workload->text, known), errors);
    }
  }
  return errors;
}

Json error_json(const Error& error) {
  Json json = {{"code", to_string(error.code)},  {"message", error.message}, {"where", error.where},
               {"suggestion", error.suggestion}, {"line", nullptr},          {"pointer", ""}};
  std::string_view where = error.where;
  if (!where.starts_with("line ")) return json;
  where.remove_prefix(5);
  const std::size_t colon = where.find(':');
  if (const auto line = parse_integer(where.substr(0, colon)); line && *line > 0) {
    json["line"] = *line;
  }
  if (colon != std::string_view::npos) json["pointer"] = trim(where.substr(colon + 1));
  return json;
}

Json seconds_or_null(const std::optional<Seconds>& seconds) {
  return seconds ? Json(seconds->value) : Json();
}

Json class_json(const FleetClass& c) {
  return {{"name", c.traffic.name},
          {"rate", c.traffic.rate},
          {"prompt_tokens", c.traffic.prompt_tokens.mean()},
          {"output_tokens", c.traffic.output_tokens.mean()},
          {"slo",
           {{"ttft", seconds_or_null(c.slo.ttft)},
            {"tpot", seconds_or_null(c.slo.tpot)},
            {"e2e", seconds_or_null(c.slo.e2e)},
            {"percentile", c.slo.percentile}}},
          {"quality", {{"task", c.quality.task}, {"min", c.quality.min}}},
          {"max_unmet", c.max_unmet}};
}

Json pool_json(const Fleet& fleet, const FleetPool& pool) {
  Json json = {
      {"name", pool.name}, {"gpu", fleet.catalog.gpu(pool.gpu).name}, {"offers", Json::array()}};
  for (const FleetOffer& offer : pool.offers) {
    json["offers"].push_back({{"name", offer.name},
                              {"lot", offer.lot},
                              {"cost", offer.cost.usd()},
                              {"max", offer.max ? Json(*offer.max) : Json()}});
  }
  return json;
}

Json fleet_json(const Fleet& fleet) {
  Json json = {{"name", fleet.name},
               {"headroom", fleet.policy.headroom},
               {"budget", fleet.budget ? Json(fleet.budget->usd()) : Json()},
               {"classes", Json::array()},
               {"models", Json::array()},
               {"pools", Json::array()}};
  for (const FleetClass& c : fleet.classes) json["classes"].push_back(class_json(c));
  for (const ModelId id : fleet.models) json["models"].push_back(fleet.catalog.model(id).name);
  for (const FleetPool& pool : fleet.pools) json["pools"].push_back(pool_json(fleet, pool));
  return json;
}

}  // namespace

Errors placed_by_line(Errors errors, std::string_view name) {
  const std::string prefix = std::string(name) + ":";
  for (Error& error : errors) {
    if (error.where == name) error.where.clear();
    if (!error.where.starts_with(prefix)) continue;
    const std::string rest(trim(std::string_view(error.where).substr(prefix.size())));
    const bool line = !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
    error.where = line ? "line " + rest : rest;
  }
  return errors;
}

Result<Fleet> parse_sent_fleet(const std::string& name, std::string_view text) {
  const std::string shown(kName);
  if (trim(text).empty()) {
    return Error{ErrorCode::kMissing, "the body is empty", "", "send a fleet, YAML or JSON"};
  }
  if (Status few = check_brackets(text); !few) return few.errors();
  const Result<Document> document = parse_document(shown, text);
  if (!document) return placed_by_line(document.errors(), kName);
  if (Errors files = files_named(document->root); !files.empty()) return files;
  Result<Fleet> fleet = parse_fleet(shown, text, "");
  if (!fleet) return placed_by_line(std::move(fleet).errors(), kName);
  fleet->name = name;
  return fleet;
}

std::string checked_fleet_json(std::string_view text) {
  const Result<Fleet> fleet = parse_sent_fleet("fleet", text);
  Json json = {{"valid", fleet.ok()},
               {"errors", Json::array()},
               {"fleet", fleet ? fleet_json(*fleet) : Json()}};
  if (!fleet) {
    for (const Error& error : fleet.errors()) json["errors"].push_back(error_json(error));
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace berth
