// What a solution costs and what its solver claims: whole micro-dollars, summed here and nowhere
// else.

#include "berth/plan/check_money.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace berth {
namespace {

class MoneyChecker {
 public:
  MoneyChecker(const Instance& instance, const Solution& solution,
               std::vector<Violation>& violations)
      : instance_(instance),
        columns_(instance.columns()),
        solution_(solution),
        violations_(violations) {}

  void run(const Claims& claims) {
    const auto money = sum_money();
    if (!money) return;
    const auto [rental, total] = *money;
    if (columns_.budget != kNoBudget && rental > columns_.budget.micros()) {
      report(Rule::kBudget, "budget",
             fmt::format("rental {:.6f} USD/h > budget {:.6f} USD/h", usd(rental),
                         columns_.budget.usd()));
    }
    if (claims.objective && claims.objective->micros() != total) {
      report(Rule::kObjective, "objective",
             fmt::format("claimed {:.6f} USD/h, true cost {:.6f} USD/h", claims.objective->usd(),
                         usd(total)));
    }
    if (!claims.lower_bound) return;
    // Money is known to half a micro-dollar. Written so that a NaN bound fails as well.
    constexpr double kHalfMicro = 0.5e-6;
    if (!(*claims.lower_bound <= usd(total) + kHalfMicro)) {
      report(Rule::kBound, "lower_bound",
             fmt::format("claimed bound {:.9f} USD/h > cost {:.6f} USD/h", *claims.lower_bound,
                         usd(total)));
    }
  }

 private:
  void report(Rule rule, std::string where, std::string message) {
    violations_.push_back({rule, std::move(where), std::move(message)});
  }

  std::string route_name(const Route& route) const {
    return fmt::format("{} -> {}", columns_.classes.name[route.query_class.index()],
                       columns_.options.name[route.option.index()]);
  }

  static double usd(std::int64_t micros) { return static_cast<double>(micros) * 1e-6; }

  /// What leaving the present plan costs.
  bool add_switching(std::int64_t& total) {
    const InstanceColumns::Switching& now = columns_.switching;
    if (now.empty()) return true;
    for (std::size_t d = 0; d < solution_.replicas.size(); ++d) {
      const std::int64_t before = now.replicas[d];
      const std::int64_t after = solution_.replicas[d];
      const std::string& name = columns_.options.name[d];
      if (after > before && !add(total, now.start_cost[d].micros(), after - before, name)) {
        return false;
      }
      if (after < before && !add(total, now.stop_cost[d].micros(), before - after, name)) {
        return false;
      }
    }
    for (std::size_t o = 0; o < solution_.boxes.size(); ++o) {
      const std::int64_t added = std::int64_t{solution_.boxes[o]} - now.boxes[o];
      if (added > 0 && !add(total, now.rent_cost[o].micros(), added, columns_.offers.name[o])) {
        return false;
      }
    }
    return true;
  }

  /// Adds rate * count; false (and reported once) if the exact sum leaves 64 bits.
  bool add(std::int64_t& sum, std::int64_t rate, std::int64_t count, const std::string& where) {
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(rate, count, &product) &&
        !__builtin_add_overflow(sum, product, &sum)) {
      return true;
    }
    report(Rule::kObjective, where, "the cost is too large to be counted in micro-dollars");
    return false;
  }

  /// Adds a fraction of a rate, rounded up to whole micro-dollars.
  bool add_share(std::int64_t& sum, CostRate rate, double share, const std::string& where) {
    constexpr double kLargest = 9e18;  // below 2^63
    const double part = static_cast<double>(rate.micros()) * share;
    return add(sum,
               std::abs(part) < kLargest ? static_cast<std::int64_t>(std::ceil(part)) : INT64_MAX,
               1, where);
  }

  /// Rental and total in micro-dollars per hour, summed here and nowhere else.
  std::optional<std::pair<std::int64_t, std::int64_t>> sum_money() {
    std::int64_t rental = 0;
    for (std::size_t o = 0; o < solution_.boxes.size(); ++o) {
      if (!add(rental, columns_.offers.cost[o].micros(), solution_.boxes[o],
               columns_.offers.name[o])) {
        return std::nullopt;
      }
    }
    std::int64_t total = rental;
    for (std::size_t d = 0; d < solution_.replicas.size(); ++d) {
      if (solution_.replicas[d] > 0 &&
          !add(total, columns_.options.fixed_cost[d].micros(), 1, columns_.options.name[d])) {
        return std::nullopt;
      }
    }
    for (const Route& route : solution_.routes) {
      const auto pair = instance_.find_pair(route.query_class, route.option);
      if (!pair) continue;
      if (!add_share(total, columns_.pairs.cost[*pair], route.share, route_name(route))) {
        return std::nullopt;
      }
    }
    for (std::size_t i = 0; i < solution_.unmet.size(); ++i) {
      if (!add_share(total, columns_.classes.unmet_cost[i], solution_.unmet[i],
                     columns_.classes.name[i])) {
        return std::nullopt;
      }
    }
    if (!add_switching(total)) return std::nullopt;
    return std::pair(rental, total);
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  const Solution& solution_;
  std::vector<Violation>& violations_;
};

}  // namespace

void check_money(const Instance& instance, const Solution& solution, const Claims& claims,
                 std::vector<Violation>& violations) {
  MoneyChecker(instance, solution, violations).run(claims);
}

}  // namespace berth
