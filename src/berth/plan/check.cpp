#include "berth/plan/check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "berth/core/tolerance.h"
#include "berth/plan/check_money.h"

namespace berth {

std::string_view to_string(Rule rule) {
  switch (rule) {
    case Rule::kShape: return "shape";
    case Rule::kShareOutOfRange: return "share_range";
    case Rule::kDemand: return "demand";
    case Rule::kPair: return "pair";
    case Rule::kCapacity: return "capacity";
    case Rule::kReplicas: return "replicas";
    case Rule::kPool: return "pool";
    case Rule::kBoxes: return "boxes";
    case Rule::kGroup: return "group";
    case Rule::kAverageDelay: return "average_delay";
    case Rule::kAverageError: return "average_error";
    case Rule::kBudget: return "budget";
    case Rule::kChanges: return "changes";
    case Rule::kObjective: return "objective";
    case Rule::kBound: return "bound";
    case Rule::kReported: return "reported";
  }
  return "unknown";
}

namespace {

/// One pass per rule over the solution, in the order of Rule. Formulas: FORMULATION section 3.
class Checker {
 public:
  Checker(const Instance& instance, const Solution& solution)
      : instance_(instance), columns_(instance.columns()), solution_(solution) {}

  std::vector<Violation> run(const Claims& claims) {
    check_shape();
    // The other rules index by what the shape promises.
    if (!violations_.empty()) return std::move(violations_);
    sum_routes();
    check_share_range();
    check_demand();
    check_pairs();
    check_capacity();
    check_replicas();
    check_pools();
    check_boxes();
    check_groups();
    check_average(Rule::kAverageDelay, columns_.classes.max_delay, delay_sum_,
                  columns_.uncertainty.delay, "s");
    check_average(Rule::kAverageError, columns_.classes.max_error, error_sum_,
                  columns_.uncertainty.error, "");
    check_changes();
    check_money(instance_, solution_, claims, violations_);
    return std::move(violations_);
  }

 private:
  void report(Rule rule, std::string where, std::string message) {
    violations_.push_back({rule, std::move(where), std::move(message)});
  }

  void check_length(const char* column, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    report(Rule::kShape, column, fmt::format("has {} entries, expected {}", found, expected));
  }

  void check_shape() {
    check_length("replicas", solution_.replicas.size(), instance_.option_count());
    check_length("boxes", solution_.boxes.size(), instance_.offer_count());
    check_length("unmet", solution_.unmet.size(), instance_.class_count());
    for (std::size_t n = 0; n < solution_.routes.size(); ++n) {
      const Route& route = solution_.routes[n];
      const std::string where = fmt::format("routes/{}", n);
      if (route.query_class.index() >= instance_.class_count()) {
        report(Rule::kShape, where, fmt::format("no class {}", route.query_class.index()));
      }
      if (route.option.index() >= instance_.option_count()) {
        report(Rule::kShape, where, fmt::format("no option {}", route.option.index()));
      }
      if (!std::isfinite(route.share)) report(Rule::kShape, where, "share is not a number");
    }
    for (std::size_t i = 0; i < solution_.unmet.size(); ++i) {
      if (!std::isfinite(solution_.unmet[i])) {
        report(Rule::kShape, fmt::format("unmet/{}", i), "is not a number");
      }
    }
  }

  /// Left-hand sides of the rows, from the routes alone.
  void sum_routes() {
    served_.assign(instance_.class_count(), 0.0);
    delay_sum_.assign(instance_.class_count(), 0.0);
    error_sum_.assign(instance_.class_count(), 0.0);
    load_.assign(instance_.option_count(), 0.0);
    rises_.assign(instance_.option_count(), {});
    largest_share_.assign(instance_.option_count(), 0.0);
    for (const Route& route : solution_.routes) {
      const std::size_t i = route.query_class.index();
      const std::size_t d = route.option.index();
      served_[i] += route.share;
      largest_share_[d] = std::max(largest_share_[d], route.share);
      const auto pair = instance_.find_pair(route.query_class, route.option);
      if (!pair) continue;
      const double load = columns_.pairs.load[*pair] * route.share;
      load_[d] += load;
      if (uncertain()) rises_[d].push_back(columns_.uncertainty.load[i] * load);
      delay_sum_[i] += columns_.pairs.delay[*pair] * route.share;
      error_sum_[i] += columns_.pairs.error[*pair] * route.share;
    }
  }

  std::string route_name(const Route& route) const {
    return fmt::format("{} -> {}", columns_.classes.name[route.query_class.index()],
                       columns_.options.name[route.option.index()]);
  }

  void check_share_range() {
    for (const Route& route : solution_.routes) {
      if (route.share < -tolerance::kShare || route.share > 1.0 + tolerance::kShare) {
        report(Rule::kShareOutOfRange, route_name(route),
               fmt::format("share {} is outside 0..1", route.share));
      }
    }
    for (std::size_t i = 0; i < solution_.unmet.size(); ++i) {
      const double unmet = solution_.unmet[i];
      const double limit = columns_.classes.max_unmet[i];
      if (unmet < -tolerance::kShare || unmet > limit + tolerance::kShare) {
        report(Rule::kShareOutOfRange, columns_.classes.name[i],
               fmt::format("unmet share {} is outside 0..{}", unmet, limit));
      }
    }
  }

  void check_demand() {
    for (std::size_t i = 0; i < served_.size(); ++i) {
      const double sum = served_[i] + solution_.unmet[i];
      if (std::abs(sum - 1.0) > tolerance::kShare) {
        report(Rule::kDemand, columns_.classes.name[i],
               fmt::format("served {} + unmet {} = {}, expected 1", served_[i], solution_.unmet[i],
                           sum));
      }
    }
  }

  void check_pairs() {
    std::vector<std::pair<std::size_t, std::size_t>> seen;
    seen.reserve(solution_.routes.size());
    for (const Route& route : solution_.routes) {
      seen.emplace_back(route.query_class.index(), route.option.index());
      if (!instance_.find_pair(route.query_class, route.option)) {
        report(Rule::kPair, route_name(route), "this option does not serve this class");
      }
    }
    std::sort(seen.begin(), seen.end());
    for (auto at = seen.begin(); (at = std::adjacent_find(at, seen.end())) != seen.end();) {
      report(Rule::kPair, route_name({ClassId(at->first), OptionId(at->second), 0.0}),
             "routed more than once");
      at = std::upper_bound(at, seen.end(), *at);
    }
  }

  [[nodiscard]] bool uncertain() const { return columns_.uncertainty.matters(); }

  /// What the load of option d rises by when the classes that ask the most of it rise at once.
  double worst_rise(std::size_t d) const {
    std::vector<double> rises = rises_[d];
    std::sort(rises.begin(), rises.end(), std::greater<>());
    double left = columns_.uncertainty.budget;
    double sum = 0.0;
    for (const double rise : rises) {
      if (left <= 0.0) break;
      sum += std::min(1.0, left) * rise;
      left -= 1.0;
    }
    return sum;
  }

  void check_capacity() {
    for (std::size_t d = 0; d < load_.size(); ++d) {
      const std::int32_t replicas = solution_.replicas[d];
      const double rise = worst_rise(d);
      if (load_[d] + rise > replicas + tolerance::kLoad) {
        report(Rule::kCapacity, columns_.options.name[d],
               rise > 0.0 ? fmt::format("load {} and {} more where {} classes rise > {} replicas",
                                        load_[d], rise, columns_.uncertainty.budget, replicas)
                          : fmt::format("load {} > {} replicas", load_[d], replicas));
      } else if (replicas <= 0 && largest_share_[d] > tolerance::kShare) {
        // x_id <= v_d: even the smallest load needs a replica.
        report(Rule::kCapacity, columns_.options.name[d],
               fmt::format("share {} is routed to it, but it has no replica", largest_share_[d]));
      }
    }
  }

  void check_replicas() {
    for (std::size_t d = 0; d < solution_.replicas.size(); ++d) {
      const std::int32_t limit = columns_.options.max_replicas[d];
      if (solution_.replicas[d] < 0 || solution_.replicas[d] > limit) {
        report(Rule::kReplicas, columns_.options.name[d],
               fmt::format("{} replicas are outside 0..{}", solution_.replicas[d], limit));
      }
    }
  }

  void check_pools() {
    // A product of two counts fits 64 bits; a sum of many need not.
    std::vector<std::int64_t> used(instance_.pool_count(), 0);
    std::vector<std::int64_t> rented(instance_.pool_count(), 0);
    bool overflow = false;
    for (std::size_t d = 0; d < solution_.replicas.size(); ++d) {
      std::int64_t& sum = used[columns_.options.pool[d].index()];
      const std::int64_t gpus = std::int64_t{solution_.replicas[d]} * columns_.options.units[d];
      overflow |= __builtin_add_overflow(sum, gpus, &sum);
    }
    for (std::size_t o = 0; o < solution_.boxes.size(); ++o) {
      std::int64_t& sum = rented[columns_.offers.pool[o].index()];
      const std::int64_t gpus = std::int64_t{solution_.boxes[o]} * columns_.offers.lot[o];
      overflow |= __builtin_add_overflow(sum, gpus, &sum);
    }
    if (overflow) {
      report(Rule::kPool, "all pools", "the GPUs used or rented exceed 2^63 - 1");
      return;
    }
    for (std::size_t r = 0; r < used.size(); ++r) {
      if (used[r] > rented[r]) {
        report(Rule::kPool, columns_.pools.name[r],
               fmt::format("{} GPUs used > {} GPUs rented", used[r], rented[r]));
      }
    }
  }

  void check_boxes() {
    for (std::size_t o = 0; o < solution_.boxes.size(); ++o) {
      const std::int32_t limit = columns_.offers.max[o];
      if (solution_.boxes[o] < 0 || solution_.boxes[o] > limit) {
        report(Rule::kBoxes, columns_.offers.name[o],
               fmt::format("{} boxes are outside 0..{}", solution_.boxes[o], limit));
      }
    }
  }

  void check_groups() {
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> active(instance_.group_count(), kNone);
    for (std::size_t d = 0; d < solution_.replicas.size(); ++d) {
      const std::int32_t group = columns_.options.group[d];
      if (group == kNoGroup || solution_.replicas[d] <= 0) continue;
      std::size_t& first = active[static_cast<std::size_t>(group)];
      if (first != kNone) {
        report(Rule::kGroup, columns_.options.group_name[static_cast<std::size_t>(group)],
               fmt::format("both {} and {} are active", columns_.options.name[first],
                           columns_.options.name[d]));
      } else {
        first = d;
      }
    }
  }

  /// `worse` by class: the share by which it may turn out worse; not read where nothing may.
  void check_average(Rule rule, const std::vector<double>& limits, const std::vector<double>& means,
                     const std::vector<double>& worse, const char* unit) {
    std::vector<double> sums = means;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (limits[i] == kNoLimit) continue;
      if (uncertain()) sums[i] *= 1.0 + std::min(1.0, columns_.uncertainty.budget) * worse[i];
      const double allowed = limits[i] * (1.0 - solution_.unmet[i]);
      if (sums[i] > allowed + tolerance::kAverage * std::max(1.0, limits[i])) {
        report(rule, columns_.classes.name[i],
               fmt::format("{}{} > {}{} (limit times the served share)", sums[i], unit, allowed,
                           unit));
      }
    }
  }

  void check_changes() {
    const InstanceColumns::Switching& now = columns_.switching;
    if (now.empty() || now.max_changes == kUnlimited) return;
    std::int64_t changes = 0;
    for (std::size_t d = 0; d < solution_.replicas.size(); ++d) {
      changes += std::abs(std::int64_t{solution_.replicas[d]} - now.replicas[d]);
    }
    if (changes <= now.max_changes) return;
    report(Rule::kChanges, "replicas",
           fmt::format("{} start or stop > {} may", changes, now.max_changes));
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  const Solution& solution_;
  std::vector<Violation> violations_;
  std::vector<double> served_;
  std::vector<double> delay_sum_;
  std::vector<double> error_sum_;
  std::vector<double> load_;
  std::vector<std::vector<double>> rises_;  // by option: of each route, if its class rises
  std::vector<double> largest_share_;
};

}  // namespace

std::vector<Violation> check(const Instance& instance, const Solution& solution,
                             const Claims& claims) {
  return Checker(instance, solution).run(claims);
}

}  // namespace berth
