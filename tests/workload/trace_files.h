#pragma once
// Small trace files made on the fly, and a reader's answer in one piece.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "berth/workload/trace.h"

namespace berth::test {

/// A directory of its own that is gone at the end of the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file and returns its path.
  [[nodiscard]] std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string gzip(std::string_view text);
[[nodiscard]] std::string zstd(std::string_view text);

/// All rows of a trace, or the errors.
struct WholeTrace {
  std::string format;
  std::string compression;
  TraceBlock rows;
  TraceCounts counts;
  std::vector<std::string> labels;
  std::int64_t origin_ns = 0;
  Errors errors;
};
[[nodiscard]] WholeTrace read_whole(const std::filesystem::path& path,
                                    const TraceOptions& options = {});

/// "code|where|message; suggestion" lines, for messages of failed expectations.
[[nodiscard]] std::string describe(const Errors& errors);

}  // namespace berth::test
