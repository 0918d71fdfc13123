#pragma once
// Private to the writers of models: text that grows by words and numbers.

#include <cassert>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace berth::milp {

class ModelText {
 public:
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

  ModelText& add(std::string_view words) {
    text_.append(words);
    return *this;
  }
  /// The shortest form that reads back as the same double. REQUIRES: finite.
  ModelText& add(double number) {
    char buffer[32];  // the longest double has 24 characters
    const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof buffer, number);
    assert(end.ec == std::errc());
    text_.append(buffer, end.ptr);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace berth::milp
