#include "berth/telemetry/prometheus_json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/text.h"

namespace berth {
namespace {

using Json = nlohmann::json;

/// Values are texts: "11.67", "1e+09", "NaN", "+Inf", "-Inf".
std::optional<double> sample_value(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  return parse_number(text);
}

std::optional<Sample> sample_of(const Json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number()) return std::nullopt;
  const auto value = sample_value(pair[1]);
  if (!value) return std::nullopt;
  return Sample{pair[0].get<double>(), *value};
}

std::string shown(const Json& json) {
  constexpr std::size_t kShown = 80;
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > kShown ? text.substr(0, kShown) + "..." : text;
}

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const Json& object, const char* key) {
  const Json* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

bool read_labels(const Json& object, LabelSet& labels, std::string& fault) {
  const Json* metric = member(object, "metric");
  if (metric == nullptr || !metric->is_object()) {
    fault = fmt::format("a series has no labels: {}", shown(object));
    return false;
  }
  for (const auto& [name, value] : metric->items()) {  // ascending by name
    if (!value.is_string()) {
      fault = fmt::format("the label '{}' is not a text: {}", name, shown(value));
      return false;
    }
    labels.emplace_back(name, value.get<std::string>());
  }
  return true;
}

bool read_samples(const Json& values, SampledSeries& series, std::string& fault) {
  series.samples.reserve(values.size());
  for (const Json& pair : values) {
    const auto sample = sample_of(pair);
    if (!sample) {
      fault = fmt::format("a sample is not [time, \"value\"]: {}", shown(pair));
      return false;
    }
    if (!series.samples.empty() && sample->time_s <= series.samples.back().time_s) {
      fault = fmt::format("samples are not in order of time, at {}", shown(pair));
      return false;
    }
    series.samples.push_back(*sample);
  }
  return true;
}

/// An element of a vector or matrix. Series of native histograms alone have neither key.
bool read_series(const Json& object, ApiAnswer& answer) {
  SampledSeries series;
  if (!read_labels(object, series.labels, answer.fault)) return false;
  if (const Json* values = member(object, "values"); values != nullptr && values->is_array()) {
    if (!read_samples(*values, series, answer.fault)) return false;
  } else if (const Json* value = member(object, "value"); value != nullptr) {
    if (!read_samples(Json::array({*value}), series, answer.fault)) return false;
  } else if (member(object, "histograms") == nullptr && member(object, "histogram") == nullptr) {
    answer.fault = fmt::format("a series has neither 'value' nor 'values': {}", shown(object));
    return false;
  }
  if (!series.samples.empty()) answer.series.push_back(std::move(series));
  return true;
}

void read_data(const Json& root, ApiAnswer& answer) {
  const Json* data = member(root, "data");
  const std::string type = data == nullptr ? "" : text_of(*data, "resultType");
  const Json* result = data == nullptr ? nullptr : member(*data, "result");
  if (result == nullptr || !result->is_array()) {
    answer.fault = "it has no list at /data/result";
  } else if (type == "scalar") {
    const auto sample = sample_of(*result);
    if (!sample)
      answer.fault = fmt::format("the scalar is not [time, \"value\"]: {}", shown(*result));
    if (sample) answer.series.push_back({{}, {*sample}});
  } else if (type == "vector" || type == "matrix") {
    for (const Json& object : *result) {
      if (!read_series(object, answer)) return;
    }
  } else {
    answer.fault = fmt::format("its resultType is '{}', expected matrix, vector or scalar", type);
  }
}

}  // namespace

ApiAnswer parse_api_answer(std::string_view body) {
  ApiAnswer answer;
  const Json root = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return answer;
  const std::string status = text_of(root, "status");
  answer.is_api = status == "success" || status == "error";
  answer.success = status == "success";
  answer.error_type = text_of(root, "errorType");
  answer.error = text_of(root, "error");
  if (answer.success) read_data(root, answer);
  return answer;
}

}  // namespace berth
