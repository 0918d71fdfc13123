#include "berth/workload/fitting/split.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/workload/fitting/guillotine.h"
#include "berth/workload/fitting/segments.h"

namespace berth {
namespace {

LengthGrid random_grid(Random& random, int requests) {
  LengthGrid grid;
  for (int i = 0; i < requests; ++i) {
    const double scale = random.below(3) == 0 ? 8.0 : 5.0;
    grid.add(static_cast<std::uint32_t>(std::exp(scale + 0.8 * random.normal())),
             static_cast<std::uint32_t>(std::exp(4.0 + random.normal())));
  }
  return grid;
}

/// Spread of a split, from the definition: eq. (3) over bin means.
double spread_of(const LengthGrid& grid, const std::vector<LengthRectangle>& rectangles) {
  double total = 0.0;
  for (const LengthRectangle& r : rectangles) {
    CellSums sums;
    for (std::size_t p = r.prompt_first; p < r.prompt_end; ++p) {
      for (std::size_t o = r.output_first; o < r.output_end; ++o) {
        const auto n = static_cast<double>(grid.count(p, o));
        const double x = grid.prompt().bin_mean(p);
        const double y = grid.output().bin_mean(o);
        sums += CellSums{n, n * x, n * x * x, n * y, n * y * y};
      }
    }
    EXPECT_GT(sums.count, 0.0);
    total += spread(sums, {1.0 / grid.prompt().variance(), 1.0 / grid.output().variance()});
  }
  return total;
}

TEST(SplitProperty, RectanglesPartitionThePlaneAndSpreadFalls) {
  Random random(31);
  for (int round = 0; round < 2; ++round) {
    const std::vector<LengthGrid> grids = {random_grid(random, 3000)};
    double before = std::numeric_limits<double>::infinity();
    for (const std::size_t classes : {1U, 2U, 3U, 8U, 12U, 13U, 40U}) {
      const auto split = split_lengths(grids, classes);
      ASSERT_TRUE(split);
      const auto& rectangles = split->front();
      ASSERT_EQ(rectangles.size(), classes);
      std::vector<int> covered(LengthScale::kBins * LengthScale::kBins, 0);
      for (const LengthRectangle& r : rectangles) {
        for (std::size_t p = r.prompt_first; p < r.prompt_end; ++p) {
          for (std::size_t o = r.output_first; o < r.output_end; ++o)
            ++covered[p * LengthScale::kBins + o];
        }
      }
      ASSERT_EQ(std::count(covered.begin(), covered.end(), 1),
                static_cast<std::ptrdiff_t>(covered.size()));
      const double now = spread_of(grids.front(), rectangles);
      EXPECT_LE(now, before * (1 + 1e-9)) << classes;
      before = now;
    }
    EXPECT_LT(before, 0.1 * spread_of(grids.front(), {LengthRectangle{}}));
  }
}

TEST(Split, FindsSeparateGroups) {
  LengthGrid grid;
  Random random(2);
  for (int i = 0; i < 1000; ++i) {
    grid.add(static_cast<std::uint32_t>(100 + random.below(20)),
             static_cast<std::uint32_t>(10 + random.below(4)));
    grid.add(static_cast<std::uint32_t>(100 + random.below(20)),
             static_cast<std::uint32_t>(500 + random.below(40)));
    grid.add(static_cast<std::uint32_t>(4000 + random.below(400)),
             static_cast<std::uint32_t>(10 + random.below(4)));
  }
  const std::vector<LengthGrid> grids = {grid};
  const auto split = split_lengths(grids, 3);
  ASSERT_TRUE(split);
  for (const LengthRectangle& r : split->front()) {
    std::uint64_t count = 0;
    for (std::size_t p = r.prompt_first; p < r.prompt_end; ++p) {
      for (std::size_t o = r.output_first; o < r.output_end; ++o) count += grid.count(p, o);
    }
    EXPECT_EQ(count, 1000U);
  }
}

TEST(Split, SourcesShareTheClassesByWhatTheyGain) {
  LengthGrid uniform;
  LengthGrid mixed;
  for (std::uint32_t i = 0; i < 1000; ++i) uniform.add(100, 50);
  for (std::uint32_t i = 0; i < 1000; ++i) mixed.add(1U << (4 + i % 8), 50 + 100 * (i % 2));
  const std::vector<LengthGrid> grids = {uniform, mixed};
  const auto split = split_lengths(grids, 6);
  ASSERT_TRUE(split);
  EXPECT_EQ((*split)[0].size(), 1U);
  EXPECT_EQ((*split)[1].size(), 5U);
}

TEST(Split, CannotTellEqualRequestsApart) {
  LengthGrid grid;
  for (int i = 0; i < 100; ++i) grid.add(100, 50);
  const std::vector<LengthGrid> grids = {grid};
  EXPECT_TRUE(split_lengths(grids, 1));
  EXPECT_FALSE(split_lengths(grids, 2));
  grid.add(200, 50);
  const std::vector<LengthGrid> two = {grid};
  EXPECT_TRUE(split_lengths(two, 2));
  EXPECT_FALSE(split_lengths(two, 20));
}

/// Every guillotine partition, by brute force.
double brute_force(const SumTable& table, const SpreadScale& scale, const GridRectangle& r,
                   std::size_t parts) {
  const CellSums sums = table.sums(r.row, r.row_end, r.column, r.column_end);
  if (sums.count <= 0) return GuillotinePartition::kImpossible;
  if (parts == 1) return spread(sums, scale);
  double best = GuillotinePartition::kImpossible;
  for (std::size_t first = 1; first < parts; ++first) {
    for (std::size_t at = r.row + 1; at < r.row_end; ++at) {
      best = std::min(best, brute_force(table, scale, {r.row, at, r.column, r.column_end}, first) +
                                brute_force(table, scale, {at, r.row_end, r.column, r.column_end},
                                            parts - first));
    }
    for (std::size_t at = r.column + 1; at < r.column_end; ++at) {
      best = std::min(
          best, brute_force(table, scale, {r.row, r.row_end, r.column, at}, first) +
                    brute_force(table, scale, {r.row, r.row_end, at, r.column_end}, parts - first));
    }
  }
  return best;
}

TEST(GuillotineProperty, EqualsBruteForce) {
  Random random(41);
  for (int round = 0; round < 40; ++round) {
    const std::size_t rows = 1 + random.below(4);
    const std::size_t columns = 1 + random.below(4);
    std::vector<CellSums> cells;
    for (std::size_t i = 0; i < rows * columns; ++i) {
      CellSums cell;
      const auto requests = random.below(4);
      for (std::uint64_t j = 0; j < requests; ++j) {
        const double x = static_cast<double>(i / columns) + random.uniform();
        const double y = static_cast<double>(i % columns) + random.uniform();
        cell += CellSums{1, x, x * x, y, y * y};
      }
      cells.push_back(cell);
    }
    cells.front() += CellSums{1, 1, 1, 1, 1};
    const SumTable table(rows, columns, cells);
    const SpreadScale scale{1.0, 0.7};
    const GuillotinePartition best(table, scale, 5);
    for (std::size_t parts = 1; parts <= 5; ++parts) {
      const double expected = brute_force(table, scale, {0, rows, 0, columns}, parts);
      if (expected == GuillotinePartition::kImpossible) {
        EXPECT_EQ(best.spread_of(parts), expected);
        continue;
      }
      EXPECT_NEAR(best.spread_of(parts), expected, 1e-9);
      double sum = 0.0;
      for (const GridRectangle& r : best.parts(parts)) {
        sum += spread(table.sums(r.row, r.row_end, r.column, r.column_end), scale);
      }
      EXPECT_NEAR(sum, expected, 1e-9);
      EXPECT_EQ(best.parts(parts).size(), parts);
    }
  }
}

TEST(SegmentsProperty, EqualsBruteForce) {
  Random random(43);
  for (int round = 0; round < 50; ++round) {
    const std::size_t items = 1 + random.below(9);
    std::vector<double> costs(items * items);
    for (double& cost : costs) cost = random.uniform();
    const auto cost = [&](std::size_t first, std::size_t last) {
      return costs[first * items + last];
    };
    const std::size_t max_segments = 1 + random.below(5);
    const auto total = [&](const std::vector<std::size_t>& starts) {
      double sum = 0.0;
      for (std::size_t s = 0; s < starts.size(); ++s) {
        sum += cost(starts[s], s + 1 < starts.size() ? starts[s + 1] - 1 : items - 1);
      }
      return sum;
    };
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t mask = 0; mask < (std::size_t{1} << (items - 1)); ++mask) {
      std::vector<std::size_t> starts = {0};
      for (std::size_t i = 1; i < items; ++i) {
        if ((mask >> (i - 1)) & 1U) starts.push_back(i);
      }
      if (starts.size() <= max_segments) best = std::min(best, total(starts));
    }
    const auto found = best_segments(items, max_segments, cost);
    EXPECT_LE(found.size(), max_segments);
    EXPECT_NEAR(total(found), best, 1e-12);
  }
}

}  // namespace
}  // namespace berth
