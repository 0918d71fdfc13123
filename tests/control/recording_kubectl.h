#pragma once
// A program in kubectl's place that writes down how it is called, and answers `get` with a file.

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {

class RecordingKubectl {
 public:
  RecordingKubectl() {
    write("kubectl", "#!/bin/sh\necho \"$@\" >> " + file("calls").string() + "\n[ -e " +
                         file("broken").string() + " ] && { cat " + file("broken").string() +
                         " >&2; exit 1; }\n[ \"$1\" = get ] && cat " +
                         file("objects.json").string() + "\nexit 0\n");
    std::filesystem::permissions(file("kubectl"), std::filesystem::perms::owner_all);
    write("objects.json", "{}");
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return directory_.path() / name;
  }
  void write(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file(file(name), content));
  }
  /// It ends with 1 and these words until it is mended.
  void break_down(const std::string& words) const { write("broken", words + "\n"); }
  void mend() const { std::filesystem::remove(file("broken")); }
  [[nodiscard]] std::string program() const { return file("kubectl").string(); }
  [[nodiscard]] std::string calls() const {
    const Result<std::string> text = read_file(file("calls"));
    return text ? *text : "";
  }
  void forget_calls() const { std::filesystem::remove(file("calls")); }

 private:
  berth::testing::TemporaryDirectory directory_;
};

}  // namespace berth::test
