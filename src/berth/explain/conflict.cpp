#include "berth/explain/conflict.h"

#include <algorithm>

namespace berth {
namespace {

using Set = std::vector<std::size_t>;

Set joined(const Set& a, const Set& b) {
  Set all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

class ConflictSearch {
 public:
  ConflictSearch(const Problem& problem, Prober& prober, std::span<const std::size_t> lifted)
      : problem_(problem), prober_(prober) {
    for (std::size_t k = 0; k < problem.limits.size(); ++k) {
      if (std::find(lifted.begin(), lifted.end(), k) == lifted.end()) all_.push_back(k);
    }
  }

  Conflict run() {
    Conflict conflict;
    conflict.limits = explain({}, false, all_);
    conflict.minimal = shrink(conflict.limits);
    std::sort(conflict.limits.begin(), conflict.limits.end());
    return conflict;
  }

 private:
  /// Whether a plan exists that keeps only these limits.
  Answer keeping(const Set& kept) {
    std::vector<Change> changes;
    for (std::size_t k = 0; k < problem_.limits.size(); ++k) {
      if (std::find(kept.begin(), kept.end(), k) == kept.end()) changes.push_back({k, {}});
    }
    return prober_.feasible(std::move(changes));
  }

  /// A minimal part of `candidates` that contradicts `background`. An unknown answer counts as "a
  /// plan exists": the result is still a conflict then, if not a minimal one.
  Set explain(const Set& background, bool grown, const Set& candidates) {
    if (grown && keeping(background) == Answer::kNo) return {};
    if (candidates.size() <= 1) return candidates;
    const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(candidates.size() / 2);
    const Set preferred(candidates.begin(), middle);
    const Set rest(middle, candidates.end());
    const Set from_rest = explain(joined(background, preferred), true, rest);
    const Set from_preferred =
        explain(joined(background, from_rest), !from_rest.empty(), preferred);
    return joined(from_preferred, from_rest);
  }

  /// Drops what is not needed after all (a relaxed limit can make the physics worse for others, so
  /// that the search above is misled) and says whether every one left is needed, each tried.
  bool shrink(Set& conflict) {
    bool needed = true;
    for (std::size_t at = 0; at < conflict.size();) {
      Set without = conflict;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
      const Answer answer = keeping(without);
      if (answer == Answer::kNo) {
        conflict = std::move(without);
        at = 0;
        needed = true;
        continue;
      }
      needed = needed && answer == Answer::kYes;
      ++at;
    }
    return needed && keeping(conflict) == Answer::kNo;
  }

  const Problem& problem_;
  Prober& prober_;
  Set all_;
};

}  // namespace

Conflict find_conflict(const Problem& problem, Prober& prober,
                       std::span<const std::size_t> lifted) {
  return ConflictSearch(problem, prober, lifted).run();
}

}  // namespace berth
