#include "tests/support/temporary_directory.h"

#include <cstdlib>
#include <iostream>
#include <string>

namespace berth::testing {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "berth-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::cerr << "no directory for the test's files: " << pattern << '\n';
    std::abort();
  }
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored_at_exit;
  std::filesystem::remove_all(path_, ignored_at_exit);
}

}  // namespace berth::testing
