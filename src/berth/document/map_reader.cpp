#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/reader.h"
#include "berth/document/tree_builder.h"

namespace berth {
namespace {

/// Stands in for what is not a map, so that reading can go on.
const Node& empty_map() {
  static const Node node = [] {
    Node map;
    map.kind = Node::Kind::kMap;
    return map;
  }();
  return node;
}

/// A value inside the range, returned along with a recorded error.
double harmless(const Range& range) {
  if (std::isfinite(range.min) && std::isfinite(range.max)) return 0.5 * (range.min + range.max);
  if (std::isfinite(range.min)) return range.exclusive_min ? range.min + 1.0 : range.min;
  return std::isfinite(range.max) ? range.max - 1.0 : 0.0;
}

}  // namespace

MapReader::MapReader(const Document& document, Errors& errors)
    : MapReader(ValueReader(document, document.root, {}, errors)) {}

MapReader::MapReader(const ValueReader& value) : self_(value) {
  if (value.is_map()) return;
  if (value.is_null() && value.pointer().empty()) {
    value.fail(ErrorCode::kMissing, "the file is empty");
  } else {
    value.fail_type("a map");
  }
  self_.node_ = &empty_map();
}

const Node* MapReader::look_up(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return self_.node().find(key);
}

bool MapReader::has(std::string_view key) const { return self_.node().find(key) != nullptr; }

std::optional<ValueReader> MapReader::find(std::string_view key) {
  const Node* node = look_up(key);
  if (node == nullptr || node->kind == Node::Kind::kNull) return std::nullopt;
  return ValueReader(*self_.document_, *node, self_.pointer() + "/" + pointer_token(key),
                     *self_.errors_);
}

std::optional<ValueReader> MapReader::require(std::string_view key) {
  const Node* node = look_up(key);
  if (node == nullptr) {
    // A map that is not one has been reported already; its keys are not missing one by one.
    if (&self_.node() != &empty_map())
      fail(ErrorCode::kMissing, fmt::format("the key '{}' is missing", key));
    return std::nullopt;
  }
  ValueReader value(*self_.document_, *node, self_.pointer() + "/" + pointer_token(key),
                    *self_.errors_);
  if (node->kind != Node::Kind::kNull) return value;
  value.fail(ErrorCode::kMissing, fmt::format("the key '{}' has no value", key));
  return std::nullopt;
}

double MapReader::number(std::string_view key, Range range, std::optional<double> fallback) {
  const auto value = fallback ? find(key) : require(key);
  if (!value) return fallback.value_or(harmless(range));
  return value->number(range).value_or(fallback.value_or(harmless(range)));
}

long long MapReader::integer(std::string_view key, Range range, std::optional<long long> fallback) {
  const auto value = fallback ? find(key) : require(key);
  const auto other = fallback.value_or(static_cast<long long>(std::ceil(harmless(range))));
  if (!value) return other;
  return value->integer(range).value_or(other);
}

std::string MapReader::string(std::string_view key, std::optional<std::string> fallback) {
  const auto value = fallback ? find(key) : require(key);
  if (!value) return fallback.value_or(std::string());
  return value->string().value_or(fallback.value_or(std::string()));
}

bool MapReader::boolean(std::string_view key, std::optional<bool> fallback) {
  const auto value = fallback ? find(key) : require(key);
  if (!value) return fallback.value_or(false);
  return value->boolean().value_or(fallback.value_or(false));
}

std::optional<Seconds> MapReader::optional_duration(std::string_view key, Range range) {
  const auto value = find(key);
  return value ? value->duration(range) : std::nullopt;
}

std::optional<double> MapReader::optional_number(std::string_view key, Range range) {
  const auto value = find(key);
  return value ? value->number(range) : std::nullopt;
}

std::optional<std::string> MapReader::optional_string(std::string_view key) {
  const auto value = find(key);
  return value ? value->string() : std::nullopt;
}

std::vector<ValueReader> MapReader::list(std::string_view key) {
  const auto value = find(key);
  return value ? value->list() : std::vector<ValueReader>();
}

std::vector<std::string> MapReader::strings(std::string_view key) {
  std::vector<std::string> texts;
  for (const ValueReader& item : list(key)) {
    if (auto text = item.string()) texts.push_back(*std::move(text));
  }
  return texts;
}

void MapReader::expect_format(std::string_view expected) {
  const auto value = require("format");
  if (!value) return;
  const auto format = value->string();
  if (!format || *format == expected) return;
  value->fail(ErrorCode::kUnsupported, fmt::format("the format '{}' is not read here", *format),
              fmt::format("expected '{}'", expected));
}

std::vector<std::pair<std::string, ValueReader>> MapReader::entries() {
  std::vector<std::pair<std::string, ValueReader>> all;
  for (const auto& [key, node] : self_.node().fields) {
    known_.push_back(key);
    all.emplace_back(key, ValueReader(*self_.document_, node,
                                      self_.pointer() + "/" + pointer_token(key), *self_.errors_));
  }
  return all;
}

void MapReader::reject_unknown_keys() const {
  for (const auto& [key, node] : self_.node().fields) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const ValueReader value(*self_.document_, node, self_.pointer() + "/" + pointer_token(key),
                            *self_.errors_);
    value.fail(ErrorCode::kUnknownKey, fmt::format("unknown key '{}'", key), suggest(key, known_));
  }
}

void MapReader::fail(ErrorCode code, std::string message, std::string suggestion) const {
  self_.fail(code, std::move(message), std::move(suggestion));
}

}  // namespace berth
