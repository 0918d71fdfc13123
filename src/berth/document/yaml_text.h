#pragma once
// Texts as YAML writes them.

#include <string>
#include <string_view>

namespace berth {

/// As it is where YAML reads it back as the same text, else in double quotes.
[[nodiscard]] std::string yaml_text(std::string_view text);

}  // namespace berth
