// JSON text -> Node tree. nlohmann::json's SAX interface has no positions, so the parser reads
// through an iterator that tells how far it has come.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/text.h"
#include "berth/document/node.h"
#include "berth/document/tree_builder.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

/// Walks the text and records in `*read` how many bytes have been read.
class TrackingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackingIterator(std::string_view text, std::size_t offset, std::size_t* read)
      : text_(text), offset_(offset), read_(read) {}

  reference operator*() const { return text_[offset_]; }
  TrackingIterator& operator++() {
    *read_ = ++offset_;
    return *this;
  }
  TrackingIterator operator++(int) {
    TrackingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const TrackingIterator& a, const TrackingIterator& b) {
    return a.offset_ == b.offset_;
  }

 private:
  std::string_view text_;
  std::size_t offset_;
  std::size_t* read_;
};

class JsonEvents final : public nlohmann::json_sax<Json> {
 public:
  JsonEvents(TreeBuilder& builder, std::string_view text, const std::size_t& read,
             const JsonOptions& options)
      : builder_(builder),
        text_(text),
        read_(read),
        skip_(options.skip),
        line_(options.first_line) {}

  bool null() override { return add(Node::Kind::kNull, "null"); }
  bool boolean(bool value) override {
    return add(Node::Kind::kBoolean, value ? "true" : "false", 0.0, value);
  }
  bool number_integer(number_integer_t value) override {
    return add(Node::Kind::kNumber, fmt::format("{}", value), static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(Node::Kind::kNumber, fmt::format("{}", value), static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t& written) override {
    return add(Node::Kind::kNumber, written, value);
  }
  bool string(string_t& value) override { return add(Node::Kind::kString, value); }
  bool binary(binary_t&) override { return false; }  // binary formats only
  bool start_object(std::size_t) override { return open(Node::Kind::kMap); }
  bool start_array(std::size_t) override { return open(Node::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (skipping_) return true;
    skipping_ = std::find(skip_.begin(), skip_.end(), value) != skip_.end();
    if (!skipping_) builder_.key(value, line());
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    builder_.fail_text(fmt::format("not valid JSON: {}", plain_words(error.what())), line(), {});
    return false;
  }

 private:
  bool add(Node::Kind kind, std::string written, double number = 0.0, bool boolean = false) {
    if (skipping_) {
      skipping_ = skipped_depth_ > 0;
      return true;
    }
    Node node;
    node.kind = kind;
    node.boolean = boolean;
    node.number = number;
    node.text = std::move(written);
    node.line = line();
    return builder_.add(std::move(node));
  }

  bool open(Node::Kind kind) {
    if (!skipping_) return builder_.open(kind, line());
    ++skipped_depth_;
    return true;
  }

  bool close() {
    if (skipping_) {
      skipping_ = --skipped_depth_ > 0;
      return true;
    }
    static_cast<void>(builder_.close());
    return true;
  }

  /// Of the token just read. The last byte read is left out: for a number it is the byte after it.
  int line() {
    for (; counted_ + 1 < read_; ++counted_) {
      if (text_[counted_] == '\n') ++line_;
    }
    return line_;
  }

  /// "[json.exception.parse_error.101] parse error at line 3, column 5: why" -> "why".
  static std::string_view plain_words(std::string_view what) {
    if (const auto bracket = what.find("] "); bracket != std::string_view::npos)
      what.remove_prefix(bracket + 2);
    if (const auto column = what.find(", column "); column != std::string_view::npos) {
      const auto colon = what.find(": ", column);
      if (colon != std::string_view::npos) what.remove_prefix(colon + 2);
    }
    return what;
  }

  TreeBuilder& builder_;
  std::string_view text_;
  const std::size_t& read_;
  std::span<const std::string_view> skip_;
  bool skipping_ = false;          // the value of a key that is passed over
  std::size_t skipped_depth_ = 0;  // lists and maps open inside it
  std::size_t counted_ = 0;
  int line_;
};

}  // namespace

Result<Document> parse_json(std::string name, std::string_view content,
                            const JsonOptions& options) {
  if (Errors errors = check_text(name, content); !errors.empty()) return errors;
  if (trim(content).empty()) return Document{std::move(name), Node{}};
  TreeBuilder builder(std::move(name));
  std::size_t read = 0;
  JsonEvents events(builder, content, read, options);
  // Returns false exactly when an event did, and then the builder has the error.
  static_cast<void>(Json::sax_parse(TrackingIterator(content, 0, &read),
                                    TrackingIterator(content, content.size(), &read), &events));
  return std::move(builder).finish();
}

}  // namespace berth
