#include "berth/document/tree_builder.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

struct Extent {
  std::size_t nodes = 1;
  std::size_t depth = 1;
};

/// Recursion is bounded: no tree deeper than kMaxDepth is ever built.
Extent extent_of(const Node& node) {
  Extent total;
  const auto include = [&total](const Node& child) {
    const Extent part = extent_of(child);
    total.nodes += part.nodes;
    total.depth = std::max(total.depth, part.depth + 1);
  };
  for (const Node& item : node.items) include(item);
  for (const auto& [key, value] : node.fields) include(value);
  return total;
}

}  // namespace

std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

std::string position(std::string_view name, int line, std::string_view pointer) {
  std::string text(name);
  if (line > 0) text += fmt::format(":{}", line);
  if (!pointer.empty()) text += fmt::format(": {}", pointer);
  return text;
}

Errors check_text(const std::string& name, std::string_view content) {
  const auto line_of = [content](std::size_t offset) {
    return 1 + static_cast<int>(std::count(
                   content.begin(), content.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  };
  if (const auto offset = first_invalid_utf8(content)) {
    return {{ErrorCode::kSyntax,
             fmt::format("not valid UTF-8 (byte {:#04x})",
                         static_cast<unsigned char>(content[*offset])),
             position(name, line_of(*offset), {}), "save the file in UTF-8"}};
  }
  if (const auto offset = content.find('\0'); offset != std::string_view::npos) {
    return {{ErrorCode::kSyntax,
             "contains a NUL byte: this is not a text file",
             position(name, line_of(offset), {}),
             {}}};
  }
  return {};
}

bool TreeBuilder::expects_key() const {
  return !frames_.empty() && frames_.back().node.kind == Node::Kind::kMap &&
         frames_.back().key_line == 0;
}

int TreeBuilder::key_line() const { return frames_.empty() ? 0 : frames_.back().key_line; }

std::string TreeBuilder::where(int line) const {
  std::string pointer;
  for (const Frame& frame : frames_) {
    if (frame.node.kind == Node::Kind::kList) {
      pointer += fmt::format("/{}", frame.node.items.size());
    } else if (frame.key_line != 0) {
      pointer += "/" + pointer_token(frame.key);
    }
  }
  return position(name_, line, pointer);
}

void TreeBuilder::fail(ErrorCode code, std::string message, int line, std::string suggestion) {
  errors_.push_back({code, std::move(message), where(line), std::move(suggestion)});
}

void TreeBuilder::fail_text(std::string message, int line, std::string suggestion) {
  errors_.push_back(
      {ErrorCode::kSyntax, std::move(message), position(name_, line, {}), std::move(suggestion)});
}

void TreeBuilder::key(std::string text, int line) {
  assert(expects_key());
  Frame& frame = frames_.back();
  const auto [first, is_new] = frame.lines.emplace(text, line);
  frame.key = std::move(text);
  frame.key_line = std::max(line, 1);
  frame.drop = !is_new;
  if (!is_new) {
    fail(ErrorCode::kDuplicate,
         fmt::format("the key '{}' is given twice, first in line {}", frame.key, first->second),
         line, "keep one of them");
  }
}

bool TreeBuilder::open(Node::Kind kind, int line) {
  assert(kind == Node::Kind::kList || kind == Node::Kind::kMap);
  Frame frame;
  frame.node.kind = kind;
  frame.node.line = line;
  if (!charge(frame.node)) return false;
  frames_.push_back(std::move(frame));
  return true;
}

bool TreeBuilder::charge(const Node& node) {
  const Extent extent = extent_of(node);
  nodes_ += extent.nodes;
  if (nodes_ > kMaxNodes) {
    fail(ErrorCode::kSyntax,
         fmt::format("too large: more than {} values (an alias counts as what it repeats)",
                     kMaxNodes),
         node.line);
    return false;
  }
  if (frames_.size() + extent.depth > kMaxDepth + 1) {
    fail(ErrorCode::kSyntax, fmt::format("nested deeper than {} levels", kMaxDepth), node.line);
    return false;
  }
  return true;
}

bool TreeBuilder::add(Node node) {
  if (!charge(node)) return false;
  static_cast<void>(place(std::move(node)));
  return true;
}

const Node* TreeBuilder::close() {
  assert(!frames_.empty());
  Node node = std::move(frames_.back().node);
  frames_.pop_back();
  return place(std::move(node));
}

const Node* TreeBuilder::place(Node node) {
  if (frames_.empty()) {
    root_ = std::move(node);
    return &root_;
  }
  Frame& frame = frames_.back();
  if (frame.node.kind == Node::Kind::kList) {
    return &frame.node.items.emplace_back(std::move(node));
  }
  frame.key_line = 0;
  if (frame.drop) {
    dropped_ = std::move(node);
    return &dropped_;
  }
  return &frame.node.fields.emplace_back(std::move(frame.key), std::move(node)).second;
}

Result<Document> TreeBuilder::finish() && {
  if (!errors_.empty()) return std::move(errors_);
  return Document{std::move(name_), std::move(root_)};
}

}  // namespace berth
