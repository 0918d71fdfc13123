#include "berth/service/requested.h"

#include <optional>

#include <nlohmann/json.hpp>

namespace berth {

std::string requested_json(const Call& call) {
  using Json = nlohmann::ordered_json;
  Json json = Json::object();
  for (const auto& [name, value] : call.values()) {
    if (name == "id" || name == "async") continue;
    std::visit([&](const auto& plain) { json[name] = plain; }, value);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void apply_requested_policy(const std::string& request_json, FleetPolicy& policy) {
  const auto json = nlohmann::json::parse(request_json, nullptr, false);
  const auto number = [&json](const char* name) -> std::optional<double> {
    if (!json.is_object() || !json.contains(name)) return std::nullopt;
    return json[name].get<double>();
  };
  if (const auto headroom = number("headroom")) policy.headroom = *headroom;
  if (const auto budget = number("robust")) policy.uncertainty.budget = *budget;
  if (const auto factor = number("survive")) {
    policy.uncertainty.budget = 0.0;
    policy.survival.factor = *factor;
  }
  if (const auto hold = number("hold")) policy.switching.hold = Seconds{*hold};
  if (const auto least = number("hysteresis")) policy.switching.hysteresis = *least;
}

Errors told_over_http(Errors errors, bool has_time) {
  for (Error& error : errors) {
    if (error.code == ErrorCode::kInfeasible) {
      error.suggestion = "POST /v1/explanations says which limits to relax, and by how much";
    } else if (error.code == ErrorCode::kLimitReached) {
      error.suggestion = has_time ? "allow more with time_limit" : "ask for less";
    }
  }
  return errors;
}

}  // namespace berth
