#include "berth/solve/greedy/diagnosis.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace berth::greedy {
namespace {

constexpr std::size_t kBlockers = 7;

const char* words(Blocker blocker) {
  switch (blocker) {
    case Blocker::kNone: return "nothing";
    case Blocker::kNoOption: return "no option serves it";
    case Blocker::kGpus: return "GPUs or replicas that can be had";
    case Blocker::kBudget: return "budget";
    case Blocker::kDelay: return "average delay limit";
    case Blocker::kError: return "average error limit";
    case Blocker::kGroup: return "another option of its group is active";
  }
  return "";
}

/// What stops one more replica of the entry's option from serving its class now.
Blocker blocker_now(const GreedyTable& table, const Placement& placement, std::size_t d,
                    const Entry& entry) {
  if (table.blocker[d] != Blocker::kNone) return table.blocker[d];
  if (placement.average_room(entry) <= 0.0) {
    return entry.delay_excess > 0.0 ? Blocker::kDelay : Blocker::kError;
  }
  if (placement.rival(d) >= 0) return Blocker::kGroup;
  const std::size_t r = table.pool[d];
  if (placement.replicas(d) >= table.max_replicas[d] ||
      placement.gpus(r) + table.units[d] > table.pools[r].obtainable()) {
    return Blocker::kGpus;
  }
  if (placement.rental_change(r, table.units[d]) == Placement::kNeverFits) return Blocker::kBudget;
  return Blocker::kNone;
}

/// The most options that stop for one reason come first.
std::string reasons(const std::array<std::size_t, kBlockers>& count) {
  std::array<std::size_t, kBlockers> order{};
  for (std::size_t k = 0; k < kBlockers; ++k) order[k] = k;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return count[a] > count[b]; });
  std::string text;
  for (const std::size_t k : order) {
    const auto blocker = static_cast<Blocker>(k);
    if (count[k] == 0 || blocker == Blocker::kNone) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} ({} option{})", words(blocker), count[k], count[k] == 1 ? "" : "s");
  }
  return text.empty() ? "the time or iteration limit" : text;
}

}  // namespace

std::string diagnose(const GreedyTable& table, const Placement& placement,
                     std::span<const std::uint32_t> uncovered) {
  const auto& instance = table.instance;
  const auto& columns = instance.columns();
  std::string text;
  for (const std::uint32_t i : uncovered) {
    std::array<std::size_t, kBlockers> count{};
    const ClassId id(i);
    for (std::size_t p = instance.first_pair(id); p < instance.end_pair(id); ++p) {
      const std::size_t d = columns.pairs.option[p].index();
      const auto entries = table.entries_of(d);
      const auto entry = std::lower_bound(
          entries.begin(), entries.end(), i,
          [](const Entry& e, std::uint32_t query_class) { return e.query_class < query_class; });
      ++count[static_cast<std::size_t>(blocker_now(table, placement, d, *entry))];
    }
    const bool none = instance.first_pair(id) == instance.end_pair(id);
    if (!text.empty()) text += "; ";
    text +=
        fmt::format("class '{}': {:.4g} of its demand is not served, {:.4g} may be; stopped by: {}",
                    columns.classes.name[i], placement.remaining(i), columns.classes.max_unmet[i],
                    none ? words(Blocker::kNoOption) : reasons(count));
  }
  return text;
}

bool proves_infeasible(const GreedyTable& table, std::span<const std::uint32_t> uncovered) {
  return std::any_of(uncovered.begin(), uncovered.end(), [&](std::uint32_t i) {
    // M1 is exact: an option it drops can run in no plan.
    const ClassId id(i);
    const auto& option = table.instance.columns().pairs.option;
    for (std::size_t p = table.instance.first_pair(id); p < table.instance.end_pair(id); ++p) {
      if (table.blocker[option[p].index()] == Blocker::kNone) return false;
    }
    return true;
  });
}

}  // namespace berth::greedy
