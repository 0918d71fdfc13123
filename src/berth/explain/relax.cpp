#include "berth/explain/relax.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "berth/explain/conflict.h"
#include "berth/explain/ladder.h"

namespace berth {
namespace {

/// Conflicts told at most: each is found only after lifting those before.
constexpr std::size_t kMostConflicts = 8;
/// Of the time that is left, how much one price or least rental may take.
constexpr double kShareOfPrice = 0.25;

/// What to lift first where a choice must be made: money and GPUs before promises.
constexpr std::array kGentlest = {
    LimitKind::kQuota,   LimitKind::kReplicas,     LimitKind::kBudget,    LimitKind::kHeadroom,
    LimitKind::kTtft,    LimitKind::kE2e,          LimitKind::kTpot,      LimitKind::kAverageDelay,
    LimitKind::kQuality, LimitKind::kAverageError, LimitKind::kOneConfig, LimitKind::kGroup,
    LimitKind::kUnmet};

std::size_t gentleness(LimitKind kind) {
  return static_cast<std::size_t>(std::find(kGentlest.begin(), kGentlest.end(), kind) -
                                  kGentlest.begin());
}

std::vector<Change> combined(std::span<const Change> a, std::span<const Change> b) {
  std::vector<Change> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

std::vector<Change> lifted(std::span<const std::size_t> members) {
  std::vector<Change> changes;
  for (const std::size_t member : members) changes.push_back({member, {}});
  return changes;
}

/// The smallest budget in whole cents: the least rental, found by solving for it.
void set_least_budget(Prober& prober, std::size_t budget, std::span<const Change> background,
                      Relaxation& relaxation) {
  const std::vector<Change> changes = combined(background, lifted(std::array{budget}));
  const std::optional<PlanFound> least = prober.least_rental(changes, kShareOfPrice);
  if (!least) return;
  constexpr std::int64_t kCent = 10'000;  // micro-dollars
  const std::int64_t whole_cents = (least->cost.micros() + kCent - 1) / kCent;
  const auto cents = static_cast<double>(whole_cents);
  const std::vector<Change> at_least = {{budget, cents / 100.0}};
  if (prober.feasible(combined(background, at_least)) != Answer::kYes) return;
  relaxation.changes = at_least;
  relaxation.smallest = least->lower_bound && *least->lower_bound > (cents - 1.0) / 100.0;
}

}  // namespace

Relaxation relax_together(const Problem& problem, Prober& prober,
                          std::span<const std::size_t> members,
                          std::span<const Change> background) {
  Relaxation relaxation;
  relaxation.changes = lifted(members);
  relaxation.works = prober.feasible(combined(background, relaxation.changes));
  if (relaxation.works != Answer::kYes) return relaxation;
  const LimitKind kind = problem.limits[members.front()].kind;
  if (kind == LimitKind::kGroup || kind == LimitKind::kOneConfig) {
    relaxation.smallest = true;
    return relaxation;
  }
  if (kind == LimitKind::kBudget) {
    set_least_budget(prober, members.front(), background, relaxation);
    return relaxation;
  }
  const auto at = [&](std::int64_t k) { return rung(problem.limits, members, k); };
  const std::optional<Climb> least =
      climb([&](std::int64_t k) { return prober.feasible(combined(background, at(k))); });
  if (!least) return relaxation;
  relaxation.changes = at(least->rung);
  relaxation.smallest = least->sure;
  return relaxation;
}

namespace {

class Search {
 public:
  Search(const Problem& problem, Prober& prober, Explanation& out)
      : problem_(problem), prober_(prober), out_(out) {}

  void run() {
    find_conflicts();
    for (const std::size_t limit : out_.conflicts.front().limits) add_single(limit);
    for (const LimitKind kind : kGentlest) {
      if (!helps(kind)) add_kind(kind);
    }
    if (std::none_of(out_.relaxations.begin(), out_.relaxations.end(),
                     [this](const Relaxation& r) { return !refuses(r); })) {
      add_mixture();
    }
    set_prices();
    sort();
  }

 private:
  [[nodiscard]] const Limit& limit(const Change& change) const {
    return problem_.limits[change.limit];
  }

  /// Whether a relaxation of limits of this kind alone is known to help.
  [[nodiscard]] bool helps(LimitKind kind) const {
    return std::any_of(out_.relaxations.begin(), out_.relaxations.end(),
                       [&](const Relaxation& r) { return limit(r.changes.front()).kind == kind; });
  }

  [[nodiscard]] bool refuses(const Relaxation& relaxation) const {
    return std::any_of(relaxation.changes.begin(), relaxation.changes.end(),
                       [&](const Change& c) { return limit(c).kind == LimitKind::kUnmet; });
  }

  /// The first conflict, then those that stay when all before are lifted.
  void find_conflicts() {
    std::vector<std::size_t> gone;
    do {
      Conflict conflict = find_conflict(problem_, prober_, gone);
      gone.insert(gone.end(), conflict.limits.begin(), conflict.limits.end());
      out_.conflicts.push_back(std::move(conflict));
    } while (out_.conflicts.size() < kMostConflicts &&
             prober_.feasible(lifted(gone)) == Answer::kNo);
  }

  void file(Relaxation relaxation) {
    if (relaxation.works == Answer::kYes) {
      out_.relaxations.push_back(std::move(relaxation));
    } else {
      out_.not_enough.push_back(std::move(relaxation));
    }
  }

  /// Only members of the first conflict can help alone: the others leave that conflict in place.
  void add_single(std::size_t member) {
    file(relax_together(problem_, prober_, std::array{member}, {}));
  }

  /// All limits of one kind together, where no single one helps.
  void add_kind(LimitKind kind) {
    std::vector<std::size_t> members;
    bool in_conflict = false;
    for (std::size_t k = 0; k < problem_.limits.size(); ++k) {
      if (problem_.limits[k].kind != kind) continue;
      members.push_back(k);
      const auto& first = out_.conflicts.front().limits;
      in_conflict = in_conflict || std::find(first.begin(), first.end(), k) != first.end();
    }
    if (members.size() < 2 || !in_conflict) return;
    Relaxation relaxation = relax_together(problem_, prober_, members, {});
    const bool counts = kind == LimitKind::kQuota || kind == LimitKind::kReplicas;
    if (counts && relaxation.works == Answer::kYes) tighten(relaxation);
    file(std::move(relaxation));
  }

  /// One limit out of every conflict, the gentlest, until a plan exists.
  void add_mixture() {
    std::vector<std::size_t> members;
    while (prober_.feasible(lifted(members)) == Answer::kNo) {
      const Conflict conflict = find_conflict(problem_, prober_, members);
      if (conflict.limits.empty()) return;
      members.push_back(*std::min_element(
          conflict.limits.begin(), conflict.limits.end(), [&](std::size_t a, std::size_t b) {
            return gentleness(problem_.limits[a].kind) < gentleness(problem_.limits[b].kind);
          }));
    }
    const LimitKind kind = problem_.limits[members.front()].kind;
    const bool one_kind = std::all_of(members.begin(), members.end(), [&](std::size_t k) {
      return problem_.limits[k].kind == kind;
    });
    if (members.size() < 2 || (one_kind && helps(kind))) return;
    Relaxation mixture;
    mixture.changes = lifted(members);
    mixture.works = prober_.feasible(mixture.changes);
    if (mixture.works == Answer::kYes) tighten(mixture);
    file(std::move(mixture));
  }

  /// Each change as small as the others allow, one after the other; those that are not needed go.
  void tighten(Relaxation& relaxation) {
    relaxation.smallest = true;
    for (std::size_t at = 0; at < relaxation.changes.size();) {
      std::vector<Change> others = relaxation.changes;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
      if (!others.empty() && prober_.feasible(others) == Answer::kYes) {
        relaxation.changes = std::move(others);
        continue;
      }
      const Relaxation one =
          relax_together(problem_, prober_, std::array{relaxation.changes[at].limit}, others);
      if (one.works == Answer::kYes) relaxation.changes[at] = one.changes.front();
      relaxation.smallest = relaxation.smallest && one.smallest;
      ++at;
    }
  }

  void set_prices() {
    for (Relaxation& relaxation : out_.relaxations) {
      const std::optional<PlanFound> plan = prober_.cheapest(relaxation.changes, kShareOfPrice);
      if (plan) relaxation.price = PlanPrice{plan->cost, plan->lower_bound, plan->proven};
    }
  }

  /// Refusing requests always helps and is cheap: it is told last.
  void sort() {
    const auto cost = [](const Relaxation& r) {
      return r.price ? static_cast<double>(r.price->cost.micros()) : kNoLimit;
    };
    std::stable_sort(out_.relaxations.begin(), out_.relaxations.end(),
                     [&](const Relaxation& a, const Relaxation& b) {
                       if (refuses(a) != refuses(b)) return refuses(b);
                       return cost(a) < cost(b);
                     });
  }

  const Problem& problem_;
  Prober& prober_;
  Explanation& out_;
};

}  // namespace

void explain_infeasible(const Problem& problem, Prober& prober, Explanation& explanation) {
  Search(problem, prober, explanation).run();
}

}  // namespace berth
