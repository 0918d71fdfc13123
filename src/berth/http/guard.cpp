#include "berth/http/guard.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/http/server.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShortest = 16;
constexpr std::size_t kMostTokenBytes = 4096;
constexpr double kLookEvery = 1.0;  // s

double steady_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<std::string> read_token(const fs::path& path) {
  Result<std::string> content = read_file(path, kMostTokenBytes);
  if (!content) return content.errors();
  std::string token(trim(*content));
  if (token.empty()) return Error{ErrorCode::kMissing, "holds no token", path.string(), ""};
  const bool visible =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 127; });
  if (token.size() < kShortest || !visible) {
    return Error{ErrorCode::kOutOfRange, "expected at least 16 visible characters on one line",
                 path.string(), "for example what 'openssl rand -hex 32' prints"};
  }
  return token;
}

bool same(std::string_view left, std::string_view right) {
  unsigned different = left.size() == right.size() ? 0U : 1U;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const char other = right.empty() ? '\0' : right[i % right.size()];
    different |= static_cast<unsigned char>(left[i] ^ other);
  }
  return different == 0U;
}

/// "[::1]:8080" as "::1", "localhost:8080" as "localhost".
std::string host_name(std::string_view host) {
  const std::size_t bracket = host.find(']');
  if (host.starts_with('[') && bracket != std::string_view::npos) {
    return to_lower(host.substr(1, bracket - 1));
  }
  return to_lower(host.substr(0, host.rfind(':')));
}

}  // namespace

Result<std::unique_ptr<TokenFile>> TokenFile::open(const fs::path& path) {
  std::error_code ignored;
  const auto written = fs::last_write_time(path, ignored);  // first: what comes after is seen
  Result<std::string> token = read_token(path);
  if (!token) return token.errors();
  std::unique_ptr<TokenFile> file(new TokenFile(path, *std::move(token)));
  file->seen_ = written;
  return file;
}

void TokenFile::look_again() {
  if (steady_s() - looked_s_ < kLookEvery) return;
  looked_s_ = steady_s();
  std::error_code error;
  const auto written = fs::last_write_time(path_, error);
  if (error || written == seen_) return;
  if (Result<std::string> token = read_token(path_)) {
    token_ = *std::move(token);
    seen_ = written;
  }
}

bool TokenFile::admits(std::string_view authorization) {
  const std::lock_guard lock(mutex_);
  look_again();
  constexpr std::string_view kScheme = "bearer ";
  const bool scheme = authorization.size() > kScheme.size() &&
                      to_lower(authorization.substr(0, kScheme.size())) == kScheme;
  return same(token_, scheme ? authorization.substr(kScheme.size()) : "") && scheme;
}

std::optional<std::string> foreign_request(const std::string& host, const std::string& origin,
                                           bool loopback_only) {
  if (loopback_only && !host.empty() && !is_loopback(host_name(host))) {
    return "this server answers to a name of this machine alone, not to '" + host + "'";
  }
  if (origin.empty()) return std::nullopt;
  const std::size_t scheme = origin.find("://");
  const std::string_view from = scheme == std::string::npos
                                    ? std::string_view(origin)
                                    : std::string_view(origin).substr(scheme + 3);
  if (from == host) return std::nullopt;
  return "a page of '" + origin + "' may not ask this server";
}

}  // namespace berth
