#include "berth/solve/branch/division.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace berth::branch {
namespace {

/// Nearer to a whole number than this is not worth dividing by, unless there is nothing else.
constexpr double kFraction = 0.02;
constexpr double kTinyFraction = 1e-6;
/// Sums tried in a part, and in the first few parts, where a good choice counts most.
constexpr int kTried = 8;
constexpr int kTriedAtTop = 32;
constexpr int kTopDepth = 3;
constexpr std::int32_t kReliable = 4;  // observations of a side
constexpr Effort kTrial{4, 1e-5, 1};
constexpr Effort kFull{20, 1e-5, 1};
constexpr Effort kClose{300, 1e-7, 4};

struct Candidate {
  Division division;
  double fraction = 0.0;
  double score = 0.0;
};

double score_of(double below, double above) {
  return std::max(below, 1e-6) * std::max(above, 1e-6);
}

class Expander {
 public:
  Expander(const Problem& problem, Node& node, const History& history, double target,
           const Deadline& deadline, Bounder& bounder)
      : problem_(problem),
        node_(node),
        history_(history),
        target_(target),
        deadline_(deadline),
        bounder_(bounder),
        fractions_(fractions_of(problem, node)) {}

  Expansion run() {
    find_candidates(kFraction);
    if (candidates_.empty() && !look_closer()) return std::move(result_);
    if (candidates_.empty()) {
      result_.leaf = true;
      return std::move(result_);
    }
    choose();
    if (deadline_.reached()) result_.unfinished = true;
    if (!result_.unfinished) finish_parts();
    return std::move(result_);
  }

 private:
  /// The counts are all but whole: there may be a plan, or the bound is not yet what it could be.
  /// False if the latter settles it.
  bool look_closer() {
    bounder_.raise(node_, kClose, target_);
    if (node_.bound >= target_) return false;
    bounder_.narrow(node_, target_);
    fractions_ = fractions_of(problem_, node_);
    find_candidates(kFraction);
    if (!candidates_.empty()) return true;
    result_.whole.emplace();
    for (std::size_t d = 0; d < problem_.option_count(); ++d) {
      result_.whole->push_back(static_cast<std::int32_t>(std::lround(fractions_.count[d])));
    }
    find_candidates(kTinyFraction);
    if (candidates_.empty()) find_any();
    return true;
  }

  void consider(std::uint32_t sum, double value, double fraction) {
    Candidate candidate;
    candidate.division = {sum, static_cast<std::int64_t>(std::floor(value))};
    candidate.fraction = fraction;
    candidate.score =
        score_of(history_.gain(sum, false) * fraction, history_.gain(sum, true) * (1.0 - fraction));
    candidates_.push_back(candidate);
  }

  void find_candidates(double least) {
    const std::vector<Range> range = ranges(problem_, node_);
    for (std::size_t s = 0; s < problem_.sums().size(); ++s) {
      double value = 0.0;
      for (const Sum::Term& term : problem_.sums()[s].terms) {
        value += term.factor * fractions_.count[term.count];
      }
      const double fraction = value - std::floor(value);
      if (fraction < least || fraction > 1.0 - least) continue;
      // Outside of what is allowed the model is not accurate: dividing there changes nothing.
      if (value < range[s].least || value > range[s].most) continue;
      consider(static_cast<std::uint32_t>(s), value, fraction);
    }
    for (std::size_t d = 0; d < problem_.option_count(); ++d) {
      // Half open with two replicas is one replica: only being open divides it.
      if (!problem_.option(d).opens || node_.least[d] > 0 || node_.most[d] == 0) continue;
      const double active = fractions_.active[d];
      if (active < least || active > 1.0 - least) continue;
      consider(static_cast<std::uint32_t>(d), 0.5, active);
    }
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  }

  /// All is whole, yet the bound is too low: any count that is still free.
  void find_any() {
    std::size_t widest = 0;
    std::int64_t width = 0;
    for (std::size_t c = 0; c < problem_.count_total(); ++c) {
      const std::int64_t own = std::int64_t{node_.most[c]} - node_.least[c];
      if (own <= width) continue;
      width = own;
      widest = c;
    }
    if (width == 0) return;
    const double value = std::round(fractions_.count[widest]);
    Candidate candidate;
    candidate.division = {
        static_cast<std::uint32_t>(widest),
        std::clamp(static_cast<std::int64_t>(value), std::int64_t{node_.least[widest]},
                   std::int64_t{node_.most[widest]} - 1)};
    candidate.fraction = 0.5;
    candidates_.push_back(candidate);
  }

  using Sides = std::array<Node, 2>;  // at most, at least

  /// Bounds both sides a little. Returns the score.
  double attempt(const Candidate& candidate, Sides& sides) {
    std::array<double, 2> gain{};
    for (const bool above : {false, true}) {
      Node& side = sides[above ? 1 : 0];
      side = part_of(problem_, node_, candidate.division, above);
      if (side.bound < target_) bounder_.raise(side, kTrial, target_);
      gain[above ? 1 : 0] = note(candidate, above, side);
    }
    return score_of(gain[0], gain[1]);
  }

  double note(const Candidate& candidate, bool above, const Node& side) {
    const double gain = std::max(0.0, std::min(side.bound, target_) - node_.bound);
    const double moved = above ? 1.0 - candidate.fraction : candidate.fraction;
    result_.observations.push_back({candidate.division.sum, above, gain / std::max(1e-3, moved)});
    return gain;
  }

  void choose() {
    const int most = node_.depth < kTopDepth ? kTriedAtTop : kTried;
    int tried = 0;
    int since_best = 0;
    double best_score = -1.0;
    const Candidate* best = nullptr;
    std::optional<Sides> kept;
    for (const Candidate& candidate : candidates_) {
      if (deadline_.reached()) return;
      double score = candidate.score;
      std::optional<Sides> sides;
      if (!history_.reliable(candidate.division.sum)) {
        if (tried == most) continue;
        ++tried;
        sides.emplace();
        score = attempt(candidate, *sides);
        const bool cut = (*sides)[0].bound >= target_ || (*sides)[1].bound >= target_;
        if (cut) score = std::numeric_limits<double>::infinity();
      }
      if (score > best_score) {
        best_score = score;
        best = &candidate;
        kept = std::move(sides);
        since_best = 0;
        if (std::isinf(score))
          break;  // one side is gone at once: the part becomes smaller for free
      } else if (++since_best >= kTried && tried > 0) {
        break;
      }
    }
    chosen_ = best;
    sides_ = std::move(kept);
  }

  void finish_parts() {
    const bool tried = sides_.has_value();
    for (const bool above : {false, true}) {
      Node side = tried ? std::move((*sides_)[above ? 1 : 0])
                        : part_of(problem_, node_, chosen_->division, above);
      if (side.bound < target_) {
        bounder_.raise(side, kFull, target_);
        if (!tried) note(*chosen_, above, side);
      }
      if (side.bound >= target_) continue;
      bounder_.narrow(side, target_);
      result_.parts.push_back(std::move(side));
    }
  }

  const Problem& problem_;
  Node& node_;
  const History& history_;
  double target_;
  const Deadline& deadline_;
  Bounder& bounder_;
  Fractions fractions_;
  std::vector<Candidate> candidates_;  // best first
  const Candidate* chosen_ = nullptr;
  std::optional<Sides> sides_;  // of the chosen one, if it was tried
  Expansion result_;
};

}  // namespace

double History::unit_cost(std::uint32_t sum) const {
  return std::max(1e-6, problem_->unit_cost(sum));
}

void History::note(const Observation& observation) {
  Side& side = side_[observation.at_least ? 1 : 0];
  side.total[observation.sum] += observation.gain;
  ++side.count[observation.sum];
  side.all += observation.gain / unit_cost(observation.sum);
  ++side.all_count;
}

double History::gain(std::uint32_t sum, bool at_least) const {
  const Side& side = side_[at_least ? 1 : 0];
  if (side.count[sum] > 0) return side.total[sum] / side.count[sum];
  return (side.all_count > 0 ? side.all / static_cast<double>(side.all_count) : 1.0) *
         unit_cost(sum);
}

bool History::reliable(std::uint32_t sum) const {
  return std::min(side_[0].count[sum], side_[1].count[sum]) >= kReliable;
}

Expansion expand(const Problem& problem, Node& node, const History& history, double target,
                 const Deadline& deadline, Bounder& bounder) {
  return Expander(problem, node, history, target, deadline, bounder).run();
}

}  // namespace berth::branch
