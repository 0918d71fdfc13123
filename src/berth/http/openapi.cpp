#include "berth/http/openapi.h"

#include <limits>

#include <nlohmann/json.hpp>

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kUnbounded = 1e9;

Json bounds(const RouteParameter& p, const char* type) {
  Json schema = {{"type", type}, {p.above ? "exclusiveMinimum" : "minimum", p.min}};
  if (p.max < kUnbounded) schema["maximum"] = p.max;
  return schema;
}

Json choices_of(const RouteParameter& p) {
  Json schema = {{"type", "string"}, {"enum", Json::array()}};
  for (const std::string_view choice : p.choices) schema["enum"].push_back(choice);
  return schema;
}

Json integer_schema(const RouteParameter& p) {
  Json schema = {{"type", "integer"}, {"minimum", static_cast<std::int64_t>(p.min)}};
  schema["maximum"] = static_cast<std::int64_t>(p.max);
  return schema;
}

/// Of durations as text, those of two digits that are within the bounds; more are understood.
const char* duration_pattern(const RouteParameter& p) {
  if (p.min <= 1e-3) return "^[1-9][0-9]?(ms|s)$";
  return p.min <= 1.0 ? "^[1-9][0-9]?s$" : "^[1-9][0-9]?m$";
}

const char* share_pattern(const RouteParameter& p) {
  return p.max >= 0.99 ? "^[1-9][0-9]?%$" : "^[1-9]%$";
}

Json text_or_number(const RouteParameter& p, const char* pattern) {
  return {{"anyOf", {bounds(p, "number"), {{"type", "string"}, {"pattern", pattern}}}}};
}

Json parameter_schema(const RouteParameter& p) {
  switch (p.type) {
    case ParameterType::kInteger: return integer_schema(p);
    case ParameterType::kNumber: return bounds(p, "number");
    case ParameterType::kText:
      return {{"type", "string"},
              {"minLength", static_cast<std::int64_t>(p.min)},
              {"maxLength", static_cast<std::int64_t>(p.max)}};
    case ParameterType::kChoice: return choices_of(p);
    case ParameterType::kFlag: return {{"type", "boolean"}};
    case ParameterType::kDuration: return text_or_number(p, duration_pattern(p));
    case ParameterType::kShare: return text_or_number(p, share_pattern(p));
    case ParameterType::kRange:
      return {{"type", "array"}, {"items", bounds(p, "number")}, {"minItems", 2}, {"maxItems", 2}};
    case ParameterType::kNumbers: return {{"type", "array"}, {"items", bounds(p, "number")}};
    case ParameterType::kWords: return {{"type", "array"}, {"items", choices_of(p)}};
  }
  return Json::object();
}

Json described(const RouteParameter& p) {
  Json schema = parameter_schema(p);
  schema["description"] = p.about;
  if (!p.fallback.empty()) schema["default"] = Json::parse(p.fallback);
  return schema;
}

/// A field of a body that is null is one that was left out.
Json or_null(Json schema) {
  if (schema.contains("anyOf")) {
    schema["anyOf"].push_back({{"type", "null"}});
  } else {
    schema["type"] = Json::array({schema["type"], "null"});
  }
  if (schema.contains("enum")) schema["enum"].push_back(nullptr);
  return schema;
}

bool in_path(const HttpRoute& route, const RouteParameter& p) {
  return route.path.find("{" + std::string(p.name) + "}") != std::string_view::npos;
}

Json parameters_of(const HttpRoute& route) {
  Json list = Json::array();
  for (const RouteParameter& p : route.parameters) {
    const bool path = in_path(route, p);
    list.push_back({{"name", p.name},
                    {"in", path ? "path" : "query"},
                    {"required", path},
                    {"description", p.about},
                    {"schema", described(p)}});
  }
  return list;
}

Json reference(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

Json body_of(const HttpRoute& route) {
  if (route.body == HttpRoute::Body::kFleet) {
    return {{"required", true},
            {"description", "a fleet, YAML or JSON (berth.fleet/1)"},
            {"content",
             {{"application/yaml", {{"schema", {{"type", "string"}}}}},
              {"application/json", {{"schema", reference("Fleet")}}}}}};
  }
  Json fields = Json::object();
  for (const RouteParameter& p : route.fields) fields[std::string(p.name)] = or_null(described(p));
  return {{"required", false},
          {"content",
           {{"application/json",
             {{"schema",
               {{"type", "object"}, {"properties", fields}, {"additionalProperties", false}}}}}}}};
}

Json answer_of(const AnswerSpec& answer) {
  Json json = {{"description", answer.about}};
  if (answer.content_type.empty()) return json;
  json["content"][std::string(answer.content_type)] = {
      {"schema", answer.schema.empty() ? Json::object() : reference(answer.schema)}};
  return json;
}

/// What any request may be answered, by what it is.
std::vector<AnswerSpec> usual_problems(const HttpRoute& route, bool token) {
  std::vector<AnswerSpec> answers = {
      {400, "something in the request is wrong: what, where, what was expected", "Problem"},
      {403, "of another site's page, or to another name", "Problem"},
      {408, "the request did not arrive in time", "Problem"},
      {431, "a head that is too long", "Problem"},
      {500, "a bug of this service", "Problem"},
      {503, "no room for another connection, or no answer within the limits", "Problem"}};
  if (route.body != HttpRoute::Body::kNone)
    answers.push_back({413, "a body that is too long", "Problem"});
  if (route.heavy) answers.push_back({429, "too much waits already", "Problem"});
  if (token && !route.open) answers.push_back({401, "no token, or another one", "Problem"});
  return answers;
}

Json operation_of(const HttpRoute& route, bool token) {
  Json operation = {{"operationId", route.id},
                    {"tags", {route.tag}},
                    {"summary", route.summary},
                    {"parameters", parameters_of(route)}};
  if (route.body != HttpRoute::Body::kNone) operation["requestBody"] = body_of(route);
  for (const AnswerSpec& answer : route.answers) {
    Json& place = operation["responses"][std::to_string(answer.status)];
    const Json json = answer_of(answer);
    // One status may come in several types.
    if (place.is_null()) {
      place = json;
    } else if (json.contains("content")) {
      place["content"].update(json["content"]);
    }
  }
  for (const AnswerSpec& answer : usual_problems(route, token)) {
    Json& place = operation["responses"][std::to_string(answer.status)];
    if (place.is_null()) place = answer_of(answer);
  }
  if (route.open) operation["security"] = Json::array();
  return operation;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return result;
}

}  // namespace

std::string openapi_document(const std::vector<HttpRoute>& routes, const ApiInfo& info) {
  Json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", info.title}, {"version", info.version}, {"description", info.about}}}};
  for (const HttpRoute& route : routes) {
    document["paths"][std::string(route.path)][lower(route.method)] =
        operation_of(route, info.token);
  }
  document["components"]["schemas"] = Json::parse(info.schemas);
  if (info.token) {
    document["components"]["securitySchemes"] = {
        {"token", {{"type", "http"}, {"scheme", "bearer"}}}};
    document["security"] = Json::array({{{"token", Json::array()}}});
  }
  return document.dump(1) + "\n";
}

}  // namespace berth
