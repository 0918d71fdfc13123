#include <cmath>

#include <fmt/format.h>

#include "berth/core/quantity.h"
#include "berth/core/text.h"
#include "berth/document/reader.h"
#include "berth/document/tree_builder.h"

namespace berth {
namespace {

/// Whole numbers up to here are exact in a double.
constexpr double kMaxInteger = 9007199254740992.0;

std::string describe(const Range& range) {
  const bool low = std::isfinite(range.min);
  const bool high = std::isfinite(range.max);
  if (low && high && !range.exclusive_min && !range.exclusive_max) {
    return fmt::format("between {} and {}", shortest(range.min), shortest(range.max));
  }
  std::string text;
  if (low)
    text = fmt::format("{} {}", range.exclusive_min ? "greater than" : "at least",
                       shortest(range.min));
  if (low && high) text += " and ";
  if (high)
    text +=
        fmt::format("{} {}", range.exclusive_max ? "less than" : "at most", shortest(range.max));
  return text;
}

/// "a list", "the text 'abc'", "the number 5": what stands there instead.
std::string describe(const Node& node) {
  constexpr std::size_t kShown = 60;
  std::string text = node.text.substr(0, kShown);
  if (node.text.size() > kShown) text += "...";
  switch (node.kind) {
    case Node::Kind::kNumber: return fmt::format("the number {}", text);
    case Node::Kind::kString: return fmt::format("the text '{}'", text);
    case Node::Kind::kBoolean: return fmt::format("'{}'", text);
    default: return std::string(to_string(node.kind));
  }
}

Result<double> duration_seconds(std::string_view text) {
  Result<Seconds> seconds = parse_duration(text);
  if (!seconds) return std::move(seconds).errors();
  return seconds->value;
}

}  // namespace

std::string ValueReader::where() const { return position(document_->name, node_->line, pointer_); }

void ValueReader::fail(ErrorCode code, std::string message, std::string suggestion) const {
  errors_->push_back({code, std::move(message), where(), std::move(suggestion)});
}

void ValueReader::fail_type(std::string_view expected, std::string suggestion) const {
  if (is_null()) {
    fail(ErrorCode::kMissing, fmt::format("has no value, expected {}", expected),
         std::move(suggestion));
  } else {
    fail(ErrorCode::kWrongType, fmt::format("expected {}, got {}", expected, describe(*node_)),
         std::move(suggestion));
  }
}

bool ValueReader::within(double value, const Range& range) const {
  if (!std::isfinite(value)) {
    fail(ErrorCode::kOutOfRange, fmt::format("must be a finite number, got {}", node_->text));
    return false;
  }
  const bool too_low = value < range.min || (range.exclusive_min && value == range.min);
  const bool too_high = value > range.max || (range.exclusive_max && value == range.max);
  if (!too_low && !too_high) return true;
  fail(ErrorCode::kOutOfRange, fmt::format("must be {}, got {}", describe(range), node_->text));
  return false;
}

std::optional<double> ValueReader::number(Range range) const {
  if (node_->kind != Node::Kind::kNumber) {
    const bool quoted = node_->kind == Node::Kind::kString && parse_number(node_->text).has_value();
    fail_type("a number", quoted ? "remove the quotes" : "");
    return std::nullopt;
  }
  if (!within(node_->number, range)) return std::nullopt;
  return node_->number;
}

std::optional<long long> ValueReader::integer(Range range) const {
  const std::optional<double> value = number(range);
  if (!value) return std::nullopt;
  if (*value != std::floor(*value)) {
    fail(ErrorCode::kWrongType, fmt::format("expected a whole number, got {}", node_->text));
    return std::nullopt;
  }
  if (std::abs(*value) > kMaxInteger) {
    fail(ErrorCode::kOutOfRange, fmt::format("is too large: {}", node_->text));
    return std::nullopt;
  }
  return static_cast<long long>(*value);
}

std::optional<std::string> ValueReader::string() const {
  if (node_->kind == Node::Kind::kString) {
    if (!trim(node_->text).empty()) return node_->text;
    fail(ErrorCode::kMissing, "is empty, expected text");
    return std::nullopt;
  }
  const bool scalar = node_->kind == Node::Kind::kNumber || node_->kind == Node::Kind::kBoolean;
  fail_type("text", scalar ? fmt::format("write it in quotes: \"{}\"", node_->text) : "");
  return std::nullopt;
}

std::optional<bool> ValueReader::boolean() const {
  if (node_->kind == Node::Kind::kBoolean) return node_->boolean;
  const std::string written = to_lower(node_->text);
  std::string suggestion;
  if (written == "yes" || written == "on" || written == "1") suggestion = "write true";
  if (written == "no" || written == "off" || written == "0") suggestion = "write false";
  fail_type("true or false", std::move(suggestion));
  return std::nullopt;
}

std::optional<double> ValueReader::quantity(Result<double> (*parse)(std::string_view),
                                            std::string_view expected, const Range& range) const {
  std::optional<double> value;
  if (node_->kind == Node::Kind::kNumber) {
    value = node_->number;
  } else if (node_->kind == Node::Kind::kString) {
    const Result<double> parsed = parse(node_->text);
    if (!parsed) {
      for (const Error& error : parsed.errors()) fail(error.code, error.message, error.suggestion);
      return std::nullopt;
    }
    value = *parsed;
  } else {
    fail_type(expected);
    return std::nullopt;
  }
  if (!within(*value, range)) return std::nullopt;
  return value;
}

std::optional<Seconds> ValueReader::duration(Range range) const {
  const std::optional<double> seconds =
      quantity(duration_seconds, "a duration such as 50ms", range);
  if (!seconds) return std::nullopt;
  return Seconds(*seconds);
}

std::optional<double> ValueReader::size(Range range) const {
  return quantity(parse_size, "a size such as 80GB", range);
}

std::optional<double> ValueReader::rate(Range range) const {
  return quantity(parse_rate, "a rate such as 12.5 or 90/m", range);
}

std::vector<ValueReader> ValueReader::list() const {
  std::vector<ValueReader> values;
  if (!is_list()) {
    fail_type("a list");
    return values;
  }
  values.reserve(node_->items.size());
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    values.emplace_back(*document_, node_->items[i], fmt::format("{}/{}", pointer_, i), *errors_);
  }
  return values;
}

MapReader ValueReader::map() const { return MapReader(*this); }

}  // namespace berth
