#include "berth/workload/fitting/split.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "berth/workload/fitting/guillotine.h"
#include "berth/workload/fitting/segments.h"

namespace berth {
namespace {

constexpr std::size_t kCoarse = 24;  // lines of the exact search's grid, per axis

/// The moments of every bin pair. A bin's requests count at the bin's mean length.
std::vector<CellSums> fine_cells(const LengthGrid& grid) {
  std::vector<CellSums> cells(LengthScale::kBins * LengthScale::kBins);
  for (std::size_t p = 0; p < LengthScale::kBins; ++p) {
    const double prompt = grid.prompt().bin_mean(p);
    for (std::size_t o = 0; o < LengthScale::kBins; ++o) {
      const auto n = static_cast<double>(grid.count(p, o));
      if (n <= 0) continue;
      const double output = grid.output().bin_mean(o);
      cells[p * LengthScale::kBins + o] = {n, n * prompt, n * prompt * prompt, n * output,
                                           n * output * output};
    }
  }
  return cells;
}

/// Where the exact search may cut one axis: the starts of the at most kCoarse segments of least
/// squared error. The first is 0, and the end of the scale is appended.
std::vector<std::size_t> coarse_lines(const LengthHistogram& lengths) {
  std::vector<std::size_t> filled;
  for (std::size_t bin = 0; bin < LengthScale::kBins; ++bin) {
    if (lengths.count(bin) > 0) filled.push_back(bin);
  }
  std::vector<double> count(filled.size() + 1), sum(filled.size() + 1), square(filled.size() + 1);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const auto n = static_cast<double>(lengths.count(filled[i]));
    const double mean = lengths.bin_mean(filled[i]);
    count[i + 1] = count[i] + n;
    sum[i + 1] = sum[i] + n * mean;
    square[i + 1] = square[i] + n * mean * mean;
  }
  const auto cost = [&](std::size_t first, std::size_t last) {
    const double s = sum[last + 1] - sum[first];
    return square[last + 1] - square[first] - s * s / (count[last + 1] - count[first]);
  };
  std::vector<std::size_t> lines;
  for (const std::size_t start : best_segments(filled.size(), kCoarse, cost)) {
    lines.push_back(filled[start]);
  }
  lines.front() = 0;
  lines.push_back(LengthScale::kBins);
  return lines;
}

SpreadScale common_scale(std::span<const SumTable> tables) {
  CellSums all;
  for (const SumTable& table : tables)
    all += table.sums(0, LengthScale::kBins, 0, LengthScale::kBins);
  const double prompt = spread(all, {1.0, 0.0});
  const double output = spread(all, {0.0, 1.0});
  return {prompt > 0 ? all.count / prompt : 0.0, output > 0 ? all.count / output : 0.0};
}

/// Partitions of one source into 1..n classes, and their spread.
struct Partitions {
  std::vector<double> spread;
  std::vector<std::vector<LengthRectangle>> rectangles;
};

Partitions exact_partitions(const LengthGrid& grid, const SumTable& fine, const SpreadScale& scale,
                            std::size_t max_parts) {
  const std::vector<std::size_t> rows = coarse_lines(grid.prompt());
  const std::vector<std::size_t> columns = coarse_lines(grid.output());
  std::vector<CellSums> cells;
  for (std::size_t r = 0; r + 1 < rows.size(); ++r) {
    for (std::size_t c = 0; c + 1 < columns.size(); ++c) {
      cells.push_back(fine.sums(rows[r], rows[r + 1], columns[c], columns[c + 1]));
    }
  }
  const SumTable coarse(rows.size() - 1, columns.size() - 1, cells);
  const GuillotinePartition best(coarse, scale, max_parts);
  Partitions partitions;
  for (std::size_t n = 1; n <= max_parts; ++n) {
    partitions.spread.push_back(best.spread_of(n));
    auto& rectangles = partitions.rectangles.emplace_back();
    if (partitions.spread.back() == GuillotinePartition::kImpossible) continue;
    for (const GridRectangle& r : best.parts(n)) {
      rectangles.push_back(
          {rows[r.row], rows[r.row_end], columns[r.column], columns[r.column_end]});
    }
  }
  return partitions;
}

/// How many of `total` classes each source gets, so that the sum of the spreads is least (dynamic
/// programming over the sources); empty if impossible.
std::vector<std::size_t> allot(const std::vector<Partitions>& sources, std::size_t total) {
  constexpr double kNone = GuillotinePartition::kImpossible;
  std::vector<std::vector<double>> best(sources.size() + 1, std::vector<double>(total + 1, kNone));
  std::vector<std::vector<std::size_t>> taken(sources.size() + 1,
                                              std::vector<std::size_t>(total + 1, 0));
  best[0][0] = 0.0;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    for (std::size_t n = 1; n <= sources[s].spread.size(); ++n) {
      for (std::size_t used = n; used <= total; ++used) {
        const double value = best[s][used - n] + sources[s].spread[n - 1];
        if (value < best[s + 1][used]) {
          best[s + 1][used] = value;
          taken[s + 1][used] = n;
        }
      }
    }
  }
  if (best[sources.size()][total] == kNone) return {};
  std::vector<std::size_t> parts(sources.size());
  for (std::size_t s = sources.size(); s-- > 0;) {
    parts[s] = taken[s + 1][total];
    total -= parts[s];
  }
  return parts;
}

/// The best single cut of a rectangle on the full scale.
struct BestCut {
  double gain = -1.0;  // below 0: it cannot be cut
  LengthRectangle first, second;
};

BestCut best_cut(const SumTable& table, const SpreadScale& scale, const LengthRectangle& r) {
  const auto sums = [&](const LengthRectangle& q) {
    return table.sums(q.prompt_first, q.prompt_end, q.output_first, q.output_end);
  };
  const double whole = spread(sums(r), scale);
  BestCut best;
  const auto consider = [&](const LengthRectangle& first, const LengthRectangle& second) {
    const CellSums a = sums(first);
    const CellSums b = sums(second);
    if (a.count <= 0 || b.count <= 0) return;
    const double gain = std::max(0.0, whole - spread(a, scale) - spread(b, scale));
    if (gain > best.gain) best = {gain, first, second};
  };
  for (std::size_t at = r.prompt_first + 1; at < r.prompt_end; ++at) {
    LengthRectangle first = r;
    LengthRectangle second = r;
    first.prompt_end = second.prompt_first = at;
    consider(first, second);
  }
  for (std::size_t at = r.output_first + 1; at < r.output_end; ++at) {
    LengthRectangle first = r;
    LengthRectangle second = r;
    first.output_end = second.output_first = at;
    consider(first, second);
  }
  return best;
}

struct Leaf {
  std::size_t source;
  LengthRectangle rectangle;
  BestCut cut;
};

}  // namespace

std::optional<std::vector<std::vector<LengthRectangle>>> split_lengths(
    std::span<const LengthGrid> grids, std::size_t classes) {
  assert(!grids.empty() && classes >= grids.size());
  std::vector<SumTable> tables;
  for (const LengthGrid& grid : grids)
    tables.emplace_back(LengthScale::kBins, LengthScale::kBins, fine_cells(grid));
  const SpreadScale scale = common_scale(tables);

  const std::size_t exact = std::min(classes, std::max(kExactSplitClasses, grids.size()));
  std::vector<Partitions> partitions;
  for (std::size_t s = 0; s < grids.size(); ++s) {
    partitions.push_back(exact_partitions(grids[s], tables[s], scale, exact - grids.size() + 1));
  }
  // Where lengths differ too little for the coarse grid, the full scale may still tell them apart.
  std::vector<std::size_t> parts;
  for (std::size_t total = exact; parts.empty() && total >= grids.size(); --total) {
    parts = allot(partitions, total);
  }
  std::vector<Leaf> leaves;
  for (std::size_t s = 0; s < grids.size(); ++s) {
    for (const LengthRectangle& r : partitions[s].rectangles[parts[s] - 1]) {
      leaves.push_back({s, r, {}});
    }
  }
  if (leaves.size() < classes) {
    for (Leaf& leaf : leaves) leaf.cut = best_cut(tables[leaf.source], scale, leaf.rectangle);
  }
  while (leaves.size() < classes) {
    const auto best =
        std::max_element(leaves.begin(), leaves.end(),
                         [](const Leaf& a, const Leaf& b) { return a.cut.gain < b.cut.gain; });
    if (best->cut.gain < 0) return std::nullopt;
    const std::size_t source = best->source;
    const LengthRectangle second = best->cut.second;
    best->rectangle = best->cut.first;
    best->cut = best_cut(tables[source], scale, best->rectangle);
    leaves.push_back({source, second, best_cut(tables[source], scale, second)});
  }
  std::vector<std::vector<LengthRectangle>> result(grids.size());
  for (const Leaf& leaf : leaves) result[leaf.source].push_back(leaf.rectangle);
  for (auto& rectangles : result) {
    std::sort(rectangles.begin(), rectangles.end(), [](const auto& a, const auto& b) {
      return std::pair(a.prompt_first, a.output_first) < std::pair(b.prompt_first, b.output_first);
    });
  }
  return result;
}

}  // namespace berth
