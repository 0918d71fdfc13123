#pragma once
// CSV traces: a fast path for rows of plain numbers, a careful one for all others.

#include <string>
#include <vector>

#include "berth/workload/reading/line_reader.h"

namespace berth {

class CsvReader final : public LineReader {
 public:
  CsvReader(TextStream stream, const TraceLayout& layout, std::vector<std::string> header,
            const TimestampParser& time, const TraceOptions& options, LineStart start);

 private:
  enum class Field : std::uint8_t { kSkip, kTime, kPrompt, kOutput, kImages, kLabel };

  bool parse_rows() override;
  /// The row at `p` if it is plain; returns where the next one starts, else null.
  const char* fast_row(const char* p, TraceRow& row);
  /// Any row at cursor_; moves cursor_ and line_ behind it.
  Step careful_row(TraceRow& row);
  bool read_fields(TraceRow& row);

  std::vector<Field> fields_;  // per column
  std::vector<std::string> header_;
  std::vector<std::string> texts_;  // of the careful path, kept for its memory
};

}  // namespace berth
