// Decoupled: GPUs first, then routing.

#include <algorithm>
#include <vector>

#include "berth/solve/baseline/baselines.h"
#include "berth/solve/baseline/construction.h"

namespace berth {
namespace {

using baseline::Construction;
using greedy::ClassEntry;
using greedy::Entry;
using greedy::GreedyTable;
using greedy::Placement;

/// A candidate of a class and its price if the class were alone.
struct Choice {
  ClassEntry at;
  double whole = 0.0;     ///< micro-dollars per hour, whole replicas
  double fraction = 0.0;  ///< with GPUs counted in fractions: decides between equals
};

Choice price_alone(const GreedyTable& table, const ClassEntry& at) {
  const Entry& entry = table.entries[at.entry];
  const std::size_t d = at.option;
  const double gpu = table.pools[table.pool[d]].cheapest_per_gpu();
  const double other = entry.cost + static_cast<double>(table.fixed[d]);
  const double replicas = std::max(1.0, static_cast<double>(greedy::replicas_for(entry.load)));
  return {at, replicas * table.units[d] * gpu + other, entry.load * table.units[d] * gpu + other};
}

/// The candidates of each class, the cheapest first.
std::vector<std::vector<ClassEntry>> preferences(const GreedyTable& table) {
  std::vector<std::vector<ClassEntry>> result(table.class_count());
  std::vector<Choice> choices;
  for (std::size_t i = 0; i < table.class_count(); ++i) {
    choices.clear();
    for (const ClassEntry& at : table.candidates_of(i)) choices.push_back(price_alone(table, at));
    std::stable_sort(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) {
      return std::pair(a.whole, a.fraction) < std::pair(b.whole, b.fraction);
    });
    for (const Choice& choice : choices) result[i].push_back(choice.at);
  }
  return result;
}

}  // namespace

SolveResult solve_dvr(const Instance& instance, const Limits& limits) {
  Construction construction("dvr", instance, limits);
  if (std::optional<SolveResult> refused = construction.refusal()) return *std::move(refused);
  const std::vector<std::vector<ClassEntry>> choices = preferences(construction.table());
  // GPUs of the same option are pooled: its replicas carry the sum of the loads that chose it.
  return construction.build([](Placement&) {},
                            [&](Placement& placement, std::size_t i, double wanted) {
                              for (const ClassEntry& at : choices[i]) {
                                wanted -= construction.place(placement, at.entry, at.option, wanted,
                                                             Construction::Opening::kAllowed);
                                if (wanted < tolerance::kShare) return;
                              }
                            });
}

}  // namespace berth
