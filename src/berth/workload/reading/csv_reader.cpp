#include "berth/workload/reading/csv_reader.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/reading/csv_line.h"
#include "berth/workload/reading/fast_number.h"
#include "berth/workload/reading/fields.h"

namespace berth {
namespace {

/// Up to seven digits; null for none or more.
inline const char* parse_small(const char* p, std::uint32_t& value) {
  const Digits digits = leading_digits(p);
  value = digits.value;
  return digits.count - 1 < 7 ? p + digits.count : nullptr;
}

/// The end of a plain field; null if it is quoted or blank at its front.
inline const char* plain_field_end(const char* p) {
  if (*p == '"' || *p == ' ') return nullptr;
  while (*p != ',' && *p != '\n' && *p != '"') ++p;
  return *p == '"' ? nullptr : p;
}

}  // namespace

CsvReader::CsvReader(TextStream stream, const TraceLayout& layout, std::vector<std::string> header,
                     const TimestampParser& time, const TraceOptions& options, LineStart start)
    : LineReader(std::move(stream), layout, time, options, start), header_(std::move(header)) {
  fields_.assign(header_.size(), Field::kSkip);
  const auto mark = [&](TraceRole role, Field field) {
    if (const auto position = layout.columns.find(role)) fields_[*position] = field;
  };
  mark(TraceRole::kTimestamp, Field::kTime);
  mark(TraceRole::kPrompt, Field::kPrompt);
  mark(TraceRole::kOutput, Field::kOutput);
  mark(TraceRole::kImages, Field::kImages);
  mark(TraceRole::kLabel, Field::kLabel);
}

bool CsvReader::parse_rows() {
  const char* const end = stream_.end();
  TraceRow row;
  while (cursor_ != end && !block_full()) {
    if (const char* next = fast_row(cursor_, row)) [[likely]] {
      put(row);
      cursor_ = next;
      ++line_;
      continue;
    }
    const std::uint64_t line = line_;
    const char* const before = cursor_;
    const Step step = careful_row(row);
    if (step == Step::kMore) {
      cursor_ = before;
      line_ = line;
      return true;
    }
    if (step == Step::kRow) put(row);
  }
  return false;
}

const char* CsvReader::fast_row(const char* p, TraceRow& row) {
  const std::size_t columns = fields_.size();
  for (std::size_t i = 0; i < columns; ++i) {
    switch (fields_[i]) {
      case Field::kTime: p = time_.parse_fast(p, row.time_ns); break;
      case Field::kPrompt: p = parse_small(p, row.prompt); break;
      case Field::kOutput: p = parse_small(p, row.output); break;
      case Field::kImages: p = parse_small(p, row.images); break;
      case Field::kSkip: p = plain_field_end(p); break;
      case Field::kLabel: {
        const char* const field = p;
        p = plain_field_end(p);
        if (p == nullptr || p == field || p[-1] == '\r' || p[-1] == ' ') return nullptr;
        if (!try_intern(std::string_view(field, static_cast<std::size_t>(p - field)), row.label)) {
          return nullptr;
        }
        break;
      }
    }
    if (p == nullptr) return nullptr;
    if (i + 1 < columns && *p++ != ',') return nullptr;
  }
  if (*p == '\r') ++p;
  return *p == '\n' ? p + 1 : nullptr;
}

LineReader::Step CsvReader::careful_row(TraceRow& row) {
  const char* const begin = cursor_;
  const char* line_end = begin;
  std::uint64_t lines = 0;
  bool open_quote = false;
  do {
    if (line_end == stream_.end()) return Step::kMore;
    const auto left = static_cast<std::size_t>(stream_.end() - line_end);
    const char* const next = static_cast<const char*>(std::memchr(line_end, '\n', left)) + 1;
    const std::string_view line(line_end, static_cast<std::size_t>(next - line_end));
    open_quote = open_quote != has_open_quote(line);
    line_end = next;
    ++lines;
  } while (open_quote);
  std::string_view record(begin, static_cast<std::size_t>(line_end - 1 - begin));
  if (record.ends_with('\r')) record.remove_suffix(1);
  Step step = Step::kNone;
  if (!trim(record).empty()) {
    if (!split_csv(record, texts_)) {
      errors_.add(line_, ErrorCode::kSyntax, "text follows a closing quote");
    } else if (texts_.size() != header_.size()) {
      errors_.add(line_, ErrorCode::kSyntax,
                  fmt::format("expected {} fields, found {}", header_.size(), texts_.size()));
    } else if (read_fields(row)) {
      step = Step::kRow;
    }
  }
  cursor_ = line_end;
  line_ += lines;
  return step;
}

bool CsvReader::read_fields(TraceRow& row) {
  bool good = true;
  const auto count = [&](std::size_t column, std::uint32_t& value) {
    FieldProblem problem;
    if (parse_count(texts_[column], header_[column], value, problem)) return true;
    errors_.add(line_, problem.code, std::move(problem.message));
    return false;
  };
  for (std::size_t i = 0; i < fields_.size() && good; ++i) {
    const std::string& text = texts_[i];
    switch (fields_[i]) {
      case Field::kSkip: break;
      case Field::kTime: {
        const auto time = time_.parse(text);
        good = time ? true : bad_time(text, header_[i]);
        if (time) row.time_ns = *time;
        break;
      }
      case Field::kPrompt: good = count(i, row.prompt); break;
      case Field::kOutput: good = count(i, row.output); break;
      case Field::kImages: good = count(i, row.images); break;
      case Field::kLabel: good = intern(text, row.label); break;
    }
  }
  return good;
}

}  // namespace berth
