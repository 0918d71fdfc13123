// Values of berth.deploy/1 over those that are there.

#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/names.h"
#include "berth/manifest/settings_reader.h"

namespace berth::manifest {
namespace {

bool matches(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

constexpr const char* kQualifiedName =
    "([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
constexpr const char* kLabelValue = "([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?";
constexpr const char* kVariable = "[A-Za-z_][A-Za-z0-9_.-]*";

void check_entry(const ValueReader& entry, const std::string& key, const std::string& value,
                 Form form) {
  const bool label = form == Form::kLabels;
  if ((label || form == Form::kAnnotations) && !matches(key, kQualifiedName)) {
    entry.fail(ErrorCode::kOutOfRange, fmt::format("'{}' is no key of a label", key),
               "letters, digits, '-', '_' and '.', perhaps after 'example.com/'");
  }
  if (form == Form::kEnvironment && !matches(key, kVariable)) {
    entry.fail(ErrorCode::kOutOfRange, fmt::format("'{}' is no name of a variable", key));
  }
  if (label && !matches(value, kLabelValue)) {
    entry.fail(ErrorCode::kOutOfRange, fmt::format("'{}' is no value of a label", value),
               "at most 63 letters, digits, '-', '_' and '.'");
  }
}

/// Texts, and what stands without quotes and looks like something else ("1", true).
std::optional<std::string> scalar_of(const ValueReader& value) {
  const Node::Kind kind = value.node().kind;
  if (kind == Node::Kind::kNumber || kind == Node::Kind::kBoolean) return value.node().text;
  if (kind == Node::Kind::kString) return value.node().text;
  return value.string();
}

}  // namespace

void SettingsReader::finish(MapReader& map, const std::string& section) const {
  map.reject_unknown_keys();
  if (keys == nullptr) return;
  std::vector<std::string>& known = (*keys)[section];
  known.assign(map.known_keys().begin(), map.known_keys().end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
}

void read_text(MapReader& map, std::string_view key, std::string& value, bool nullable) {
  const bool given = map.has(key);
  const auto found = map.find(key);
  if (!found) {
    if (given && nullable) value.clear();
    if (given && !nullable) {
      map.fail(ErrorCode::kMissing, fmt::format("'{}' must not be null", key));
    }
    return;
  }
  if (nullable && found->node().kind == Node::Kind::kString && found->node().text.empty()) {
    value.clear();
    return;
  }
  if (auto text = scalar_of(*found)) value = *std::move(text);
}

void read_texts(MapReader& map, std::string_view key, std::vector<std::string>& value) {
  const auto found = map.find(key);
  if (!found) return;
  std::vector<std::string> texts;
  for (const ValueReader& item : found->list()) {
    if (auto text = scalar_of(item)) texts.push_back(*std::move(text));
  }
  value = std::move(texts);
}

void read_flag(MapReader& map, std::string_view key, bool& value) {
  value = map.boolean(key, value);
}

void read_whole(MapReader& map, std::string_view key, int& value, Range range) {
  value = static_cast<int>(map.integer(key, range, value));
}

void read_number(MapReader& map, std::string_view key, double& value, Range range) {
  value = map.number(key, range, value);
}

void read_time(MapReader& map, std::string_view key, Seconds& value) {
  constexpr Range kTimes{.min = 0.0, .max = 1e6, .exclusive_min = true};
  if (const auto time = map.optional_duration(key, kTimes)) value = *time;
}

void read_bytes(MapReader& map, std::string_view key, double& value) {
  constexpr Range kSizes{.min = 0.0, .max = 1e15, .exclusive_min = true};
  const bool given = map.has(key);
  const auto found = map.find(key);
  if (!found) {
    if (given) value = 0.0;
    return;
  }
  if (const auto bytes = found->size(kSizes)) value = *bytes;
}

void read_word(MapReader& map, std::string_view key, std::string& value,
               const std::vector<std::string>& known) {
  const auto found = map.find(key);
  if (!found) return;
  auto word = found->string();
  if (!word) return;
  if (std::find(known.begin(), known.end(), *word) == known.end()) {
    found->fail(ErrorCode::kUnknownName, fmt::format("unknown {} '{}'", key, *word),
                suggest(*word, known));
    return;
  }
  value = *std::move(word);
}

void read_table(MapReader& map, std::string_view key, Labels& table, Form form) {
  const auto found = map.find(key);
  if (!found) return;
  for (const auto& [name, entry] : found->map().entries()) {
    if (entry.is_null()) {
      table.erase(name);
      continue;
    }
    if (auto value = scalar_of(entry)) {
      check_entry(entry, name, *value, form);
      table[name] = *std::move(value);
    }
  }
}

void expect_label(MapReader& map, std::string_view key, const std::string& value) {
  if (value.empty() || matches(value, "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) return;
  if (const auto found = map.find(key)) {
    found->fail(ErrorCode::kOutOfRange, fmt::format("'{}' is no name of an object", value),
                "at most 63 lower-case letters, digits and '-'");
  }
}

}  // namespace berth::manifest
