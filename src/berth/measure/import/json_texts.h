#pragma once
// The JSON values of a file: one, or several one after another, as programs write them that append
// a run to the file of the last one.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct JsonText {
  std::string text;
  int line = 1;  ///< of the file, where it starts
};

/// NaN and Infinity, which Python writes and JSON does not have, become strings: "NaN". What is no
/// JSON comes back as it stands, for the parser to say so.
[[nodiscard]] std::vector<JsonText> json_texts(std::string_view content);

}  // namespace berth
