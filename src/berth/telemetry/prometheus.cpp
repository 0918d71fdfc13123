#include "berth/telemetry/prometheus.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/telemetry/prometheus_json.h"

namespace berth {
namespace {

using Outcome = HttpAnswer::Outcome;

constexpr std::size_t kLongestGet = 2'000;  // characters; longer queries are posted
constexpr std::size_t kMostTokenBytes = std::size_t{1} << 20;
constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kTooManyRequests = 429;
constexpr int kServerError = 500;

bool holds_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// RFC 4648, for basic authentication.
std::string base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k > text.size() ? '=' : kDigits[group >> (18U - 6U * k) & 63U];
    }
  }
  return out;
}

Result<std::string> read_token(const std::string& file) {
  const Result<std::string> text = read_file(file, kMostTokenBytes);
  if (!text) return text.errors();
  std::string token(trim(*text));
  if (token.empty()) return Error{ErrorCode::kMissing, "the token file is empty", file, ""};
  if (holds_line_break(token)) {
    return Error{ErrorCode::kSyntax, "the token file holds more than one line", file, ""};
  }
  return token;
}

std::string encoded(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    text += name + "=" + percent_encoded(value);
  }
  return text;
}

/// Errors that a smaller part of the range may not have.
bool asks_for_less(const ApiAnswer& answer) {
  if (answer.error.find("exceeded maximum resolution") != std::string::npos) return true;
  return answer.error_type == "execution" &&
         answer.error.find("too many samples") != std::string::npos;
}

/// Durations of the API are whole numbers of a unit.
std::string server_timeout(Seconds timeout) {
  return fmt::format("{}ms", std::max(1LL, std::llround(timeout.value / kMilli)));
}

std::string shown_body(std::string_view body) {
  constexpr std::size_t kShown = 120;
  std::string line(trim(body.substr(0, kShown)));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return is_valid_utf8(line) ? line : std::string();
}

}  // namespace

std::string_view label_of(const LabelSet& labels, std::string_view name) {
  for (const auto& [label, value] : labels) {
    if (label == name) return value;
  }
  return {};
}

/// What a call came to: series, an error, or the wish to be asked for less.
struct Prometheus::Reply {
  std::vector<SampledSeries> series;
  Errors errors;
  bool too_much = false;
};

Result<Prometheus> Prometheus::open(PrometheusOptions options) {
  const Result<HttpUrl> url = parse_http_url(options.url);
  Errors errors;
  if (!url) errors = url.errors();
  if (!options.token.empty() && !options.token_file.empty()) {
    errors.push_back({ErrorCode::kUsage, "a bearer token and a file with one are given", "",
                      "leave one of them out"});
  }
  if (holds_line_break(options.token)) {
    errors.push_back({ErrorCode::kUsage, "the bearer token holds a line break", "", ""});
  }
  for (const auto& [name, value] : options.headers) {
    if (name.empty() || holds_line_break(name) || holds_line_break(value)) {
      errors.push_back({ErrorCode::kUsage, "a header has no name or holds a line break", "", ""});
    }
  }
  if (!options.token_file.empty()) {
    const Result<std::string> token = read_token(options.token_file);
    if (!token) errors.insert(errors.end(), token.errors().begin(), token.errors().end());
  }
  const HttpOptions http{
      .ca_file = options.ca_file, .verify_tls = options.verify_tls, .timeout = options.timeout};
  Result<std::unique_ptr<HttpClient>> client = make_http_client(url ? *url : HttpUrl{}, http);
  if (!client) errors.insert(errors.end(), client.errors().begin(), client.errors().end());
  if (!errors.empty()) return errors;
  return Prometheus(std::move(options), std::move(client).value());
}

Prometheus::Prometheus(PrometheusOptions options, std::unique_ptr<HttpClient> client)
    : options_(std::move(options)),
      url_(parse_http_url(options_.url).value()),
      client_(std::move(client)) {}

Result<HttpRequest> Prometheus::request_of(std::string_view endpoint,
                                           const Parameters& parameters) const {
  HttpRequest request;
  request.target = fmt::format("{}/api/v1/{}", url_.path, endpoint);
  const std::string text = encoded(parameters);
  const bool post = text.size() > kLongestGet;
  if (post) request.form = text;
  const std::string query = post ? url_.query : url_.query + (url_.query.empty() ? "" : "&") + text;
  if (!query.empty()) request.target += "?" + query;
  request.headers = options_.headers;
  std::string token = options_.token;
  if (!options_.token_file.empty()) {
    Result<std::string> read = read_token(options_.token_file);
    if (!read) return std::move(read).errors();
    token = std::move(read).value();
  }
  if (!token.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + token);
  } else if (!url_.user.empty()) {
    request.headers.emplace_back("Authorization",
                                 "Basic " + base64(url_.user + ":" + url_.password));
  }
  return request;
}

HttpAnswer Prometheus::send_patiently(const HttpRequest& request) {
  Seconds pause = options_.backoff;
  for (int attempt = 0;; ++attempt) {
    ++requests_;
    HttpAnswer answer = client_->send(request);
    const bool passing = answer.outcome == Outcome::kUnreachable ||
                         (answer.outcome == Outcome::kAnswered &&
                          (answer.status == kTooManyRequests || answer.status >= kServerError) &&
                          // A query that took too long once will take too long again.
                          parse_api_answer(answer.body).error_type != "timeout");
    if (!passing || attempt >= options_.retries) return answer;
    Seconds wait = pause;
    if (const auto asked = parse_number(answer.retry_after)) wait = std::max(wait, Seconds(*asked));
    wait = std::min(wait, kLongestBackoff);
    std::this_thread::sleep_for(std::chrono::duration<double>(wait.value));
    pause = std::min(pause * 2.0, kLongestBackoff);
  }
}

namespace {

Error error_of(const HttpAnswer& answer, const ApiAnswer& api, const HttpUrl& url,
               const PrometheusOptions& options) {
  const auto unreadable = [&](std::string message, std::string suggestion = {}) {
    return Error{ErrorCode::kUnreadable, std::move(message), url.shown, std::move(suggestion)};
  };
  switch (answer.outcome) {
    case Outcome::kUnreachable: return unreadable("Prometheus cannot be reached: " + answer.detail);
    case Outcome::kUntrusted:
      return unreadable("no trusted connection to Prometheus: " + answer.detail,
                        "name the CA's certificate (--ca FILE)");
    case Outcome::kTimedOut:
      return unreadable(fmt::format("Prometheus gave no answer within {} s: {}",
                                    shortest(options.timeout.value), answer.detail),
                        "a longer --timeout, or a shorter range");
    case Outcome::kTooLarge:
      return unreadable("the answer of Prometheus is too large", "a longer step");
    case Outcome::kAnswered: break;
  }
  if (answer.status == kUnauthorized || answer.status == kForbidden) {
    return unreadable(fmt::format("Prometheus refuses access (HTTP {})", answer.status),
                      "a bearer token: --bearer-token-file FILE or BERTH_PROMETHEUS_TOKEN");
  }
  if (api.is_api && !api.success) {
    return unreadable(
        fmt::format("Prometheus answered with an error, {}: {}", api.error_type, api.error));
  }
  if (answer.status >= 300 && answer.status < 400) {
    return unreadable(
        fmt::format("the server redirects to '{}' (HTTP {})", answer.location, answer.status),
        "give the URL it redirects to");
  }
  if (answer.status == kNotFound || answer.status == 405) {
    return {ErrorCode::kUnsupported,
            fmt::format("there is no Prometheus API at this address (HTTP {})", answer.status),
            url.shown, "the URL of the server itself, with its path prefix if it has one"};
  }
  if (answer.status != kOk) {
    return unreadable(fmt::format("Prometheus answered with HTTP {}: {}", answer.status,
                                  shown_body(answer.body)));
  }
  const std::string what = api.is_api ? api.fault : "it is no JSON with a status";
  return {ErrorCode::kSyntax, "the answer is not one of the Prometheus API: " + what, url.shown,
          api.is_api ? "" : "is there a proxy or a login page at this address?"};
}

}  // namespace

Prometheus::Reply Prometheus::call(std::string_view endpoint, const Parameters& parameters) {
  const Result<HttpRequest> request = request_of(endpoint, parameters);
  if (!request) return {{}, request.errors(), false};
  const HttpAnswer answer = send_patiently(*request);
  ApiAnswer api = parse_api_answer(answer.body);
  if (answer.outcome == Outcome::kAnswered && answer.status == kOk && api.success &&
      api.fault.empty()) {
    return {std::move(api.series), {}, false};
  }
  const bool too_much = answer.outcome == Outcome::kTooLarge || asks_for_less(api);
  return {{}, {error_of(answer, api, url_, options_)}, too_much};
}

Result<std::vector<SampledSeries>> Prometheus::query(std::string_view expression, double time_s) {
  Reply reply = call("query", {{"query", std::string(expression)},
                               {"time", fmt::format("{:.3f}", time_s)},
                               {"timeout", server_timeout(options_.timeout)}});
  if (!reply.errors.empty()) return std::move(reply.errors);
  return std::move(reply.series);
}

Prometheus::Reply Prometheus::range_part(std::string_view expression, double start_s, double step_s,
                                         std::size_t first, std::size_t points) {
  const double from = start_s + static_cast<double>(first) * step_s;
  const double to = from + static_cast<double>(points - 1) * step_s;
  return call("query_range", {{"query", std::string(expression)},
                              {"start", fmt::format("{:.3f}", from)},
                              {"end", fmt::format("{:.3f}", to)},
                              {"step", fmt::format("{:.3f}", step_s)},
                              {"timeout", server_timeout(options_.timeout)}});
}

Result<std::vector<SampledSeries>> Prometheus::query_range(std::string_view expression,
                                                           double start_s, double end_s,
                                                           double step_s) {
  // A thousandth of a step too short is rounding.
  const auto points = static_cast<std::size_t>(std::floor((end_s - start_s) / step_s + 1e-3)) + 1;
  std::size_t part = std::min(points, options_.most_points);
  std::map<LabelSet, std::vector<Sample>> joined;
  for (std::size_t first = 0; first < points;) {
    const std::size_t size = std::min(part, points - first);
    Reply reply = range_part(expression, start_s, step_s, first, size);
    if (reply.too_much && size > 1) {
      part = size / 2;
      continue;
    }
    if (!reply.errors.empty()) return std::move(reply.errors);
    for (SampledSeries& series : reply.series) {
      std::vector<Sample>& samples = joined[std::move(series.labels)];
      samples.insert(samples.end(), series.samples.begin(), series.samples.end());
    }
    first += size;
  }
  std::vector<SampledSeries> all;
  all.reserve(joined.size());
  for (auto& [labels, samples] : joined) all.push_back({labels, std::move(samples)});
  return all;
}

}  // namespace berth
