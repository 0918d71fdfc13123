#include "berth/workload/trace.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/formats/format.h"
#include "berth/workload/reading/byte_source.h"
#include "berth/workload/reading/columns.h"
#include "berth/workload/reading/csv_line.h"
#include "berth/workload/reading/csv_reader.h"
#include "berth/workload/reading/json_reader.h"
#include "berth/workload/reading/row_errors.h"
#include "berth/workload/reading/sorted_reader.h"
#include "berth/workload/reading/text_stream.h"

namespace berth {
namespace {

constexpr std::size_t kMaxJsonKeys = 256;
constexpr std::size_t kMaxShownLine = 60;

constexpr std::array<std::string_view, kTraceRoles> kRoleNames = {
    "timestamp", "prompt", "output", "class", "images", "hash_ids"};
constexpr std::string_view kUnitKey = "timestamp_unit";

struct UnitName {
  std::string_view name;
  TimestampUnit unit;
};
constexpr std::array kUnits = {
    UnitName{"s", TimestampUnit::kSeconds}, UnitName{"ms", TimestampUnit::kMilliseconds},
    UnitName{"us", TimestampUnit::kMicroseconds}, UnitName{"ns", TimestampUnit::kNanoseconds}};

/// A line at the front of a stream.
struct FirstLine {
  std::string_view text;  // without its end
  const char* end;        // where the next line starts
  std::uint64_t number;
};

/// The first line from `from` on that holds anything.
std::optional<FirstLine> first_line(const TextStream& stream, const char* from,
                                    std::uint64_t number) {
  for (; from != stream.end(); ++number) {
    const std::string_view rest(from, static_cast<std::size_t>(stream.end() - from));
    const std::size_t size = rest.find('\n');
    if (const std::string_view text = trim(rest.substr(0, size)); !text.empty()) {
      return FirstLine{text, from + size + 1, number};
    }
    from += size + 1;
  }
  return std::nullopt;
}

/// The record that starts at `line`: a quoted field may reach over several lines. Absent if its end
/// is not at hand.
std::optional<std::string_view> whole_record(const TextStream& stream, const FirstLine& line) {
  const char* const begin = line.text.data();
  const char* end = line.end;
  bool open_quote = has_open_quote(line.text);
  while (open_quote) {
    const std::string_view rest(end, static_cast<std::size_t>(stream.end() - end));
    if (rest.empty()) return std::nullopt;
    const std::string_view next = rest.substr(0, rest.find('\n') + 1);
    open_quote = open_quote != has_open_quote(next);
    end += next.size();
  }
  return trim(std::string_view(begin, static_cast<std::size_t>(end - begin)));
}

TimestampUnit unit_for(const TraceFormat& format, const TraceOptions& options) {
  return options.map.timestamp_unit == TimestampUnit::kAuto ? format.unit
                                                            : options.map.timestamp_unit;
}

using Opened = Result<std::unique_ptr<TraceReader>>;

Opened open_csv(TextStream stream, const FirstLine& line, const TraceOptions& options) {
  const std::string where = at_line(stream.name(), line.number);
  std::vector<std::string> header;
  if (!split_csv(line.text, header)) {
    return Error{ErrorCode::kSyntax, "the header has a quote that is not closed", where, {}};
  }
  const bool numbers = std::all_of(header.begin(), header.end(), [](const std::string& name) {
    return parse_number(name) || parse_iso_time(name);
  });
  if (numbers) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("unknown trace format: the first line '{}' is no header",
                             line.text.substr(0, kMaxShownLine)),
                 where, "put a line with the column names on top"};
  }
  Result<TraceLayout> layout = lay_out(TraceSyntax::kCsv, header, options.map, where);
  if (!layout) return std::move(layout).errors();
  const auto row = first_line(stream, line.end, line.number + 1);
  if (!row) {
    return Error{ErrorCode::kMissing, "the trace has a header but no requests", stream.name(), {}};
  }
  std::vector<std::string> fields;
  const std::size_t column = *layout->columns.find(TraceRole::kTimestamp);
  const bool usable =
      split_csv(whole_record(stream, *row).value_or(row->text), fields) && column < fields.size();
  const TimestampParser time = TimestampParser::detect(usable ? fields[column] : std::string(),
                                                       unit_for(*layout->format, options));
  std::unique_ptr<TraceReader> reader =
      std::make_unique<CsvReader>(std::move(stream), *layout, std::move(header), time, options,
                                  LineStart{line.end, line.number + 1});
  return reader;
}

Opened open_json(TextStream stream, const FirstLine& line, const TraceOptions& options) {
  const std::string where = at_line(stream.name(), line.number);
  std::vector<std::string> keys;
  if (!json_keys(line.text, kMaxJsonKeys, keys)) {
    return Error{ErrorCode::kSyntax, "the first line is not one JSON object", where,
                 "a JSON trace has one object with a request in every line"};
  }
  Result<TraceLayout> layout = lay_out(TraceSyntax::kJsonLines, keys, options.map, where);
  if (!layout) return std::move(layout).errors();
  const std::string& path = keys[*layout->columns.find(TraceRole::kTimestamp)];
  const TimestampParser time =
      TimestampParser::detect(json_value_at(line.text, path), unit_for(*layout->format, options));
  std::unique_ptr<TraceReader> reader = std::make_unique<JsonLinesReader>(
      std::move(stream), *layout, keys, time, options, LineStart{line.text.data(), line.number});
  return reader;
}

/// Reads until the first line that holds anything is at hand.
Result<std::optional<FirstLine>> find_first_line(TextStream& stream) {
  std::uint64_t number = 1;
  const char* from = stream.begin();
  while (true) {
    const Result<bool> more = stream.refill(from, number);
    if (!more) return more.errors();
    const auto line = first_line(stream, stream.begin(), number);
    // A whole record behind it must be at hand too, unless the file is over: it shows what the
    // timestamps look like.
    const auto second = line ? first_line(stream, line->end, line->number + 1) : std::nullopt;
    if (line && (!*more || (second && whole_record(stream, *second)))) return line;
    if (!*more) return std::optional<FirstLine>();
    if (line) {
      from = stream.begin();
      continue;
    }
    number += static_cast<std::uint64_t>(std::count(stream.begin(), stream.end(), '\n'));
    from = stream.end();
  }
}

}  // namespace

std::string_view to_string(TraceRole role) { return kRoleNames[static_cast<std::size_t>(role)]; }

Result<ColumnMap> parse_column_map(std::span<const std::string> entries) {
  ColumnMap map;
  Errors errors;
  std::vector<std::string> known(kRoleNames.begin(), kRoleNames.end());
  known.emplace_back(kUnitKey);
  std::vector<std::string> seen;
  for (const std::string& entry : entries) {
    const auto fail = [&](ErrorCode code, std::string message, std::string suggestion = {}) {
      errors.push_back({code, std::move(message), "--map " + entry, std::move(suggestion)});
    };
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == entry.size()) {
      fail(ErrorCode::kUsage, "expected NAME=COLUMN", "for example --map prompt=input_tokens");
      continue;
    }
    const std::string name = entry.substr(0, equals);
    const std::string value = entry.substr(equals + 1);
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      fail(ErrorCode::kDuplicate, fmt::format("'{}' is mapped twice", name));
      continue;
    }
    seen.push_back(name);
    const auto role = std::find(kRoleNames.begin(), kRoleNames.end(), name);
    if (role != kRoleNames.end()) {
      map.columns.emplace_back(static_cast<TraceRole>(role - kRoleNames.begin()), value);
    } else if (name == kUnitKey) {
      const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(),
                                            [&](const UnitName& u) { return u.name == value; });
      if (unit == kUnits.end()) fail(ErrorCode::kUsage, "unknown unit", "one of: s, ms, us, ns");
      if (unit != kUnits.end()) map.timestamp_unit = unit->unit;
    } else {
      fail(ErrorCode::kUsage, fmt::format("'{}' is nothing a column can mean", name),
           suggest(name, known));
    }
  }
  if (!errors.empty()) return errors;
  return map;
}

std::vector<std::string> trace_format_names() {
  std::vector<std::string> names;
  for (const TraceFormat* format : all_trace_formats()) names.emplace_back(format->name);
  return names;
}

Opened open_trace(const std::filesystem::path& path, const TraceOptions& options) {
  Result<std::unique_ptr<ByteSource>> source = open_bytes(path);
  if (!source) return std::move(source).errors();
  TextStream stream(std::move(source).value(), path.string(), options.buffer_bytes);
  Result<std::optional<FirstLine>> found = find_first_line(stream);
  if (!found) return std::move(found).errors();
  if (!*found) return Error{ErrorCode::kMissing, "the trace is empty", path.string(), {}};
  const FirstLine line = **found;
  if (line.text.starts_with('[')) {
    return Error{ErrorCode::kUnsupported, "the trace is one JSON array",
                 at_line(path.string(), line.number),
                 "write one object per line, for example with jq -c '.[]'"};
  }
  Opened reader = line.text.starts_with('{') ? open_json(std::move(stream), line, options)
                                             : open_csv(std::move(stream), line, options);
  if (!reader || options.sort_window == 0) return reader;
  return sort_rows(std::move(reader).value(), options, path.string());
}

}  // namespace berth
