// The clean-up at the end of GH: what later placements made superfluous is released.

#include <algorithm>

#include "berth/solve/greedy/attempt.h"

namespace berth::greedy {

/// Takes option d away and places its demand anew; undone unless that is better.
bool Attempt::replace(std::size_t d) {
  const std::size_t mark = placement_.mark();
  const Standing before = standing();
  for (std::uint32_t e = table_.first[d]; e < table_.first[d + 1]; ++e) {
    if (placement_.share(e) > 0.0) placement_.set_share(e, d, 0.0);
  }
  placement_.set_replicas(d, 0);
  for (const std::uint32_t i : order_) {
    serve(i);
    // Money spent does not come back: once dearer than before, the trial has failed.
    if (missing(i) > before.missing + tolerance::kShare) break;
  }
  if (!budgeted_.reached() && averages_hold_for_users_of(d) && standing() < before) return true;
  placement_.rollback(mark);
  return false;
}

/// An option of below-average error or delay pays for the shares of others.
bool Attempt::averages_hold_for_users_of(std::size_t d) const {
  for (std::uint32_t e = table_.first[d]; e < table_.first[d + 1]; ++e) {
    if (!placement_.averages_hold(table_.entries[e].query_class)) return false;
  }
  return true;
}

/// One sweep over the running options, least used first. Each accepted step lowers the exact cost.
void Attempt::shed() {
  std::vector<std::uint32_t> options(placement_.active().begin(), placement_.active().end());
  std::stable_sort(options.begin(), options.end(), [this](std::uint32_t a, std::uint32_t b) {
    return std::pair(placement_.load(a) * placement_.replicas(b), a) <
           std::pair(placement_.load(b) * placement_.replicas(a), b);
  });
  for (const std::uint32_t d : options) {
    if (budgeted_.reached()) return;
    if (placement_.replicas(d) > 0) replace(d);
  }
}

}  // namespace berth::greedy
