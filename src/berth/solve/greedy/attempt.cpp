#include "berth/solve/greedy/attempt.h"

#include <algorithm>
#include <cassert>

namespace berth::greedy {
namespace {

/// Two options that pay for each other's average limit can take turns for ever, a millionth of the
/// class at a time. Whoever gets so little so often is given up.
class Headway {
 public:
  /// False if another step is not worth it.
  bool goes_on(double remaining) {
    small_steps_ = last_ - remaining < kSmallStep ? small_steps_ + 1 : 0;
    last_ = remaining;
    return small_steps_ <= kSmallSteps;
  }

 private:
  static constexpr double kSmallStep = 1e-3;  // of the class
  static constexpr int kSmallSteps = 16;
  double last_ = 2.0;
  int small_steps_ = 0;
};

}  // namespace

bool Budgeted::step() {
  if (limit_ != nullptr) return false;
  if (steps_ >= limits_.iterations) limit_ = "iterations";
  if (deadline_.expired()) limit_ = "time";
  if (deadline_.stopped()) limit_ = "stop";
  if (limit_ != nullptr) return false;
  ++steps_;
  return true;
}

Attempt::Attempt(GreedyTable& table, Ranking& ranking, std::span<const std::uint32_t> order,
                 Budgeted& budgeted)
    : table_(table), ranking_(ranking), order_(order), budgeted_(budgeted), placement_(table) {}

Attempt::Attempt(GreedyTable& table, Ranking& ranking, std::span<const std::uint32_t> order,
                 Budgeted& budgeted, const Placement& start)
    : table_(table), ranking_(ranking), order_(order), budgeted_(budgeted), placement_(start) {}

double Attempt::missing(std::size_t i) const {
  const double allowed = table_.instance.columns().classes.max_unmet[i];
  const double above = placement_.remaining(i) - allowed;
  return above > tolerance::kShare * 0.5 ? above : 0.0;
}

Standing Attempt::standing() const {
  Standing result{0.0, placement_.cost()};
  for (std::size_t i = 0; i < table_.class_count(); ++i) result.missing += missing(i);
  return result;
}

std::vector<std::uint32_t> Attempt::uncovered() const {
  std::vector<std::uint32_t> result;
  std::copy_if(order_.begin(), order_.end(), std::back_inserter(result),
               [this](std::uint32_t i) { return missing(i) > 0.0; });
  return result;
}

bool Attempt::apply(const Candidate& candidate) {
  const bool applied = ranking_.apply(placement_, candidate);
  // Money is exact: the cost kept by adding up changes is the cost of what stands there.
  assert(placement_.cost() == placement_.recount());
  return applied;
}

/// Places the demand of class i that must not stay unmet, at any price the budget allows.
bool Attempt::serve_required(std::size_t i) {
  Headway headway;
  while (missing(i) > 0.0) {
    if (!headway.goes_on(placement_.remaining(i)) || !budgeted_.step()) return false;
    const Candidate candidate = ranking_.best(placement_, i, missing(i));
    if (!candidate.valid() || !apply(candidate)) return false;
  }
  return true;
}

/// Places all of class i that is cheaper to serve than to leave unmet, and what must be served.
void Attempt::serve(std::size_t i) {
  Headway headway;
  while (placement_.remaining(i) > tolerance::kShare * 0.5) {
    if (!headway.goes_on(placement_.remaining(i)) || !budgeted_.step()) return;
    const double demand = placement_.remaining(i);
    const double required = missing(i);
    const std::size_t mark = placement_.mark();
    const std::int64_t before = placement_.cost();
    const Candidate all = ranking_.best(placement_, i, demand);
    if (!all.valid() || !apply(all)) return;
    if (placement_.cost() <= before || required >= demand) continue;
    // It costs more than it saves: only what must not stay unmet is worth it.
    placement_.rollback(mark);
    if (required <= 0.0) return;
    const Candidate least = ranking_.best(placement_, i, required);
    if (!least.valid() || !apply(least)) return;
  }
}

/// Phase 1. Only where classes compete for something limited can a class be shut out by those
/// before it; elsewhere every class keeps its path and phase 1 has nothing to do.
void Attempt::cover(std::span<const std::uint32_t> first) {
  for (const std::uint32_t i : first) serve_required(i);
  if (!table_.shared_limits) return;
  const bool budget = table_.budget != kNoBudget.micros();
  std::vector<std::uint32_t> scarce;
  for (const std::uint32_t i : order_) {
    if (missing(i) > 0.0 && (budget || table_.scarce(i))) scarce.push_back(i);
  }
  std::stable_sort(scarce.begin(), scarce.end(), [this](std::uint32_t a, std::uint32_t b) {
    return table_.scarce(a) &&
           (!table_.scarce(b) || table_.candidates_of(a).size() < table_.candidates_of(b).size());
  });
  for (const std::uint32_t i : scarce) serve_required(i);
}

void Attempt::construct(std::span<const std::uint32_t> first) {
  cover(first);
  for (const std::uint32_t i : order_) serve(i);
}

}  // namespace berth::greedy
