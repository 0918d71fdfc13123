#pragma once
// A text file compiled into the binary (cmake/embed.cmake).

#include <string_view>

namespace berth {

struct EmbeddedFile {
  std::string_view name;
  std::string_view content;
};

}  // namespace berth
