#pragma once
// Private to this room: turns the events of a YAML or JSON parser into a Node tree, with the checks
// both formats share (repeated keys, depth, size).

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "berth/core/error.h"
#include "berth/document/node.h"

namespace berth {

inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 1'000'000;

class TreeBuilder {
 public:
  explicit TreeBuilder(std::string name) : name_(std::move(name)) {}

  // Each returns false when the document must be given up (too deep, too large); errors() says why.
  [[nodiscard]] bool open(Node::Kind kind, int line);  ///< kList or kMap
  [[nodiscard]] bool add(Node node);                   ///< a scalar or a complete subtree
  void key(std::string text, int line);                ///< REQUIRES: inside a map
  /// Counts a subtree that is kept aside (an anchor) against the size limit.
  [[nodiscard]] bool charge(const Node& node);
  /// The finished collection: valid until the next event.
  const Node* close();

  /// Inside a map, between a key and its value the next event is a value.
  [[nodiscard]] bool expects_key() const;
  /// Line of the key whose value comes next; 0 outside maps.
  [[nodiscard]] int key_line() const;

  void fail(ErrorCode code, std::string message, int line, std::string suggestion = {});
  /// kSyntax at a line of the text, without a pointer.
  void fail_text(std::string message, int line, std::string suggestion = {});

  /// Takes the tree, or all errors.
  [[nodiscard]] Result<Document> finish() &&;

 private:
  struct Frame {
    Node node;
    std::string key;                             ///< maps: key of the value that comes next
    int key_line = 0;                            ///< 0 = a key comes next
    bool drop = false;                           ///< the value belongs to a repeated key
    std::unordered_map<std::string, int> lines;  ///< of the keys so far
  };

  const Node* place(Node node);
  [[nodiscard]] std::string where(int line) const;

  std::string name_;
  std::vector<Frame> frames_;
  Node root_;
  Node dropped_;
  std::size_t nodes_ = 0;
  Errors errors_;
};

/// Errors of the text itself, before any parser sees it: not UTF-8, NUL bytes.
[[nodiscard]] Errors check_text(const std::string& name, std::string_view content);

/// RFC 6901: '~' and '/' inside a key.
[[nodiscard]] std::string pointer_token(std::string_view key);

/// "name:line: /pointer", without the parts that are unknown.
[[nodiscard]] std::string position(std::string_view name, int line, std::string_view pointer);

}  // namespace berth
