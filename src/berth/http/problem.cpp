#include "berth/http/problem.h"

#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

int gravity_of(int status) {
  switch (status) {
    case 500: return 3;
    case 422: return 1;
    case 503: return 0;
    default: return 2;
  }
}

Json error_json(const std::string& code, const Error& error) {
  return {{"code", code},
          {"message", error.message},
          {"where", error.where},
          {"suggestion", error.suggestion}};
}

/// Messages may quote bytes of a client that are not UTF-8.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kInfeasible: return 422;
    case ErrorCode::kLimitReached: return 503;
    case ErrorCode::kUnreadable:
    case ErrorCode::kUnwritable:
    case ErrorCode::kInternal: return 500;
    default: return 400;
  }
}

int http_status(const Errors& errors) {
  int status = http_status(errors.front().code);
  for (const Error& error : errors) {
    const int other = http_status(error.code);
    if (gravity_of(other) > gravity_of(status)) status = other;
  }
  return status;
}

std::string error_fields(const Errors& errors) {
  Json list = Json::array();
  for (const Error& error : errors) {
    list.push_back(error_json(std::string(to_string(error.code)), error));
  }
  return "\"error\":" + dumped(list.front()) + ",\"errors\":" + dumped(list);
}

std::string error_fields(const std::string& code, const std::string& message,
                         const std::string& suggestion) {
  const std::string error = dumped(error_json(code, {ErrorCode::kUsage, message, "", suggestion}));
  return "\"error\":" + error + ",\"errors\":[" + error + "]";
}

HttpResponse error_response(const Errors& errors, int status) {
  return json_response(status == 0 ? http_status(errors) : status,
                       "{" + error_fields(errors) + "}\n");
}

HttpResponse error_response(int status, const std::string& code, const std::string& message,
                            const std::string& suggestion) {
  return json_response(status, "{" + error_fields(code, message, suggestion) + "}\n");
}

HttpResponse json_response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

HttpResponse json_or_error(Result<std::string> body) {
  if (!body) return error_response(body.errors());
  return json_response(200, *std::move(body));
}

HttpResponse empty_response(int status) {
  HttpResponse response;
  response.status = status;
  response.content_type.clear();
  return response;
}

HttpResponse tagged(HttpResponse response) {
  response.headers.emplace_back(
      "ETag", fmt::format("\"{:x}\"", std::hash<std::string_view>{}(*response.body)));
  return response;
}

}  // namespace berth
