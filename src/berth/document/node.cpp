#include "berth/document/node.h"

#include "berth/core/file.h"
#include "berth/core/text.h"

namespace berth {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxDocumentBytes = std::size_t{1} << 28;

}  // namespace

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, value] : fields) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string_view to_string(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull: return "nothing";
    case Node::Kind::kBoolean: return "true or false";
    case Node::Kind::kNumber: return "a number";
    case Node::Kind::kString: return "text";
    case Node::Kind::kList: return "a list";
    case Node::Kind::kMap: return "a map";
  }
  return "nothing";
}

Result<Document> parse_document(std::string name, std::string_view content) {
  std::string_view start = content;
  if (start.starts_with(kByteOrderMark)) start.remove_prefix(kByteOrderMark.size());
  start = trim(start);
  const bool json = start.starts_with('{') || start.starts_with('[');
  return json ? parse_json(std::move(name), content) : parse_yaml(std::move(name), content);
}

Result<Document> read_document(const std::filesystem::path& path) {
  const Result<std::string> content = read_file(path, kMaxDocumentBytes);
  if (!content) return content.errors();
  return parse_document(path.string(), *content);
}

}  // namespace berth
