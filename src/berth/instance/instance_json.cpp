#include "berth/instance/instance_json.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/instance/instance_sax.h"

namespace berth {
namespace {

/// "fleet.json:12" style position of a byte.
std::size_t line_of(std::string_view text, std::size_t byte) {
  std::size_t line = 1;
  for (const char c : text.substr(0, byte)) line += c == '\n' ? 1 : 0;
  return line;
}

Errors named(const std::string& name, Errors errors) {
  for (Error& error : errors) {
    error.where = error.where.empty() ? name : fmt::format("{}: {}", name, error.where);
  }
  return errors;
}

}  // namespace

Result<Instance> parse_instance(const std::string& name, std::string_view json) {
  InstanceReader reader;
  if (std::optional<JsonSyntaxError> syntax = reader.read(json)) {
    return Error{ErrorCode::kSyntax,
                 fmt::format("not valid JSON at byte {}: {}", syntax->byte, syntax->message),
                 fmt::format("{}:{}", name, line_of(json, syntax->byte)),
                 {}};
  }
  const bool complete = reader.complete();
  ErrorList errors = std::move(reader).errors();
  if (!complete) return named(name, std::move(errors).take());
  // Errors and columns are separate members: taking one leaves the other.
  InstanceColumns columns = std::move(reader).columns();  // NOLINT(bugprone-use-after-move)
  if (!errors.empty()) {
    check_columns(columns, errors);
    return named(name, std::move(errors).take());
  }
  Result<Instance> instance = Instance::make(std::move(columns));
  if (!instance.ok()) return named(name, std::move(instance).errors());
  return instance;
}

Result<Instance> read_instance(const std::filesystem::path& path) {
  Result<std::string> content = read_file(path);
  if (!content.ok()) return std::move(content).errors();
  return parse_instance(path.string(), *content);
}

}  // namespace berth
