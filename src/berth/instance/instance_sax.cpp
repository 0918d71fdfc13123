#include "berth/instance/instance_sax.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/text.h"
#include "berth/instance/column_sinks.h"

namespace berth {
namespace {

using instance_json::Column;
using instance_json::ElementWriter;
using instance_json::kFirstOptionalTable;
using instance_json::kTables;
using instance_json::Value;

constexpr std::string_view kFormat = "berth.instance/1";

}  // namespace

class InstanceReader::Handler {
 public:
  // What nlohmann's SAX interface calls.
  using Json = nlohmann::json;
  bool null() { return any_value({Value::Kind::kNull, 0.0, nullptr}); }
  bool boolean(bool) { return any_value({Value::Kind::kBoolean, 0.0, nullptr}); }
  bool number_integer(Json::number_integer_t n) { return number(static_cast<double>(n)); }
  bool number_unsigned(Json::number_unsigned_t n) { return number(static_cast<double>(n)); }
  bool number_float(Json::number_float_t x, const std::string&) { return number(x); }
  bool string(std::string& text) { return any_value({Value::Kind::kString, 0.0, &text}); }
  bool binary(Json::binary_t&) { return true; }
  bool key(std::string& name);
  bool start_object(std::size_t);
  bool end_object() { return end(); }
  bool start_array(std::size_t);
  bool end_array() { return end(); }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& error);

  void finish();

  InstanceColumns columns;
  ErrorList errors;
  std::optional<JsonSyntaxError> syntax;
  bool complete = true;

 private:
  enum class Place { kOutside, kRoot, kTable, kColumn, kSkipped };

  bool number(double x) { return any_value({Value::Kind::kNumber, x, nullptr}); }
  bool any_value(const Value& value);
  void root_value(const Value& value);
  bool end();
  /// Opens the place a container stands in, or reports that none is expected here and skips it.
  void open(bool array);
  void root_key(const std::string& name);
  void table_key(const std::string& name);

  std::vector<Column> all_ = instance_json::columns_of(columns);
  Place place_ = Place::kOutside;
  std::size_t skipped_depth_ = 0;  // containers open inside a skipped value
  Place before_skip_ = Place::kOutside;
  std::string root_key_;
  std::string table_;
  ElementWriter writer_{errors};
  Column* column_ = nullptr;
  std::size_t element_ = 0;
  bool format_seen_ = false;
  bool budget_seen_ = false;
  std::array<bool, kTables.size()> table_seen_{};
};

bool InstanceReader::Handler::parse_error(std::size_t byte, const std::string&,
                                          const nlohmann::detail::exception& error) {
  // The library's text starts with an id and its own position; ours is given by the caller.
  std::string message = error.what();
  if (const std::size_t colon = message.find("; last read"); colon != std::string::npos) {
    message.resize(colon);
  }
  if (const std::size_t colon = message.rfind(": "); colon != std::string::npos) {
    message.erase(0, colon + 2);
  }
  syntax = JsonSyntaxError{byte == 0 ? 0 : byte - 1, std::move(message)};
  return false;
}

bool InstanceReader::Handler::start_object(std::size_t) {
  open(false);
  return true;
}

bool InstanceReader::Handler::start_array(std::size_t) {
  open(true);
  return true;
}

void InstanceReader::Handler::open(bool array) {
  const bool is_table = std::find(kTables.begin(), kTables.end(), root_key_) != kTables.end();
  if (place_ == Place::kSkipped) {
    ++skipped_depth_;
    return;
  }
  if (place_ == Place::kOutside && !array) {
    place_ = Place::kRoot;
    return;
  }
  if (place_ == Place::kRoot && !array && is_table) {
    place_ = Place::kTable;
    table_ = root_key_;
    return;
  }
  if (place_ == Place::kTable && array && column_ != nullptr && !column_->scalar()) {
    place_ = Place::kColumn;
    element_ = 0;
    return;
  }
  any_value({array ? Value::Kind::kList : Value::Kind::kMap, 0.0, nullptr});
  before_skip_ = place_;
  place_ = Place::kSkipped;
  skipped_depth_ = 1;
}

bool InstanceReader::Handler::end() {
  switch (place_) {
    case Place::kSkipped:
      if (--skipped_depth_ == 0) place_ = before_skip_;
      break;
    case Place::kColumn:
      place_ = Place::kTable;
      column_ = nullptr;
      break;
    case Place::kTable: place_ = Place::kRoot; break;
    case Place::kRoot:
    case Place::kOutside: place_ = Place::kOutside; break;
  }
  return true;
}

bool InstanceReader::Handler::key(std::string& name) {
  if (place_ == Place::kRoot) root_key(name);
  if (place_ == Place::kTable) table_key(name);
  return true;
}

void InstanceReader::Handler::root_key(const std::string& name) {
  root_key_ = name;
  const auto table = std::find(kTables.begin(), kTables.end(), name);
  bool* seen = name == "format"   ? &format_seen_
               : name == "budget" ? &budget_seen_
               : table != kTables.end()
                   ? &table_seen_[static_cast<std::size_t>(table - kTables.begin())]
                   : nullptr;
  if (seen == nullptr) {
    std::vector<std::string> known(kTables.begin(), kTables.end());
    known.insert(known.end(), {"format", "budget"});
    errors.add(ErrorCode::kUnknownKey, "/" + name, fmt::format("unknown key '{}'", name),
               suggest(name, known));
    return;
  }
  if (*seen) errors.add(ErrorCode::kDuplicate, "/" + name, fmt::format("key '{}' twice", name));
  *seen = true;
}

void InstanceReader::Handler::table_key(const std::string& name) {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Column& column) {
    return column.table == table_ && column.key == name;
  });
  column_ = found == all_.end() ? nullptr : &*found;
  const std::string pointer = fmt::format("/{}/{}", table_, name);
  if (column_ == nullptr) {
    std::vector<std::string> known;
    for (const Column& column : all_) {
      if (column.table == table_) known.emplace_back(column.key);
    }
    errors.add(ErrorCode::kUnknownKey, pointer, fmt::format("unknown key '{}'", name),
               suggest(name, known));
    return;
  }
  if (column_->seen) {
    errors.add(ErrorCode::kDuplicate, pointer, fmt::format("key '{}' twice", name));
    column_ = nullptr;  // the first one counts
    return;
  }
  column_->seen = true;
}

bool InstanceReader::Handler::any_value(const Value& value) {
  switch (place_) {
    case Place::kColumn: writer_.append(*column_, element_++, value); return true;
    case Place::kRoot: root_value(value); return true;
    case Place::kTable:
      if (column_ != nullptr && column_->scalar()) {
        writer_.append(*column_, 0, value);
      } else if (column_ != nullptr) {
        errors.add(ErrorCode::kWrongType, column_->pointer(),
                   fmt::format("expected a list, found {}", value.kind_name()));
        complete = false;
      }
      return true;
    case Place::kOutside:
      errors.add(ErrorCode::kWrongType, "/",
                 fmt::format("expected a map, found {}", value.kind_name()));
      complete = false;
      return true;
    case Place::kSkipped: return true;
  }
  return true;
}

void InstanceReader::Handler::root_value(const Value& value) {
  if (root_key_ == "format") {
    if (value.kind != Value::Kind::kString) {
      errors.add(ErrorCode::kWrongType, "/format",
                 fmt::format("expected a string, found {}", value.kind_name()));
    } else if (*value.text != kFormat) {
      errors.add(ErrorCode::kUnsupported, "/format",
                 fmt::format("format '{}' is not supported; expected '{}'", *value.text, kFormat));
      complete = false;
    }
  } else if (root_key_ == "budget") {
    if (value.kind == Value::Kind::kNull) return;
    if (value.kind != Value::Kind::kNumber) {
      errors.add(ErrorCode::kWrongType, "/budget",
                 fmt::format("expected a number or null, found {}", value.kind_name()));
    } else if (!(value.number >= 0.0 && value.number < CostRate::kMaxUsdPerHour)) {
      errors.add(ErrorCode::kOutOfRange, "/budget",
                 fmt::format("{} USD/h must be at least 0 and below {:.0e}", value.number,
                             CostRate::kMaxUsdPerHour));
    } else {
      columns.budget = CostRate::usd_per_hour(value.number);
    }
  } else if (std::find(kTables.begin(), kTables.end(), root_key_) != kTables.end()) {
    errors.add(ErrorCode::kWrongType, "/" + root_key_,
               fmt::format("expected a map of columns, found {}", value.kind_name()));
    complete = false;
  }
}

void InstanceReader::Handler::finish() {
  if (!complete) return;  // not an instance at all: what it lacks is no news
  if (!format_seen_) {
    errors.add(ErrorCode::kMissing, "/format", fmt::format("missing; expected \"{}\"", kFormat));
  }
  for (const Column& column : all_) {
    const auto table = std::find(kTables.begin(), kTables.end(), column.table) - kTables.begin();
    const auto at = static_cast<std::size_t>(table);
    const bool left_out = at >= kFirstOptionalTable && !table_seen_[at];
    if (column.seen || left_out) continue;
    errors.add(ErrorCode::kMissing, column.pointer(), "this column is missing");
    complete = false;
  }
}

InstanceReader::InstanceReader() : handler_(std::make_unique<Handler>()) {}
InstanceReader::~InstanceReader() = default;

std::optional<JsonSyntaxError> InstanceReader::read(std::string_view json) {
  nlohmann::json::sax_parse(json, handler_.get());
  if (handler_->syntax) return handler_->syntax;
  handler_->finish();
  return std::nullopt;
}

ErrorList InstanceReader::errors() && { return std::move(handler_->errors); }
bool InstanceReader::complete() const { return handler_->complete; }
InstanceColumns InstanceReader::columns() && { return std::move(handler_->columns); }

}  // namespace berth
