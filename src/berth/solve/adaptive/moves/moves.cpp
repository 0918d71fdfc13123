#include <array>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {
namespace {

constexpr std::array kMoves = {
    Move{"relocate", relocate, 1.0},
    Move{"swap", swap_classes, 1.0},
    Move{"drop-replica", drop_replica, 1.5},
    Move{"replace-option", replace_option, 1.0},
    Move{"open", open_option, 1.5},
    Move{"scale-parallelism", scale_parallelism, 0.5},
    Move{"consolidate-replicas", consolidate_replicas, 1.0, true},
    Move{"consolidate-boxes", consolidate_boxes, 1.0, true, true},
    Move{"change-pool", change_pool, 2.0, true, true},
    Move{"joint", joint, 3.0},
};

}  // namespace

std::span<const Move> moves() { return kMoves; }

double weight_in(const Market& market, const Move& move, bool consolidation) {
  if (move.needs_boxes && !market.boxes) return 0.0;
  return move.consolidates && !consolidation ? 0.0 : move.weight;
}

}  // namespace berth::adaptive
