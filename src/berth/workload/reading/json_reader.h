#pragma once
// Traces as JSON lines: one object per request, keys in any order, nested ones by dotted path.

#include <string>
#include <vector>

#include "berth/workload/reading/json_scanner.h"
#include "berth/workload/reading/line_reader.h"
#include "berth/workload/reading/prefix_cache.h"

namespace berth {

class JsonLinesReader final : public LineReader {
 public:
  /// `keys`: the names that `layout` refers to.
  JsonLinesReader(TextStream stream, const TraceLayout& layout,
                  const std::vector<std::string>& keys, const TimestampParser& time,
                  const TraceOptions& options, LineStart start);

 private:
  static constexpr int kNoRole = -1;

  /// The wanted keys as a tree; the root is node 0.
  struct Node {
    std::string key;
    std::string path;  // for messages
    int role = kNoRole;
    std::vector<std::size_t> children;
  };

  bool parse_rows() override;
  void add_path(const std::string& path, TraceRole role);
  [[nodiscard]] const Node* child_of(const Node& node, std::string_view key) const;
  bool read_object(JsonCursor& cursor, const Node& node, int depth);
  bool read_value(JsonCursor& cursor, const Node& node);
  bool read_time(JsonCursor& cursor, const Node& node);
  bool read_count(JsonCursor& cursor, const Node& node, std::uint32_t& value);
  bool read_label(JsonCursor& cursor);
  bool read_hash_ids(JsonCursor& cursor);
  void note_syntax(const char* at);
  Step read_line(const char* end);

  std::vector<Node> nodes_;
  unsigned wanted_ = 0;  // a bit per role
  PrefixCache seen_blocks_;

  // Of the row at hand.
  const char* line_begin_ = nullptr;
  TraceRow row_;
  unsigned found_ = 0;
  bool reported_ = false;           // something wrong with its values was recorded
  std::uint64_t known_blocks_ = 0;  // leading block ids that were seen before
  std::vector<std::uint64_t> block_ids_;
};

}  // namespace berth
