#pragma once
// Private to this room: answers of the Prometheus HTTP API.

#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/telemetry/prometheus.h"

namespace berth {

struct ApiAnswer {
  bool is_api = false;  ///< JSON with a "status", as the API promises
  bool success = false;
  std::string error_type;  ///< "bad_data", "execution", "timeout", ...
  std::string error;       ///< what the server said
  std::vector<SampledSeries> series;
  std::string fault;  ///< where a success is not what the API promises; empty = it is
};

/// Takes vector, matrix and scalar results. Never fails: what is wrong stands in the answer.
[[nodiscard]] ApiAnswer parse_api_answer(std::string_view body);

}  // namespace berth
