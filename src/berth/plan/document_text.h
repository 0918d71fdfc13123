#pragma once
// Documents as text: a Node tree written as JSON or YAML. Numbers carry their exact text, so money
// stays exact and doubles read back as the same bits. What fits on one line stays on one line.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "berth/core/money.h"
#include "berth/core/units.h"
#include "berth/document/node.h"

namespace berth {

[[nodiscard]] Node null_node();
[[nodiscard]] Node boolean_node(bool value);
[[nodiscard]] Node text_node(std::string value);
[[nodiscard]] Node integer_node(long long value);
/// Shortest text that reads back as the same double; null if not finite.
[[nodiscard]] Node number_node(double value);
[[nodiscard]] Node number_node(std::optional<double> value);
[[nodiscard]] Node seconds_node(const std::optional<Seconds>& value);
[[nodiscard]] Node money_node(CostRate value);  ///< USD/h, exact
[[nodiscard]] Node list_node(std::vector<Node> items);
[[nodiscard]] Node texts_node(const std::vector<std::string>& texts);
[[nodiscard]] Node map_node(std::vector<std::pair<std::string, Node>> fields);

/// "55.04" for 55,040,000 micro-dollars: exact, no trailing zeros.
[[nodiscard]] std::string exact_usd(CostRate value);
/// With the quotes.
[[nodiscard]] std::string json_string(std::string_view text);

/// Both end with a newline.
[[nodiscard]] std::string json_text(const Node& root);
[[nodiscard]] std::string yaml_text(const Node& root);

}  // namespace berth
