// The only file that knows cpp-httplib.

#include "berth/telemetry/http_client.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <httplib.h>
#include <pthread.h>
#include <signal.h>

#include <fmt/format.h>

#include "berth/core/file.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "cpp-httplib must be built with OpenSSL"
#endif

namespace berth {
namespace {

using Clock = std::chrono::steady_clock;
using Outcome = HttpAnswer::Outcome;

constexpr Seconds kLongestConnect{10.0};
constexpr std::size_t kMostCaBytes = std::size_t{64} << 20;

/// A write to a connection that the server closed must be an error, not the end of the program.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipeSignal() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

std::chrono::microseconds microseconds(Seconds time) {
  return std::chrono::microseconds(std::max<long long>(1, std::llround(time.value / kMicro)));
}

std::unique_ptr<httplib::ClientImpl> connection(const HttpUrl& url, const HttpOptions& options) {
  if (!url.tls) return std::make_unique<httplib::ClientImpl>(url.host, url.port);
  auto client = std::make_unique<httplib::SSLClient>(url.host, url.port);
  client->enable_server_certificate_verification(options.verify_tls);
  if (!options.ca_file.empty()) client->set_ca_cert_path(options.ca_file);
  return client;
}

class LibraryClient : public HttpClient {
 public:
  LibraryClient(const HttpUrl& url, const HttpOptions& options)
      : options_(options), client_(connection(url, options)) {
    client_->set_keep_alive(true);
    client_->set_follow_location(false);
    client_->set_url_encode(false);  // targets come encoded
    client_->set_connection_timeout(microseconds(std::min(options.timeout, kLongestConnect)));
    client_->set_read_timeout(microseconds(options.timeout));
    client_->set_write_timeout(microseconds(options.timeout));
  }

  HttpAnswer send(const HttpRequest& request) override {
    const NoBrokenPipeSignal guard;
    const auto started = Clock::now();
    const auto deadline = started + microseconds(options_.timeout);
    HttpAnswer answer;
    bool too_large = false;
    httplib::Request sent = translated(request);
    sent.content_receiver = [&](const char* data, std::size_t size, std::uint64_t /*offset*/,
                                std::uint64_t /*total*/) {
      too_large = answer.body.size() + size > options_.most_bytes;
      if (too_large || Clock::now() > deadline) return false;
      answer.body.append(data, size);
      return true;
    };
    const httplib::Result result = client_->send(sent);
    if (result) {
      answer.outcome = Outcome::kAnswered;
      answer.status = result->status;
      answer.location = result->get_header_value("Location");
      answer.retry_after = result->get_header_value("Retry-After");
      return answer;
    }
    const auto waited = Clock::now() - started;
    answer.outcome = too_large ? Outcome::kTooLarge : outcome_of(result.error(), waited);
    answer.detail = detail_of(result.error());
    answer.body.clear();
    return answer;
  }

 private:
  static httplib::Request translated(const HttpRequest& request) {
    httplib::Request sent;
    sent.method = request.form.empty() ? "GET" : "POST";
    sent.path = request.target;
    for (const auto& [name, value] : request.headers) sent.set_header(name, value);
    sent.set_header("Accept", "application/json");
#ifdef CPPHTTPLIB_ZLIB_SUPPORT
    sent.set_header("Accept-Encoding", "gzip");
#endif
    if (!request.form.empty()) {
      sent.set_header("Content-Type", "application/x-www-form-urlencoded");
      sent.body = request.form;
    }
    return sent;
  }

  [[nodiscard]] Outcome outcome_of(httplib::Error error, Clock::duration waited) const {
    switch (error) {
      case httplib::Error::SSLConnection:
      case httplib::Error::SSLLoadingCerts:
      case httplib::Error::SSLServerVerification: return Outcome::kUntrusted;
      case httplib::Error::ConnectionTimeout:
      case httplib::Error::Canceled: return Outcome::kTimedOut;
      default: break;
    }
    // Newer libraries tell more kinds of distrust apart.
    if (httplib::to_string(error).starts_with("SSL")) return Outcome::kUntrusted;
    // A read that runs out of time is told as one that failed.
    const bool long_enough = waited >= microseconds(options_.timeout * 0.95);
    return long_enough ? Outcome::kTimedOut : Outcome::kUnreachable;
  }

  static std::string detail_of(httplib::Error error) {
    switch (error) {
      case httplib::Error::Connection: return "no connection (unknown host, or nothing listens)";
      case httplib::Error::ConnectionTimeout: return "no connection in time";
      case httplib::Error::SSLConnection: return "the TLS handshake failed";
      case httplib::Error::SSLLoadingCerts: return "the CA certificates cannot be loaded";
      case httplib::Error::SSLServerVerification: return "its certificate is not trusted";
      case httplib::Error::Read: return "the connection broke, or no answer came in time";
      case httplib::Error::Write: return "the connection broke while the request was sent";
      case httplib::Error::Canceled: return "the answer did not end in time";
      default: return httplib::to_string(error);
    }
  }

  HttpOptions options_;
  std::unique_ptr<httplib::ClientImpl> client_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(const HttpUrl& url,
                                                     const HttpOptions& options) {
  if (!options.ca_file.empty()) {
    const Result<std::string> text = read_file(options.ca_file, kMostCaBytes);
    if (!text) return text.errors();
    if (text->find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
      return Error{ErrorCode::kSyntax, "the CA file holds no certificate", options.ca_file,
                   "expected PEM: -----BEGIN CERTIFICATE-----"};
    }
  }
  return std::unique_ptr<HttpClient>(std::make_unique<LibraryClient>(url, options));
}

}  // namespace berth
