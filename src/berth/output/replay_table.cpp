#include "berth/output/replay_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

std::string share_words(double share) {
  return share > 0.0 && share < 5e-5 ? "<0.01 %" : fmt::format("{:.2f} %", 100.0 * share);
}

std::string money(double usd) { return format_usd(CostRate::usd_per_hour(usd)); }

const ReplayedPolicy* named(const ReplayResult& result, const char* name) {
  const auto found = std::find_if(result.policies.begin(), result.policies.end(),
                                  [name](const ReplayedPolicy& p) { return p.name == name; });
  return found == result.policies.end() ? nullptr : &*found;
}

/// The re-planning policy that costs least, or the cheapest at all.
const ReplayedPolicy& hero(const ReplayResult& result) {
  const ReplayedPolicy* best = nullptr;
  for (const char* name : {"agh", "gh", "milp"}) {
    const ReplayedPolicy* policy = named(result, name);
    if (policy == nullptr) continue;
    if (best == nullptr || summarise(*policy, result).cost < summarise(*best, result).cost) {
      best = policy;
    }
  }
  if (best != nullptr) return *best;
  return *std::min_element(result.policies.begin(), result.policies.end(),
                           [&](const ReplayedPolicy& a, const ReplayedPolicy& b) {
                             return summarise(a, result).cost < summarise(b, result).cost;
                           });
}

std::string compared(const ReplaySummary& own, const ReplaySummary& other, const char* name) {
  const double less = other.cost > 0.0 ? 1.0 - own.cost / other.cost : 0.0;
  const char* promises = own.violation_rate <= other.violation_rate + 1e-12
                             ? "no more broken promises"
                             : "more broken promises";
  return fmt::format("{:.1f} % {} than {} at {}", 100.0 * std::abs(less),
                     less >= 0.0 ? "less" : "more", name, promises);
}

}  // namespace

std::string replay_answer(const ReplayResult& result) {
  const ReplayedPolicy& policy = hero(result);
  const ReplaySummary own = summarise(policy, result);
  std::string text = fmt::format("{} costs {} in all and breaks {} of the promises", policy.name,
                                 money(own.cost), share_words(own.violation_rate));
  for (const char* name : {"static-peak", "threshold", "oracle"}) {
    const ReplayedPolicy* other = named(result, name);
    if (other == nullptr || other == &policy) continue;
    text += "; " + compared(own, summarise(*other, result), name);
  }
  if (const ReplayedPolicy* fresh = named(result, "fresh"); fresh != nullptr && fresh != &policy) {
    text += fmt::format("; {} replicas start or stop, {} when planned anew",
                        format_count(own.changes), format_count(summarise(*fresh, result).changes));
  }
  return text + ".";
}

std::string to_table(const ReplayResult& result, const TableStyle& style) {
  std::string out =
      paint("Replay of " + printable(result.series) + " against " + printable(result.fleet),
            Tone::kStrong, style.color) +
      "\n";
  out += fmt::format(
      "  {} of {}, {} classes, the next window {}; replayed in {}\n",
      format_count(result.demand.size(), "window", "windows"), format_seconds(result.window_s),
      result.classes,
      result.forecast == ForecastKind::kKnown
          ? "known"
          : std::string("forecast: ") + kForecastNames[static_cast<int>(result.forecast)],
      format_seconds(result.wall_s));
  if (result.missing > 0) {
    out += fmt::format("  {} (window, class) pairs were not measured: as the window before\n",
                       format_count(result.missing));
  }
  TextGrid grid({{"POLICY"},
                 {"COST", Align::kRight},
                 {"CHANGES COST", Align::kRight},
                 {"VIOLATED", Align::kRight},
                 {"UNMET", Align::kRight},
                 {"CHANGES", Align::kRight},
                 {"PLANNING", Align::kRight},
                 {"LONGEST", Align::kRight},
                 {"NO PLAN", Align::kRight}});
  for (const ReplayedPolicy& policy : result.policies) {
    const ReplaySummary sum = summarise(policy, result);
    grid.add_row({{policy.name, &policy == &hero(result) ? Tone::kStrong : Tone::kPlain},
                  {money(sum.cost)},
                  {money(sum.switching)},
                  {share_words(sum.violation_rate)},
                  {share_words(sum.unmet_share)},
                  {format_count(sum.changes)},
                  {format_seconds(sum.planning_mean_s)},
                  {format_seconds(sum.planning_max_s)},
                  {sum.failed > 0 ? format_count(sum.failed) : "-"}});
  }
  out += "\n" + grid.render(style.terminal(), style.color);
  return out +
         "\n  COST: USD over all windows, that of CHANGES in it. VIOLATED: of (window, class) "
         "pairs.\n  CHANGES: replicas started and stopped. PLANNING: of one window, mean and "
         "longest.\n  NO PLAN: windows in which none was found, so what ran went on.\n\n  " +
         wrap(replay_answer(result), style.cells() - 2, 2) + "\n";
}

}  // namespace berth
