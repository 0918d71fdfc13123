#include "berth/http/parameter.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/quantity.h"
#include "berth/core/text.h"

namespace berth {
namespace {

struct Wrong {
  ErrorCode code = ErrorCode::kWrongType;
  std::string message;
  std::string suggestion = {};
};
template <class T>
using Read = std::variant<T, Wrong>;

std::vector<std::string> names_of(const RouteParameter& parameter) {
  return {parameter.choices.begin(), parameter.choices.end()};
}

constexpr double kNoLimit = 1e15;  // a `max` that no client means

/// "from 1 to 500", "above 0 s, at most 60 s", "from 1".
std::string bounds_text(const RouteParameter& p, const char* unit = "") {
  std::string text = fmt::format("{} {:g}{}", p.above ? "above" : "from", p.min, unit);
  if (p.max < kNoLimit) {
    text += fmt::format("{} {:g}{}", p.above ? ", at most" : " to", p.max, unit);
  }
  return text;
}

std::optional<Wrong> outside(const RouteParameter& p, double value, const char* unit) {
  const bool low = p.above ? value <= p.min : value < p.min;
  if (!low && value <= p.max) return std::nullopt;
  return Wrong{ErrorCode::kOutOfRange,
               fmt::format("expected {}, found {:g}", bounds_text(p, unit), value)};
}

Read<ParameterValue> bounded(const RouteParameter& p, double value, const char* unit = "") {
  if (auto wrong = outside(p, value, unit)) return *std::move(wrong);
  return ParameterValue(value);
}

Read<ParameterValue> choice(const RouteParameter& p, const std::string& text) {
  const std::vector<std::string> names = names_of(p);
  if (std::find(names.begin(), names.end(), text) != names.end()) return ParameterValue(text);
  return Wrong{ErrorCode::kUnknownName, "no such choice: '" + text + "'", suggest(text, names)};
}

Read<ParameterValue> duration(const RouteParameter& p, const std::string& text) {
  const Result<Seconds> seconds = parse_duration(text);
  if (!seconds) return Wrong{seconds.errors()[0].code, seconds.errors()[0].message};
  return bounded(p, seconds->value, " s");
}

Read<ParameterValue> share(const RouteParameter& p, const std::string& text) {
  const bool percent = !text.empty() && text.back() == '%';
  const auto number = parse_number(percent ? text.substr(0, text.size() - 1) : text);
  if (!number) return Wrong{ErrorCode::kWrongType, "expected a share such as 0.01 or 1%"};
  return bounded(p, percent ? 0.01 * *number : *number);
}

/// Of UTF-8: bytes that begin a character.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Read<ParameterValue> plain_text(const RouteParameter& p, const std::string& text) {
  const auto length = static_cast<double>(characters(text));
  if (length >= p.min && length <= p.max) return ParameterValue(text);
  return Wrong{
      ErrorCode::kOutOfRange,
      fmt::format("expected {:.0f} to {:.0f} characters, found {:.0f}", p.min, p.max, length)};
}

Read<ParameterValue> flag(const std::string& text) {
  if (text.empty() || text == "true" || text == "1") return ParameterValue(true);
  if (text == "false" || text == "0") return ParameterValue(false);
  return Wrong{ErrorCode::kWrongType, "expected true or false"};
}

Read<ParameterValue> whole(const RouteParameter& p, std::optional<long long> value) {
  if (!value) return Wrong{ErrorCode::kWrongType, "expected a whole number " + bounds_text(p)};
  if (auto wrong = outside(p, static_cast<double>(*value), "")) return *std::move(wrong);
  return ParameterValue(*value);
}

/// What a path or query can say; lists stand in bodies alone.
Read<ParameterValue> from_text(const RouteParameter& p, const std::string& text) {
  switch (p.type) {
    case ParameterType::kInteger: return whole(p, parse_integer(text));
    case ParameterType::kText: return plain_text(p, text);
    case ParameterType::kChoice: return choice(p, text);
    case ParameterType::kFlag: return flag(text);
    case ParameterType::kDuration: return duration(p, text);
    case ParameterType::kShare: return share(p, text);
    default: break;
  }
  const auto number = parse_number(text);
  if (!number) return Wrong{ErrorCode::kWrongType, "expected a number " + bounds_text(p)};
  return bounded(p, *number);
}

bool is_whole(double value) { return std::nearbyint(value) == value && std::abs(value) <= 1e15; }

Read<ParameterValue> from_number(const RouteParameter& p, double value) {
  switch (p.type) {
    case ParameterType::kInteger:
      return whole(p,
                   is_whole(value) ? std::optional(static_cast<long long>(value)) : std::nullopt);
    case ParameterType::kNumber:
    case ParameterType::kShare: return bounded(p, value);
    case ParameterType::kDuration: return bounded(p, value, " s");
    default: return Wrong{ErrorCode::kWrongType, "expected no number here"};
  }
}

bool takes_text(ParameterType type) {
  return type == ParameterType::kText || type == ParameterType::kChoice ||
         type == ParameterType::kDuration || type == ParameterType::kShare;
}

std::optional<ParameterValue> taken(Read<ParameterValue> read, const ValueReader& value) {
  if (auto* wrong = std::get_if<Wrong>(&read)) {
    value.fail(wrong->code, wrong->message, wrong->suggestion);
    return std::nullopt;
  }
  return std::get<ParameterValue>(std::move(read));
}

std::optional<ParameterValue> read_scalar(const RouteParameter& p, const ValueReader& value) {
  const Node& node = value.node();
  if (node.kind == Node::Kind::kNumber && !takes_text(p.type)) {
    return taken(from_number(p, node.number), value);
  }
  if (node.kind == Node::Kind::kNumber && p.type != ParameterType::kText &&
      p.type != ParameterType::kChoice) {
    return taken(from_number(p, node.number), value);
  }
  if (node.kind == Node::Kind::kBoolean && p.type == ParameterType::kFlag) return node.boolean;
  if (node.kind == Node::Kind::kString && takes_text(p.type)) {
    return taken(from_text(p, node.text), value);
  }
  value.fail(ErrorCode::kWrongType,
             fmt::format("expected another kind of value than {}", to_string(node.kind)));
  return std::nullopt;
}

std::optional<ParameterValue> read_numbers(const RouteParameter& p, const ValueReader& value) {
  std::vector<double> numbers;
  for (const ValueReader& item : value.list()) {
    const auto number = item.number();
    if (!number) return std::nullopt;
    if (const auto wrong = outside(p, *number, "")) {
      item.fail(wrong->code, wrong->message);
      return std::nullopt;
    }
    numbers.push_back(*number);
  }
  if (!value.is_list()) return std::nullopt;
  const bool pair = p.type == ParameterType::kRange;
  if (pair && (numbers.size() != 2 || numbers[0] > numbers[1])) {
    value.fail(ErrorCode::kOutOfRange, "expected [LOW, HIGH]");
    return std::nullopt;
  }
  return numbers;
}

std::optional<ParameterValue> read_words(const RouteParameter& p, const ValueReader& value) {
  std::vector<std::string> words;
  for (const ValueReader& item : value.list()) {
    const auto word = item.string();
    if (!word) return std::nullopt;
    const auto known = taken(choice(p, *word), item);
    if (!known) return std::nullopt;
    words.push_back(*word);
  }
  if (!value.is_list()) return std::nullopt;
  return words;
}

}  // namespace

Result<ParameterValue> parse_parameter(const RouteParameter& parameter, const std::string& text) {
  Read<ParameterValue> read = from_text(parameter, text);
  if (const auto* wrong = std::get_if<Wrong>(&read)) {
    return Error{wrong->code, wrong->message, std::string(parameter.name), wrong->suggestion};
  }
  return std::get<ParameterValue>(std::move(read));
}

std::optional<ParameterValue> read_parameter(const RouteParameter& parameter,
                                             const ValueReader& value) {
  switch (parameter.type) {
    case ParameterType::kRange:
    case ParameterType::kNumbers: return read_numbers(parameter, value);
    case ParameterType::kWords: return read_words(parameter, value);
    default: return read_scalar(parameter, value);
  }
}

}  // namespace berth
