#pragma once
// Request traces of every known format, read as a stream of columns in constant memory.
// docs/workload.md, "Trace formats".

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"

namespace berth {

/// What a column of a trace may mean, as `--map ROLE=COLUMN` names it.
enum class TraceRole : std::uint8_t { kTimestamp, kPrompt, kOutput, kLabel, kImages, kHashIds };
[[nodiscard]] std::string_view to_string(TraceRole role);

/// Unit of a numeric timestamp. kAuto: chosen by the size of the file's first timestamp.
enum class TimestampUnit : std::uint8_t {
  kAuto,
  kSeconds,
  kMilliseconds,
  kMicroseconds,
  kNanoseconds
};

/// Which column holds what; a role that is not mapped is found by the format's own column name.
struct ColumnMap {
  std::vector<std::pair<TraceRole, std::string>> columns;
  TimestampUnit timestamp_unit = TimestampUnit::kAuto;
};

/// From "timestamp=ts", "prompt=in_tokens", "output=out", "class=tenant", "images=n",
/// "hash_ids=blocks", "timestamp_unit=s|ms|us|ns". Errors (all at once): kUsage, kDuplicate.
[[nodiscard]] Result<ColumnMap> parse_column_map(std::span<const std::string> entries);

struct TraceOptions {
  ColumnMap map;
  /// Rows that arrive out of order by at most this many rows are put in order; 0 = every step back
  /// in time is an error.
  std::size_t sort_window = 0;
  std::size_t block_rows = 4096;  ///< rows a read_block returns at most
  std::size_t buffer_bytes = std::size_t{256} << 10;
  std::size_t prefix_cache_blocks = std::size_t{1} << 20;  ///< block ids remembered (hash_ids)
};

/// Some rows of a trace, by column; all columns have the same length, except that `label`,
/// `images` and `reused` are empty when the trace has no such column.
struct TraceBlock {
  std::vector<double> time_s;         ///< since the trace's first request
  std::vector<std::uint32_t> prompt;  ///< tokens
  std::vector<std::uint32_t> output;  ///< tokens
  std::vector<std::uint32_t> reused;  ///< prompt tokens whose prefix was seen before
  std::vector<std::uint32_t> images;
  std::vector<std::uint32_t> label;  ///< index into TraceReader::labels()

  [[nodiscard]] std::size_t size() const { return time_s.size(); }
};

struct TraceCounts {
  std::uint64_t rows = 0;    ///< requests returned
  std::uint64_t failed = 0;  ///< requests the trace marks as failed (BurstGPT: no response tokens)
  std::uint64_t bytes = 0;   ///< of text, after decompression
};

class TraceReader {
 public:
  TraceReader() = default;
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;
  virtual ~TraceReader() = default;

  /// Fills `block` with the next rows; false when there are none left. Bad rows do not end the
  /// reading: they are counted, and the call that reaches the end returns the first 20 of them
  /// and their number as errors, so that a trace is never used with rows silently dropped.
  /// After an error or false, do not call again.
  virtual Result<bool> read_block(TraceBlock& block) = 0;

  [[nodiscard]] virtual std::string_view format() const = 0;       ///< "azure", "mooncake", ...
  [[nodiscard]] virtual std::string_view compression() const = 0;  ///< "", "gzip", "zstd"
  [[nodiscard]] virtual const TraceCounts& counts() const = 0;
  [[nodiscard]] virtual std::span<const std::string> labels() const = 0;
  [[nodiscard]] virtual bool has_labels() const = 0;    ///< the trace has a class column
  [[nodiscard]] virtual bool has_hash_ids() const = 0;  ///< prefix reuse is known
  /// Time of the first request in ns (since 1970 if absolute, else since the trace's own zero);
  /// known after the first block.
  [[nodiscard]] virtual std::optional<std::int64_t> origin_ns() const = 0;
};

/// Finds compression and format from the content. Errors: those of opening a file; kMissing
/// (empty file, header without rows, missing column), kUnsupported (unknown format: what the
/// header had, which formats are known), kSyntax.
[[nodiscard]] Result<std::unique_ptr<TraceReader>> open_trace(const std::filesystem::path& path,
                                                              const TraceOptions& options = {});

/// Names of the known formats, for messages and documentation.
[[nodiscard]] std::vector<std::string> trace_format_names();

}  // namespace berth
