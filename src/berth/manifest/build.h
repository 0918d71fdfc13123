#pragma once
// Small words for building manifests as trees. Private to this room.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "berth/document/node.h"
#include "berth/plan/document_text.h"

namespace berth::manifest {

using Fields = std::vector<std::pair<std::string, Node>>;

/// {key: value, ...} of texts.
[[nodiscard]] inline Node labels_node(const std::map<std::string, std::string>& labels) {
  Fields fields;
  for (const auto& [key, value] : labels) fields.emplace_back(key, text_node(value));
  return map_node(std::move(fields));
}

/// Appends key: text unless the text is empty.
inline void add_text(Fields& fields, const std::string& key, const std::string& text) {
  if (!text.empty()) fields.emplace_back(key, text_node(text));
}

/// [{name: .., value: ..}, ...]
[[nodiscard]] inline std::vector<Node> environment_items(
    const std::map<std::string, std::string>& variables) {
  std::vector<Node> items;
  for (const auto& [name, value] : variables) {
    items.push_back(map_node({{"name", text_node(name)}, {"value", text_node(value)}}));
  }
  return items;
}

}  // namespace berth::manifest
