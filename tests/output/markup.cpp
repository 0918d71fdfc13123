#include "tests/output/markup.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace berth::test {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source) {}

  Markup read() {
    while (at_ < source_.size() && result_.error.empty()) {
      if (source_[at_] == '<') {
        tag();
      } else {
        text();
      }
    }
    if (result_.error.empty() && !open_.empty()) fail("<" + open_.back() + "> is never closed");
    return std::move(result_);
  }

 private:
  void fail(std::string message) {
    if (result_.error.empty()) {
      result_.error = std::move(message) + " near: " + std::string(source_.substr(at_, 60));
    }
  }

  void text() {
    if (source_[at_] == '&') {
      entity();
      return;
    }
    if (source_[at_] == '>') {
      fail("a bare '>'");
      return;
    }
    const auto byte = static_cast<unsigned char>(source_[at_]);
    if (byte < 0x20 && byte != '\n' && byte != '\t') fail("a control character");
    result_.text += source_[at_++];
  }

  void entity() {
    static const std::map<std::string, char> kEntities = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"#39", '\''}};
    const std::size_t end = source_.find(';', at_);
    const auto found = end == std::string_view::npos
                           ? kEntities.end()
                           : kEntities.find(std::string(source_.substr(at_ + 1, end - at_ - 1)));
    if (found == kEntities.end()) {
      fail("an ampersand that is no entity");
      return;
    }
    result_.text += found->second;
    at_ = end + 1;
  }

  void tag() {
    const std::size_t end = source_.find('>', at_);
    if (end == std::string_view::npos) {
      fail("a tag without end");
      return;
    }
    std::string inside(source_.substr(at_ + 1, end - at_ - 1));
    if (inside.rfind("!DOCTYPE", 0) == 0) {
      at_ = end + 1;
      return;
    }
    if (inside.rfind('/', 0) == 0) {
      if (open_.empty() || open_.back() != inside.substr(1)) {
        fail("</" + inside.substr(1) + "> closes " + (open_.empty() ? "nothing" : open_.back()));
        return;
      }
      open_.pop_back();
      at_ = end + 1;
      return;
    }
    const bool empty = !inside.empty() && inside.back() == '/';
    if (empty) inside.pop_back();
    const std::size_t name_end = inside.find_first_of(" \n");
    Element element{inside.substr(0, name_end),
                    name_end == std::string::npos ? "" : inside.substr(name_end)};
    check_attributes(element.attributes);
    if (!empty) open_.push_back(element.name);
    at_ = end + 1;
    // Style sheets are no markup.
    if (element.name == "style") {
      at_ = std::min(source_.find("</style>", at_), source_.size());
    }
    result_.elements.push_back(std::move(element));
  }

  void check_attributes(const std::string& attributes) {
    std::size_t at = 0;
    while (true) {
      at = attributes.find_first_not_of(" \n", at);
      if (at == std::string::npos) return;
      const std::size_t equals = attributes.find('=', at);
      const bool quoted = equals != std::string::npos && equals + 1 < attributes.size() &&
                          attributes[equals + 1] == '"';
      const std::size_t close = quoted ? attributes.find('"', equals + 2) : std::string::npos;
      if (close == std::string::npos) {
        fail("an attribute without quotes:" + attributes);
        return;
      }
      const std::string name = attributes.substr(at, equals - at);
      const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == ':';
      });
      if (!plain) fail("an odd attribute name: " + name);
      at = close + 1;
    }
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  Markup result_;
};

}  // namespace

std::size_t Markup::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      elements.begin(), elements.end(), [name](const Element& e) { return e.name == name; }));
}

Markup read_markup(std::string_view source) { return Reader(source).read(); }

}  // namespace berth::test
