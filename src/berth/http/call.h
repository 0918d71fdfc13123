#pragma once
// A request that was understood: every parameter read and within its bounds.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/http/message.h"
#include "berth/http/parameter.h"

namespace berth {

struct HttpRoute;

class Call {
 public:
  /// Errors (all): those of the parameters; kUnknownKey, kDuplicate; kSyntax of an object's body.
  static Result<Call> read(const HttpRoute& route,
                           const std::vector<std::pair<std::string, std::string>>& path,
                           const std::vector<std::pair<std::string, std::string>>& query,
                           IncomingRequest request);

  [[nodiscard]] const IncomingRequest& request() const { return request_; }
  [[nodiscard]] bool given(std::string_view name) const;  ///< or has a fallback

  // REQUIRES: given, and of that type. A flag that is not given is false.
  [[nodiscard]] long long integer(std::string_view name) const;
  [[nodiscard]] double number(std::string_view name) const;  ///< also a duration (s), a share
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] const std::vector<double>& numbers(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& words(std::string_view name) const;

  [[nodiscard]] const std::map<std::string, ParameterValue, std::less<>>& values() const {
    return values_;
  }

 private:
  IncomingRequest request_;
  std::map<std::string, ParameterValue, std::less<>> values_;
};

}  // namespace berth
