#include "apps/cli/console.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace berth::cli {
namespace {

constexpr int kMinWidth = 60;
constexpr int kMaxWidth = 200;
constexpr int kDefaultWidth = 100;

bool wants_color(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");  // https://no-color.org: set and not empty
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(descriptor) == 1;
}

int terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, kMinWidth, kMaxWidth);
  }
  return kDefaultWidth;
}

void write_all(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

Console::Console()
    : progress_(isatty(STDERR_FILENO) == 1),
      color_(wants_color(STDOUT_FILENO)),
      error_color_(wants_color(STDERR_FILENO)),
      width_(terminal_width()) {}

void Console::progress(std::string_view text) const {
  if (!shows_progress()) return;
  wipe_progress();
  write_all(stderr, text);
  progress_shown_ = true;
}

void Console::wipe_progress() const {
  if (!progress_shown_) return;
  write_all(stderr, "\r\033[K");
  progress_shown_ = false;
}

void Console::print(std::string_view text) {
  wipe_progress();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) write_failed_ = true;
  if (std::fflush(stdout) != 0) write_failed_ = true;
}

void Console::note(std::string_view text) const {
  if (quiet_) return;
  wipe_progress();
  write_all(stderr, text);
  write_all(stderr, "\n");
}

void Console::error(std::string_view text) const {
  wipe_progress();
  write_all(stderr, error_color_ ? "\033[1;31merror:\033[0m " : "error: ");
  write_all(stderr, text);
  write_all(stderr, "\n");
}

int Console::fail(const Errors& errors) const {
  for (const Error& one : errors) error(to_string(one));
  return exit_status(errors);
}

int Console::finish() const {
  if (!write_failed_) return kSuccess;
  error("could not write the result to standard output");
  return kInputError;
}

}  // namespace berth::cli
