#include "bench/solve/bound_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace berth::bound {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// centre + step * direction, none below 0.
Vector moved(const Vector& centre, double step, const Vector& direction) {
  Vector result = centre;
  for (std::size_t k = 0; k < result.size(); ++k) {
    result[k] = std::max(0.0, result[k] + step * direction[k]);
  }
  return result;
}

/// A linear piece of the model: value at the prices where it was found, and slope.
struct Cut {
  Vector slope;
  double at_zero = 0.0;  // value at prices 0
  double weight = 0.0;
};

/// max over prices of min over cuts - |prices - centre|^2 / (2 scale): pairwise steps on weights.
Vector solve_model(std::vector<Cut>& cuts, const Vector& centre, const Vector& scale) {
  Vector prices = centre;
  for (const Cut& cut : cuts) {
    for (std::size_t k = 0; k < prices.size(); ++k) {
      prices[k] += scale[k] * cut.weight * cut.slope[k];
    }
  }
  for (int step = 0; step < 400; ++step) {
    std::size_t low = 0;
    std::size_t high = cuts.size();
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (std::size_t c = 0; c < cuts.size(); ++c) {
      const double value = cuts[c].at_zero + dot(cuts[c].slope, prices);
      if (value < least) {
        least = value;
        low = c;
      }
      if (cuts[c].weight > 0.0 && value > most) {
        most = value;
        high = c;
      }
    }
    if (high == cuts.size() || low == high || most - least < 1e-9 * (1.0 + std::abs(most))) break;
    double curvature = 0.0;
    for (std::size_t k = 0; k < prices.size(); ++k) {
      const double change = cuts[low].slope[k] - cuts[high].slope[k];
      curvature += scale[k] * change * change;
    }
    const double amount = std::min(cuts[high].weight, (most - least) / std::max(1e-12, curvature));
    cuts[low].weight += amount;
    cuts[high].weight -= amount;
    for (std::size_t k = 0; k < prices.size(); ++k) {
      prices[k] += scale[k] * amount * (cuts[low].slope[k] - cuts[high].slope[k]);
    }
  }
  for (double& price : prices) price = std::max(0.0, price);
  return prices;
}

}  // namespace

double Oracle::operator()(const Vector& prices, Vector& slope) {
  relaxation_.evaluate(relaxation_.structure().to_prices(prices), true, work_, alone_, evaluation_);
  slope.assign(prices.size(), 1.0);
  for (const Use& use : evaluation_.uses) {
    for (const Entry& entry : use.entries) slope[entry.dimension] -= entry.amount;
  }
  ++passes_;
  best_ = std::max(best_, evaluation_.proven);
  return evaluation_.value;
}

void subgradient(Oracle& oracle, Vector prices, double target, std::int64_t passes) {
  Vector slope;
  Vector best = prices;
  double value = oracle(prices, slope);
  double best_value = value;
  double length = 1.0;
  int idle = 0;
  while (oracle.passes() < passes) {
    const double square = dot(slope, slope);
    if (square <= 0.0) break;
    prices = moved(prices, length * (target - value) / square, slope);
    value = oracle(prices, slope);
    if (value > best_value) {
      best_value = value;
      best = prices;
      idle = 0;
    } else if (++idle == 10) {
      length *= 0.5;
      idle = 0;
      prices = best;
      value = oracle(prices, slope);
    }
  }
}

void volume(Oracle& oracle, Vector prices, double target, std::int64_t passes) {
  Vector slope;
  Vector centre = prices;
  double centre_value = oracle(prices, slope);
  Vector average = slope;
  double length = 0.1;
  int idle = 0;
  while (oracle.passes() < passes) {
    const double square = dot(average, average);
    if (square <= 0.0) break;
    prices = moved(centre, length * (target - centre_value) / square, average);
    const double value = oracle(prices, slope);
    const bool along = dot(slope, average) >= 0.0;
    for (std::size_t k = 0; k < average.size(); ++k) {
      average[k] = 0.1 * slope[k] + 0.9 * average[k];
    }
    if (value > centre_value) {
      centre = prices;
      centre_value = value;
      if (along) length = std::min(2.0, 1.1 * length);
      idle = 0;
    } else if (++idle == 20) {
      length *= 0.66;
      idle = 0;
    }
  }
}

void aggregate_bundle(Oracle& oracle, Vector prices, double /*target*/, std::int64_t passes) {
  constexpr std::size_t kMostCuts = 100;
  Vector slope;
  Vector centre = prices;
  double centre_value = oracle(prices, slope);
  std::vector<Cut> cuts{{slope, centre_value - dot(slope, prices), 1.0}};
  double step = 0.1;
  int nulls = 0;
  while (oracle.passes() < passes) {
    Vector scale = centre;
    for (double& width : scale) width = step * std::max(width, 1e-3);
    prices = solve_model(cuts, centre, scale);
    double promised = std::numeric_limits<double>::infinity();
    for (const Cut& cut : cuts) promised = std::min(promised, cut.at_zero + dot(cut.slope, prices));
    promised -= centre_value;
    const double value = oracle(prices, slope);
    const double gained = value - centre_value;
    if (gained > 0.5 * promised) step *= 1.5;
    if (gained <= 0.0 && ++nulls > 3) {
      step *= 0.8;
      nulls = 0;
    }
    if (gained > 0.0) {
      centre = prices;
      centre_value = value;
      nulls = 0;
    }
    if (cuts.size() >= kMostCuts) {
      cuts.erase(std::min_element(cuts.begin(), cuts.end(),
                                  [](const Cut& a, const Cut& b) { return a.weight < b.weight; }));
      double sum = 0.0;
      for (const Cut& cut : cuts) sum += cut.weight;
      for (Cut& cut : cuts) cut.weight /= sum;
    }
    cuts.push_back({slope, value - dot(slope, prices), 0.0});
  }
}

}  // namespace berth::bound
