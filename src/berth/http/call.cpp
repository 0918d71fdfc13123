#include "berth/http/call.h"

#include <algorithm>
#include <cassert>

#include "berth/core/text.h"
#include "berth/http/route.h"

namespace berth {
namespace {

using Values = std::map<std::string, ParameterValue, std::less<>>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

void take_texts(const HttpRoute& route, const Pairs& pairs, Values& values, Errors& errors) {
  std::vector<std::string> known;
  for (const RouteParameter& p : route.parameters) known.emplace_back(p.name);
  for (const auto& [name, text] : pairs) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      errors.push_back({ErrorCode::kUnknownKey, "no such parameter", name, suggest(name, known)});
      continue;
    }
    if (values.find(name) != values.end()) {
      errors.push_back({ErrorCode::kDuplicate, "said twice", name, ""});
      continue;
    }
    const RouteParameter& p = route.parameters[static_cast<std::size_t>(found - known.begin())];
    Result<ParameterValue> value = parse_parameter(p, text);
    if (value) {
      values.emplace(name, *std::move(value));
    } else {
      errors.push_back(value.errors().front());
    }
  }
}

constexpr std::ptrdiff_t kMostBrackets = 1000;  // lists and maps of an object; it has one or two

/// An empty body is an empty object.
void take_object(const HttpRoute& route, const std::string& body, Values& values, Errors& errors) {
  if (trim(body).empty()) return;
  const auto brackets =
      std::count_if(body.begin(), body.end(), [](char c) { return c == '[' || c == '{'; });
  if (brackets > kMostBrackets) {
    errors.push_back({ErrorCode::kSyntax, "more lists and maps than any request has", "", ""});
    return;
  }
  const Result<Document> document = parse_json("body", body);
  if (!document) {
    errors.insert(errors.end(), document.errors().begin(), document.errors().end());
    return;
  }
  MapReader map(*document, errors);
  for (const RouteParameter& p : route.fields) {
    if (const auto value = map.find(p.name)) {
      if (auto read = read_parameter(p, *value)) values.emplace(p.name, *std::move(read));
    }
  }
  map.reject_unknown_keys();
}

/// "body:3: /seed" as "line 3: /seed".
void tell_lines(Errors& errors) {
  for (Error& error : errors) {
    if (error.where.starts_with("body:")) error.where = "line " + error.where.substr(5);
  }
}

/// What was left out has its fallback.
void take_fallbacks(const std::vector<RouteParameter>& parameters, Values& values) {
  for (const RouteParameter& p : parameters) {
    if (p.fallback.empty() || values.find(p.name) != values.end()) continue;
    Errors none;
    const Result<Document> document = parse_json("fallback", p.fallback);
    assert(document.ok());
    auto value = read_parameter(p, ValueReader(*document, document->root, "", none));
    assert(value && none.empty());
    values.emplace(p.name, *std::move(value));
  }
}

}  // namespace

Result<Call> Call::read(const HttpRoute& route, const Pairs& path, const Pairs& query,
                        IncomingRequest request) {
  Call call;
  Errors errors;
  take_texts(route, path, call.values_, errors);
  take_texts(route, query, call.values_, errors);
  if (route.body == HttpRoute::Body::kObject) {
    take_object(route, request.body, call.values_, errors);
  }
  tell_lines(errors);
  if (!errors.empty()) return errors;
  take_fallbacks(route.parameters, call.values_);
  take_fallbacks(route.fields, call.values_);
  call.request_ = std::move(request);
  return call;
}

bool Call::given(std::string_view name) const { return values_.find(name) != values_.end(); }

long long Call::integer(std::string_view name) const {
  return std::get<long long>(values_.find(name)->second);
}
double Call::number(std::string_view name) const {
  return std::get<double>(values_.find(name)->second);
}
const std::string& Call::text(std::string_view name) const {
  return std::get<std::string>(values_.find(name)->second);
}
bool Call::flag(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && std::get<bool>(found->second);
}
const std::vector<double>& Call::numbers(std::string_view name) const {
  return std::get<std::vector<double>>(values_.find(name)->second);
}
const std::vector<std::string>& Call::words(std::string_view name) const {
  return std::get<std::vector<std::string>>(values_.find(name)->second);
}

}  // namespace berth
