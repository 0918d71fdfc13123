#pragma once
// HTTP as the readers of telemetry need it: one request, one answer, a bound on time and size.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"

namespace berth {

/// "https://user:secret@host:9090/prefix?extra=1" in parts.
struct HttpUrl {
  bool tls = false;
  std::string host;      ///< without the brackets of an IPv6 address
  int port = 0;          ///< 80 or 443 where none is written
  std::string path;      ///< without a slash at the end; may be empty
  std::string query;     ///< without '?'; may be empty
  std::string user;      ///< may be empty
  std::string password;  ///< may be empty
  std::string shown;     ///< for messages: without user, password and query
};

/// Errors: kUsage (no http or https URL, no host, a port beyond 65535, a fragment).
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view text);

/// The text as one component of a query or of a form (RFC 3986, everything reserved escaped).
[[nodiscard]] std::string percent_encoded(std::string_view text);

struct HttpOptions {
  std::string ca_file;     ///< PEM bundle that replaces the system's; empty = the system's
  bool verify_tls = true;  ///< false: any certificate of any host is taken
  Seconds timeout{30.0};   ///< of a whole request, connecting and reading included
  std::size_t most_bytes = std::size_t{256} << 20;  ///< of an answer, after decompression
};

struct HttpRequest {
  std::string target;  ///< path and query
  std::string form;    ///< not empty: POST with this body (application/x-www-form-urlencoded)
  std::vector<std::pair<std::string, std::string>> headers;
};

struct HttpAnswer {
  enum class Outcome : std::uint8_t {
    kAnswered,     ///< with a status, whichever
    kUnreachable,  ///< no connection, or it broke
    kTimedOut,
    kUntrusted,  ///< the server's certificate or the TLS handshake failed
    kTooLarge,
  };
  Outcome outcome = Outcome::kUnreachable;
  int status = 0;
  std::string body;
  std::string location;     ///< of a redirect; redirects are not followed
  std::string retry_after;  ///< as the server wrote it
  std::string detail;       ///< what went wrong, unless kAnswered
};

class HttpClient {
 public:
  HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() = default;

  [[nodiscard]] virtual HttpAnswer send(const HttpRequest& request) = 0;
};

/// One connection, kept alive between requests. Not for several threads at once.
/// Errors: kNotFound, kUnreadable (the CA file), kSyntax (it holds no certificate).
[[nodiscard]] Result<std::unique_ptr<HttpClient>> make_http_client(const HttpUrl& url,
                                                                   const HttpOptions& options);

}  // namespace berth
