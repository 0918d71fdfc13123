#include "berth/solve/branch/node.h"

#include <algorithm>
#include <cmath>

#include "berth/core/infinity.h"

namespace berth::branch {
namespace {

void restrict_count(Node& node, std::size_t count, double least, double most) {
  if (least > node.least[count]) node.least[count] = static_cast<std::int32_t>(least);
  if (most < node.most[count]) {
    node.most[count] = static_cast<std::int32_t>(std::max(0.0, most));
  }
  if (node.least[count] > node.most[count] || most < 0.0) node.bound = kInfinity;
}

/// What the row says about each count by itself.
void propagate(const Problem& problem, const Row& row, Node& node) {
  double least = 0.0;
  double most = 0.0;
  const Sum& sum = problem.sums()[row.sum];
  for (const Sum::Term& term : sum.terms) {
    least += static_cast<double>(term.factor) * node.least[term.count];
    most += static_cast<double>(term.factor) * node.most[term.count];
  }
  if (row.at_least ? most < row.limit : least > row.limit) {
    node.bound = kInfinity;
    return;
  }
  for (const Sum::Term& term : sum.terms) {
    const double factor = term.factor;
    if (row.at_least) {
      const double others = most - factor * node.most[term.count];
      const double needed = std::ceil((row.limit - others) / factor - 1e-9);
      restrict_count(node, term.count, std::max(0.0, needed), kInfinity);
    } else {
      const double others = least - factor * node.least[term.count];
      const double left = std::floor((row.limit - others) / factor + 1e-9);
      restrict_count(node, term.count, 0.0, left);
    }
  }
}

/// One option of a group that surely runs closes the others.
void close_others(const Problem& problem, Node& node) {
  for (std::size_t d = 0; d < problem.option_count(); ++d) {
    if (node.least[d] == 0) continue;
    for (const std::uint32_t other : problem.options_of_block(problem.option(d).block)) {
      if (other != d) restrict_count(node, other, 0.0, 0.0);
    }
  }
}

}  // namespace

Fractions fractions_of(const Problem& problem, const Node& node) {
  Fractions fractions;
  fractions.count.assign(problem.count_total(), 0.0);
  fractions.active.assign(problem.option_count(), 0.0);
  for (const WeightedUse& known : node.uses) {
    fractions.count[known.use->option] += known.weight * known.use->replicas;
    fractions.active[known.use->option] += known.weight;
  }
  for (std::size_t k = 0; k < node.single_weight.size(); ++k) {
    const Single& single = problem.singles()[k];
    if (single.boxes) fractions.count[single.count] = node.single_weight[k];
  }
  return fractions;
}

Node part_of(const Problem& problem, const Node& node, const Division& division, bool at_least) {
  Node part = node;
  part.depth = node.depth + 1;
  const auto limit = static_cast<double>(at_least ? division.at + 1 : division.at);
  if (division.sum < problem.count_total()) {
    restrict_count(part, division.sum, at_least ? limit : 0.0, at_least ? kInfinity : limit);
  } else {
    const auto known = std::find_if(part.rows.begin(), part.rows.end(), [&](const Row& row) {
      return row.sum == division.sum && row.at_least == at_least;
    });
    if (known != part.rows.end()) {
      known->limit = limit;
    } else {
      part.rows.push_back({division.sum, at_least, limit});
      part.prices.push_back(0.0);
    }
  }
  for (const Row& row : part.rows) {
    if (part.bound < kInfinity) propagate(problem, row, part);
  }
  if (part.bound < kInfinity) close_others(problem, part);
  return part;
}

std::vector<Range> ranges(const Problem& problem, const Node& node) {
  std::vector<Range> result(problem.sums().size());
  for (std::size_t s = 0; s < result.size(); ++s) {
    for (const Sum::Term& term : problem.sums()[s].terms) {
      result[s].least += static_cast<double>(term.factor) * node.least[term.count];
      result[s].most += static_cast<double>(term.factor) * node.most[term.count];
    }
  }
  for (const Row& row : node.rows) {
    Range& range = result[row.sum];
    if (row.at_least) {
      range.least = std::max(range.least, row.limit);
    } else {
      range.most = std::min(range.most, row.limit);
    }
  }
  return result;
}

}  // namespace berth::branch
