#include "berth/workload/demand_series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/workload/reading/csv_line.h"
#include "berth/workload/reading/row_errors.h"

namespace berth {
namespace {

enum Column : std::size_t {
  kStart,
  kClass,
  kRate,
  kPromptMean,
  kPromptStd,
  kOutputMean,
  kOutputStd,
  kCv2,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "start_s",    "class",       "rate_per_s", "prompt_mean",
    "prompt_std", "output_mean", "output_std", "cv2"};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();
// Rates and lengths beyond this are a slip of units.
constexpr double kMaxValue = 1e9;

using Positions = std::array<std::size_t, kColumns>;

/// One line after the other, without its line end.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    ++number_;
    const std::size_t end = rest_.find('\n');
    line = trim(rest_.substr(0, end));
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return true;
  }
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::uint64_t number_ = 0;
};

Positions read_header(const std::vector<std::string>& header, const std::string& file,
                      std::uint64_t line, Errors& errors) {
  Positions positions;
  positions.fill(kAbsent);
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), header[i]);
    if (found == names.end()) {
      errors.push_back({ErrorCode::kUnknownKey, fmt::format("unknown column '{}'", header[i]),
                        at_line(file, line), suggest(header[i], names)});
      continue;
    }
    std::size_t& position = positions[static_cast<std::size_t>(found - names.begin())];
    if (position != kAbsent) {
      errors.push_back({ErrorCode::kDuplicate,
                        fmt::format("column '{}' appears twice", header[i]),
                        at_line(file, line),
                        {}});
    }
    position = i;
  }
  for (std::size_t column = 0; column < kCv2; ++column) {
    if (positions[column] != kAbsent) continue;
    errors.push_back({ErrorCode::kMissing, fmt::format("column '{}' is missing", kNames[column]),
                      at_line(file, line),
                      fmt::format("a demand series has the columns {}", fmt::join(kNames, ","))});
  }
  return positions;
}

class SeriesBuilder {
 public:
  SeriesBuilder(std::string name, const Positions& positions, std::size_t columns)
      : positions_(positions), columns_(columns), errors_(name) {
    series_.name = std::move(name);
  }

  void add(std::string_view line, std::uint64_t number) {
    if (!split_csv(line, fields_)) {
      errors_.add(number, ErrorCode::kSyntax, "a quote is not closed");
    } else if (fields_.size() != columns_) {
      errors_.add(number, ErrorCode::kSyntax,
                  fmt::format("expected {} fields, found {}", columns_, fields_.size()));
    } else {
      add_fields(number);
    }
  }

  Result<DemandSeries> finish() {
    if (!errors_.empty()) return errors_.take();
    if (series_.rows.empty()) {
      return Error{
          ErrorCode::kMissing, "the demand series has a header but no rows", series_.name, {}};
    }
    std::sort(series_.rows.begin(), series_.rows.end(), [](const DemandRow& a, const DemandRow& b) {
      return std::pair(a.start_s, a.class_index) < std::pair(b.start_s, b.class_index);
    });
    double step = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < series_.rows.size(); ++i) {
      const double gap = series_.rows[i].start_s - series_.rows[i - 1].start_s;
      if (gap > 0) step = std::min(step, gap);
    }
    series_.window_s = std::isfinite(step) ? step : 0.0;
    return std::move(series_);
  }

 private:
  std::optional<double> value(std::uint64_t line, Column column, bool may_be_negative = false) {
    const std::string& text = fields_[positions_[column]];
    const std::optional<double> number = parse_number(text);
    if (!number) {
      errors_.add(line, ErrorCode::kWrongType,
                  fmt::format("{}: '{}' is not a finite number", kNames[column], text));
      return std::nullopt;
    }
    if ((*number < 0 && !may_be_negative) || std::abs(*number) > kMaxValue) {
      // Start times may be seconds since 1970, which fit as well.
      if (column == kStart && *number >= 0 && *number < 1e11) return number;
      errors_.add(line, ErrorCode::kOutOfRange,
                  fmt::format("{}: {} is {}", kNames[column], text,
                              *number < 0 ? "negative" : "absurdly large"));
      return std::nullopt;
    }
    return number;
  }

  void add_fields(std::uint64_t line) {
    const std::string& name = fields_[positions_[kClass]];
    if (name.empty()) errors_.add(line, ErrorCode::kMissing, "the class name is empty");
    const auto start = value(line, kStart);
    const auto rate = value(line, kRate);
    const auto prompt_mean = value(line, kPromptMean);
    const auto prompt_std = value(line, kPromptStd);
    const auto output_mean = value(line, kOutputMean);
    const auto output_std = value(line, kOutputStd);
    std::optional<double> cv2;
    bool good =
        !name.empty() && start && rate && prompt_mean && prompt_std && output_mean && output_std;
    if (positions_[kCv2] != kAbsent && !fields_[positions_[kCv2]].empty()) {
      cv2 = value(line, kCv2);
      good = good && cv2;
    }
    if (!good) return;
    const std::size_t index = class_index(name);
    const auto key = std::pair(*start, index);
    if (const auto [where, fresh] = seen_.try_emplace(key_text(key), line); !fresh) {
      errors_.add(line, ErrorCode::kDuplicate,
                  fmt::format("class '{}' at {} s appears again; first in line {}", name,
                              shortest(*start), where->second));
      return;
    }
    series_.rows.push_back(
        {*start, index, *rate, *prompt_mean, *prompt_std, *output_mean, *output_std, cv2});
  }

  static std::string key_text(const std::pair<double, std::size_t>& key) {
    return fmt::format("{}/{}", key.first, key.second);
  }

  std::size_t class_index(const std::string& name) {
    const auto [entry, fresh] = classes_.try_emplace(name, series_.classes.size());
    if (fresh) series_.classes.push_back(name);
    return entry->second;
  }

  Positions positions_;
  std::size_t columns_;
  RowErrors errors_;
  DemandSeries series_;
  std::vector<std::string> fields_;
  std::unordered_map<std::string, std::size_t> classes_;
  std::unordered_map<std::string, std::uint64_t> seen_;
};

}  // namespace

bool looks_like_demand_series(std::string_view content) {
  Lines lines(content);
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) continue;
    std::vector<std::string> fields;
    return split_csv(line, fields) && fields.size() > 1 &&
           std::find(fields.begin(), fields.end(), kNames[kStart]) != fields.end();
  }
  return false;
}

Result<DemandSeries> parse_demand_series(std::string name, std::string_view content) {
  if (const auto bad = first_invalid_utf8(content)) {
    const auto line = std::count(
        content.begin(), std::next(content.begin(), static_cast<std::ptrdiff_t>(*bad)), '\n');
    return Error{ErrorCode::kSyntax,
                 "not valid UTF-8",
                 at_line(name, static_cast<std::uint64_t>(line) + 1),
                 {}};
  }
  Lines lines(content);
  std::string_view line;
  while (lines.next(line) && line.empty()) {
  }
  if (line.empty()) return Error{ErrorCode::kMissing, "the demand series is empty", name, {}};
  std::vector<std::string> header;
  if (!split_csv(line, header)) {
    return Error{ErrorCode::kSyntax, "a quote is not closed", at_line(name, lines.number()), {}};
  }
  Errors errors;
  const Positions positions = read_header(header, name, lines.number(), errors);
  if (!errors.empty()) return errors;
  SeriesBuilder builder(std::move(name), positions, header.size());
  while (lines.next(line)) {
    if (!line.empty()) builder.add(line, lines.number());
  }
  return builder.finish();
}

Result<DemandSeries> read_demand_series(const std::filesystem::path& path) {
  Result<std::string> content = read_file(path);
  if (!content) return std::move(content).errors();
  return parse_demand_series(path.string(), *content);
}

std::string to_csv(const DemandSeries& series) {
  const bool with_cv2 = std::any_of(series.rows.begin(), series.rows.end(),
                                    [](const DemandRow& row) { return row.cv2.has_value(); });
  std::string out =
      fmt::format("{}\n", fmt::join(kNames.begin(), kNames.end() - (with_cv2 ? 0 : 1), ","));
  std::vector<std::string> classes;
  for (const std::string& name : series.classes) classes.push_back(csv_field(name));
  for (const DemandRow& row : series.rows) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{}", shortest(row.start_s),
                   classes[row.class_index], shortest(row.rate), shortest(row.prompt_mean),
                   shortest(row.prompt_std), shortest(row.output_mean), shortest(row.output_std));
    if (with_cv2) out += "," + (row.cv2 ? shortest(*row.cv2) : std::string());
    out += '\n';
  }
  return out;
}

}  // namespace berth
