#include "berth/measure/import/json_texts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace berth {
namespace {

constexpr std::array<std::string_view, 3> kNotJson = {"NaN", "-Infinity", "Infinity"};

class Splitter {
 public:
  explicit Splitter(std::string_view content) : rest_(content) {}

  std::vector<JsonText> split() {
    while (!rest_.empty()) take();
    finish();
    return std::move(texts_);
  }

 private:
  void take() {
    const char c = rest_.front();
    if (c == '\n') ++line_;
    if (now_.text.empty()) {
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        rest_.remove_prefix(1);
        return;
      }
      now_.line = line_;
    }
    if (c == '"') return take_string();
    if (take_word()) return;
    copy(1);
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ <= 0) finish();
  }

  void take_string() {
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2U : 1U;
    end = std::min(end + 1, rest_.size());
    line_ +=
        static_cast<int>(std::count(rest_.begin(), rest_.begin() + static_cast<long>(end), '\n'));
    copy(end);
  }

  bool take_word() {
    for (const std::string_view word : kNotJson) {
      if (!rest_.starts_with(word)) continue;
      now_.text += '"';
      copy(word.size());
      now_.text += '"';
      return true;
    }
    return false;
  }

  void copy(std::size_t count) {
    now_.text += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  void finish() {
    depth_ = 0;
    if (!now_.text.empty()) texts_.push_back(std::exchange(now_, {}));
  }

  std::string_view rest_;
  int line_ = 1;
  int depth_ = 0;
  JsonText now_;
  std::vector<JsonText> texts_;
};

}  // namespace

std::vector<JsonText> json_texts(std::string_view content) { return Splitter(content).split(); }

}  // namespace berth
