#pragma once
// Names and aliases must lead to one entry each, whatever their case. Private to this room.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "berth/catalog/draft.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {

template <class Draft, class SpecOf>
void check_name_clashes(const std::vector<Draft>& drafts, std::string_view what, SpecOf spec_of,
                        Errors& errors) {
  std::map<std::string, std::size_t> owner;
  for (std::size_t i = 0; i < drafts.size(); ++i) owner.emplace(to_lower(spec_of(drafts[i]).name), i);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    for (const std::string& alias : spec_of(drafts[i]).aliases) {
      const std::string key = to_lower(alias);
      const auto [place, inserted] = owner.emplace(key, i);
      if (inserted || place->second == i) continue;
      errors.push_back({ErrorCode::kDuplicate,
                        fmt::format("alias '{}' of {} '{}' already means '{}'", alias, what,
                                    spec_of(drafts[i]).name, spec_of(drafts[place->second]).name),
                        drafts[i].places.of("alias " + key),
                        {}});
    }
  }
}

}  // namespace berth::catalog_draft
