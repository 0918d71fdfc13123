#include "berth/catalog/name_clashes.h"

#include <cstddef>
#include <map>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth::catalog_draft {

void check_name_clashes(const std::vector<Naming>& entries, std::string_view what, Errors& errors) {
  std::map<std::string, std::size_t> owner;  // lower-case name or alias -> entry
  for (std::size_t i = 0; i < entries.size(); ++i) owner.emplace(to_lower(*entries[i].name), i);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const std::string& alias : *entries[i].aliases) {
      const std::string key = to_lower(alias);
      const auto [place, inserted] = owner.emplace(key, i);
      if (inserted || to_lower(*entries[place->second].name) == to_lower(*entries[i].name))
        continue;
      errors.push_back({ErrorCode::kDuplicate,
                        fmt::format("alias '{}' of {} '{}' already means '{}'", alias, what,
                                    *entries[i].name, *entries[place->second].name),
                        entries[i].places->of("alias " + key),
                        {}});
    }
  }
}

}  // namespace berth::catalog_draft
