#include "berth/solve/uncertainty.h"

#include <algorithm>

namespace berth {

double worst_rise(std::span<double> rises, double budget) {
  std::sort(rises.begin(), rises.end(), std::greater<>());
  double sum = 0.0;
  for (const double rise : rises) {
    if (budget <= 0.0) break;
    sum += std::min(1.0, budget) * rise;
    budget -= 1.0;
  }
  return sum;
}

double average_factor(const InstanceColumns::Uncertainty& uncertainty,
                      const std::vector<double>& worse, std::size_t i) {
  return uncertainty.matters() ? 1.0 + uncertainty.alone() * worse[i] : 1.0;
}

std::vector<double> planned_loads(const Instance& instance, std::span<const double> share) {
  const InstanceColumns& columns = instance.columns();
  std::vector<double> load(instance.option_count(), 0.0);
  std::vector<double> rises;
  for (std::size_t d = 0; d < load.size(); ++d) {
    rises.clear();
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      if (share[p] <= 0.0) continue;
      const double part = share[p] * columns.pairs.load[p];
      load[d] += part;
      if (columns.uncertainty.matters()) {
        rises.push_back(part * columns.uncertainty.load[columns.pairs.query_class[p].index()]);
      }
    }
    load[d] += worst_rise(rises, columns.uncertainty.budget);
  }
  return load;
}

CapacityTerms capacity_terms(const Instance& instance, OptionId d,
                             const std::function<bool(std::uint32_t)>& usable) {
  const InstanceColumns& columns = instance.columns();
  const InstanceColumns::Uncertainty& uncertainty = columns.uncertainty;
  CapacityTerms terms;
  std::size_t rising = 0;
  for (const std::uint32_t p : instance.pairs_of(d)) {
    if (!usable(p)) continue;
    const double load = columns.pairs.load[p];
    const double rise =
        uncertainty.matters() ? load * uncertainty.load[columns.pairs.query_class[p].index()] : 0.0;
    if (rise > 0.0) ++rising;
    terms.pairs.push_back(p);
    terms.coefficient.push_back(load);
    terms.rise.push_back(rise);
  }
  if (rising == 0) return terms;
  terms.dual = rising > 1 && static_cast<double>(rising) > uncertainty.budget;
  if (terms.dual) return terms;
  for (std::size_t k = 0; k < terms.pairs.size(); ++k) {
    terms.coefficient[k] += uncertainty.alone() * terms.rise[k];
    terms.rise[k] = 0.0;
  }
  return terms;
}

double rise_threshold(std::span<double> rises, double budget) {
  std::sort(rises.begin(), rises.end(), std::greater<>());
  const auto covered = static_cast<std::size_t>(budget);
  return covered < rises.size() ? rises[covered] : 0.0;
}

}  // namespace berth
