#include "berth/measure/read_measured.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/measure/import/read_benchmarks.h"
#include "berth/measure/metric_columns.h"
#include "berth/workload/reading/csv_line.h"
#include "berth/workload/reading/csv_records.h"
#include "berth/workload/reading/row_errors.h"

namespace berth {
namespace {

enum Column : std::size_t {
  kModel,
  kDtype,
  kGpu,
  kMetric,
  kValue,
  kEngine,
  kTensorParallel,
  kPipelineParallel,
  kBatch,
  kPrompt,
  kOutput,
  kNote,
  kSource,
  kColumns
};
constexpr std::array<const char*, kColumns> kColumnNames = {"model",
                                                            "dtype",
                                                            "gpu",
                                                            "metric",
                                                            "value",
                                                            "engine",
                                                            "tp",
                                                            "pp",
                                                            "batch_or_concurrency",
                                                            "input_tokens",
                                                            "output_tokens",
                                                            "note",
                                                            "source_repo"};
constexpr std::size_t kRequired = kEngine;  // the columns before it
constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

/// Beyond every deployment and context by orders of magnitude: a slip of columns.
constexpr double kMostGpus = 1e5;
constexpr double kMostSequences = 1e7;
constexpr double kMostTokens = 1e8;
constexpr double kMostValue = 1e15;
/// Of a line that is no header.
constexpr std::size_t kMostShown = 60;

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const MetricColumn& one : kMetricColumns) names.emplace_back(one.name);
  return names;
}

class MeasuredReader {
 public:
  MeasuredReader(std::string name, const RunFacts& said)
      : name_(std::move(name)), said_(said), errors_(name_) {}

  Result<std::vector<MeasuredRow>> read(std::string_view content) {
    if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
    if (const auto bad = first_invalid_utf8(content)) {
      const auto line =
          1 + std::count(content.begin(), content.begin() + static_cast<long>(*bad), '\n');
      return Error{ErrorCode::kSyntax,
                   "not valid UTF-8",
                   at_line(name_, static_cast<std::uint64_t>(line)),
                   {}};
    }
    CsvRecords records(content);
    std::string record;
    if (!records.next(record)) {
      return Error{
          ErrorCode::kMissing, "the file is empty; expected a header of columns", name_, {}};
    }
    if (Errors errors = read_header(record); !errors.empty()) return errors;
    std::vector<MeasuredRow> rows;
    while (records.next(record)) {
      if (trim(record).empty()) continue;
      read_row(record, records.line(), rows);
    }
    if (!errors_.empty()) return errors_.take();
    if (rows.empty()) {
      return Error{ErrorCode::kMissing, "no rows below the header", name_, {}};
    }
    return rows;
  }

 private:
  Errors read_header(const std::string& record) {
    const std::string where = at_line(name_, 1);
    std::vector<std::string> header;
    if (!split_csv(record, header)) {
      return {{ErrorCode::kSyntax, "a quote of the header is not closed", where, {}}};
    }
    const auto required = kColumnNames.begin() + kRequired;
    if (std::find_first_of(header.begin(), header.end(), kColumnNames.begin(), required) ==
        header.end()) {
      std::string shown = record.substr(0, kMostShown);
      if (const auto cut = first_invalid_utf8(shown)) shown.resize(*cut);
      return {{ErrorCode::kUnsupported,
               fmt::format("expected a header with the columns {}, found '{}'",
                           fmt::join(kColumnNames.begin(), required, ", "), shown),
               where, "or give the JSON of a load generator"}};
    }
    columns_ = header.size();
    position_.fill(kAbsent);
    Errors errors;
    for (std::size_t c = 0; c < kColumns; ++c) {
      const auto found = std::find(header.begin(), header.end(), kColumnNames[c]);
      if (found != header.end()) {
        position_[c] = static_cast<std::size_t>(found - header.begin());
        if (std::find(found + 1, header.end(), kColumnNames[c]) != header.end()) {
          errors.push_back({ErrorCode::kDuplicate,
                            fmt::format("the column '{}' stands twice", kColumnNames[c]),
                            where,
                            {}});
        }
      } else if (c < kRequired && !is_said(static_cast<Column>(c))) {
        errors.push_back({ErrorCode::kMissing, fmt::format("no column '{}'", kColumnNames[c]),
                          where, suggest(kColumnNames[c], header)});
      }
    }
    return errors;
  }

  /// The user has told it for all rows.
  [[nodiscard]] bool is_said(Column column) const {
    return (column == kModel && !said_.model.empty()) || (column == kGpu && !said_.gpu.empty()) ||
           (column == kDtype && !said_.dtype.empty());
  }

  [[nodiscard]] std::string text(Column column) const {
    return position_[column] == kAbsent ? std::string() : fields_[position_[column]];
  }

  void complain(ErrorCode code, std::string message, std::string suggestion = {}) {
    good_ = false;
    errors_.add(line_, code, std::move(message), std::move(suggestion));
  }

  /// nullopt when empty, or when it is wrong and was complained about.
  std::optional<double> number(Column column, double least, double most) {
    const std::string field = text(column);
    if (field.empty()) return std::nullopt;
    const std::optional<double> value = parse_number(field);
    if (!value) {
      complain(ErrorCode::kWrongType,
               fmt::format("{}: expected a number, found '{}'", kColumnNames[column], field));
    } else if (*value < least || *value > most) {
      complain(ErrorCode::kOutOfRange, fmt::format("{}: expected {:g} to {:g}, found {}",
                                                   kColumnNames[column], least, most, field));
      return std::nullopt;
    }
    return value;
  }

  std::optional<double> whole(Column column, double most) {
    const std::optional<double> value = number(column, 1.0, most);
    if (value && *value != std::floor(*value)) {
      complain(ErrorCode::kWrongType, fmt::format("{}: expected a whole number, found '{}'",
                                                  kColumnNames[column], text(column)));
    }
    return value;
  }

  std::string needed(Column column) {
    std::string field = text(column);
    if (field.empty() && !is_said(column)) {
      complain(ErrorCode::kMissing, fmt::format("{} is empty", kColumnNames[column]),
               column == kModel ? "add --model NAME"
               : column == kGpu ? "add --gpu NAME"
                                : "");
    }
    return field;
  }

  void read_value(MeasuredRow& row) {
    const std::string metric = needed(kMetric);
    const auto* known = std::find_if(kMetricColumns.begin(), kMetricColumns.end(),
                                     [&](const MetricColumn& one) { return metric == one.name; });
    if (needed(kValue).empty()) return;
    const std::optional<double> value = number(kValue, -kMostValue, kMostValue);
    if (value && !(*value > 0.0)) {
      complain(ErrorCode::kOutOfRange,
               fmt::format("value: expected a number above 0, found '{}'", text(kValue)));
    }
    if (metric.empty()) return;
    if (known == kMetricColumns.end()) {
      complain(ErrorCode::kUnknownName, fmt::format("unknown metric '{}'", metric),
               suggest(metric, metric_names()));
      return;
    }
    row.metric = known->metric;
    row.value = value.value_or(0.0) * known->unit;
  }

  void read_row(const std::string& record, std::uint64_t line, std::vector<MeasuredRow>& rows) {
    line_ = line;
    good_ = true;
    if (!split_csv(record, fields_)) {
      complain(ErrorCode::kSyntax, "a quote is not closed, or text follows it");
      return;
    }
    if (fields_.size() != columns_) {
      complain(ErrorCode::kSyntax, fmt::format("expected {} fields as in the header, found {}",
                                               columns_, fields_.size()));
      return;
    }
    MeasuredRow row;
    row.line = line;
    row.source = text(kSource);
    row.engine = text(kEngine);
    row.note = text(kNote);
    row.dtype = text(kDtype);
    row.model = needed(kModel);
    row.gpu = needed(kGpu);
    row.tensor_parallel = whole(kTensorParallel, kMostGpus);
    row.pipeline_parallel = whole(kPipelineParallel, kMostGpus);
    row.batch = number(kBatch, 1.0, kMostSequences);
    row.prompt_tokens = number(kPrompt, 1.0, kMostTokens);
    row.output_tokens = number(kOutput, 1.0, kMostTokens);
    read_value(row);
    if (good_) rows.push_back(std::move(row));
  }

  std::string name_;
  const RunFacts& said_;
  RowErrors errors_;
  std::array<std::size_t, kColumns> position_{};
  std::size_t columns_ = 0;
  std::vector<std::string> fields_;  // of the row at hand
  std::uint64_t line_ = 0;
  bool good_ = true;
};

}  // namespace

std::string_view to_string(Metric metric) {
  switch (metric) {
    case Metric::kPrefill: return "prefill";
    case Metric::kDecodeStep: return "decode_step";
    case Metric::kTtft: return "ttft";
    case Metric::kTpot: return "tpot";
    case Metric::kE2e: return "e2e";
    case Metric::kBatchE2e: return "batch_e2e";
    case Metric::kTokenRate: return "token_rate";
    case Metric::kRequestRate: return "request_rate";
  }
  return "";
}

std::string_view unit_of(Metric metric) {
  if (metric == Metric::kTokenRate) return "tokens/s/GPU";
  return metric == Metric::kRequestRate ? "requests/s" : "s";
}

Result<std::vector<MeasuredRow>> parse_measured(const std::string& name, std::string_view content,
                                                const RunFacts& said) {
  const std::size_t first = content.find_first_not_of(" \t\r\n");
  const bool json =
      first != std::string_view::npos && (content[first] == '{' || content[first] == '[');
  Result<std::vector<MeasuredRow>> rows =
      json ? parse_benchmarks(name, content, said) : MeasuredReader(name, said).read(content);
  if (rows) {
    for (MeasuredRow& row : *rows) row.file = name;
  }
  return rows;
}

Result<std::vector<MeasuredRow>> read_measured(const std::filesystem::path& path,
                                               const RunFacts& said) {
  Result<std::string> content = read_file(path);
  if (!content) return content.errors();
  return parse_measured(path.string(), *content, said);
}

}  // namespace berth
