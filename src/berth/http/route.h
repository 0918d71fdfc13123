#pragma once
// What a service answers: one row a request. The rows are dispatched by, and the OpenAPI document
// is made from them.

#include <functional>
#include <string_view>
#include <vector>

#include "berth/http/call.h"
#include "berth/http/message.h"
#include "berth/http/parameter.h"

namespace berth {

struct AnswerSpec {
  int status = 200;
  std::string_view about;
  std::string_view schema = {};  ///< a name of the components; empty = any
  std::string_view content_type = "application/json";
};

struct HttpRoute {
  enum class Body { kNone, kFleet, kObject };

  std::string_view method;
  std::string_view path;     ///< "/v1/plans/{id}"
  std::string_view id = {};  ///< "get_plan"; this and what follows for the document alone
  std::string_view tag = {};
  std::string_view summary = {};
  std::vector<RouteParameter> parameters =
      {};  ///< of the path where it has {name}, else of the query
  Body body = Body::kNone;
  std::vector<RouteParameter> fields = {};  ///< of a body that is an object
  std::vector<AnswerSpec> answers = {};
  bool open = false;   ///< asks for no token
  bool vital = false;  ///< answered also where there is no room for another connection
  bool heavy = false;  ///< takes more than a moment: answered by the workers
  std::function<void(const Call&, const Reply&)> handler = {};
};

}  // namespace berth
