#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/telemetry/http_client.h"

namespace berth {
namespace {

constexpr int kPlainPort = 80;
constexpr int kTlsPort = 443;
constexpr long long kLastPort = 65535;

Error bad_url(std::string_view text, std::string_view why) {
  return {ErrorCode::kUsage, fmt::format("'{}' is not the URL of a server: {}", text, why), "",
          "expected http://HOST:PORT or https://HOST:PORT, e.g. http://localhost:9090"};
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

/// "user:password" in front of an '@'; what is left after it.
std::string_view take_credentials(std::string_view authority, HttpUrl& url) {
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return authority;
  const std::string_view credentials = authority.substr(0, at);
  const std::size_t colon = credentials.find(':');
  url.user = percent_decoded(credentials.substr(0, colon));
  if (colon != std::string_view::npos)
    url.password = percent_decoded(credentials.substr(colon + 1));
  return authority.substr(at + 1);
}

/// "host", "host:port", "[::1]:port"; false if the port is none.
bool take_host(std::string_view authority, HttpUrl& url) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = authority.substr(1, close - 1);
    rest = authority.substr(close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
  }
  if (rest.empty()) return true;
  const auto port = parse_integer(rest.substr(1));
  if (rest[0] != ':' || !port || *port < 1 || *port > kLastPort) return false;
  url.port = static_cast<int>(*port);
  return true;
}

bool holds_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return true;
  }
  return false;
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
  HttpUrl url;
  const std::size_t scheme_end = text.find("://");
  const std::string scheme =
      to_lower(scheme_end == std::string_view::npos ? "" : text.substr(0, scheme_end));
  // What is told must not show a password.
  if (scheme != "http" && scheme != "https") {
    const bool secret = text.find('@') != std::string_view::npos;
    return bad_url(secret ? "..." : text, "it begins with neither http:// nor https://");
  }
  url.tls = scheme == "https";
  url.port = url.tls ? kTlsPort : kPlainPort;
  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t authority_end = rest.find_first_of("/?#");
  const std::string_view authority = take_credentials(rest.substr(0, authority_end), url);
  std::string_view path =
      authority_end == std::string_view::npos ? std::string_view() : rest.substr(authority_end);
  const std::string shown_host = fmt::format("{}://{}", scheme, authority);
  if (holds_control(text)) return bad_url(shown_host, "it holds a blank or a control character");
  if (path.find('#') != std::string_view::npos) return bad_url(shown_host, "it has a fragment (#)");
  if (!take_host(authority, url))
    return bad_url(shown_host, "its port is no number from 1 to 65535");
  if (url.host.empty()) return bad_url(shown_host, "it names no host");
  const std::size_t question = path.find('?');
  if (question != std::string_view::npos) {
    url.query = path.substr(question + 1);
    path = path.substr(0, question);
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  url.path = path;
  url.shown = shown_host + url.path;
  return url;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

}  // namespace berth
