#pragma once
// What the CSV and the JSON lines reader share: the stream of lines, the block that is filled, the
// order of time, labels, counts and bad rows.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "berth/workload/reading/columns.h"
#include "berth/workload/reading/row_errors.h"
#include "berth/workload/reading/text_stream.h"
#include "berth/workload/reading/timestamp.h"
#include "berth/workload/trace.h"

namespace berth {

struct TraceRow {
  std::int64_t time_ns = 0;
  std::uint32_t prompt = 0;
  std::uint32_t output = 0;
  std::uint32_t reused = 0;
  std::uint32_t images = 0;
  std::uint32_t label = 0;
};

/// Where in a stream the requests begin.
struct LineStart {
  const char* at;
  std::uint64_t number;
};

class LineReader : public TraceReader {
 public:
  LineReader(TextStream stream, const TraceLayout& layout, const TimestampParser& time,
             const TraceOptions& options, LineStart start);

  Result<bool> read_block(TraceBlock& block) final;
  [[nodiscard]] std::string_view format() const final { return layout_.format->name; }
  [[nodiscard]] std::string_view compression() const final { return stream_.compression(); }
  [[nodiscard]] const TraceCounts& counts() const final { return counts_; }
  [[nodiscard]] std::span<const std::string> labels() const final { return labels_; }
  [[nodiscard]] bool has_labels() const final { return has(TraceRole::kLabel); }
  [[nodiscard]] bool has_hash_ids() const final { return has(TraceRole::kHashIds); }
  [[nodiscard]] std::optional<std::int64_t> origin_ns() const final { return origin_ns_; }

 protected:
  enum class Step : std::uint8_t {
    kRow,   ///< `row` holds a request
    kNone,  ///< a line without one: empty, bad (recorded), failed (counted)
    kMore,  ///< the record goes on behind the lines at hand
  };

  /// Reads rows from cursor_ until the block is full or the lines at hand end; true if a record
  /// needs more lines.
  virtual bool parse_rows() = 0;

  [[nodiscard]] bool has(TraceRole role) const { return layout_.columns.find(role).has_value(); }
  [[nodiscard]] bool block_full() const { return rows_ == block_->time_s.size(); }

  /// Stores a request in the block. REQUIRES: not block_full().
  void put(const TraceRow& row) {
    if (row.output == 0 && zero_output_failed_) [[unlikely]] {
      ++counts_.failed;
      return;
    }
    if (row.time_ns < last_ns_) [[unlikely]]
      note_step_back(row.time_ns);
    last_ns_ = row.time_ns;
    block_->time_s[rows_] = static_cast<double>(row.time_ns - *origin_ns_) / 1e9;
    block_->prompt[rows_] = row.prompt;
    block_->output[rows_] = row.output;
    if (wide_) put_extras(row);
    ++rows_;
  }

  bool bad_time(std::string_view text, std::string_view column);
  /// The index of a class label; false when it is empty or there are absurdly many, which only
  /// `intern` records.
  bool try_intern(std::string_view text, std::uint32_t& label) {
    if (last_label_index_ < labels_.size() && text == last_label_) [[likely]] {
      label = last_label_index_;
      return true;
    }
    return look_up_label(text, label);
  }
  bool intern(std::string_view text, std::uint32_t& label);

  // The parsers work on these directly: lines from cursor_ to the stream's end.
  const char* cursor_;
  std::uint64_t line_;  ///< of cursor_
  TextStream stream_;
  TraceLayout layout_;
  TimestampParser time_;
  RowErrors errors_;

 private:
  void open_block(TraceBlock& block);
  Status fill_block();
  void close_block();
  void put_extras(const TraceRow& row);
  void note_step_back(std::int64_t time_ns);
  bool look_up_label(std::string_view text, std::uint32_t& label);
  Result<bool> finish();

  TraceOptions options_;
  bool wide_;
  bool zero_output_failed_;
  bool at_end_ = false;
  TraceBlock* block_ = nullptr;
  std::size_t rows_ = 0;
  std::optional<std::int64_t> origin_ns_;
  std::int64_t last_ns_ = std::numeric_limits<std::int64_t>::max();
  std::uint64_t steps_back_ = 0;
  std::uint64_t first_step_back_line_ = 0;
  TraceCounts counts_;
  std::vector<std::string> labels_;
  std::unordered_map<std::string, std::uint32_t> label_index_;
  std::string last_label_;
  std::uint32_t last_label_index_ = std::numeric_limits<std::uint32_t>::max();
};

}  // namespace berth
