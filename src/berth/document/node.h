#pragma once
// A parsed YAML or JSON document that remembers where every value stood, so that each error can
// name file, line and JSON pointer. Columns of numbers (instances, solutions) do not come through
// here: instance_json reads them straight into vectors.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"

namespace berth {

struct Node {
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kList, kMap };

  // Defined in node.cpp: clang 14 cannot make them here, where std::pair<.., Node> is incomplete.
  Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  Kind kind = Kind::kNull;
  bool boolean = false;
  double number = 0.0;
  std::string text;         ///< as written, for scalars of every kind ("50ms", "12.5", "true")
  std::vector<Node> items;  ///< kList
  std::vector<std::pair<std::string, Node>> fields;  ///< kMap, in file order, keys unique
  int line = 0;                                      ///< 1-based; 0 = unknown

  [[nodiscard]] const Node* find(std::string_view key) const;  ///< null if absent or not a map
};

/// "a list", "a map", "a number", ...
[[nodiscard]] std::string_view to_string(Node::Kind kind);

struct Document {
  std::string
      name;  ///< as shown in errors: the path as the user wrote it, or "<builtin>/gpus.yaml"
  Node root;
};

/// Errors: kSyntax with "name:line", kDuplicate for a repeated key (all of them), invalid UTF-8,
/// nesting deeper than 64, more than 1e6 nodes (alias bombs).
[[nodiscard]] Result<Document> parse_yaml(std::string name, std::string_view content);

struct JsonOptions {
  std::span<const std::string_view> skip =
      {};              ///< keys to pass over at any depth, with their values
  int first_line = 1;  ///< where `content` starts in its file
};
[[nodiscard]] Result<Document> parse_json(std::string name, std::string_view content,
                                          const JsonOptions& options = {});

/// JSON if its first non-blank byte is '{' or '[', else YAML.
[[nodiscard]] Result<Document> parse_document(std::string name, std::string_view content);

/// Reads the file (at most 256 MiB); JSON if its first non-blank byte is '{' or '[', else YAML.
[[nodiscard]] Result<Document> read_document(const std::filesystem::path& path);

}  // namespace berth
