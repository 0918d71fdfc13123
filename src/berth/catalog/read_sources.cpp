#include <cctype>

#include <fmt/format.h>

#include "berth/catalog/draft.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

/// "2026", "2026-07" or "2026-07-31".
bool is_iso_date(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    for (std::size_t i = from; i < from + count; ++i) {
      if (i >= text.size() || std::isdigit(static_cast<unsigned char>(text[i])) == 0) return false;
    }
    return true;
  };
  const auto between = [&](std::size_t from, int low, int high) {
    const int value = (text[from] - '0') * 10 + (text[from + 1] - '0');
    return value >= low && value <= high;
  };
  if (!digits(0, 4)) return false;
  if (text.size() == 4) return true;
  if (text[4] != '-' || !digits(5, 2) || !between(5, 1, 12)) return false;
  if (text.size() == 7) return true;
  return text.size() == 10 && text[7] == '-' && digits(8, 2) && between(8, 1, 31);
}

Source read_source_map(const ValueReader& value) {
  MapReader map(value);
  Source source;
  source.text = map.string("text");
  if (const auto date = map.require("date")) {
    // A bare year reads as a number: only the text as written matters.
    source.date = date->node().text;
    if (!is_iso_date(source.date)) {
      date->fail(ErrorCode::kWrongType, fmt::format("'{}' is not a date", source.date),
                 "write the day the number was read as 2026-01-31, 2026-01 or 2026");
    }
  }
  source.verified = map.boolean("verified", false);
  map.reject_unknown_keys();
  return source;
}

}  // namespace

SourceTable read_sources(MapReader& root) {
  SourceTable sources;
  if (const auto table = root.find("sources")) {
    MapReader map(*table);
    for (const auto& [id, value] : map.entries()) sources.emplace(id, read_source_map(value));
  }
  return sources;
}

std::optional<Source> read_source(const ValueReader& value, const SourceTable& sources) {
  if (value.is_map()) return read_source_map(value);
  const auto id = value.string();
  if (!id) return std::nullopt;
  const auto found = sources.find(*id);
  if (found != sources.end()) return found->second;
  std::vector<std::string> ids;
  for (const auto& [known, source] : sources) ids.push_back(known);
  value.fail(
      ErrorCode::kUnknownName, fmt::format("no source '{}' in this file's 'sources:'", *id),
      ids.empty() ? "give the source itself: {text: .., date: 2026-01-31}" : suggest(*id, ids));
  return std::nullopt;
}

}  // namespace berth::catalog_draft
