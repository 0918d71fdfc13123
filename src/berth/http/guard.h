#pragma once
// Who may ask: tokens, and the rules of a server that asks for none.

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "berth/core/result.h"

namespace berth {

/// A secret in a file, read again when the file changes; a file that becomes unreadable or empty
/// leaves the secret as it was. Safe for any thread.
class TokenFile {
 public:
  /// Errors: those of read_file; kMissing (empty), kOutOfRange (less than 16 characters, or other
  /// than visible ASCII).
  static Result<std::unique_ptr<TokenFile>> open(const std::filesystem::path& path);

  /// Whether "Bearer <secret>" is what `authorization` says; takes the same time however much of
  /// it is right.
  [[nodiscard]] bool admits(std::string_view authorization);

 private:
  TokenFile(std::filesystem::path path, std::string token)
      : path_(std::move(path)), token_(std::move(token)) {}
  void look_again();

  std::filesystem::path path_;
  std::mutex mutex_;  // of what follows
  std::string token_;
  std::filesystem::file_time_type seen_{};
  double looked_s_ = 0.0;
};

/// A page of another site in a browser on this machine may send requests here, under our name
/// even (DNS rebinding). Nothing: `host` and `origin` are this server's own. Else what is wrong.
[[nodiscard]] std::optional<std::string> foreign_request(const std::string& host,
                                                         const std::string& origin,
                                                         bool loopback_only);

}  // namespace berth
