#include "berth/output/validation_json.h"

#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// 0 stands for what is not stated.
Json stated(double value) { return value > 0.0 ? Json(value) : Json(nullptr); }
Json stated(int value) { return value > 0 ? Json(value) : Json(nullptr); }
Json stated(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json row_json(const Comparison& c) {
  const RunSetting& s = c.setting;
  return {
      {"file", stated(c.row.file)},
      {"line", c.row.line},
      {"source", stated(c.row.source)},
      {"engine", stated(c.row.engine)},
      {"engine_family", stated(c.names.engine)},
      {"model", c.model()},
      {"gpu", c.gpu()},
      {"precision", c.names.precision ? Json(to_string(*c.names.precision)) : stated(c.row.dtype)},
      {"tp", stated(s.tensor_parallel)},
      {"dp", stated(s.data_parallel)},
      {"pp", stated(s.pipeline_parallel)},
      {"batch", stated(s.batch)},
      {"prompt_tokens", stated(s.prompt_tokens)},
      {"output_tokens", stated(s.output_tokens)},
      {"metric", to_string(s.metric)},
      {"unit", unit_of(s.metric)},
      {"measured", c.row.value},
      {"predicted", optional_number(c.predicted)},
      {"error", optional_number(c.error())},
      {"derived", c.row.derived},
      {"suspect", s.suspect()},
      {"doubt", stated(s.doubt)},
      {"reason", stated(c.reason)},
      {"assumption", stated(s.assumption)}};
}

Json stats_json(const ErrorStats& stats) {
  if (stats.count == 0) {
    return {{"count", 0}, {"median", nullptr}, {"p90", nullptr}, {"bias", nullptr}};
  }
  return {{"count", stats.count},
          {"median", stats.median},
          {"p90", stats.ninetieth},
          {"bias", stats.bias}};
}

Json group_json(const ErrorGroup& group, bool by_gpu, bool by_model) {
  Json json = Json::object();
  if (by_gpu) json["gpu"] = group.gpu;
  if (by_model) {
    json["engine_family"] = stated(group.engine);
    json["model"] = group.model;
  }
  json["metric"] = to_string(group.metric);
  if (!by_gpu) json["models"] = group.kind ? to_string(*group.kind) : "all";
  json["all"] = stats_json(group.all);
  json["without_suspects"] = stats_json(group.trusted);
  return json;
}

Json groups_json(const std::vector<ErrorGroup>& groups, bool by_gpu, bool by_model) {
  Json list = Json::array();
  for (const ErrorGroup& group : groups) list.push_back(group_json(group, by_gpu, by_model));
  return list;
}

Json counts_json(const std::vector<Counted>& counted, bool names) {
  Json list = Json::array();
  for (const Counted& one : counted) {
    Json json = Json::object();
    if (names) json["kind"] = one.what;
    json[names ? "name" : "reason"] = one.name;
    json["rows"] = one.rows;
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

std::string to_json(const Validation& validation) {
  const Json head = {{"format", "berth.validation/1"},
                     {"measured", validation.file},
                     {"count", validation.measured},
                     {"compared", validation.compared},
                     {"suspects", validation.suspects},
                     {"totals", groups_json(validation.totals, false, false)},
                     {"by_gpu", groups_json(validation.by_gpu, true, false)},
                     {"groups", groups_json(validation.groups, true, true)},
                     {"reasons", counts_json(validation.reasons, false)},
                     {"unresolved", counts_json(validation.unresolved, true)}};
  // A line for each row: with one for each of their values, files grow to twice the size.
  std::string text = head.dump(1);
  text.resize(text.rfind('}'));
  while (text.back() == '\n') text.pop_back();
  text += ",\n \"rows\": [";
  const char* separator = "\n  ";
  for (const Comparison& c : validation.rows) {
    text += separator + row_json(c).dump();
    separator = ",\n  ";
  }
  return text + "\n ]\n}\n";
}

}  // namespace berth
