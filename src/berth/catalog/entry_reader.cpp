#include "berth/catalog/entry_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth::catalog_draft {

EntryReader::EntryReader(const ValueReader& value, const FileContext& file, Places& places)
    : map_(value), file_(&file), places_(&places) {
  places_->set_entry(value.where());
}

std::optional<ValueReader> EntryReader::find(std::string_view key) {
  std::optional<ValueReader> value = map_.find(key);
  if (value) {
    places_->set(key, value->where());
    changed_facts_ = true;
  }
  return value;
}

void EntryReader::number(std::string_view key, Range range, double& target, double scale) {
  if (const auto value = find(key)) {
    if (const auto number = value->number(range)) target = *number * scale;
  }
}

void EntryReader::integer(std::string_view key, Range range, int& target) {
  if (const auto value = find(key)) {
    if (const auto number = value->integer(range)) target = static_cast<int>(*number);
  }
}

void EntryReader::text(std::string_view key, std::string& target) {
  if (const auto value = map_.find(key)) {
    places_->set(key, value->where());
    if (auto text = value->string()) target = *std::move(text);
  }
}

void EntryReader::size(std::string_view key, Range range, double& target) {
  if (const auto value = find(key)) {
    if (const auto bytes = value->size(range)) target = *bytes;
  }
}

void EntryReader::duration(std::string_view key, double& target) {
  if (const auto value = find(key)) {
    if (const auto seconds = value->duration(kNotNegative)) target = seconds->value;
  }
}

void EntryReader::boolean(std::string_view key, bool& target) {
  if (const auto value = find(key)) {
    if (const auto flag = value->boolean()) target = *flag;
  }
}

void EntryReader::aliases(std::vector<std::string>& target) {
  for (const ValueReader& item : map_.list("aliases")) {
    const auto alias = item.string();
    if (!alias) continue;
    places_->set("alias " + to_lower(*alias), item.where());
    const bool known = std::any_of(target.begin(), target.end(), [&](const std::string& other) {
      return to_lower(other) == to_lower(*alias);
    });
    if (!known) target.push_back(*alias);
  }
}

bool EntryReader::optional_source(std::string_view key, Source& target) {
  const auto value = map_.find(key);
  if (!value) return false;
  places_->set(key, value->where());
  if (auto source = read_source(*value, file_->sources)) target = *std::move(source);
  return true;
}

void EntryReader::source(std::string_view key, bool is_new, Source& target) {
  if (optional_source(key, target)) return;
  if (file_->fallback) {
    target = *file_->fallback;
  } else if (is_new) {
    map_.fail(ErrorCode::kMissing, fmt::format("'{}' is missing: every number needs a source", key),
              fmt::format("add '{}: {{text: .., date: 2026-01-31}}' here or 'source:' once at the "
                          "top of the file",
                          key));
  } else if (changed_facts_) {
    target.text = fmt::format("changed in {}; before: {}", file_->name, target.text);
    target.verified = false;
  }
}

void EntryReader::require(const std::vector<std::string_view>& keys, std::string_view what) {
  for (const std::string_view key : keys) {
    if (!places_->has(key)) {
      map_.fail(ErrorCode::kMissing, fmt::format("'{}' is missing: {} needs it", key, what));
    }
  }
}

}  // namespace berth::catalog_draft
