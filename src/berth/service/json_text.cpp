#include "berth/service/json_text.h"

#include <nlohmann/json.hpp>

#include "berth/telemetry/time_text.h"

namespace berth {

std::string json_string(std::string_view text) {
  using Json = nlohmann::json;
  return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_time(double seconds) { return json_string(iso_time(seconds)); }

}  // namespace berth
