#pragma once
// A part of all plans: bounds on counts and on sums of counts; and what bounding it has found.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "berth/solve/branch/problem.h"

namespace berth::branch {

/// One way to run one option: its replicas and who fills them. Shared by all parts that know it.
struct Use {
  std::uint32_t option = 0;
  std::int32_t replicas = 0;
  double cost = 0.0;  ///< USD/h
  std::vector<Entry> entries;
};

struct WeightedUse {
  std::shared_ptr<const Use> use;
  double weight = 0.0;
};

/// A branching row: sum >= limit or sum <= limit.
struct Row {
  std::uint32_t sum = 0;
  bool at_least = false;
  double limit = 0.0;
  [[nodiscard]] double sign() const { return at_least ? 1.0 : -1.0; }
};

struct Node {
  double bound = 0.0;               ///< USD/h, proven for this part, not rounded
  std::vector<std::int32_t> least;  ///< by count
  std::vector<std::int32_t> most;
  std::vector<Row> rows;
  std::vector<double> prices;         ///< the best so far: dimensions, then rows
  std::vector<WeightedUse> uses;      ///< of the model at the best prices
  std::vector<double> single_weight;  ///< by single
  int depth = 0;
  std::int64_t number = 0;  ///< in order of creation
};

/// The relaxation's plan in this part.
struct Fractions {
  std::vector<double> count;   ///< by count
  std::vector<double> active;  ///< by option, 0..1
};
[[nodiscard]] Fractions fractions_of(const Problem& problem, const Node& node);

/// How a node is divided: sum <= at or sum >= at + 1.
struct Division {
  std::uint32_t sum = 0;
  std::int64_t at = 0;
};

/// The part of `node` where the sum is at least `at` + 1, or at most `at`. Its bound is that of
/// `node`; infinite if no counts fit.
[[nodiscard]] Node part_of(const Problem& problem, const Node& node, const Division& division,
                           bool at_least);

/// Range of a sum that the node's bounds and rows leave.
struct Range {
  double least = 0.0;
  double most = 0.0;
};
[[nodiscard]] std::vector<Range> ranges(const Problem& problem, const Node& node);

}  // namespace berth::branch
