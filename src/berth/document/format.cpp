#include "berth/document/format.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "berth/core/file.h"
#include "berth/document/node.h"

namespace berth {
namespace {

/// Remembers the value of the top-level "format" key and then stops the parser.
class FormatFinder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool string(string_t& text) override {
    if (depth_ != 1 || key_ != "format") return true;
    found = text;
    return false;
  }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return ++depth_ > 0; }
  bool end_array() override { return --depth_ >= 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) key_ = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    error_position = position;
    return false;
  }

  std::optional<std::string> found;
  std::optional<std::size_t> error_position;

 private:
  int depth_ = 0;
  std::string key_;
};

bool looks_like_json(std::string_view content) {
  const std::size_t first = content.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (content[first] == '{' || content[first] == '[');
}

Error no_format(const std::filesystem::path& path) {
  return {ErrorCode::kMissing, "expected a top-level \"format\" such as \"berth.plan/1\"",
          path.string() + ": /format", ""};
}

Result<std::string> format_of_yaml(const std::filesystem::path& path, std::string_view content) {
  const Result<Document> document = parse_yaml(path.string(), content);
  if (!document) return document.errors();
  const Node* format = document->root.find("format");
  if (format == nullptr || format->kind != Node::Kind::kString) return no_format(path);
  return format->text;
}

}  // namespace

Result<std::string> read_format(const std::filesystem::path& path) {
  Result<std::string> content = read_file(path);
  if (!content) return std::move(content).errors();
  if (!looks_like_json(*content)) return format_of_yaml(path, *content);
  FormatFinder finder;
  nlohmann::json::sax_parse(*content, &finder);
  if (finder.found) return *finder.found;
  if (finder.error_position) {
    const auto end = content->begin() +
                     static_cast<std::ptrdiff_t>(std::min(*finder.error_position, content->size()));
    const auto line = 1 + std::count(content->begin(), end, '\n');
    return Error{ErrorCode::kSyntax,
                 "not valid JSON (byte " + std::to_string(*finder.error_position) + ")",
                 path.string() + ":" + std::to_string(line), ""};
  }
  return no_format(path);
}

}  // namespace berth
