#pragma once
// Answers, and errors as answers (docs/serve.md, "Rules").

#include <string>

#include "berth/core/result.h"
#include "berth/http/message.h"

namespace berth {

[[nodiscard]] int http_status(ErrorCode code);
/// Of the gravest: 500, then what the client did, 422, 503. REQUIRES: not empty.
[[nodiscard]] int http_status(const Errors& errors);

/// {"error": {...}, "errors": [...]}, without braces around it for use in larger documents.
[[nodiscard]] std::string error_fields(const Errors& errors);
[[nodiscard]] std::string error_fields(const std::string& code, const std::string& message,
                                       const std::string& suggestion = "");
[[nodiscard]] HttpResponse error_response(const Errors& errors, int status = 0);
[[nodiscard]] HttpResponse error_response(int status, const std::string& code,
                                          const std::string& message,
                                          const std::string& suggestion = "");
[[nodiscard]] HttpResponse json_response(int status, std::string body);
/// 200, or what is wrong.
[[nodiscard]] HttpResponse json_or_error(Result<std::string> body);
[[nodiscard]] HttpResponse empty_response(int status);
/// With what a client says who has it already (If-None-Match) and need not be sent it again.
[[nodiscard]] HttpResponse tagged(HttpResponse response);

}  // namespace berth
