#include "berth/workload/reading/line_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace berth {
namespace {

// A class per tenant is plausible, a class per request is a wrong column.
constexpr std::size_t kMaxLabels = 4096;
constexpr std::size_t kShownLabel = 60;
// So many labels are compared before the hash table is asked.
constexpr std::size_t kFewLabels = 8;

}  // namespace

LineReader::LineReader(TextStream stream, const TraceLayout& layout, const TimestampParser& time,
                       const TraceOptions& options, LineStart start)
    : cursor_(start.at),
      line_(start.number),
      stream_(std::move(stream)),
      layout_(layout),
      time_(time),
      errors_(stream_.name()),
      options_(options),
      wide_(has(TraceRole::kLabel) || has(TraceRole::kImages) || has(TraceRole::kHashIds)),
      zero_output_failed_(layout.format->zero_output_failed) {}

void LineReader::open_block(TraceBlock& block) {
  const std::size_t size = std::max<std::size_t>(options_.block_rows, 1);
  block.time_s.resize(size);
  block.prompt.resize(size);
  block.output.resize(size);
  block.reused.resize(has(TraceRole::kHashIds) ? size : 0);
  block.images.resize(has(TraceRole::kImages) ? size : 0);
  block.label.resize(has(TraceRole::kLabel) ? size : 0);
  block_ = &block;
  rows_ = 0;
}

void LineReader::close_block() {
  TraceBlock& block = *block_;
  block.time_s.resize(rows_);
  block.prompt.resize(rows_);
  block.output.resize(rows_);
  block.reused.resize(std::min(block.reused.size(), rows_));
  block.images.resize(std::min(block.images.size(), rows_));
  block.label.resize(std::min(block.label.size(), rows_));
  counts_.rows += rows_;
  counts_.bytes = stream_.bytes();
  block_ = nullptr;
}

Status LineReader::fill_block() {
  while (!at_end_ && !block_full()) {
    const bool need_more = parse_rows();
    if (block_full()) break;
    const Result<bool> more = stream_.refill(cursor_, line_);
    cursor_ = stream_.begin();
    if (!more) return more.errors();
    at_end_ = !*more;
    if (at_end_ && need_more) {
      errors_.add(line_, ErrorCode::kSyntax, "the quote that opens here is never closed");
    }
  }
  return Ok{};
}

Result<bool> LineReader::read_block(TraceBlock& block) {
  open_block(block);
  const Status filled = fill_block();
  const bool any = rows_ > 0;
  close_block();
  if (!filled) {
    Errors errors = errors_.take();
    errors.insert(errors.end(), filled.errors().begin(), filled.errors().end());
    return errors;
  }
  if (any) return true;
  return finish();
}

Result<bool> LineReader::finish() {
  Errors errors = errors_.take();
  if (steps_back_ > 0 && options_.sort_window == 0) {
    errors.push_back(
        {ErrorCode::kInconsistent,
         fmt::format("{} requests are out of time order; this is the first", steps_back_),
         at_line(stream_.name(), first_step_back_line_), "sort the trace by time"});
  }
  if (errors.empty() && counts_.rows == 0) {
    errors.push_back({ErrorCode::kMissing,
                      counts_.failed > 0
                          ? fmt::format("all {} requests of the trace failed", counts_.failed)
                          : std::string("the trace has no requests"),
                      stream_.name(),
                      {}});
  }
  if (!errors.empty()) return errors;
  return false;
}

void LineReader::put_extras(const TraceRow& row) {
  if (!block_->reused.empty()) block_->reused[rows_] = row.reused;
  if (!block_->images.empty()) block_->images[rows_] = row.images;
  if (!block_->label.empty()) block_->label[rows_] = row.label;
}

void LineReader::note_step_back(std::int64_t time_ns) {
  if (!origin_ns_) {
    origin_ns_ = time_ns;  // the first request of all
    return;
  }
  if (steps_back_ == 0) first_step_back_line_ = line_;
  ++steps_back_;
}

bool LineReader::bad_time(std::string_view text, std::string_view column) {
  if (text.empty()) {
    errors_.add(line_, ErrorCode::kMissing, fmt::format("{} is empty", column));
  } else {
    const bool negative = text.front() == '-';
    errors_.add(line_, negative ? ErrorCode::kOutOfRange : ErrorCode::kWrongType,
                negative ? fmt::format("{}: {} is negative", column, text)
                         : fmt::format("{}: '{}' is not a timestamp", column, text),
                fmt::format("expected {}", time_.expected()));
  }
  return false;
}

bool LineReader::look_up_label(std::string_view text, std::uint32_t& label) {
  const auto few = std::min(labels_.size(), kFewLabels);
  const auto first = labels_.begin();
  const auto early = std::find(first, first + static_cast<std::ptrdiff_t>(few), text);
  const auto known = static_cast<std::size_t>(early - first);
  if (known < few) {
    label = static_cast<std::uint32_t>(known);
  } else if (const auto found = label_index_.find(std::string(text)); found != label_index_.end()) {
    label = found->second;
  } else if (text.empty() || labels_.size() == kMaxLabels) {
    return false;
  } else {
    label = static_cast<std::uint32_t>(labels_.size());
    labels_.emplace_back(text);
    label_index_.emplace(std::string(text), label);
  }
  last_label_ = text;
  last_label_index_ = label;
  return true;
}

bool LineReader::intern(std::string_view text, std::uint32_t& label) {
  if (try_intern(text, label)) return true;
  if (text.empty()) {
    errors_.add(line_, ErrorCode::kMissing, "the class is empty");
  } else {
    errors_.add(line_, ErrorCode::kOutOfRange,
                fmt::format("'{}': more than {} different classes", text.substr(0, kShownLabel),
                            kMaxLabels),
                "is this the class column?");
  }
  return false;
}

}  // namespace berth
