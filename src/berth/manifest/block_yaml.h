#pragma once
// Block-style YAML of a Node tree, as people write manifests. Reads back as the same values under
// YAML 1.1 (Kubernetes) and 1.2: what could be taken for a number, a truth value, a date or syntax
// stands in quotes.

#include <string>

#include "berth/document/node.h"

namespace berth {

/// Ends with a newline. Texts of several lines become literal blocks where those can hold them.
[[nodiscard]] std::string block_yaml(const Node& root);

}  // namespace berth
