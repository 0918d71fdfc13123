#pragma once
// Where the search begins: one table of starts. Each is GH over another order of the classes.

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "berth/core/id.h"
#include "berth/core/random.h"
#include "berth/instance/instance.h"

namespace berth::adaptive {

struct Start {
  std::string_view name;
  /// The order of the classes; empty = GH's own, descending demand.
  std::vector<ClassId> (*order)(const Instance&, std::span<const double> worth, Random&);
};

/// In the order they are tried: if time is short, the later ones are left out.
[[nodiscard]] std::span<const Start> starts();

}  // namespace berth::adaptive
