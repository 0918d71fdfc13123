#pragma once
// A file that has been read, for importers that take several.

#include <string>

namespace berth {

struct NamedText {
  std::string name;  ///< as the user wrote it, for errors
  std::string content;
};

}  // namespace berth
