#pragma once
// A strict little reader of markup: every tag closed in order, every attribute quoted, every
// ampersand an entity. Enough to say that a page is well-formed XML but for its DOCTYPE.

#include <string>
#include <string_view>
#include <vector>

namespace berth::test {

struct Element {
  std::string name;
  std::string attributes;
};

struct Markup {
  std::vector<Element> elements;  ///< in document order
  std::string text;               ///< of the body, entities resolved
  std::string error;              ///< the first mistake; empty = well-formed

  [[nodiscard]] std::size_t count(std::string_view name) const;
};

[[nodiscard]] Markup read_markup(std::string_view source);

}  // namespace berth::test
