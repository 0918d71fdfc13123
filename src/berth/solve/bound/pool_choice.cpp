#include "berth/solve/bound/pool_choice.h"

#include <limits>

#include "berth/core/infinity.h"

namespace berth::bound {
namespace {

constexpr std::uint32_t kNoChoice = std::numeric_limits<std::uint32_t>::max();

/// How a state was reached after a stage.
struct Step {
  std::uint32_t choice = kNoChoice;
  std::uint32_t from = 0;
};

/// values: most profit by state before the stage; becomes that after it.
void extend(const PoolCosts& pool, const Stage& stage, std::vector<double>& values,
            std::vector<double>& next, std::span<Step> steps) {
  const std::size_t states = values.size();
  if (stage.forced) {
    next.assign(states, -kInfinity);
  } else {
    next = values;
    for (std::size_t s = 0; s < states; ++s) {
      steps[s] = {kNoChoice, static_cast<std::uint32_t>(s)};
    }
  }
  for (std::size_t c = 0; c < stage.choices.size(); ++c) {
    const Choice& choice = stage.choices[c];
    for (std::size_t s = 0; s < states; ++s) {
      if (values[s] == -kInfinity) continue;
      const std::size_t to = pool.next(s, choice.gpus);
      if (to == PoolCosts::kNoState) break;  // later states have even less room
      if (values[s] + choice.profit <= next[to]) continue;
      next[to] = values[s] + choice.profit;
      steps[to] = {static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(s)};
    }
  }
  values.swap(next);
}

}  // namespace

PoolPick pick(const PoolCosts& pool, double factor, std::span<const Stage> stages) {
  const std::size_t states = pool.state_count();
  std::vector<double> values(states, -kInfinity);
  std::vector<double> next(states);
  std::vector<Step> steps(states * stages.size());
  values[0] = 0.0;
  for (std::size_t n = 0; n < stages.size(); ++n) {
    extend(pool, stages[n], values, next, std::span(steps).subspan(n * states, states));
  }
  PoolPick best;
  best.value = -kInfinity;
  std::size_t state = 0;
  for (std::size_t s = 0; s < states; ++s) {
    if (values[s] == -kInfinity) continue;
    const double value = values[s] - factor * pool.slack(s);
    if (best.possible && value <= best.value) continue;
    best.possible = true;
    best.value = value;
    state = s;
  }
  if (!best.possible) return best;
  for (std::size_t n = stages.size(); n-- > 0;) {
    const Step step = steps[n * states + state];
    if (step.choice != kNoChoice) best.chosen.push_back(stages[n].choices[step.choice]);
    state = step.from;
  }
  return best;
}

}  // namespace berth::bound
