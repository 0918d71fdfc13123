#pragma once
// The records of a small CSV file that is held in memory; a quoted field may hold line ends.

#include <cstdint>
#include <string>
#include <string_view>

namespace berth {

class CsvRecords {
 public:
  /// `content` must outlive this.
  explicit CsvRecords(std::string_view content) : rest_(content) {}

  /// False at the end. `record` is without its line end.
  bool next(std::string& record);

  /// Of the file, where the last record starts.
  [[nodiscard]] std::uint64_t line() const { return first_line_; }

 private:
  std::string_view rest_;
  std::uint64_t line_ = 0;
  std::uint64_t first_line_ = 0;
};

}  // namespace berth
