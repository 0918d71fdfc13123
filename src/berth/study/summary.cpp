#include "berth/study/summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "berth/study/statistics.h"

namespace berth {
namespace {

/// Through two points every line goes.
constexpr std::size_t kLeastSizes = 3;

/// Cost by instance and seed of the whole method of each family.
using WholeCosts = std::map<std::string, std::map<std::pair<std::string, std::uint64_t>, CostRate>>;

WholeCosts whole_costs(const Study& study) {
  std::map<std::string, std::string> whole;
  for (const Variant& variant : study.variants) whole.emplace(variant.family, variant.name);
  WholeCosts costs;
  for (const StudyRow& row : study.rows) {
    if (row.cost && row.method == whole[row.family]) {
      costs[row.family][{row.instance, row.seed}] = *row.cost;
    }
  }
  return costs;
}

/// Least cost by instance.
std::map<std::string, double> best_costs(const Study& study) {
  std::map<std::string, double> best;
  for (const StudyRow& row : study.rows) {
    if (!row.cost) continue;
    const auto [entry, fresh] = best.emplace(row.instance, row.cost->usd());
    if (!fresh) entry->second = std::min(entry->second, row.cost->usd());
  }
  return best;
}

struct Samples {
  std::vector<double> gaps;
  std::vector<double> proven;
  std::vector<double> seconds;
  std::vector<double> to_1pct;
  std::vector<double> roots;
  std::vector<double> changes;
};

class Summarizer {
 public:
  explicit Summarizer(const Study& study)
      : study_(study), whole_(whole_costs(study)), best_(best_costs(study)) {}

  /// Adds nothing if no row passes.
  void add(std::vector<VariantSummary>& out, const Variant& variant, const std::string& set) {
    VariantSummary summary;
    summary.set = set;
    summary.family = variant.family;
    summary.method = variant.name;
    Samples samples;
    for (const StudyRow& row : study_.rows) {
      if (row.method != variant.name || (!set.empty() && row.set != set)) continue;
      count(summary, samples, row);
    }
    if (summary.runs == 0) return;
    summary.mean_pairs /= static_cast<double>(summary.runs);
    summary.median_gap = median(samples.gaps);
    summary.mean_gap = mean(samples.gaps);
    summary.worst_gap = largest(samples.gaps);
    summary.median_proven = median(samples.proven);
    summary.median_seconds = median(samples.seconds);
    summary.median_to_1pct = median(samples.to_1pct);
    summary.mean_root_gap = mean(samples.roots);
    summary.mean_change = mean(samples.changes);
    summary.worst_change = largest(samples.changes);
    out.push_back(std::move(summary));
  }

 private:
  void count(VariantSummary& summary, Samples& samples, const StudyRow& row) {
    ++summary.runs;
    summary.plans += row.cost ? 1U : 0U;
    summary.optimal += row.status == "optimal" ? 1U : 0U;
    summary.limited += row.status == "limit" ? 1U : 0U;
    summary.refused += row.limit == "size" ? 1U : 0U;
    summary.infeasible += row.status == "infeasible" ? 1U : 0U;
    summary.mean_pairs += static_cast<double>(row.pairs);
    summary.total_seconds += row.solve_seconds;
    samples.seconds.push_back(row.solve_seconds);
    if (row.seconds_to_1pct) samples.to_1pct.push_back(*row.seconds_to_1pct);
    if (row.gap_to_best) samples.gaps.push_back(*row.gap_to_best);
    if (row.gap_proven) samples.proven.push_back(*row.gap_proven);
    const auto best = best_.find(row.instance);
    if (row.root_bound && best != best_.end() && best->second > 0.0) {
      samples.roots.push_back((best->second - *row.root_bound) / best->second);
    }
    const auto& costs = whole_[row.family];
    const auto whole = costs.find({row.instance, row.seed});
    if (whole == costs.end()) return;
    if (!row.cost) {
      ++summary.lost;
    } else if (whole->second.micros() > 0) {
      samples.changes.push_back(row.cost->usd() / whole->second.usd() - 1.0);
    }
  }

  const Study& study_;
  WholeCosts whole_;
  std::map<std::string, double> best_;
};

}  // namespace

std::vector<std::string> sets_of(const Study& study) {
  std::vector<std::string> sets;
  for (const StudyRow& row : study.rows) {
    if (std::find(sets.begin(), sets.end(), row.set) == sets.end()) sets.push_back(row.set);
  }
  return sets;
}

std::vector<VariantSummary> summarize_variants(const Study& study) {
  Summarizer summarizer(study);
  std::vector<VariantSummary> result;
  for (const Variant& variant : study.variants) summarizer.add(result, variant, "");
  return result;
}

std::vector<VariantSummary> summarize_sets(const Study& study) {
  Summarizer summarizer(study);
  std::vector<VariantSummary> result;
  for (const std::string& set : sets_of(study)) {
    for (const Variant& variant : study.variants) summarizer.add(result, variant, set);
  }
  return result;
}

std::optional<double> time_growth(const Study& study, const std::string& method) {
  std::vector<std::pair<double, double>> points;
  for (const StudyRow& row : study.rows) {
    if (row.method != method || !row.cost || row.status == "limit") continue;
    if (row.pairs > 0 && row.solve_seconds > 0.0) {
      points.emplace_back(static_cast<double>(row.pairs), row.solve_seconds);
    }
  }
  std::set<double> sizes;
  for (const auto& point : points) sizes.insert(point.first);
  if (sizes.size() < kLeastSizes) return std::nullopt;
  return growth_exponent(points);
}

}  // namespace berth
