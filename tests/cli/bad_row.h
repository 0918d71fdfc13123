#pragma once
// A wrong command line or a bad file, and what must be said of it.

#include <ostream>
#include <string>
#include <vector>

namespace berth::test {

struct BadRow {
  const char* name;
  std::vector<std::string> arguments;  ///< "@" stands for the file's path
  std::string content;                 ///< of the file "@"; none is written when empty
  int status;
  std::vector<const char*> said;  ///< each must occur in stderr
};

inline void PrintTo(const BadRow& row, std::ostream* os) { *os << row.name; }

// Those of `berth predict`.
[[nodiscard]] std::vector<BadRow> prediction_rows();
[[nodiscard]] std::vector<BadRow> engine_rows();
[[nodiscard]] std::vector<BadRow> deployment_rows();

}  // namespace berth::test
