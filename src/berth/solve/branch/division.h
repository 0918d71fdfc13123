#pragma once
// Which sum of counts to divide a part by: the one whose two sides are bounded highest, tried on a
// few and learnt from the past for the rest (strong branching and pseudo-costs).

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "berth/solve/branch/bounder.h"
#include "berth/solve/branch/node.h"

namespace berth::branch {

/// How much the bound rose on one side of a division, per unit that the sum had to move.
struct Observation {
  std::uint32_t sum = 0;
  bool at_least = false;
  double gain = 0.0;
};

/// Past observations. Readers share it while a round runs; it changes between rounds only.
class History {
 public:
  explicit History(const Problem& problem)
      : problem_(&problem), side_{Side(problem.sums().size()), Side(problem.sums().size())} {}
  void note(const Observation& observation);
  /// USD/h a unit; what sums gain on average for their unit cost where this one was never tried.
  [[nodiscard]] double gain(std::uint32_t sum, bool at_least) const;
  [[nodiscard]] bool reliable(std::uint32_t sum) const;

 private:
  struct Side {
    explicit Side(std::size_t sums) : total(sums, 0.0), count(sums, 0) {}
    std::vector<double> total;
    std::vector<std::int32_t> count;
    double all = 0.0;  // gains as parts of unit costs
    std::int64_t all_count = 0;
  };
  [[nodiscard]] double unit_cost(std::uint32_t sum) const;

  const Problem* problem_;
  std::array<Side, 2> side_;  // at most, at least
};

/// What became of a part.
struct Expansion {
  std::vector<Node> parts;  ///< together they hold all plans of the part that cost below target
  std::vector<Observation> observations;
  /// By option: the relaxation's replicas, if they are all but whole numbers.
  std::optional<std::vector<std::int32_t>> whole;
  bool leaf = false;        ///< it cannot be divided
  bool unfinished = false;  ///< the deadline came first: nothing of this counts
};

/// May raise the bound of `node` itself.
[[nodiscard]] Expansion expand(const Problem& problem, Node& node, const History& history,
                               double target, const Deadline& deadline, Bounder& bounder);

}  // namespace berth::branch
