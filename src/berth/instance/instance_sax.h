#pragma once
// berth.instance/1 straight into columns: events of a JSON parser are pushed into vectors, no
// document tree is built. Used by instance_json only.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "berth/instance/column_checks.h"
#include "berth/instance/instance.h"

namespace berth {

struct JsonSyntaxError {
  std::size_t byte = 0;  ///< offset of the offending byte
  std::string message;
};

class InstanceReader {
 public:
  InstanceReader();
  ~InstanceReader();
  InstanceReader(const InstanceReader&) = delete;
  InstanceReader& operator=(const InstanceReader&) = delete;

  /// Reads the whole text; nullopt unless it is not JSON. Call once.
  [[nodiscard]] std::optional<JsonSyntaxError> read(std::string_view json);

  /// Everything wrong with keys and types. Values that could not be read are replaced by harmless
  /// ones, so that the checks of the columns may still run when `complete()`.
  [[nodiscard]] ErrorList errors() &&;
  /// No column is missing and the format is ours.
  [[nodiscard]] bool complete() const;
  [[nodiscard]] InstanceColumns columns() &&;

 private:
  class Handler;
  std::unique_ptr<Handler> handler_;
};

}  // namespace berth
