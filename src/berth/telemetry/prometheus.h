#pragma once
// A Prometheus server (or one that speaks its HTTP API: Thanos, Mimir, VictoriaMetrics), asked for
// instant and range queries. docs/prometheus.md.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/telemetry/http_client.h"

namespace berth {

struct PrometheusOptions {
  std::string url;         ///< http[s]://[user:password@]host[:port][/prefix][?extra=parameter]
  std::string token;       ///< bearer token; empty = none
  std::string token_file;  ///< read anew for every request, as tokens in files expire
  std::string ca_file;     ///< PEM bundle; empty = the system's
  bool verify_tls = true;
  Seconds timeout{30.0};                                     ///< of one request
  std::vector<std::pair<std::string, std::string>> headers;  ///< e.g. X-Scope-OrgID
  int retries = 3;        ///< after answers 429 and 5xx and broken connections
  Seconds backoff{0.25};  ///< before the first retry, doubled each time, at most kLongestBackoff
  std::size_t most_points = 11'000;  ///< a series and answer; a server refuses more
};

struct Sample {
  double time_s = 0.0;  ///< since 1970
  double value = 0.0;   ///< may be NaN or infinite
};

/// Labels by name, ascending, without "__name__" unless the server gave it.
using LabelSet = std::vector<std::pair<std::string, std::string>>;

/// The value, or nothing.
[[nodiscard]] std::string_view label_of(const LabelSet& labels, std::string_view name);

struct SampledSeries {
  LabelSet labels;
  std::vector<Sample> samples;  ///< by time, ascending, unique
};

/// Not for several threads at once.
///
/// Errors of a query: kUnreadable (no connection, no answer in time, refused credentials, an error
/// status, an error that Prometheus itself told), kSyntax (the answer is not what the API
/// promises), kUnsupported (there is no Prometheus API at this address). `where` is the URL without
/// credentials.
class Prometheus {
 public:
  static constexpr Seconds kLongestBackoff{5.0};

  /// Errors: kUsage (URL, token with line breaks, token and file at once), those of the CA file and
  /// of the token file. Connects to nothing yet.
  static Result<Prometheus> open(PrometheusOptions options);
  /// With another transport. REQUIRES: options.url is valid.
  Prometheus(PrometheusOptions options, std::unique_ptr<HttpClient> client);

  /// A vector (one sample a series), a matrix (a range selector) or a scalar (one series without
  /// labels) at `time_s`.
  [[nodiscard]] Result<std::vector<SampledSeries>> query(std::string_view expression,
                                                         double time_s);

  /// Values at start_s, start_s + step_s, ... <= end_s, asked for in as many parts as needed: at
  /// most `most_points` a series, fewer where the server finds a part too large. A series without
  /// a value at some step has no sample there. REQUIRES: step_s > 0, start_s <= end_s.
  [[nodiscard]] Result<std::vector<SampledSeries>> query_range(std::string_view expression,
                                                               double start_s, double end_s,
                                                               double step_s);

  [[nodiscard]] const std::string& shown_url() const { return url_.shown; }
  /// Requests sent so far, retries included.
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  struct Reply;
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  [[nodiscard]] Result<HttpRequest> request_of(std::string_view endpoint,
                                               const Parameters& parameters) const;
  [[nodiscard]] Reply call(std::string_view endpoint, const Parameters& parameters);
  [[nodiscard]] HttpAnswer send_patiently(const HttpRequest& request);
  [[nodiscard]] Reply range_part(std::string_view expression, double start_s, double step_s,
                                 std::size_t first, std::size_t points);

  PrometheusOptions options_;
  HttpUrl url_;
  std::unique_ptr<HttpClient> client_;
  std::size_t requests_ = 0;
};

}  // namespace berth
