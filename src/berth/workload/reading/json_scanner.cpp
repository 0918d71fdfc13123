#include "berth/workload/reading/json_scanner.h"

#include <functional>

namespace berth {
namespace {

constexpr int kMaxDepth = 64;

bool is_scalar_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
         c == 'E';
}

using Visit = std::function<void(const std::string& path, std::string_view scalar)>;

/// Calls `visit` for every value that is not an object, with its dotted path.
bool walk(JsonCursor& cursor, const std::string& prefix, int depth, const Visit& visit) {
  if (depth > kMaxDepth || !cursor.take('{')) return false;
  if (cursor.take('}')) return true;
  do {
    std::string_view key;
    cursor.skip_blanks();
    if (!cursor.string(key) || !cursor.take(':')) return false;
    cursor.skip_blanks();
    const std::string path = prefix + std::string(key);
    if (*cursor.at == '{') {
      if (!walk(cursor, path + ".", depth + 1, visit)) return false;
      continue;
    }
    const char* const begin = cursor.at;
    if (!cursor.skip_value(depth)) return false;
    std::string_view value(begin, static_cast<std::size_t>(cursor.at - begin));
    if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
    visit(path, value);
  } while (cursor.take(','));
  return cursor.take('}');
}

/// A copy of `line` that ends as JsonCursor requires.
std::string closed(std::string_view line) { return std::string(line) + '\n'; }

}  // namespace

bool JsonCursor::string(std::string_view& text) {
  if (*at != '"') return false;
  const char* const begin = ++at;
  for (; *at != '"'; ++at) {
    if (*at == '\\') ++at;
    if (*at == '\n') return false;
  }
  text = std::string_view(begin, static_cast<std::size_t>(at - begin));
  ++at;
  return true;
}

bool JsonCursor::scalar(std::string_view& text) {
  const char* const begin = at;
  while (is_scalar_byte(*at)) ++at;
  text = std::string_view(begin, static_cast<std::size_t>(at - begin));
  return !text.empty();
}

bool JsonCursor::skip_value(int depth) {
  if (depth > kMaxDepth) return false;
  skip_blanks();
  std::string_view ignored;
  if (*at == '"') return string(ignored);
  if (*at != '{' && *at != '[') return scalar(ignored);
  const bool object = *at == '{';
  const char close = object ? '}' : ']';
  ++at;
  if (take(close)) return true;
  do {
    skip_blanks();
    if (object && (!string(ignored) || !take(':'))) return false;
    if (!skip_value(depth + 1)) return false;
  } while (take(','));
  return take(close);
}

bool json_keys(std::string_view line, std::size_t limit, std::vector<std::string>& keys) {
  keys.clear();
  const std::string text = closed(line);
  JsonCursor cursor{text.data()};
  const bool good = walk(cursor, "", 0, [&](const std::string& path, std::string_view) {
    if (keys.size() < limit) keys.push_back(path);
  });
  cursor.skip_blanks();
  return good && *cursor.at == '\n';
}

std::string_view json_value_at(std::string_view line, std::string_view path) {
  const std::string text = closed(line);
  std::size_t offset = 0;
  std::size_t size = 0;
  JsonCursor cursor{text.data()};
  const bool good = walk(cursor, "", 0, [&](const std::string& at, std::string_view value) {
    if (at != path) return;
    offset = static_cast<std::size_t>(value.data() - text.data());
    size = value.size();
  });
  return good ? line.substr(offset, size) : std::string_view();
}

}  // namespace berth
