#pragma once
// Names and aliases must lead to one entry each, whatever their case. Private to this room.

#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/draft.h"

namespace berth::catalog_draft {

/// What an entry is called. Not owned.
struct Naming {
  const std::string* name = nullptr;
  const std::vector<std::string>* aliases = nullptr;
  const Places* places = nullptr;
};

/// Records kDuplicate for every alias that already means an entry of another name. `what`: "GPU",
/// "model".
void check_name_clashes(const std::vector<Naming>& entries, std::string_view what, Errors& errors);

}  // namespace berth::catalog_draft
