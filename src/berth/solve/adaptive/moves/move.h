#pragma once
// A move changes which replicas there are; refill and prune (workbench.h) complete it, and the
// exact cost decides. One file per move; docs/moves.md has a page on each and on adding one.

#include <span>
#include <string_view>

#include "berth/solve/adaptive/workbench.h"

namespace berth::adaptive {

struct Move {
  std::string_view name;
  /// Changes the state. False if there was nothing to do or it failed; what it changed until then
  /// stays, and the search puts the state back.
  bool (*make)(Workbench&);
  double weight = 1.0;  ///< how often it is tried, relative to the others
  bool consolidates = false;
  bool needs_boxes = false;  ///< nothing to do where GPUs come one by one at one price
};

/// All of them.
[[nodiscard]] std::span<const Move> moves();

/// Its weight in a search of that market; 0 if there it has nothing to do, or is switched off.
[[nodiscard]] double weight_in(const Market& market, const Move& move, bool consolidation);

bool relocate(Workbench& bench);
bool swap_classes(Workbench& bench);
bool drop_replica(Workbench& bench);
bool replace_option(Workbench& bench);
bool open_option(Workbench& bench);
bool scale_parallelism(Workbench& bench);
bool consolidate_replicas(Workbench& bench);
bool consolidate_boxes(Workbench& bench);
bool change_pool(Workbench& bench);
bool joint(Workbench& bench);

}  // namespace berth::adaptive
