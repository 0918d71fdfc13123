#include "berth/workload/reading/json_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/reading/fast_number.h"
#include "berth/workload/reading/fields.h"

namespace berth {
namespace {

constexpr std::uint64_t kBlockTokens = 512;  // Mooncake: one hash per 512 tokens of prompt
constexpr int kMaxDepth = 64;

constexpr unsigned bit(int role) { return 1U << static_cast<unsigned>(role); }
constexpr unsigned bit(TraceRole role) { return 1U << static_cast<unsigned>(role); }

/// A whole number that ends where a JSON value may end; null for anything else.
const char* parse_id(const char* p, std::uint64_t& id) {
  Digits digits = leading_digits(p);
  if (digits.count == 0) return nullptr;
  id = digits.value;
  p += digits.count;
  unsigned total = digits.count;
  while (digits.count == 8) {
    digits = leading_digits(p);
    total += digits.count;
    if (total > 18) return nullptr;
    for (unsigned i = 0; i < digits.count; ++i) id *= 10;
    id += digits.value;
    p += digits.count;
  }
  return p;
}

bool ends_value(char c) { return c == ',' || c == '}' || c == ']' || c == ' '; }

}  // namespace

JsonLinesReader::JsonLinesReader(TextStream stream, const TraceLayout& layout,
                                 const std::vector<std::string>& keys, const TimestampParser& time,
                                 const TraceOptions& options, LineStart start)
    : LineReader(std::move(stream), layout, time, options, start),
      nodes_(1),
      seen_blocks_(layout.columns.find(TraceRole::kHashIds) ? options.prefix_cache_blocks : 1) {
  for (std::size_t role = 0; role < kTraceRoles; ++role) {
    const auto position = layout.columns.find(static_cast<TraceRole>(role));
    if (position) add_path(keys[*position], static_cast<TraceRole>(role));
  }
}

void JsonLinesReader::add_path(const std::string& path, TraceRole role) {
  std::size_t node = 0;
  for (const std::string& key : split(path, '.')) {
    const Node* const known = child_of(nodes_[node], key);
    if (known != nullptr) {
      node = static_cast<std::size_t>(known - nodes_.data());
      continue;
    }
    nodes_[node].children.push_back(nodes_.size());
    node = nodes_.size();
    nodes_.push_back({key, path, kNoRole, {}});
  }
  nodes_[node].role = static_cast<int>(role);
  wanted_ |= bit(role);
}

const JsonLinesReader::Node* JsonLinesReader::child_of(const Node& node,
                                                       std::string_view key) const {
  for (const std::size_t child : node.children) {
    if (nodes_[child].key == key) return &nodes_[child];
  }
  return nullptr;
}

bool JsonLinesReader::parse_rows() {
  const char* const end = stream_.end();
  while (cursor_ != end && !block_full()) {
    const auto left = static_cast<std::size_t>(end - cursor_);
    const char* const line_end = static_cast<const char*>(std::memchr(cursor_, '\n', left));
    if (read_line(line_end) == Step::kRow) put(row_);
    cursor_ = line_end + 1;
    ++line_;
  }
  return false;
}

LineReader::Step JsonLinesReader::read_line(const char* end) {
  JsonCursor cursor{cursor_};
  cursor.skip_blanks();
  if (cursor.at == end) return Step::kNone;
  line_begin_ = cursor_;
  found_ = 0;
  reported_ = false;
  known_blocks_ = 0;
  bool good = read_object(cursor, nodes_.front(), 0);
  if (good) {
    cursor.skip_blanks();
    good = cursor.at == end;
  }
  if (reported_) return Step::kNone;
  if (!good) {
    note_syntax(cursor.at);
    return Step::kNone;
  }
  if (found_ != wanted_) {
    for (const Node& node : nodes_) {
      if (node.role == kNoRole || (found_ & bit(node.role)) != 0) continue;
      errors_.add(line_, ErrorCode::kMissing, fmt::format("the key '{}' is missing", node.path));
    }
    return Step::kNone;
  }
  const std::uint64_t reused = std::min<std::uint64_t>(known_blocks_ * kBlockTokens, row_.prompt);
  row_.reused = static_cast<std::uint32_t>(reused);
  return Step::kRow;
}

bool JsonLinesReader::read_object(JsonCursor& cursor, const Node& node, int depth) {
  if (depth > kMaxDepth || !cursor.take('{')) return false;
  if (cursor.take('}')) return true;
  do {
    cursor.skip_blanks();
    std::string_view key;
    if (!cursor.string(key) || !cursor.take(':')) return false;
    cursor.skip_blanks();
    const Node* const child = child_of(node, key);
    bool good = false;
    if (child == nullptr) {
      good = cursor.skip_value(depth);
    } else if (child->role != kNoRole) {
      good = read_value(cursor, *child);
    } else {
      good = *cursor.at == '{' ? read_object(cursor, *child, depth + 1) : cursor.skip_value(depth);
    }
    if (!good) return false;
  } while (cursor.take(','));
  return cursor.take('}');
}

bool JsonLinesReader::read_value(JsonCursor& cursor, const Node& node) {
  const unsigned role = bit(node.role);
  found_ |= role;
  switch (static_cast<TraceRole>(node.role)) {
    case TraceRole::kTimestamp: return read_time(cursor, node);
    case TraceRole::kPrompt: return read_count(cursor, node, row_.prompt);
    case TraceRole::kOutput: return read_count(cursor, node, row_.output);
    case TraceRole::kImages: return read_count(cursor, node, row_.images);
    case TraceRole::kLabel: return read_label(cursor);
    case TraceRole::kHashIds: return read_hash_ids(cursor);
  }
  return false;
}

bool JsonLinesReader::read_time(JsonCursor& cursor, const Node& node) {
  const bool quoted = *cursor.at == '"';
  const char* const begin = cursor.at + (quoted ? 1 : 0);
  const char* const end = time_.parse_fast(begin, row_.time_ns);
  if (end != nullptr && (quoted ? *end == '"' : ends_value(*end))) {
    cursor.at = end + (quoted ? 1 : 0);
    return true;
  }
  std::string_view text;
  if (!(quoted ? cursor.string(text) : cursor.scalar(text))) return false;
  if (const auto time = time_.parse(text)) {
    row_.time_ns = *time;
    return true;
  }
  reported_ = true;
  return bad_time(text, node.path);
}

bool JsonLinesReader::read_count(JsonCursor& cursor, const Node& node, std::uint32_t& value) {
  const Digits digits = leading_digits(cursor.at);
  if (digits.count - 1 < 7 && ends_value(cursor.at[digits.count])) {
    value = digits.value;
    cursor.at += digits.count;
    return true;
  }
  std::string_view text;
  if (*cursor.at == '"' ? !cursor.string(text) : !cursor.scalar(text)) return false;
  FieldProblem problem;
  if (parse_count(text, node.path, value, problem)) return true;
  reported_ = true;
  errors_.add(line_, problem.code, std::move(problem.message));
  return false;
}

bool JsonLinesReader::read_label(JsonCursor& cursor) {
  std::string_view text;
  if (*cursor.at == '"' ? !cursor.string(text) : !cursor.scalar(text)) return false;
  if (intern(text, row_.label)) return true;
  reported_ = true;
  return false;
}

bool JsonLinesReader::read_hash_ids(JsonCursor& cursor) {
  if (!cursor.take('[')) return false;
  if (cursor.take(']')) return true;
  // Looked up together at the end: the set is far larger than the processor's caches, and the
  // loads of many ids can be under way at once.
  block_ids_.clear();
  do {
    cursor.skip_blanks();
    std::uint64_t id = 0;
    const char* const end = parse_id(cursor.at, id);
    if (end == nullptr || !ends_value(*end)) return false;
    cursor.at = end;
    seen_blocks_.prefetch(id);
    block_ids_.push_back(id);
  } while (cursor.take(','));
  bool prefix = true;
  for (const std::uint64_t id : block_ids_) {
    // Only an unbroken run from the front of the prompt can be reused.
    prefix = seen_blocks_.touch(id) && prefix;
    if (prefix) ++known_blocks_;
  }
  return cursor.take(']');
}

void JsonLinesReader::note_syntax(const char* at) {
  errors_.add(line_, ErrorCode::kSyntax,
              fmt::format("not a JSON object: unexpected {} in column {}",
                          *at == '\n' ? std::string("end of line") : fmt::format("'{}'", *at),
                          at - line_begin_ + 1));
}

}  // namespace berth
