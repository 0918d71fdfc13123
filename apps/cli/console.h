#pragma once
// Where a command's words go: results to stdout, everything else to stderr.

#include <string>
#include <string_view>

#include "berth/core/error.h"

namespace berth::cli {

inline constexpr int kSuccess = 0;
inline constexpr int kInputError = 1;
inline constexpr int kDifferences = 2;
inline constexpr int kInfeasible = 3;
inline constexpr int kInternalError = 70;

class Console {
 public:
  /// Looks at the terminal, NO_COLOR and TERM once.
  Console();

  void set_quiet(bool quiet) { quiet_ = quiet; }

  /// Results. A closed or full stdout is remembered for finish().
  void print(std::string_view text);
  /// Notes for people; silent with --quiet.
  void note(std::string_view text) const;
  void error(std::string_view text) const;

  /// One line on stderr that the next one overwrites, and that any other words wipe away. Only on a
  /// terminal, and not with --quiet.
  [[nodiscard]] bool shows_progress() const { return progress_ && !quiet_; }
  void progress(std::string_view text) const;

  /// Prints every error, one a line, and returns the exit status of the gravest.
  [[nodiscard]] int fail(const Errors& errors) const;

  /// kSuccess, or an error when results could not be written.
  [[nodiscard]] int finish() const;

  [[nodiscard]] bool color() const { return color_; }
  [[nodiscard]] int width() const { return width_; }

 private:
  void wipe_progress() const;

  bool quiet_ = false;
  bool progress_ = false;  ///< stderr is a terminal
  mutable bool progress_shown_ = false;
  bool color_ = false;        ///< stdout
  bool error_color_ = false;  ///< stderr
  int width_ = 100;
  bool write_failed_ = false;
};

}  // namespace berth::cli
