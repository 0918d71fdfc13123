#include "berth/instance/instance_sax.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/text.h"

namespace berth {
namespace {

constexpr std::string_view kFormat = "berth.instance/1";

// Where the values of a column go, by what they mean.
struct Text {
  std::vector<std::string>* to;
};
struct Real {
  std::vector<double>* to;
  bool null_is_no_limit = false;
};
struct Money {
  std::vector<CostRate>* to;
};
struct Count {
  std::vector<std::int32_t>* to;
  bool null_is_unlimited = false;
};
template <class Id>
struct Index {
  std::vector<Id>* to;
};
struct Group {
  InstanceColumns::Options* to;
};
using Sink =
    std::variant<Text, Real, Money, Count, Index<PoolId>, Index<OptionId>, Index<ClassId>, Group>;

struct Column {
  std::string_view table;
  std::string_view key;
  Sink sink;
  bool seen = false;

  [[nodiscard]] std::string pointer() const { return fmt::format("/{}/{}", table, key); }
};

std::vector<Column> columns_of(InstanceColumns& c) {
  return {
      {"classes", "name", Text{&c.classes.name}},
      {"classes", "unmet_cost", Money{&c.classes.unmet_cost}},
      {"classes", "max_unmet", Real{&c.classes.max_unmet}},
      {"classes", "max_delay", Real{&c.classes.max_delay, true}},
      {"classes", "max_error", Real{&c.classes.max_error, true}},
      {"pools", "name", Text{&c.pools.name}},
      {"offers", "name", Text{&c.offers.name}},
      {"offers", "pool", Index<PoolId>{&c.offers.pool}},
      {"offers", "lot", Count{&c.offers.lot}},
      {"offers", "cost", Money{&c.offers.cost}},
      {"offers", "max", Count{&c.offers.max, true}},
      {"options", "name", Text{&c.options.name}},
      {"options", "pool", Index<PoolId>{&c.options.pool}},
      {"options", "units", Count{&c.options.units}},
      {"options", "fixed_cost", Money{&c.options.fixed_cost}},
      {"options", "max_replicas", Count{&c.options.max_replicas, true}},
      {"options", "group", Group{&c.options}},
      {"pairs", "option", Index<OptionId>{&c.pairs.option}},
      {"pairs", "class", Index<ClassId>{&c.pairs.query_class}},
      {"pairs", "load", Real{&c.pairs.load}},
      {"pairs", "delay", Real{&c.pairs.delay}},
      {"pairs", "error", Real{&c.pairs.error}},
      {"pairs", "cost", Money{&c.pairs.cost}},
  };
}

constexpr std::array<std::string_view, 5> kTables = {"classes", "pools", "offers", "options",
                                                     "pairs"};

/// A value as the parser reports it; of lists and maps only that they are there.
struct Value {
  enum class Kind { kNull, kBoolean, kNumber, kString, kList, kMap } kind = Kind::kNull;
  double number = 0.0;
  std::string* text = nullptr;

  [[nodiscard]] std::string_view kind_name() const {
    constexpr std::array<std::string_view, 6> kNames = {"null",     "a boolean", "a number",
                                                        "a string", "a list",    "a map"};
    return kNames[static_cast<std::size_t>(kind)];
  }
};

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
  void wrong(const Value& value, std::string_view expected);
  void element_error(ErrorCode code, std::string message);
  void root_key(const std::string& name);
  void table_key(const std::string& name);

  bool store(const Text& sink, const Value& value);
  bool store(const Real& sink, const Value& value);
  bool store(const Money& sink, const Value& value);
  bool store(const Count& sink, const Value& value);
  template <class Id>
  bool store(const Index<Id>& sink, const Value& value);
  bool store(const Group& sink, const Value& value);
  /// An integer of [min, max], else an error and `fallback`.
  double integer(const Value& value, double min, double max, double fallback);

  std::vector<Column> all_ = columns_of(columns);
  Place place_ = Place::kOutside;
  std::size_t skipped_depth_ = 0;  // containers open inside a skipped value
  Place before_skip_ = Place::kOutside;
  std::string root_key_;
  std::string table_;
  std::string column_key_;
  Column* column_ = nullptr;
  std::size_t element_ = 0;
  bool format_seen_ = false;
  bool budget_seen_ = false;
  std::array<bool, kTables.size()> table_seen_{};
  std::unordered_map<std::string, std::int32_t> group_numbers_;
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
  if (place_ == Place::kTable && array && column_ != nullptr) {
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
  column_key_ = name;
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
    case Place::kColumn:
      std::visit([&](const auto& sink) { return store(sink, value); }, column_->sink);
      ++element_;
      return true;
    case Place::kRoot: root_value(value); return true;
    case Place::kTable:
      if (column_ != nullptr) {
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

void InstanceReader::Handler::element_error(ErrorCode code, std::string message) {
  errors.add(code, column_->pointer(), element_, std::move(message));
}

void InstanceReader::Handler::wrong(const Value& value, std::string_view expected) {
  element_error(ErrorCode::kWrongType,
                fmt::format("expected {}, found {}", expected, value.kind_name()));
}

bool InstanceReader::Handler::store(const Text& sink, const Value& value) {
  if (value.kind == Value::Kind::kString) {
    sink.to->push_back(std::move(*value.text));
    return true;
  }
  wrong(value, "a string");
  sink.to->emplace_back();
  return false;
}

bool InstanceReader::Handler::store(const Real& sink, const Value& value) {
  if (value.kind == Value::Kind::kNumber) {
    sink.to->push_back(value.number);
    return true;
  }
  if (value.kind == Value::Kind::kNull && sink.null_is_no_limit) {
    sink.to->push_back(kNoLimit);
    return true;
  }
  wrong(value, sink.null_is_no_limit ? "a number or null" : "a number");
  sink.to->push_back(1.0);  // harmless everywhere: a share, a load, an error
  return false;
}

bool InstanceReader::Handler::store(const Money& sink, const Value& value) {
  CostRate cost;
  const bool is_number = value.kind == Value::Kind::kNumber;
  if (!is_number) {
    wrong(value, "a number");
  } else if (!(std::abs(value.number) < CostRate::kMaxUsdPerHour)) {
    element_error(ErrorCode::kOutOfRange, fmt::format("{} USD/h must be below {:.0e}", value.number,
                                                      CostRate::kMaxUsdPerHour));
  } else {
    cost = CostRate::usd_per_hour(value.number);
  }
  sink.to->push_back(cost);
  return is_number;
}

double InstanceReader::Handler::integer(const Value& value, double min, double max,
                                        double fallback) {
  if (value.kind != Value::Kind::kNumber) {
    wrong(value, "an integer");
  } else if (value.number != std::floor(value.number)) {
    element_error(ErrorCode::kWrongType, fmt::format("expected an integer, found {}", value.number));
  } else if (value.number < min || value.number > max) {
    element_error(ErrorCode::kOutOfRange,
                  fmt::format("{} must be between {} and {}", value.number, min, max));
  } else {
    return value.number;
  }
  return fallback;
}

bool InstanceReader::Handler::store(const Count& sink, const Value& value) {
  if (value.kind == Value::Kind::kNull && sink.null_is_unlimited) {
    sink.to->push_back(kUnlimited);
    return true;
  }
  constexpr double kLargest = std::numeric_limits<std::int32_t>::max() - 1;
  sink.to->push_back(static_cast<std::int32_t>(integer(value, -kLargest, kLargest, 1.0)));
  return true;
}

template <class Id>
bool InstanceReader::Handler::store(const Index<Id>& sink, const Value& value) {
  constexpr double kLargest = std::numeric_limits<std::uint32_t>::max() - 1;
  sink.to->push_back(Id(static_cast<std::uint32_t>(integer(value, 0.0, kLargest, 0.0))));
  return true;
}

bool InstanceReader::Handler::store(const Group& sink, const Value& value) {
  std::int32_t number = kNoGroup;
  if (value.kind == Value::Kind::kString) {
    const auto next = static_cast<std::int32_t>(group_numbers_.size());
    const auto [entry, added] = group_numbers_.try_emplace(*value.text, next);
    if (added) sink.to->group_name.push_back(*value.text);
    number = entry->second;
  } else if (value.kind != Value::Kind::kNull) {
    wrong(value, "a group's name or null");
  }
  sink.to->group.push_back(number);
  return true;
}

void InstanceReader::Handler::finish() {
  if (!complete) return;  // not an instance at all: what it lacks is no news
  if (!format_seen_) {
    errors.add(ErrorCode::kMissing, "/format", fmt::format("missing; expected \"{}\"", kFormat));
  }
  for (const Column& column : all_) {
    if (column.seen) continue;
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
