#include "berth/explain/worth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "berth/explain/ladder.h"

namespace berth {
namespace {

/// "Nothing is left of it": this part of a time, score or budget.
constexpr double kTightPart = 0.01;
/// Of the time that is left, how many times its equal part one solve may take.
constexpr double kPatience = 4.0;
constexpr double kMostShare = 0.5;
/// Of all the time, what lifting limits may use up: the rest is for steps.
constexpr double kShareOfLifting = 0.75;

class Worths {
 public:
  Worths(const Problem& problem, Prober& prober, const PlanFound& base, double gap,
         Explanation& out)
      : problem_(problem),
        prober_(prober),
        base_(base),
        noise_(CostRate::micro_usd_per_hour(
            static_cast<std::int64_t>(std::ceil(gap * static_cast<double>(base.cost.micros()))))),
        out_(out) {}

  void run() {
    const Usage used = problem_.usage(base_.solution);
    for (std::size_t k = 0; k < problem_.limits.size(); ++k) {
      LimitPrice worth;
      worth.limit = k;
      worth.used = used[k];
      worth.tight = is_tight(problem_.limits[k], used[k]);
      worth.lifted = lifted(k, problem_.limits.size() - k);
      out_.worths.push_back(std::move(worth));
    }
    std::stable_sort(
        out_.worths.begin(), out_.worths.end(),
        [](const LimitPrice& a, const LimitPrice& b) { return a.lifted.usd > b.lifted.usd; });
    const auto costly = static_cast<std::size_t>(
        std::count_if(out_.worths.begin(), out_.worths.end(),
                      [](const LimitPrice& w) { return w.lifted.usd > CostRate(); }));
    // One step of each before the many of a ladder.
    for (std::size_t k = 0; k < costly; ++k) add_step(out_.worths[k], costly - k);
    for (std::size_t k = 0; k < costly; ++k) add_first(out_.worths[k], costly - k);
    add_notes();
  }

 private:
  [[nodiscard]] static double share(std::size_t questions_left) {
    return std::min(kMostShare, kPatience / static_cast<double>(questions_left));
  }

  Saving saving(const Change& change, double time_share) {
    Saving result;
    result.value = change.value;
    const std::optional<PlanFound> relaxed = prober_.cheapest(std::array{change}, time_share);
    if (!relaxed) return result;
    if (relaxed->same) {
      result.basis = Basis::kSame;
      return result;
    }
    result.basis = relaxed->proven && base_.proven ? Basis::kStep : Basis::kStepBest;
    const CostRate less = base_.cost - relaxed->cost;
    if (less > noise_) result.usd = less;
    return result;
  }

  Saving lifted(std::size_t k, std::size_t questions_left) {
    const Limit& limit = problem_.limits[k];
    if (prober_.spent() > kShareOfLifting) return {};
    // A plan beyond the budget costs more than the budget, so more than the plan there is.
    if (limit.kind == LimitKind::kBudget && limit.value >= base_.cost.usd()) {
      return {Basis::kBound, {}, CostRate()};
    }
    return saving({k, {}}, share(questions_left));
  }

  void add_step(LimitPrice& worth, std::size_t questions_left) {
    const std::optional<double> step = small_step(problem_.limits[worth.limit]);
    if (step) worth.step = saving({worth.limit, step}, share(2 * questions_left));
  }

  /// The first rung that saves, where a small step does not.
  void add_first(LimitPrice& worth, std::size_t questions_left) {
    if (!worth.step || worth.step->usd > CostRate() || worth.step->basis == Basis::kNotComputed) {
      return;
    }
    const double time_share = share(8 * questions_left);
    const std::array members{worth.limit};
    std::map<std::int64_t, Saving> tried;
    const auto saves = [&](std::int64_t k) {
      const Change change = rung(problem_.limits, members, k).front();
      if (!change.value) return Answer::kYes;
      const Saving& found = tried[k] = saving(change, time_share);
      if (found.basis == Basis::kNotComputed) return Answer::kUnknown;
      return found.usd > CostRate() ? Answer::kYes : Answer::kNo;
    };
    const std::optional<Climb> least = climb(saves);
    if (!least) return;
    // Past the top of its ladder the limit is lifted: nothing short of that saves.
    if (const auto first = tried.find(least->rung); first != tried.end()) {
      worth.first = first->second;
      worth.first_is_smallest = least->sure;
    }
  }

  void add_notes() {
    const auto missing =
        std::count_if(out_.worths.begin(), out_.worths.end(),
                      [](const LimitPrice& w) { return w.lifted.basis == Basis::kNotComputed; });
    if (missing > 0) {
      out_.notes.push_back(fmt::format(
          "what {} of {} limits cost was not computed within the time limit; allow more with "
          "--time-limit",
          missing, out_.worths.size()));
    }
    const auto unfinished = std::count_if(
        out_.worths.begin(), out_.worths.end(),
        [](const LimitPrice& w) { return w.lifted.usd > CostRate() && small_step_missing(w); });
    if (unfinished > 0 && prober_.out_of_time()) {
      out_.notes.push_back(
          fmt::format("the steps of {} limit{} were not all computed within the time limit",
                      unfinished, unfinished == 1 ? "" : "s"));
    }
  }

  [[nodiscard]] static bool small_step_missing(const LimitPrice& worth) {
    return !worth.step || worth.step->basis == Basis::kNotComputed ||
           (worth.step->usd == CostRate() && !worth.first);
  }

  const Problem& problem_;
  Prober& prober_;
  const PlanFound& base_;
  CostRate noise_;
  Explanation& out_;
};

}  // namespace

bool is_tight(const Limit& limit, std::optional<double> used) {
  if (!used) return false;
  switch (limit.kind) {
    case LimitKind::kQuota: return *used + limit.step > limit.value;
    case LimitKind::kReplicas:
    case LimitKind::kGroup: return *used >= limit.value;
    case LimitKind::kUnmet: return *used >= limit.value * (1.0 - kTightPart) && *used > 0.0;
    case LimitKind::kQuality: return *used <= limit.value * (1.0 + kTightPart);
    default: return *used >= limit.value * (1.0 - kTightPart);
  }
}

void explain_feasible(const Problem& problem, Prober& prober, const PlanFound& base, double gap,
                      Explanation& explanation) {
  Worths(problem, prober, base, gap, explanation).run();
}

}  // namespace berth
