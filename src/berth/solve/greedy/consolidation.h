#pragma once
// M3 over all pools: which running options could one option take over, several at once?

#include <cstdint>
#include <vector>

#include "berth/solve/greedy/candidate.h"
#include "berth/solve/greedy/placement.h"
#include "berth/solve/greedy/table.h"

namespace berth::greedy {

/// `option` takes over what it can serve of the options `from`, which are closed.
struct Merger {
  double saving = 0.0;  ///< micro-dollars per hour, estimated
  std::uint32_t option = 0;
  std::vector<std::uint32_t> from;
};

/// Looks at one placement.
class Consolidation {
 public:
  /// REQUIRES: everything outlives it, and the placement does not change. O(routes).
  Consolidation(GreedyTable& table, const Ranking& ranking, const Placement& placement);

  /// At most `most` mergers, one for each option, the largest saving first. O(pairs).
  [[nodiscard]] std::vector<Merger> best(std::size_t most);

 private:
  struct Route {
    std::uint32_t running = 0;  ///< position among the running options
    double share = 0.0;
    double cost = 0.0;  ///< micro-dollars per hour
  };
  /// What an option would get of a running one.
  struct Part {
    std::uint32_t from = 0;
    double load = 0.0;
    double extra = 0.0;   ///< micro-dollars per hour: dearer pairs, and worth of what is left over
    double saving = 0.0;  ///< micro-dollars per hour, GPUs counted in fractions
  };
  [[nodiscard]] Merger best_of(std::size_t d);
  void collect_parts(std::size_t d);

  GreedyTable& table_;
  const Ranking& ranking_;
  const Placement& placement_;
  std::vector<std::vector<Route>> routes_;  // by class
  std::vector<double> worth_;               // by running option: of all that it serves
  std::vector<Part> all_;                   // by running option
  std::vector<Part> parts_;                 // those with some load, most saving per load first
  std::vector<std::int64_t> freed_;         // by pool: GPUs, while best_of() runs
};

}  // namespace berth::greedy
