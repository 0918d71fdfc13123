#include "berth/service/json_text.h"

#include "berth/telemetry/time_text.h"

namespace berth {

std::string json_time(double seconds) { return json_string(iso_time(seconds)); }

}  // namespace berth
