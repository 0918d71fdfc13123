#pragma once
// Runs the built program as a user would and returns what it said.

#include <filesystem>
#include <string>
#include <vector>

namespace berth::test {

struct Outcome {
  int status = -1;  ///< exit status; 128 + signal when killed
  std::string out;
  std::string err;
};

/// Runs `berth` with these arguments in `directory`, with extra environment entries "NAME=value".
/// Killed (status 128 + 9) after `timeout_seconds`.
Outcome run_berth(const std::vector<std::string>& arguments,
                  const std::filesystem::path& directory = {},
                  const std::vector<std::string>& environment = {}, int timeout_seconds = 60);

/// The same with a terminal as its standard error; `err` is what was shown on it.
Outcome run_berth_on_terminal(const std::vector<std::string>& arguments, int timeout_seconds = 60);

/// All bytes of a file; none where there is no such file.
std::string file_text(const std::filesystem::path& path);

/// A fresh directory, removed with everything in it at the end of the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file below it and returns its path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

}  // namespace berth::test
