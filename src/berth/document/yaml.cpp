// YAML text -> Node tree. The only file that includes yaml-cpp. It is used as an event parser: the
// events carry line marks and do not resolve types, so scalars are typed here by the YAML 1.2 core
// rules, and repeated keys are seen.

#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "berth/core/text.h"
#include "berth/document/node.h"
#include "berth/document/tree_builder.h"

namespace berth {
namespace {

/// Ends the parse early; the builder holds the reason.
struct GiveUp {};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

/// A decimal number too large for a double ("1e999"): kept as infinity, so that a range check can
/// say so, and not read as text.
std::optional<double> overflowing_number(const std::string& text) {
  if (text.find_first_not_of("0123456789+-.eE") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isinf(value)) return std::nullopt;
  return value;
}

/// YAML 1.2, 10.3.2 (core schema), decimal numbers only: 0o7 and 0x1f stay text.
Node plain_scalar(std::string text, int line) {
  Node node;
  node.line = line;
  const std::string_view unsigned_text =
      text.starts_with('-') || text.starts_with('+') ? std::string_view(text).substr(1) : text;
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    node.kind = Node::Kind::kNull;
  } else if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    node.kind = Node::Kind::kBoolean;
    node.boolean = text.starts_with('t') || text.starts_with('T');
  } else if (const auto number = parse_number(text)) {
    node.kind = Node::Kind::kNumber;
    node.number = *number;
  } else if (is_one_of(unsigned_text, {".inf", ".Inf", ".INF"})) {
    node.kind = Node::Kind::kNumber;
    node.number = std::numeric_limits<double>::infinity() * (text.starts_with('-') ? -1 : 1);
  } else if (is_one_of(text, {".nan", ".NaN", ".NAN"})) {
    node.kind = Node::Kind::kNumber;
    node.number = std::numeric_limits<double>::quiet_NaN();
  } else if (const auto huge = overflowing_number(text)) {
    node.kind = Node::Kind::kNumber;
    node.number = *huge;
  } else {
    node.kind = Node::Kind::kString;
  }
  node.text = std::move(text);
  return node;
}

class YamlEvents final : public YAML::EventHandler {
 public:
  explicit YamlEvents(TreeBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // The mark of an absent value is that of the next token, lines below: the key's line helps
    // more.
    const int line = builder_.key_line() > 0 ? builder_.key_line() : line_of(mark);
    if (builder_.expects_key()) return reject_key("an empty key", line);
    scalar(plain_scalar("", line), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const int line = line_of(mark);
    if (builder_.expects_key()) return reject_key("an alias as a key", line);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      builder_.fail(ErrorCode::kSyntax, "the alias stands inside the value it refers to", line);
      throw GiveUp{};
    }
    check(builder_.add(found->second));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const int line = line_of(mark);
    if (builder_.expects_key()) {
      if (tag == kPlainTag && value == "<<") {
        builder_.fail(ErrorCode::kUnsupported, "merge keys ('<<') are not read", line,
                      "write the keys out, or use an alias for a whole value");
      }
      return builder_.key(value, line);
    }
    if (tag == kPlainTag || tag.empty()) return scalar(plain_scalar(value, line), anchor);
    if (tag != kQuotedTag && tag != kStringTag) reject_tag(tag, line);
    Node node;
    node.kind = Node::Kind::kString;
    node.text = value;
    node.line = line;
    scalar(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  static constexpr std::string_view kPlainTag = "?";
  static constexpr std::string_view kQuotedTag = "!";
  static constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";

  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

  static void check(bool going_on) {
    if (!going_on) throw GiveUp{};
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    const int line = line_of(mark);
    if (builder_.expects_key()) {
      return reject_key("a list or map as a key, or a bracket that is never closed", line);
    }
    if (!tag.empty() && tag != kPlainTag && tag != kQuotedTag) reject_tag(tag, line);
    check(builder_.open(kind, line));
    open_anchors_.push_back(anchor);
  }

  void close() {
    const Node* node = builder_.close();
    const YAML::anchor_t anchor = open_anchors_.back();
    open_anchors_.pop_back();
    if (anchor != 0) keep(anchor, *node);
  }

  void scalar(Node node, YAML::anchor_t anchor) {
    if (anchor != 0) keep(anchor, node);
    check(builder_.add(std::move(node)));
  }

  void keep(YAML::anchor_t anchor, const Node& node) {
    check(builder_.charge(node));
    anchors_[anchor] = node;
  }

  void reject_key(std::string_view what, int line) {
    builder_.fail(ErrorCode::kSyntax, fmt::format("{}: keys are plain text", what), line);
    throw GiveUp{};
  }

  void reject_tag(const std::string& tag, int line) {
    builder_.fail(ErrorCode::kUnsupported, fmt::format("the YAML tag '{}' is not read", tag), line,
                  "remove it");
  }

  TreeBuilder& builder_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  std::vector<YAML::anchor_t> open_anchors_;
};

/// Line `number` (1-based) of the text, without its end.
std::string_view line_text(std::string_view content, int number) {
  for (int line = 1; line < number; ++line) {
    const std::size_t end = content.find('\n');
    if (end == std::string_view::npos) return {};
    content.remove_prefix(end + 1);
  }
  return content.substr(0, content.find('\n'));
}

std::string syntax_hint(std::string_view content, int line) {
  // yaml-cpp often reports a tab one or two lines after it.
  for (int near = line; near >= 1 && near > line - 3; --near) {
    const std::string_view text = line_text(content, near);
    const std::size_t indent_end = text.find_first_not_of(" \t");
    const std::size_t tab = text.find('\t');
    if (tab != std::string_view::npos && tab < indent_end) {
      return fmt::format("line {} is indented with a tab: YAML wants spaces", near);
    }
  }
  return {};
}

}  // namespace

Result<Document> parse_yaml(std::string name, std::string_view content) {
  if (Errors errors = check_text(name, content); !errors.empty()) return errors;
  TreeBuilder builder(std::move(name));
  YamlEvents events(builder);
  try {
    std::istringstream stream{std::string(content)};
    YAML::Parser parser(stream);
    const bool any = parser.HandleNextDocument(events);
    if (any && parser && parser.HandleNextDocument(events)) {
      builder.fail(ErrorCode::kUnsupported, "more than one YAML document in the file", 0,
                   "split it at the '---' lines");
    }
  } catch (const GiveUp&) {
    // The builder has the error.
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 0 : error.mark.line + 1;
    builder.fail_text(fmt::format("not valid YAML: {}", error.msg), line,
                      syntax_hint(content, line));
  }
  return std::move(builder).finish();
}

}  // namespace berth
