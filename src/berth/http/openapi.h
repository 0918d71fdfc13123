#pragma once
// The OpenAPI 3.1 document of a table of routes.

#include <string>
#include <string_view>
#include <vector>

#include "berth/http/route.h"

namespace berth {

struct ApiInfo {
  std::string_view title;
  std::string_view version;
  std::string_view about;
  std::string_view schemas;  ///< JSON: the components' schemas by name, "Problem" among them
  bool token = false;        ///< one is asked for
};

/// REQUIRES: `schemas` is a JSON object with every name that the routes use.
[[nodiscard]] std::string openapi_document(const std::vector<HttpRoute>& routes,
                                           const ApiInfo& info);

}  // namespace berth
